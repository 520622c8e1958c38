/** Rows as JSON text, straight from their blocks, for pages and streams. */
import {
  decode,
  fieldOf,
  fromBlockForm,
  printCid,
  printItem,
  printJson,
  type DatasetVersion,
  type StoredBatch,
  type ValueObject,
} from "@sheaf/core";
import type { Holds } from "./filter.js";
import type { Projection } from "./projection.js";

/** Which rows are wanted, and what of them. */
export interface RowQuery {
  readonly signal: AbortSignal;
  readonly reverse: boolean;
  readonly holds?: Holds;
  readonly projection?: Projection;
}

export interface PageQuery extends RowQuery {
  readonly limit: number;
  /** Rows to pass over, of those that are wanted. */
  readonly offset: number;
  readonly after?: { readonly position: string; readonly id: string };
}

/** Where a page ended, if there may be more. */
export type PageEnd =
  { readonly after: { readonly position: string; readonly id: string } } | { readonly offset: number };

export interface RowPage {
  readonly texts: readonly string[];
  readonly end?: PageEnd;
}

/** A page in the order of the dataset. Without a filter only the nodes on its way and its rows are read. */
export async function pageOf(version: DatasetVersion, query: PageQuery): Promise<RowPage> {
  const { limit, offset, after, holds, reverse, signal } = query;
  const from = { reverse, signal, ...(after ? { after } : {}) };
  const batches = version.batches(holds ? from : { ...from, offset, limit: limit + 1 });
  const texts: string[] = [];
  let toPass = holds ? offset : 0;
  let last: { position: string; id: string } | undefined;
  for await (const batch of batches)
    for (let i = 0; i < batch.count; i++) {
      if (holds && !(holds(itemOf(batch.blocks[i])) && toPass-- <= 0)) continue;
      if (texts.length === limit && last) return { texts, end: { after: last } };
      texts.push(rowText(batch, i, query.projection));
      last = { position: batch.positions[i], id: batch.ids[i] };
    }
  return { texts };
}

/** All wanted rows, one by one. */
export async function* rowTexts(
  version: DatasetVersion,
  { holds, projection, reverse, signal }: RowQuery,
): AsyncGenerator<string> {
  for await (const batch of version.batches({ reverse, signal }))
    for (let i = 0; i < batch.count; i++)
      if (!holds || holds(itemOf(batch.blocks[i]))) yield rowText(batch, i, projection);
}

/** An item's block as exact values, in the user's form. */
export function itemOf(block: Uint8Array): ValueObject {
  return fromBlockForm(decode(block) as ValueObject).item;
}

type Rows = Pick<StoredBatch, "ids" | "positions" | "digests" | "blocks">;

/** A row as JSON: `{"id", "position", "cid", "item"}`, and `"meta"` where there are attributes. */
export function rowText({ ids, positions, digests, blocks }: Rows, i: number, projection?: Projection): string {
  const item = projection ? printJson(projection.apply(itemOf(blocks[i]))) : printItem(blocks[i]);
  const meta = fieldOf(blocks[i], "@meta");
  const end = meta === undefined ? "" : `,"meta":${printJson(meta)}`;
  return `{"id":${JSON.stringify(ids[i])},"position":${JSON.stringify(positions[i])},"cid":"${printCid(digests[i])}","item":${item}${end}}`;
}
