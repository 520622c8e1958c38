/**
 * Cuts a dataset's rows into files.
 *
 * With an earlier version at hand, only around what differs: from the file that a change falls into, until a file begins where one began before and nothing
 * changed there. From there on the files are the earlier ones.
 *
 *     earlier files   |a b c|d e f|g h i|j k l|        change e, so that the new file ends elsewhere
 *     files now       |a b c|d E f g|h i|j k l|        cut until an old and a new file begin at the same place
 */
import { diffChunks, splitRowKey, type Digest } from "@sheaf/core";
import type { Likeness } from "../object.js";
import { oidOf } from "../oid.js";
import { beginsFile } from "./cut.js";
import type { EarlierRows, Piece, Stretch } from "./earlier-rows.js";
import type { Making } from "./making.js";
import { linesBetween, rowLines, type LineBatch } from "./row-lines.js";

/** Pieces of one level that take the place of the earlier ones from `from` up to `to` (the end when absent). */
export interface Splice {
  readonly from: string;
  readonly to: string | undefined;
  readonly pieces: readonly Piece[];
}

/** The earlier version: its tree of rows, and how that lies in git. */
export interface Earlier {
  readonly rows: Digest;
  readonly layout: EarlierRows;
}

/** Leaves of the tree of rows that are read together when all are wanted. */
const aheadForAll = 16;

/** Cuts the rows and hands new files to the sink; gives what differs, in order, from the earlier files. */
export async function cutRows(making: Making, rows: Digest, earlier?: Earlier): Promise<Splice[]> {
  if (!earlier) return [await new FileCutter(making, rows, "").run(() => false)];
  const splices: Splice[] = [];
  const changes = new ChangedPositions(making, earlier.rows, rows);
  for (let change = await changes.from(""); change !== undefined; change = await changes.from("")) {
    const file = await earlier.layout.find(0, change);
    // A change of the row that begins a file may put its beginning elsewhere.
    const start = file.position === change ? await earlier.layout.find(0, change, true) : file;
    const cutter = new FileCutter(making, rows, start.position, earlier);
    const splice = await cutter.run(
      async position => (await changes.from(position)) !== position && earlier.layout.begins(0, position),
    );
    splices.push(splice);
    if (splice.to === undefined) break;
  }
  return splices;
}

/** The positions at which two trees of rows differ, in order. */
class ChangedPositions {
  readonly #chunks: ReturnType<typeof diffChunks>;
  #positions: string[] = [];
  #next = 0;
  #isDone = false;

  constructor({ reader }: Making, before: Digest, after: Digest) {
    this.#chunks = diffChunks(reader, before, after);
  }

  /** The first one that is not before the position; those before it are passed. */
  async from(position: string): Promise<string | undefined> {
    for (;;) {
      while (this.#next < this.#positions.length && this.#positions[this.#next] < position) this.#next++;
      if (this.#next < this.#positions.length) return this.#positions[this.#next];
      if (this.#isDone) return undefined;
      const { value, done } = await this.#chunks.next();
      this.#isDone = done === true;
      this.#positions = value ? value.map(({ key }) => splitRowKey(key).position) : [];
      this.#next = 0;
    }
  }
}

/** Cuts files from one beginning on. */
class FileCutter {
  readonly #pieces: Piece[] = [];
  #buffer = new Uint8Array(2 ** 18);
  #bytes = 0;
  /** Where the file under way begins; empty for the first. */
  #position: string;
  #before = "";

  constructor(
    readonly making: Making,
    readonly rows: Digest,
    readonly from: string,
    readonly earlier?: Earlier,
  ) {
    this.#position = from;
  }

  /** Cuts until the rows end, or `stops` says of a position where a file begins that all from there on is as it was. */
  async run(stops: (position: string) => Promise<boolean> | boolean): Promise<Splice> {
    const { making, rows, from } = this;
    for await (const batch of rowLines(making.reader, rows, { from, ahead: this.earlier ? 1 : aheadForAll })) {
      making.watch.signal?.throwIfAborted();
      const to = await this.#take(batch, stops);
      if (to !== undefined) return { from, to, pieces: this.#pieces };
      await making.sink.drain();
    }
    if (this.#bytes > 0) await this.#finish();
    return { from, to: undefined, pieces: this.#pieces };
  }

  async #take(
    { text, ends, positions }: LineBatch,
    stops: (position: string) => Promise<boolean> | boolean,
  ): Promise<string | undefined> {
    let taken = 0;
    for (let i = 0, start = 0; i < ends.length; start = ends[i++]) {
      const position = positions[i];
      if (position !== this.#before && this.#isFull(start - taken, ends[i] - start, position)) {
        this.#append(text.subarray(taken, start));
        taken = start;
        await this.#finish();
        if (await stops(position)) return position;
        this.#position = position;
      }
      this.#before = position;
    }
    this.#append(text.subarray(taken));
    return undefined;
  }

  #isFull(pending: number, line: number, position: string): boolean {
    const size = this.#bytes + pending;
    const isFirst = this.#position === "";
    return size > 0 && beginsFile({ size, adds: line, position, isFirst }, this.making.sizes);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#bytes + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(2 * needed);
      larger.set(this.#buffer.subarray(0, this.#bytes));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#bytes);
    this.#bytes = needed;
  }

  async #finish(): Promise<void> {
    const body = this.#buffer.slice(0, this.#bytes);
    const { making, earlier } = this;
    const position = this.#position;
    this.#bytes = 0;
    if (!earlier) {
      this.#pieces.push({ position, oid: making.sink.put("blob", body) });
      return;
    }
    const old = await earlier.layout.find(0, position);
    const oid = oidOf(making.shelf.git, "blob", body);
    if (old.oid !== oid) making.sink.put("blob", body, await this.#like(earlier, old));
    if (making.wantsLikes) making.recent.keep(oid, body);
    this.#pieces.push({ position, oid });
  }

  async #like({ rows }: Earlier, { oid, position, next }: Stretch): Promise<Likeness | undefined> {
    const { wantsLikes, recent, reader } = this.making;
    if (!wantsLikes) return undefined;
    return { oid, type: "blob", body: recent.get(oid) ?? (await linesBetween(reader, rows, position, next)) };
  }
}
