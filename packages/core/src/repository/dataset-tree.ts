/** Datasets in a snapshot: found by path, put, renamed, removed. */
import type { BlockReader, Blocks } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { decodeDataset, encodeDataset, type DatasetBlock, type DatasetId } from "../dataset/dataset.js";
import { linkedDigest, linkValue } from "../dataset/row.js";
import type { Snapshot } from "../history/snapshot.js";
import { SheafError } from "../errors.js";
import { compareBytes, fromUtf8, utf8 } from "../text.js";
import { editTree, type TreeChange } from "../tree/edit.js";
import { entries, get } from "../tree/read.js";

/** A dataset with the digest of its block. */
export interface StoredDataset extends DatasetBlock {
  readonly digest: Digest;
}

/** The dataset at a path, or `undefined`. */
export async function findDataset(
  reader: BlockReader,
  snapshot: Snapshot,
  path: string,
): Promise<StoredDataset | undefined> {
  const value = await get(reader, snapshot.datasets, utf8(path));
  if (!value) return undefined;
  const digest = linkedDigest(value).slice();
  return { digest, ...decodeDataset(await reader.load(digest)) };
}

/** Every dataset of a snapshot, in the order of their paths. */
export async function* allDatasets(
  reader: BlockReader,
  snapshot: Snapshot,
): AsyncIterable<StoredDataset & { path: string }> {
  for await (const { key, value } of entries(reader, snapshot.datasets)) {
    const digest = linkedDigest(value).slice();
    yield { path: fromUtf8(key), digest, ...decodeDataset(await reader.load(digest)) };
  }
}

/** The dataset with this id, under whatever path; `undefined` when there is none. */
export async function findDatasetById(
  reader: BlockReader,
  snapshot: Snapshot,
  id: DatasetId,
): Promise<(StoredDataset & { path: string }) | undefined> {
  for await (const dataset of allDatasets(reader, snapshot)) if (dataset.id === id) return dataset;
  return undefined;
}

/** The snapshot with these datasets put in place; `undefined` removes the path. */
export async function putDatasets(
  blocks: Blocks,
  snapshot: Snapshot,
  datasets: ReadonlyMap<string, DatasetBlock | undefined>,
): Promise<Snapshot> {
  const changes: TreeChange[] = Array.from(datasets, ([path, dataset]) => ({
    key: utf8(path),
    value: dataset && linkValue(blocks.put(encodeDataset(dataset))),
  }));
  const { root } = await editTree(
    blocks,
    snapshot.datasets,
    changes.sort((a, b) => compareBytes(a.key, b.key)),
  );
  return { ...snapshot, datasets: root };
}

/** The error for a path at which no dataset is. */
export function noDataset(dataset: string, at?: string): SheafError<"no-such-dataset"> {
  const where = at === undefined ? "" : ` at ${at}`;
  return new SheafError(
    "no-such-dataset",
    at === undefined ? { dataset } : { dataset, at },
    `there is no dataset ${dataset}${where}; sheaf ls lists them`,
  );
}
