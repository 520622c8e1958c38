/** Looks up many rows by id at once, each node of the two trees read once. */
import type { BlockReader } from "../block/blocks.js";
import { linkedDigest, rowKey, textOf } from "../dataset/row.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { compareBytes, utf8 } from "../text.js";
import type { NodeCache } from "../tree/cache.js";
import { getMany } from "../tree/read.js";
import type { RowState } from "./row-edit.js";

/** The rows with these ids (each once, in any order); ids that the dataset does not have are left out. */
export async function lookUpRows(
  reader: BlockReader,
  dataset: DatasetBlock,
  ids: readonly string[],
  cache?: NodeCache,
): Promise<Map<string, RowState>> {
  if (ids.length === 0 || dataset.count === 0) return new Map();
  const positions = await lookUpPositions(reader, dataset, ids, cache);
  return rowsAt(
    reader,
    dataset,
    Array.from(positions, ([id, position]) => ({ id, position })),
    cache,
  );
}

/** Those of the rows that stand where they are expected. */
async function rowsAt(
  reader: BlockReader,
  dataset: DatasetBlock,
  expected: readonly { readonly id: string; readonly position: string }[],
  cache: NodeCache | undefined,
): Promise<Map<string, RowState>> {
  const found = new Map<string, RowState>();
  if (dataset.count === 0) return found;
  const keys = expected.map(({ id, position }) => ({ id, position, key: rowKey(position, id) })).sort(byKey);
  const values = await getMany(
    reader,
    dataset.rows,
    keys.map(({ key }) => key),
    cache,
  );
  for (const [i, { id, position }] of keys.entries()) {
    const value = values[i];
    if (value) found.set(id, { position, item: linkedDigest(value).slice() });
  }
  return found;
}

/**
 * Like {@link lookUpRows}, for rows of which most stand where they are expected: `rows` is asked first, and `ids` only about the others.
 *
 * With `isExact`, a row that is not where it is expected is not in the dataset at all.
 */
export async function lookUpRowsNear(
  reader: BlockReader,
  dataset: DatasetBlock,
  expected: readonly { readonly id: string; readonly position: string }[],
  isExact: boolean,
  cache?: NodeCache,
): Promise<Map<string, RowState>> {
  const found = await rowsAt(reader, dataset, expected, cache);
  if (isExact || found.size === expected.length) return found;
  const rest = expected.filter(({ id }) => !found.has(id)).map(({ id }) => id);
  for (const [id, row] of await lookUpRows(reader, dataset, rest, cache)) found.set(id, row);
  return found;
}

/** The positions of the rows with these ids; ids that the dataset does not have are left out. */
export async function lookUpPositions(
  reader: BlockReader,
  dataset: DatasetBlock,
  ids: readonly string[],
  cache?: NodeCache,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (ids.length === 0 || dataset.count === 0) return found;
  const keys = ids.map(id => ({ id, key: utf8(id) })).sort(byKey);
  const values = await getMany(
    reader,
    dataset.ids,
    keys.map(({ key }) => key),
    cache,
  );
  for (const [i, { id }] of keys.entries()) {
    const value = values[i];
    if (value) found.set(id, textOf(value));
  }
  return found;
}

function byKey(a: { key: Uint8Array }, b: { key: Uint8Array }): number {
  return compareBytes(a.key, b.key);
}
