/**
 * What differs between two versions of a dataset: rows added, removed, changed and moved, streamed in dataset order.
 *
 *     rows before   (a,1) (b,2)       (d,4)        the `rows` trees differ at (b,2), (c,3), (d,4) and (e,4);
 *     rows after    (a,1)       (c,3)       (e,4)  `ids` says that 2 is gone, 3 is new, and 4 stood at d: it moved
 *
 * Reads only subtrees that differ, and for rows that stand on one side only, their places on the other side. Memory is that of one window.
 */
import type { BlockReader } from "../block/blocks.js";
import { sameDigest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { linkedDigest, splitRowKey } from "../dataset/row.js";
import { decode } from "../item/cbor.js";
import type { Value } from "../item/value.js";
import type { NodeCache } from "../tree/cache.js";
import { diffChunks, type TreeDifference } from "../tree/diff.js";
import { leavesFrom } from "../tree/scan.js";
import type { RowChange, RowState } from "./row-edit.js";
import { lookUpPositions, lookUpRows } from "./row-lookup.js";

/** Changes per window: few at first, so that the first come soon; then more, so that rows that moved far are looked up together. */
const firstWindow = 64;
const lastWindow = 8192;
/** Changes whose items are loaded together. */
const itemsAtOnce = 256;

/** A version of a dataset; absent where there is none, which is like one without rows. */
type Maybe = DatasetBlock | undefined;

/** Counts of rows. One that changed and moved counts in both. */
export interface RowCounts {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly moved: number;
}

/** A change with the items at hand, in the block's form; absent as the row is. */
export interface FullRowChange extends RowChange {
  readonly itemBefore?: Value;
  readonly itemAfter?: Value;
}

/** The changes that turn `before` into `after`, each id once, in the order of `after`; rows that go stand where they stood. */
export async function* diffRows(
  reader: BlockReader,
  before: Maybe,
  after: Maybe,
  cache?: NodeCache,
): AsyncIterable<RowChange> {
  for await (const window of diffWindows(reader, before, after, cache)) yield* window;
}

/** Like {@link diffRows}, with both items of each change. */
export async function* diffFullRows(
  reader: BlockReader,
  before: Maybe,
  after: Maybe,
  cache?: NodeCache,
): AsyncIterable<FullRowChange> {
  for await (const window of diffWindows(reader, before, after, cache))
    for (let at = 0; at < window.length; at += itemsAtOnce)
      yield* await withItems(reader, window.slice(at, at + itemsAtOnce));
}

/** Counts the changes, without loading an item. */
export async function countRows(
  reader: BlockReader,
  before: Maybe,
  after: Maybe,
  cache?: NodeCache,
): Promise<RowCounts> {
  const counts = { added: 0, removed: 0, changed: 0, moved: 0 };
  for await (const window of diffWindows(reader, before, after, cache)) {
    for (const change of window) {
      if (!change.before) counts.added++;
      else if (!change.after) counts.removed++;
      if (isChanged(change)) counts.changed++;
      if (isMoved(change)) counts.moved++;
    }
  }
  return counts;
}

/** Says whether the row is there before and after with different items. */
export function isChanged({ before, after }: RowChange): boolean {
  return before !== undefined && after !== undefined && !sameDigest(before.item, after.item);
}

/** Says whether the row is there before and after in different positions. */
export function isMoved({ before, after }: RowChange): boolean {
  return before !== undefined && after !== undefined && before.position !== after.position;
}

/** Like {@link diffRows}, many at a time. */
export async function* diffWindows(
  reader: BlockReader,
  before: Maybe,
  after: Maybe,
  cache?: NodeCache,
): AsyncIterable<RowChange[]> {
  let size = firstWindow;
  let window: RowChange[] = [];
  for await (const differences of differingEntries(reader, before, after, cache)) {
    for (const difference of differences) window.push(changeOf(difference));
    if (window.length < size) continue;
    yield await paired(reader, before, after, window, cache);
    window = [];
    size = Math.min(2 * size, lastWindow);
  }
  if (window.length > 0) yield paired(reader, before, after, window, cache);
}

async function* differingEntries(
  reader: BlockReader,
  before: Maybe,
  after: Maybe,
  cache?: NodeCache,
): AsyncIterable<TreeDifference[]> {
  if (before && after) return yield* diffChunks(reader, before.rows, after.rows, { cache });
  const only = before ?? after;
  if (!only) return;
  for await (const { leaf, start, end } of leavesFrom(reader, only.rows, { ahead: 16, cache })) {
    const entries = Array.from({ length: end - start }, (_, i) => ({
      key: leaf.key(start + i),
      value: leaf.value(start + i),
    }));
    yield entries.map(({ key, value }) => ({ key, before: before && value, after: after && value }));
  }
}

function changeOf({ key, before, after }: TreeDifference): RowChange {
  const { position, id } = splitRowKey(key);
  return { id, before: before && stateOf(position, before), after: after && stateOf(position, after) };
}

function stateOf(position: string, value: Uint8Array): RowState {
  return { position, item: linkedDigest(value).slice() };
}

/** Completes the changes of rows that moved where they stand now, and drops them from where they stood. */
async function paired(
  reader: BlockReader,
  before: Maybe,
  after: Maybe,
  window: RowChange[],
  cache?: NodeCache,
): Promise<RowChange[]> {
  if (!before || !after || sameDigest(before.ids, after.ids)) return window;
  const come = window.filter(change => !change.before).map(({ id }) => id);
  const gone = window.filter(change => !change.after).map(({ id }) => id);
  const earlier = await lookUpRows(reader, before, come, cache);
  const later = await lookUpPositions(reader, after, gone, cache);
  return window.flatMap(change => {
    if (!change.before) return { ...change, before: earlier.get(change.id) };
    return !change.after && later.has(change.id) ? [] : change;
  });
}

async function withItems(reader: BlockReader, changes: readonly RowChange[]): Promise<FullRowChange[]> {
  const items = changes.map(({ before, after }) =>
    before && after && sameDigest(before.item, after.item)
      ? [before.item]
      : [before, after].flatMap(state => state?.item ?? []),
  );
  const blocks = await reader.loadMany(items.flat());
  let next = 0;
  return changes.map((change, i) => {
    const values = items[i].map(() => decode(blocks[next++]) as Value);
    return {
      ...change,
      ...(change.before && { itemBefore: values[0] }),
      ...(change.after && { itemAfter: values[values.length - 1] }),
    };
  });
}
