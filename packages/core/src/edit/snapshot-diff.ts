/**
 * What differs between two snapshots: datasets, their metadata and rows, files; streamed, in the order of dataset paths, files last.
 *
 * Datasets are paired by id, then by path, so a renamed one is the same. A dataset that came or went brings its rows along, as a patch on nothing would.
 * Reads only what differs.
 */
import type { BlockReader } from "../block/blocks.js";
import { printCid } from "../block/cid.js";
import type { Snapshot } from "../history/snapshot.js";
import type { PlacedDataset } from "../history/trace.js";
import { setKey } from "../item/value.js";
import { compareText, fromUtf8 } from "../text.js";
import { RecentNodes, type NodeCache } from "../tree/cache.js";
import { diffTrees, type TreeDifference } from "../tree/diff.js";
import { countRows, diffFullRows, isMoved, type FullRowChange, type RowCounts } from "./dataset-diff.js";
import { pairDatasets, readPlaced } from "./dataset-pairs.js";
import type { Difference, DiffStat, RowDifference } from "./difference.js";
import { diffValues } from "./item-diff.js";

export interface SnapshotDiffOptions {
  /** Only the dataset that has this path in one of the two, and no files. */
  readonly dataset?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Memory for nodes that neighbouring look-ups share. */
const cacheBytes = 2 ** 23;

/** Gives what differs from `before` to `after`. */
export async function* diffSnapshots(
  reader: BlockReader,
  before: Snapshot,
  after: Snapshot,
  options: SnapshotDiffOptions = {},
): AsyncIterable<Difference> {
  const cache = new RecentNodes(cacheBytes);
  for (const pair of await differingDatasets(reader, before, after, options)) {
    options.signal?.throwIfAborted();
    yield* diffPair(reader, pair, cache, options.signal);
  }
  if (options.dataset === undefined) yield* diffFiles(reader, before, after, options.signal);
}

/** Counts the rows that differ, without loading an item. */
export async function countDifferences(
  reader: BlockReader,
  before: Snapshot,
  after: Snapshot,
  options: SnapshotDiffOptions = {},
): Promise<DiffStat> {
  const cache = new RecentNodes(cacheBytes);
  const stat = new Map<string, RowCounts>();
  for (const pair of await differingDatasets(reader, before, after, options)) {
    options.signal?.throwIfAborted();
    const counts = await countPair(reader, pair, cache);
    const others = stat.get(pair.path);
    // Where one went and another came to its path, both count.
    stat.set(pair.path, others ? sumOf(others, counts) : counts);
  }
  const byPath: Record<string, RowCounts> = {};
  for (const [path, counts] of stat) setKey(byPath as never, path, counts as never);
  return byPath;
}

function sumOf(a: RowCounts, b: RowCounts): RowCounts {
  return {
    added: a.added + b.added,
    removed: a.removed + b.removed,
    changed: a.changed + b.changed,
    moved: a.moved + b.moved,
  };
}

/** A dataset before and after; `path` is what it goes by. */
interface Pair {
  readonly path: string;
  readonly before: PlacedDataset | undefined;
  readonly after: PlacedDataset | undefined;
}

async function differingDatasets(
  reader: BlockReader,
  before: Snapshot,
  after: Snapshot,
  { dataset }: SnapshotDiffOptions,
): Promise<Pair[]> {
  const differences: TreeDifference[] = [];
  for await (const difference of diffTrees(reader, before.datasets, after.datasets)) differences.push(difference);
  const left = await readPlaced(
    reader,
    differences.map(({ key, before: value }) => ({ key, value })),
  );
  const right = await readPlaced(
    reader,
    differences.map(({ key, after: value }) => ({ key, value })),
  );
  const partners = pairDatasets(left, right);
  const paired = new Set(partners.values());
  const pairs: Pair[] = [
    ...left.map(was => ({ path: partners.get(was)?.path ?? was.path, before: was, after: partners.get(was) })),
    ...right.filter(is => !paired.has(is)).map(is => ({ path: is.path, before: undefined, after: is })),
  ];
  const wanted =
    dataset === undefined ? pairs : pairs.filter(pair => pair.before?.path === dataset || pair.after?.path === dataset);
  // What went stands before what came to the same path.
  return wanted.sort(
    (a, b) => compareText(a.path, b.path) || Number(a.before === undefined) - Number(b.before === undefined),
  );
}

async function* diffPair(
  reader: BlockReader,
  { path, before, after }: Pair,
  cache: NodeCache,
  signal: AbortSignal | undefined,
): AsyncIterable<Difference> {
  if (!before && after) yield { kind: "dataset-added", dataset: path, count: after.block.count };
  if (before && !after) yield { kind: "dataset-removed", dataset: path, count: before.block.count };
  if (before && after && before.path !== after.path)
    yield { kind: "dataset-renamed", dataset: path, from: before.path };
  const patch = after ? diffValues(before?.block.meta ?? {}, after.block.meta) : [];
  if (patch.length > 0) yield { kind: "meta-changed", dataset: path, patch };
  for await (const change of diffFullRows(reader, before?.block, after?.block, cache)) {
    signal?.throwIfAborted();
    yield rowDifference(path, change);
  }
}

async function countPair(reader: BlockReader, { before, after }: Pair, cache: NodeCache): Promise<RowCounts> {
  const none = { added: 0, removed: 0, changed: 0, moved: 0 };
  if (!before) return { ...none, added: after?.block.count ?? 0 };
  if (!after) return { ...none, removed: before.block.count };
  return countRows(reader, before.block, after.block, cache);
}

function rowDifference(
  dataset: string,
  { id, before, after, itemBefore, itemAfter, ...change }: FullRowChange,
): RowDifference {
  if (after && itemAfter !== undefined && (!before || itemBefore === undefined))
    return { kind: "added", dataset, id, position: after.position, item: itemAfter, cid: printCid(after.item) };
  if (!before || itemBefore === undefined) throw new TypeError(`row ${id} is neither before nor after`);
  if (!after || itemAfter === undefined)
    return { kind: "removed", dataset, id, position: before.position, item: itemBefore, cid: printCid(before.item) };
  const move = { from: before.position, to: after.position };
  if (itemBefore === itemAfter) return { kind: "moved", dataset, id, ...move };
  const moved = isMoved({ ...change, id, before, after }) ? { moved: move } : {};
  return {
    kind: "changed",
    dataset,
    id,
    before: itemBefore,
    after: itemAfter,
    patch: diffValues(itemBefore, itemAfter),
    ...moved,
  };
}

async function* diffFiles(
  reader: BlockReader,
  before: Snapshot,
  after: Snapshot,
  signal: AbortSignal | undefined,
): AsyncIterable<Difference> {
  for await (const { key, before: was, after: is } of diffTrees(reader, before.files, after.files)) {
    signal?.throwIfAborted();
    yield { kind: !was ? "file-added" : !is ? "file-removed" : "file-changed", file: fromUtf8(key) };
  }
}
