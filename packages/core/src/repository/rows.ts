/** Reads rows of a dataset: one by id, pages in order, and all of them at the speed of the disk. */
import type { Digest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import type { Awaitable } from "../platform.js";
import { rowKey } from "../dataset/row.js";
import { get, leavesFrom, rank } from "../tree/read.js";
import type { Context } from "./context.js";
import type { Row, Watch } from "./contract.js";
import { RowIterator, StoredRow } from "./row-iterator.js";
import { Trail } from "../store/trail.js";
import { RowGathering, type StoredBatch } from "./stored-batch.js";

/** Which rows to read: from `offset` on (from the end when `reverse`), at most `limit`. */
export interface Page extends Watch {
  readonly offset?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
  /** Begin right behind where this row stands, or would stand; `offset` counts from there. */
  readonly after?: { readonly position: string; readonly id: string };
  /** A batch is good until the next is asked for: its memory is used again. */
  readonly isFleeting?: boolean;
}

/** What rows in order are read with. */
export type RowGround = Pick<Context, "store" | "platform" | "nodes">;

/** The row with this id, its item as plain JavaScript; at once, where nothing has to be waited for. */
export function readRow(context: Context, dataset: DatasetBlock, id: string): Awaitable<Row | undefined> {
  const { store, finder, viewer, platform } = context;
  const found = finder.find(dataset, id);
  if (found instanceof Promise)
    return found.then(place => place && loadRow(context, id, place.position, place.item, store.load(place.item)));
  if (found === undefined) return undefined;
  const block = store.load(found.item);
  if (block instanceof Promise) return loadRow(context, id, found.position, found.item, block);
  const { item, meta } = viewer.view(block);
  return new StoredRow(id, platform.latin1(found.position, 0, found.position.length), found.item, item, meta);
}

async function loadRow(
  context: Context,
  id: string,
  position: Uint8Array,
  digest: Digest,
  block: Awaitable<Uint8Array>,
): Promise<Row> {
  const { item, meta } = context.viewer.view(await block);
  return new StoredRow(id, context.platform.latin1(position, 0, position.length), digest, item, meta);
}

/** What tells rows in order: a dataset's block. */
export type RowTree = Pick<DatasetBlock, "rows" | "count">;

/**
 * Rows in order (or from the last to the first), in batches; reads only the nodes on the way to the page and those in it.
 *
 * @param trail  what reads the blocks; who reads several pages one after another goes on with one
 */
export async function* readBatches(
  context: RowGround,
  dataset: RowTree,
  page: Page,
  trail: Trail = new Trail(context.store, page.isFleeting),
): AsyncGenerator<StoredBatch, void, undefined> {
  const { store, platform, nodes } = context;
  const { reverse = false } = page;
  const offset = (page.offset ?? 0) + (page.after ? await passed(context, dataset, page.after, reverse) : 0);
  const total = Math.max(0, Math.min(page.limit ?? Infinity, dataset.count - offset));
  if (total === 0) return;
  const from = reverse ? dataset.count - 1 - offset : offset;
  // A long read would push out of the cache what others find there.
  const cache = total <= pageRows ? nodes : undefined;
  let done = 0;
  let wanted = 1;
  let gathering = new RowGathering(platform, reverse);
  for await (const slice of leavesFrom(store, dataset.rows, { from, reverse, limit: total, ahead: 16, cache })) {
    page.signal?.throwIfAborted();
    gathering.add(slice);
    if (gathering.count < wanted && done + gathering.count < total) continue;
    const batch = await gathering.load(trail);
    yield batch;
    done += batch.count;
    page.progress?.({ phase: "reading", done, total, unit: "rows" });
    wanted = Math.min(maxBatchRows, Math.floor((batchBytes * batch.count) / (batch.items.bytes.length + 1)));
    gathering = new RowGathering(platform, reverse);
  }
}

/** Up to so many rows are a page, of which the nodes are kept. */
export const pageRows = 1000;
/** Aimed-for bytes and the most rows of a batch: so much is read at once, yet long items do not fill the memory. */
const batchBytes = 2 ** 17;
const maxBatchRows = 1024;

/** How many rows come up to a place, in the order of the page. */
export async function passed(
  { store, nodes }: RowGround,
  dataset: RowTree,
  { position, id }: NonNullable<Page["after"]>,
  reverse: boolean,
): Promise<number> {
  const key = rowKey(position, id);
  const before = await rank(store, dataset.rows, key, nodes);
  if (reverse) return dataset.count - before;
  return (await get(store, dataset.rows, key, nodes)) === undefined ? before : before + 1;
}

/** Rows one by one, as plain JavaScript. Nothing is read before the first one is asked for. */
export function readRows(context: Context, find: () => Promise<DatasetBlock>, page: Page): AsyncIterableIterator<Row> {
  return new RowIterator(context.viewer, batchesOf(context, find, page));
}

async function* batchesOf(context: Context, find: () => Promise<DatasetBlock>, page: Page) {
  // Objects hold nothing of the bytes that they were made of.
  yield* readBatches(context, await find(), { ...page, isFleeting: true });
}
