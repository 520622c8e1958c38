/** Finds a row by its id: `ids` says where it stands, `rows` what it holds there. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import type { Awaitable } from "../platform.js";
import { fromUtf8, utf8 } from "../text.js";
import type { NodeCache } from "../tree/cache.js";
import { get } from "../tree/read.js";
import type { DatasetBlock } from "./dataset.js";
import { linkedDigest, textBytes, writeRowKey } from "./row.js";

/** Where a row stands and what it holds. */
export interface RowState {
  readonly position: string;
  readonly item: Digest;
}

/** Like {@link RowState}, the position as ASCII bytes; both may be views of a node. */
export interface RowPlace {
  readonly position: Uint8Array;
  readonly item: Digest;
}

/** The row with this id, or `undefined`. */
export async function findRow(
  reader: BlockReader,
  dataset: DatasetBlock,
  id: string,
  cache?: NodeCache,
): Promise<RowState | undefined> {
  const sought = seekRow(reader, dataset, id, cache);
  const place = sought instanceof Promise ? await sought : sought;
  return place && { position: fromUtf8(place.position), item: place.item };
}

/** The place of the row with this id, or `undefined`; gives it at once, without a promise, when all nodes are at hand. */
export function seekRow(
  reader: BlockReader,
  dataset: DatasetBlock,
  id: string,
  cache?: NodeCache,
): Awaitable<RowPlace | undefined> {
  const key = utf8(id);
  const found = get(reader, dataset.ids, key, cache);
  if (found instanceof Promise) return found.then(value => value && seekAt(reader, dataset, value, key, cache));
  return found && seekAt(reader, dataset, found, key, cache);
}

function seekAt(
  reader: BlockReader,
  dataset: DatasetBlock,
  value: Uint8Array,
  id: Uint8Array,
  cache: NodeCache | undefined,
): Awaitable<RowPlace | undefined> {
  const position = textBytes(value);
  const key = new Uint8Array(position.length + 1 + id.length);
  writeRowKey(key, position, id);
  const found = get(reader, dataset.rows, key, cache);
  if (found instanceof Promise) return found.then(link => placeOf(position, link));
  return placeOf(position, found);
}

function placeOf(position: Uint8Array, link: Uint8Array | undefined): RowPlace | undefined {
  return link && { position, item: linkedDigest(link).slice() };
}
