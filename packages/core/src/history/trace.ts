/**
 * Where a dataset, known by its id, and one of its rows stand in a snapshot; and how to find the same in a parent's snapshot by what differs.
 *
 * Snapshots name datasets by path. A dataset keeps its path in nearly every commit, so the path in the child is tried first; after a rename, the difference
 * of the two snapshots' trees is searched. Blocks that are the same in parent and child are not read twice.
 */
import type { BlockReader } from "../block/blocks.js";
import { sameDigest, type Digest } from "../block/cid.js";
import { decodeDataset, type DatasetBlock, type DatasetId } from "../dataset/dataset.js";
import { findRow, type RowState } from "../dataset/lookup.js";
import { linkedDigest } from "../dataset/row.js";
import { fromUtf8, utf8 } from "../text.js";
import { diffTrees } from "../tree/diff.js";
import { get } from "../tree/read.js";
import { entries } from "../tree/scan.js";
import { decodeSnapshot, type Snapshot } from "./snapshot.js";

/** A dataset of a snapshot. */
export interface PlacedDataset {
  readonly path: string;
  readonly digest: Digest;
  readonly block: DatasetBlock;
}

/** A snapshot in which a dataset was looked for. */
export interface Trace {
  /** The snapshot's block. */
  readonly digest: Digest;
  readonly snapshot: Snapshot;
  readonly dataset: PlacedDataset | undefined;
}

/** Finds the dataset with this id. `path` is where it may be expected; without it, or when it is not there, every dataset is looked at. */
export async function traceDataset(reader: BlockReader, digest: Digest, id: DatasetId, path?: string): Promise<Trace> {
  const snapshot = decodeSnapshot(await reader.load(digest));
  const expected = path === undefined ? undefined : await placedAt(reader, snapshot, path);
  if (expected?.block.id === id) return { digest, snapshot, dataset: expected };
  for await (const { key, value } of entries(reader, snapshot.datasets)) {
    const found = await placed(reader, fromUtf8(key), linkedDigest(value));
    if (found.block.id === id) return { digest, snapshot, dataset: found };
  }
  return { digest, snapshot, dataset: undefined };
}

/** Finds the dataset in another snapshot (a parent's), reading only what differs from the snapshot where it was found. */
export async function traceFrom(reader: BlockReader, known: Trace, digest: Digest, id: DatasetId): Promise<Trace> {
  if (sameDigest(digest, known.digest)) return known;
  const snapshot = decodeSnapshot(await reader.load(digest));
  if (sameDigest(snapshot.datasets, known.snapshot.datasets)) return { digest, snapshot, dataset: known.dataset };
  const same = known.dataset && (await placedAt(reader, snapshot, known.dataset.path, known.dataset));
  if (same?.block.id === id) return { digest, snapshot, dataset: same };
  for await (const { key, before } of diffTrees(reader, snapshot.datasets, known.snapshot.datasets)) {
    if (!before) continue;
    const found = await placed(reader, fromUtf8(key), linkedDigest(before));
    if (found.block.id === id) return { digest, snapshot, dataset: found };
  }
  return { digest, snapshot, dataset: undefined };
}

async function placedAt(
  reader: BlockReader,
  snapshot: Snapshot,
  path: string,
  known?: PlacedDataset,
): Promise<PlacedDataset | undefined> {
  const value = await get(reader, snapshot.datasets, utf8(path));
  if (!value) return undefined;
  const digest = linkedDigest(value);
  return known && sameDigest(digest, known.digest) ? known : placed(reader, path, digest);
}

async function placed(reader: BlockReader, path: string, view: Digest): Promise<PlacedDataset> {
  const digest = view.slice();
  return { path, digest, block: decodeDataset(await reader.load(digest)) };
}

/** The row in another version of its dataset, given the one that is known; reads nothing when both trees are the same. */
export async function findRowFrom(
  reader: BlockReader,
  dataset: DatasetBlock,
  id: string,
  known: { dataset: DatasetBlock; row: RowState | undefined },
): Promise<RowState | undefined> {
  if (sameDigest(dataset.rows, known.dataset.rows)) return known.row;
  return findRow(reader, dataset, id);
}

/** Says whether two states of a row are the same: place and item. */
export function sameRow(a: RowState | undefined, b: RowState | undefined): boolean {
  if (!a || !b) return a === b;
  return a.position === b.position && sameDigest(a.item, b.item);
}

/** Says whether two states of a dataset are the same: path and content. */
export function samePlaced(a: PlacedDataset | undefined, b: PlacedDataset | undefined): boolean {
  if (!a || !b) return a === b;
  return a.path === b.path && sameDigest(a.digest, b.digest);
}
