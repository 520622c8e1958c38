/**
 * Reads a tree: one entry, many, the k-th, or all in order. Only the nodes on the paths to what was asked are loaded.
 *
 * Every function takes a cache of parsed nodes, if there is one. What is given back are views of blocks: never change them, and copy what is to be kept
 * for long. All throw missing-block, and corrupt-block when a node is not sound.
 */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import type { Awaitable } from "../platform.js";
import type { NodeCache } from "./cache.js";
import { loadChild, loadChildren, loadNode, type ChildRef } from "./load.js";
import type { Node } from "./node.js";
import type { TreeEntry } from "./scan.js";

export { entries, leavesFrom, type LeafSlice, type ScanOptions, type TreeEntry } from "./scan.js";

/** The value under a key, or `undefined`. Gives it at once, without a promise, when all nodes are at hand. */
export function get(
  reader: BlockReader,
  root: Digest,
  key: Uint8Array,
  cache?: NodeCache,
): Awaitable<Uint8Array | undefined> {
  const node = loadNode(reader, root, cache);
  return node instanceof Promise ? node.then(top => getIn(reader, top, key, cache)) : getIn(reader, node, key, cache);
}

function getIn(
  reader: BlockReader,
  top: Node,
  key: Uint8Array,
  cache: NodeCache | undefined,
): Awaitable<Uint8Array | undefined> {
  let node = top;
  for (;;) {
    const i = node.lowerBound(key);
    if (i === node.count) return undefined;
    if (node.level === 0) return node.holdsKey(i, key, 0, key.length) ? node.value(i) : undefined;
    const child = loadChild(reader, node, i, cache);
    if (child instanceof Promise) return child.then(below => getIn(reader, below, key, cache));
    node = child;
  }
}

/**
 * The values under many keys, in their order, `undefined` where there is none. Each node is loaded once, those of one level together.
 *
 * The keys must ascend; equal ones may stand beside each other.
 */
export async function getMany(
  reader: BlockReader,
  root: Digest,
  sortedKeys: readonly Uint8Array[],
  cache?: NodeCache,
): Promise<(Uint8Array | undefined)[]> {
  const values: (Uint8Array | undefined)[] = Array.from({ length: sortedKeys.length });
  if (sortedKeys.length === 0) return values;
  let sought: Sought = { nodes: [await loadNode(reader, root, cache)], firsts: [0] };
  while (sought.nodes.length > 0 && sought.nodes[0].level > 0) sought = await below(reader, sought, sortedKeys, cache);
  for (const [n, leaf] of sought.nodes.entries()) {
    const end = n + 1 < sought.firsts.length ? sought.firsts[n + 1] : sortedKeys.length;
    let i = 0;
    for (let k = sought.firsts[n]; k < end; k++) {
      i = leaf.lowerBound(sortedKeys[k], i);
      if (i === leaf.count) break;
      if (leaf.holdsKey(i, sortedKeys[k], 0, sortedKeys[k].length)) values[k] = leaf.value(i);
    }
  }
  return values;
}

/** Nodes of one level, each with the first of the keys to be found in or below it; the first key of the next node ends them. */
interface Sought {
  readonly nodes: readonly Node[];
  readonly firsts: readonly number[];
}

async function below(
  reader: BlockReader,
  { nodes, firsts }: Sought,
  sortedKeys: readonly Uint8Array[],
  cache: NodeCache | undefined,
): Promise<Sought> {
  const refs: ChildRef[] = [];
  const firstsBelow: number[] = [];
  for (const [n, parent] of nodes.entries()) {
    const end = n + 1 < firsts.length ? firsts[n + 1] : sortedKeys.length;
    let last = -1;
    for (let k = firsts[n]; k < end; k++) {
      const i = parent.lowerBound(sortedKeys[k], Math.max(last, 0));
      if (i === parent.count) break;
      if (i !== last) {
        refs.push({ parent, i });
        firstsBelow.push(k);
      }
      last = i;
    }
  }
  return { nodes: await loadChildren(reader, refs, cache), firsts: firstsBelow };
}

/** Number of entries. */
export async function count(reader: BlockReader, root: Digest, cache?: NodeCache): Promise<number> {
  return (await loadNode(reader, root, cache)).rows;
}

/** The entry that `index` others come before, or `undefined` when there are not that many. */
export async function at(
  reader: BlockReader,
  root: Digest,
  index: number,
  cache?: NodeCache,
): Promise<TreeEntry | undefined> {
  let node = await loadNode(reader, root, cache);
  if (!Number.isInteger(index) || index < 0 || index >= node.rows) return undefined;
  let row = index;
  while (node.rowsUpTo !== undefined) {
    const i = node.childAt(row);
    row -= node.rowsUpTo[i];
    node = await loadChild(reader, node, i, cache);
  }
  return { key: node.key(row), value: node.value(row) };
}

/** Number of entries with keys less than this one: its index if it is there. */
export async function rank(reader: BlockReader, root: Digest, key: Uint8Array, cache?: NodeCache): Promise<number> {
  let node = await loadNode(reader, root, cache);
  let before = 0;
  while (node.rowsUpTo !== undefined) {
    const i = node.lowerBound(key);
    if (i === node.count) return before + node.rows;
    before += node.rowsUpTo[i];
    node = await loadChild(reader, node, i, cache);
  }
  return before + node.lowerBound(key);
}
