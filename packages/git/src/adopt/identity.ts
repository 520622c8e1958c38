/**
 * Which row each changed line is: rules 1 to 4 of docs/projection.md.
 *
 *     base           new                       1  a line with @id has that id
 *     q1 {"a":1}     {"a":1}           → q1    2  one without that holds what a base row held keeps its id
 *     q2 {"a":2}     {"a":5}           → q2    3  one that stands where a row vanished takes its id
 *     q3 {"a":3}     {"@id":"q3",…}    → q3
 *                    {"a":9}           → made  4  the others get made ids
 */
import {
  badInput,
  diffTrees,
  IdMaker,
  linkedDigest,
  longestRun,
  lookUpPositions,
  printPlace,
  splitRowKey,
  Tally,
  type BlockReader,
  type DatasetBlock,
  type Digest,
  type Platform,
} from "@sheaf/core";
import { runSpan, type BaseRows, type ChangedLines, type Span } from "./changed-lines.js";

/** What ids are settled against. */
export interface IdentityBase {
  readonly reader: BlockReader;
  readonly platform: Platform;
  /** The dataset as the base has it; absent for a new one. */
  readonly dataset: DatasetBlock | undefined;
  /** Finds the same dataset in the other parents of a merge. */
  others(): Promise<readonly DatasetBlock[]>;
  /** Finds the line of a row that stands in an unchanged file, for an error. */
  placeOf(id: string): Promise<string>;
}

/** Settles the ids of lines: sets `lines.ids`, and gives for each line its row in `rows`, or −1. */
export async function settleIds(lines: ChangedLines, rows: BaseRows, base: IdentityBase): Promise<Int32Array> {
  const identity = new Identity(lines, rows, base);
  await identity.takeGiven();
  if (identity.isOpen) identity.pairEqual();
  if (identity.isOpen) for (const other of await base.others()) await identity.pairWith(other);
  if (identity.isOpen) identity.pairInGaps();
  if (identity.isOpen) await identity.make();
  return identity.rowOf;
}

class Identity {
  readonly rowOf: Int32Array;
  /** For each row of the base the line that it goes on in, or −1. */
  readonly #lineOf: Int32Array;
  /** Ids of lines so far. */
  readonly #used = new Set<string>();
  #open: number[] = [];

  constructor(
    readonly lines: ChangedLines,
    readonly rows: BaseRows,
    readonly base: IdentityBase,
  ) {
    this.rowOf = new Int32Array(lines.count).fill(-1);
    this.#lineOf = new Int32Array(rows.count).fill(-1);
  }

  /** Says whether lines without id are left. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  async takeGiven(): Promise<void> {
    const unknown = new Map<string, number>();
    for (const [line, id] of this.lines.ids.entries()) {
      if (id === undefined) {
        this.#open.push(line);
        continue;
      }
      if (this.#used.has(id)) throw this.#twice(id, line, printPlace(this.lines.place(this.lines.ids.indexOf(id))));
      this.#name(line, id);
      if (this.rowOf[line] < 0) unknown.set(id, line);
    }
    for (const id of await this.#unchanged([...unknown.keys()]))
      throw this.#twice(id, unknown.get(id) ?? 0, await this.base.placeOf(id));
  }

  /** Rule 2 with the base. */
  pairEqual(): void {
    const free = new Queues();
    for (let row = 0; row < this.rows.count; row++)
      if (this.#lineOf[row] < 0) free.add(this.rows.items.get(row), this.rows.ids[row]);
    this.#takeFrom(free);
  }

  /** Rule 2 with another parent: its rows that the base has not, or has otherwise. */
  async pairWith(other: DatasetBlock): Promise<void> {
    const wanted = new Set(this.#open.map(line => contentOf(this.lines.items.get(line))));
    const found = new Map<string, Digest>();
    for await (const { key, after } of this.#differences(other)) {
      const item = after && linkedDigest(after);
      if (item && wanted.has(contentOf(item))) found.set(splitRowKey(key).id, item.slice());
    }
    for (const id of await this.#unchanged([...found.keys()])) found.delete(id);
    const free = new Queues();
    for (const [id, item] of found) if (!this.#used.has(id)) free.add(item, id);
    this.#takeFrom(free);
  }

  /** Rule 3. */
  pairInGaps(): void {
    for (let run = 0; run < this.lines.runEnds.length; run++) this.#pairInRun(run);
    this.#reopen();
  }

  /** Rule 4. */
  async make(): Promise<void> {
    const maker = new IdMaker(this.base.platform);
    const tally = new Tally();
    const ordinals = this.#open.map(line => tally.next(this.lines.items.get(line)));
    const first = this.#open.map((line, n) => maker.make(this.lines.items.get(line), ordinals[n]));
    const taken = await this.#unchanged(first);
    for (const [n, line] of this.#open.entries()) {
      let [id, ordinal] = [first[n], ordinals[n]];
      while (this.#used.has(id) || taken.has(id)) {
        id = maker.make(this.lines.items.get(line), ++ordinal);
        for (const one of await this.#unchanged([id])) taken.add(one);
      }
      this.#name(line, id);
    }
    this.#open = [];
  }

  #pairInRun(run: number): void {
    const line = runSpan(this.lines.runEnds, run);
    const row = runSpan(this.rows.runEnds, run);
    const ranks = this.rowOf.slice(line.from, line.to).map(of => (of < row.from || of >= row.to ? -1 : of - row.from));
    const anchors = longestRun(ranks);
    let from = line.from;
    let next = row.from;
    for (let at = line.from; at <= line.to; at++) {
      if (at < line.to && anchors[at - line.from] === 0) continue;
      const end = at < line.to ? this.rowOf[at] : row.to;
      this.#pairInGap({ from, to: at }, { from: next, to: end });
      from = at + 1;
      next = end + 1;
    }
  }

  #pairInGap(line: Span, row: Span): void {
    let next = row.from;
    for (let at = line.from; at < line.to; at++) {
      if (this.lines.ids[at] !== undefined) continue;
      while (next < row.to && this.#lineOf[next] >= 0) next++;
      if (next === row.to) return;
      this.#name(at, this.rows.ids[next++]);
    }
  }

  #differences(other: DatasetBlock) {
    const { reader, dataset } = this.base;
    return diffTrees(reader, dataset?.rows ?? other.rows, other.rows);
  }

  #takeFrom(free: Queues): void {
    for (const line of this.#open) {
      const id = free.take(this.lines.items.get(line));
      if (id !== undefined) this.#name(line, id);
    }
    this.#reopen();
  }

  #name(line: number, id: string): void {
    this.lines.ids[line] = id;
    this.#used.add(id);
    const row = this.rows.byId.get(id) ?? -1;
    this.rowOf[line] = row;
    if (row >= 0) this.#lineOf[row] = line;
  }

  #reopen(): void {
    this.#open = this.#open.filter(line => this.lines.ids[line] === undefined);
  }

  /** Those of the ids that rows of unchanged files have. */
  async #unchanged(ids: readonly string[]): Promise<Set<string>> {
    const { reader, dataset } = this.base;
    const asked = ids.filter(id => !this.rows.byId.has(id));
    return new Set(dataset && asked.length > 0 ? (await lookUpPositions(reader, dataset, asked)).keys() : []);
  }

  #twice(id: string, line: number, first: string): Error {
    return badInput(`the id stands twice (first at ${first}); leave @id out of a new row`, {
      ...this.lines.place(line),
      id,
    });
  }
}

/** Ids by the content of their rows, each in order. */
class Queues {
  readonly #byContent = new Map<string, { readonly ids: string[]; next: number }>();

  add(item: Digest, id: string): void {
    const content = contentOf(item);
    const queue = this.#byContent.get(content);
    if (queue) queue.ids.push(id);
    else this.#byContent.set(content, { ids: [id], next: 0 });
  }

  take(item: Digest): string | undefined {
    const queue = this.#byContent.get(contentOf(item));
    return queue?.ids[queue.next++];
  }
}

function contentOf(item: Digest): string {
  return String.fromCharCode(...item);
}
