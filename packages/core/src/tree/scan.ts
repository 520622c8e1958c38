/** Reads entries in order, forwards or backwards, from a key or an index: leaf by leaf, so that callers loop without awaiting. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { RecentNodes, type NodeCache } from "./cache.js";
import { loadChildren, loadNode, type ChildRef } from "./load.js";
import type { Node } from "./node.js";

/** A key and its value, one encoded dag-cbor value, as views. */
export interface TreeEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface ScanOptions {
  /**
   * Where to begin: at an index, or at a key. Forwards at the first entry that is not less than the key, backwards at the last that is not greater.
   * Default: the first entry, or the last one backwards. An index out of range gives nothing.
   */
  readonly from?: number | Uint8Array | undefined;
  readonly reverse?: boolean | undefined;
  /** How many entries are wanted: leaves beyond them are not loaded. Default: all. */
  readonly limit?: number | undefined;
  /** Leaves to load at once (never beyond `limit`). Default 1, so that whoever stops early has loaded nothing in vain; 16 or more for whole scans. */
  readonly ahead?: number | undefined;
  readonly cache?: NodeCache | undefined;
}

/** A stretch of one leaf: entries from `start` up to, not including, `end` are meant; backwards from `end − 1` down to `start`. */
export interface LeafSlice {
  readonly leaf: Node;
  readonly start: number;
  readonly end: number;
  /** Index in the tree of the entry at `start`. */
  readonly index: number;
}

/** Room for a few paths of nodes. */
const pathBytes = 2 ** 19;

/** Yields the leaves, in order, that hold the entries asked for. Throws missing-block or corrupt-block. */
export async function* leavesFrom(
  reader: BlockReader,
  root: Digest,
  options: ScanOptions = {},
): AsyncGenerator<LeafSlice, void, undefined> {
  const { from, reverse = false, limit = Infinity, ahead = 1 } = options;
  // The path to a key is gone twice: once to find its index, once to read.
  // Otherwise each node is met once: to keep it would only copy it.
  const cache = options.cache ?? (from instanceof Uint8Array ? new RecentNodes(pathBytes) : undefined);
  const top = await loadNode(reader, root, cache);
  const first = await firstRow(reader, top, from, reverse, cache);
  if (first < 0 || first >= top.rows || limit < 1) return;
  // The span of rows asked for, and how much of it was yielded: rows are counted in the inner nodes, so the end is known beforehand.
  const low = reverse ? Math.max(0, first - limit + 1) : first;
  const high = reverse ? first + 1 : Math.min(top.rows, first + limit);
  if (top.level === 0) return yield { leaf: top, start: low, end: high, index: low };
  yield* slices(reader, top, 0, { low, high, reverse, ahead: Math.max(1, ahead), cache });
}

interface Span {
  readonly low: number;
  readonly high: number;
  readonly reverse: boolean;
  readonly ahead: number;
  readonly cache: NodeCache | undefined;
}

async function* slices(
  reader: BlockReader,
  parent: Node,
  before: number,
  span: Span,
): AsyncGenerator<LeafSlice, void, undefined> {
  const { low, high, reverse, ahead, cache } = span;
  const first = parent.childAt(Math.max(0, low - before));
  const last = parent.childAt(Math.min(parent.rows, high - before) - 1);
  const step = parent.level === 1 ? ahead : 1;
  for (let done = 0; done <= last - first; done += step) {
    const refs: ChildRef[] = [];
    for (let n = done; n < Math.min(done + step, last - first + 1); n++)
      refs.push({ parent, i: reverse ? last - n : first + n });
    const loaded = loadChildren(reader, refs, cache);
    const children = loaded instanceof Promise ? await loaded : loaded;
    for (const [n, child] of children.entries()) {
      const index = before + (parent.rowsUpTo?.[refs[n].i] ?? 0);
      if (child.level > 0) yield* slices(reader, child, index, span);
      else yield slice(child, index, low, high);
    }
  }
}

function slice(leaf: Node, index: number, low: number, high: number): LeafSlice {
  const start = Math.max(0, low - index);
  return { leaf, start, end: Math.min(leaf.count, high - index), index: index + start };
}

/** Finds the index of the entry to begin with; −1 or the number of entries when there is none. */
async function firstRow(
  reader: BlockReader,
  top: Node,
  from: number | Uint8Array | undefined,
  reverse: boolean,
  cache: NodeCache | undefined,
): Promise<number> {
  if (from === undefined) return reverse ? top.rows - 1 : 0;
  if (typeof from === "number") return Number.isInteger(from) ? from : -1;
  let node = top;
  let before = 0;
  while (node.rowsUpTo !== undefined) {
    const i = node.lowerBound(from);
    if (i === node.count) return reverse ? top.rows - 1 : top.rows;
    before += node.rowsUpTo[i];
    [node] = await loadChildren(reader, [{ parent: node, i }], cache);
  }
  const i = node.lowerBound(from);
  const isThere = i < node.count && node.holdsKey(i, from, 0, from.length);
  return before + i - (reverse && !isThere ? 1 : 0);
}

/** Yields entries one by one: the easy form of {@link leavesFrom}, for where an await per entry does not matter. */
export async function* entries(
  reader: BlockReader,
  root: Digest,
  options: ScanOptions = {},
): AsyncGenerator<TreeEntry, void, undefined> {
  for await (const { leaf, start, end } of leavesFrom(reader, root, options)) {
    for (let n = 0; n < end - start; n++) {
      const i = options.reverse ? end - 1 - n : start + n;
      yield { key: leaf.key(i), value: leaf.value(i) };
    }
  }
}
