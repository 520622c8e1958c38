/**
 * The rows of one dataset, read from its files against the base: whole and in one pass where the base does not matter, else only the files that changed.
 *
 *     files of the base    | 0 | a7 | b1 | c3 | d9 |        rows of unchanged files stay as they are; each run of changed ones
 *     files now            | 0 | a7 | b1'| b8 | d9 |        is settled between its neighbours, here between the rows of a7 and d9
 */
import {
  at,
  changeRows,
  emptyDataset,
  leavesFrom,
  linkedDigest,
  manyBetween,
  printPlace,
  splitRowKey,
  type Blocks,
  type DatasetBlock,
  type Platform,
  type RowChange,
  type RowState,
} from "@sheaf/core";
import { BaseRows, ChangedLines } from "./changed-lines.js";
import { FreshRows, type RowTrees } from "./fresh-rows.js";
import { settleIds } from "./identity.js";
import { Neighbours, type LineCounts } from "./neighbours.js";
import { NoRoom, settlePositions, type Bounds, type Standing } from "./order.js";
import type { RowFile, RowFiles, RowsFolder, Stretch } from "./row-files.js";
import type { RowReader } from "./row-reader.js";

/** What rows are read with. */
export interface RowsPlace {
  readonly blocks: Blocks;
  readonly platform: Platform;
  readonly reader: RowReader;
  readonly rowFiles: RowFiles;
  readonly counts: LineCounts;
}

/** A dataset of a parent, and where its rows lie in that parent's tree. */
export interface RowsBase {
  readonly dataset: DatasetBlock;
  readonly folder: RowsFolder;
  /** Finds the same dataset in the other parents. */
  others(): Promise<readonly DatasetBlock[]>;
}

/** Reads the rows below a folder. Throws bad-input with file and line for what cannot be taken. */
export async function readRows(place: RowsPlace, folder: RowsFolder, base?: RowsBase): Promise<RowTrees> {
  const before = base?.folder ?? { ...folder, tree: undefined };
  if (base && before.tree === folder.tree) return base.dataset;
  const stretches = await place.rowFiles.compare(before, folder);
  if (!stretches.some(stretch => "same" in stretch)) {
    const whole = await readWhole(place, folder, stretches, base !== undefined);
    if (whole) return whole;
  }
  return new RowsAdoption(place, folder, base).read(stretches);
}

/** Reads all rows in one pass; `undefined` when they do not come in a form in which that can be done. */
async function readWhole(
  { blocks, platform, reader }: RowsPlace,
  folder: RowsFolder,
  stretches: readonly Stretch[],
  hasBase: boolean,
): Promise<RowTrees | undefined> {
  const fresh = new FreshRows(blocks, platform, hasBase);
  for (const file of filesOf(stretches)) {
    const body = await folder.objects.blob(file.oid, file.path);
    let fits = true;
    // A file is read to its end in any case, for the reader's sake.
    for (const batch of reader.rows(body, folder.objects.at(file.path))) fits &&= fresh.add(batch);
    if (!fits) return undefined;
    await blocks.drain();
  }
  const trees = fresh.finish();
  return typeof trees === "string" ? undefined : trees;
}

function filesOf(stretches: readonly Stretch[]): readonly RowFile[] {
  return stretches.flatMap(stretch => ("same" in stretch ? [] : stretch.after));
}

/** The indices of the first and the last row of unchanged files. */
interface Edge {
  readonly first: number;
  readonly last: number;
}

/** Reads what changed. */
class RowsAdoption {
  readonly #neighbours: Neighbours | undefined;
  readonly #dataset: DatasetBlock | undefined;

  constructor(
    readonly place: RowsPlace,
    readonly folder: RowsFolder,
    readonly base: RowsBase | undefined,
  ) {
    const { blocks, rowFiles, counts } = place;
    this.#dataset = base?.dataset;
    if (base) this.#neighbours = new Neighbours(blocks, base.dataset, base.folder, folder.path, rowFiles, counts);
  }

  async read(first: readonly Stretch[]): Promise<RowTrees> {
    const forced = new Set<string>();
    for (let stretches = first; ;) {
      const edges = await this.#edges(stretches);
      const empty = edges.findIndex((edge, i) => edge === undefined && "same" in stretches[i]);
      const settled = empty < 0 ? await this.#settle(stretches, edges) : undefined;
      if (settled && !(settled instanceof NoRoom)) return settled;
      const more = settled ? await this.#beside(stretches, settled.run) : await this.#filesOf(stretches[empty]);
      for (const { path } of more) forced.add(path);
      stretches = await this.place.rowFiles.compare(this.base?.folder ?? this.folder, this.folder, forced);
    }
  }

  /** For each stretch of unchanged files the indices of the rows at its ends that stand beside a run. */
  async #edges(stretches: readonly Stretch[]): Promise<(Edge | undefined)[]> {
    const edges: (Edge | undefined)[] = [];
    for (const [i, stretch] of stretches.entries()) {
      const files = "same" in stretch ? stretch.same : [];
      const first = i > 0 ? await this.#neighbours?.edge(files, "first") : undefined;
      const last = i < stretches.length - 1 ? await this.#neighbours?.edge(files, "last") : undefined;
      edges.push(first === undefined && last === undefined ? undefined : { first: first ?? 0, last: last ?? 0 });
    }
    return edges;
  }

  /** Settles the lines of all runs; a run without room when there is one. */
  async #settle(stretches: readonly Stretch[], edges: readonly (Edge | undefined)[]): Promise<RowTrees | NoRoom> {
    const { blocks, platform } = this.place;
    const lines = await this.#readLines(stretches);
    const { rows, bounds } = await this.#readBase(stretches, edges);
    const others = () => this.base?.others() ?? Promise.resolve([]);
    const placeOf = (id: string) => this.#placeOf(stretches, id);
    const rowOf = await settleIds(lines, rows, { reader: blocks, platform, dataset: this.#dataset, others, placeOf });
    const written = this.#writtenPositions(stretches);
    const noRoom = await settlePositions(lines, rows, rowOf, bounds, written);
    if (noRoom && stretches.length > 1) return noRoom;
    if (noRoom) spreadAll(lines);
    return changeRows(blocks, this.#dataset ?? emptyDataset(blocks, ""), changesOf(lines, rows, rowOf));
  }

  async #readLines(stretches: readonly Stretch[]): Promise<ChangedLines> {
    const lines = new ChangedLines();
    for (const stretch of stretches) {
      if ("same" in stretch) continue;
      for (const file of stretch.after) await this.#readFile(file, lines);
      lines.endRun();
    }
    return lines;
  }

  async #readFile(file: RowFile, lines: ChangedLines): Promise<void> {
    const { blocks, reader } = this.place;
    const place = this.folder.objects.at(file.path);
    const body = await this.folder.objects.blob(file.oid, file.path);
    lines.beginFile(place);
    for (const batch of reader.rows(body, place)) {
      const { items } = batch;
      const digests = new Uint8Array(items.count * 32);
      blocks.putMany(items, digests);
      for (let i = 0; i < items.count; i++) lines.add(batch, i, digests.subarray(i * 32, i * 32 + 32));
    }
    await blocks.drain();
  }

  /** Reads the base's rows of the runs, and what stands around them. */
  async #readBase(
    stretches: readonly Stretch[],
    edges: readonly (Edge | undefined)[],
  ): Promise<{ rows: BaseRows; bounds: Bounds[] }> {
    const rows = new BaseRows();
    const bounds: Bounds[] = [];
    for (const [i, stretch] of stretches.entries()) {
      if ("same" in stretch) continue;
      const [low, high] = [edges[i - 1]?.last, edges[i + 1]?.first];
      await this.#takeRows(rows, low === undefined ? 0 : low + 1, high ?? this.#dataset?.count ?? 0);
      rows.endRun();
      bounds.push({ lower: await this.#standing(low), upper: await this.#standing(high) });
    }
    return { rows, bounds };
  }

  async #takeRows(rows: BaseRows, from: number, to: number): Promise<void> {
    if (!this.#dataset || to <= from) return;
    const options = { from, limit: to - from, ahead: 16 };
    for await (const { leaf, start, end } of leavesFrom(this.place.blocks, this.#dataset.rows, options))
      for (let i = start; i < end; i++) {
        const { position, id } = splitRowKey(leaf.key(i));
        rows.add(position, id, linkedDigest(leaf.value(i)));
      }
  }

  async #standing(index: number | undefined): Promise<Standing | undefined> {
    if (index === undefined || !this.#dataset) return undefined;
    const entry = await at(this.place.blocks, this.#dataset.rows, index);
    return entry && splitRowKey(entry.key);
  }

  /** Reads the positions that the lines of the base's run had as they were written; each run once. */
  #writtenPositions(stretches: readonly Stretch[]): (run: number) => Promise<readonly (string | undefined)[]> {
    const runs = runsOf(stretches);
    const known = new Map<number, readonly (string | undefined)[]>();
    return async run => {
      const positions = known.get(run) ?? (await this.#readPositions(runs[run].before));
      known.set(run, positions);
      return positions;
    };
  }

  async #readPositions(files: readonly RowFile[]): Promise<(string | undefined)[]> {
    const objects = this.base?.folder.objects ?? this.folder.objects;
    const positions: (string | undefined)[] = [];
    for (const { oid, path } of files)
      for (const batch of this.place.reader.rows(await objects.blob(oid, path), objects.at(path)))
        positions.push(...batch.positions);
    return positions;
  }

  /** The unchanged file that widens a run: the next one behind it, or else the last one before it. */
  async #beside(stretches: readonly Stretch[], run: number): Promise<readonly RowFile[]> {
    const index = stretches.indexOf(runsOf(stretches)[run]);
    const next = await this.#filesOf(stretches[index + 1]);
    return next.length > 0 ? next.slice(0, 1) : (await this.#filesOf(stretches[index - 1])).slice(-1);
  }

  async #filesOf(stretch: Stretch | undefined): Promise<readonly RowFile[]> {
    return stretch && "same" in stretch ? this.#flatten(stretch.same) : [];
  }

  async #flatten(same: readonly RowFile[]): Promise<RowFile[]> {
    const files: RowFile[] = [];
    for (const file of same)
      if (file.isFolder)
        files.push(...(await this.place.rowFiles.list({ ...this.folder, path: file.path, tree: file.oid })));
      else files.push(file);
    return files;
  }

  /** Where the row with an id stands in the unchanged files. */
  async #placeOf(stretches: readonly Stretch[], id: string): Promise<string> {
    let found = "another file of the dataset";
    for (const stretch of stretches)
      for (const file of await this.#filesOf(stretch)) {
        const place = this.folder.objects.at(file.path);
        const body = await this.folder.objects.blob(file.oid, file.path);
        for (const { ids, lines } of this.place.reader.rows(body, place))
          if (ids.includes(id)) found = printPlace({ ...place, line: lines[ids.indexOf(id)] });
      }
    return found;
  }
}

function runsOf(stretches: readonly Stretch[]): Exclude<Stretch, { same: unknown }>[] {
  return stretches.flatMap(stretch => ("same" in stretch ? [] : stretch));
}

/** Gives all rows of a dataset new positions, one after another. */
function spreadAll(lines: ChangedLines): void {
  for (const [line, position] of (manyBetween(undefined, undefined, lines.count) ?? []).entries())
    lines.positions[line] = position;
}

function changesOf(lines: ChangedLines, rows: BaseRows, rowOf: Int32Array): RowChange[] {
  const stay = new Set(rowOf);
  const changes: RowChange[] = [];
  for (let row = 0; row < rows.count; row++)
    if (!stay.has(row)) changes.push({ id: rows.ids[row], before: stateOf(rows, row) });
  for (let line = 0; line < lines.count; line++) {
    const before = rowOf[line] < 0 ? undefined : stateOf(rows, rowOf[line]);
    changes.push({ id: lines.ids[line] ?? "", before, after: stateOf(lines, line) });
  }
  return changes;
}

function stateOf({ positions, items }: BaseRows | ChangedLines, i: number): RowState {
  return { position: positions[i] ?? "", item: items.get(i) };
}
