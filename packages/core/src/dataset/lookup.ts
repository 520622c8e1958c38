/** Finds a row by its id: `ids` says where it stands, `rows` what it holds there. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { utf8 } from "../text.js";
import type { NodeCache } from "../tree/cache.js";
import { get } from "../tree/read.js";
import type { DatasetBlock } from "./dataset.js";
import { linkedDigest, rowKey, textOf } from "./row.js";

/** Where a row stands and what it holds. */
export interface RowState {
  readonly position: string;
  readonly item: Digest;
}

/** The row with this id, or `undefined`; awaits nothing that is at hand. */
export async function findRow(
  reader: BlockReader,
  dataset: DatasetBlock,
  id: string,
  cache?: NodeCache,
): Promise<RowState | undefined> {
  const foundId = get(reader, dataset.ids, utf8(id), cache);
  const value = foundId instanceof Promise ? await foundId : foundId;
  if (!value) return undefined;
  const position = textOf(value);
  const foundRow = get(reader, dataset.rows, rowKey(position, id), cache);
  const link = foundRow instanceof Promise ? await foundRow : foundRow;
  return link && { position, item: linkedDigest(link).slice() };
}
