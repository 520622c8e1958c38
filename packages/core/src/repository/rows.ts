/** Reads rows of a dataset: one by id, pages in order, and all of them at the speed of the disk. */
import type { BlockReader } from "../block/blocks.js";
import { printCid, type Digest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { linkedDigest, rowKey, splitRowKey, textOf } from "../dataset/row.js";
import { viewRow } from "../item/view.js";
import { utf8 } from "../text.js";
import type { NodeCache } from "../tree/cache.js";
import { get, leavesFrom } from "../tree/read.js";
import type { Row, Watch } from "./contract.js";

/** Rows as they rest, in order: a leaf's worth at a time. `blocks[i]` is the item of row i in the block's form. */
export interface StoredBatch {
  readonly count: number;
  readonly ids: readonly string[];
  readonly positions: readonly string[];
  readonly digests: readonly Digest[];
  readonly blocks: readonly Uint8Array[];
}

/** Which rows to read: from `offset` on (from the end when `reverse`), at most `limit`. */
export interface Page extends Watch {
  readonly offset?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** Where a row stands and which item it holds; `undefined` when the id is not there. */
export async function findRow(
  reader: BlockReader,
  dataset: DatasetBlock,
  id: string,
  cache?: NodeCache,
): Promise<{ position: string; digest: Digest } | undefined> {
  const found = await get(reader, dataset.ids, utf8(id), cache);
  if (!found) return undefined;
  const position = textOf(found);
  const link = await get(reader, dataset.rows, rowKey(position, id), cache);
  return link && { position, digest: linkedDigest(link) };
}

/** The row with this id, its item as plain JavaScript. */
export async function readRow(
  reader: BlockReader,
  dataset: DatasetBlock,
  id: string,
  cache?: NodeCache,
): Promise<Row | undefined> {
  const found = await findRow(reader, dataset, id, cache);
  if (!found) return undefined;
  const { item, meta } = viewRow(await reader.load(found.digest));
  return { id, position: found.position, item, cid: printCid(found.digest), ...(meta === undefined ? {} : { meta }) };
}

/** Rows in order (or from the last to the first), in batches; reads only the nodes on the way to the page and those in it. */
export async function* readBatches(reader: BlockReader, dataset: DatasetBlock, page: Page): AsyncIterable<StoredBatch> {
  const { offset = 0, reverse = false } = page;
  const total = Math.max(0, Math.min(page.limit ?? Infinity, dataset.count - offset));
  if (total === 0) return;
  const from = reverse ? dataset.count - 1 - offset : offset;
  let done = 0;
  for await (const { leaf, start, end } of leavesFrom(reader, dataset.rows, {
    from,
    reverse,
    limit: total,
    ahead: 16,
  })) {
    page.signal?.throwIfAborted();
    const indexes = Array.from({ length: end - start }, (_, n) => (reverse ? end - 1 - n : start + n));
    const digests = indexes.map(i => linkedDigest(leaf.value(i)));
    const keys = indexes.map(i => splitRowKey(leaf.key(i)));
    const blocks = await reader.loadMany(digests);
    yield {
      count: keys.length,
      ids: keys.map(key => key.id),
      positions: keys.map(key => key.position),
      digests,
      blocks,
    };
    done += keys.length;
    page.progress?.({ phase: "reading", done, total, unit: "rows" });
  }
}

/** Rows one by one, as plain JavaScript. */
export async function* readRows(reader: BlockReader, dataset: DatasetBlock, page: Page): AsyncIterable<Row> {
  for await (const { count, ids, positions, digests, blocks } of readBatches(reader, dataset, page)) {
    for (let i = 0; i < count; i++) {
      const { item, meta } = viewRow(blocks[i]);
      yield new StoredRow(ids[i], positions[i], digests[i], item, meta);
    }
  }
}

/** A row whose CID is printed only when asked for. */
class StoredRow implements Row {
  readonly #digest: Digest;
  declare readonly meta?: unknown;

  constructor(
    readonly id: string,
    readonly position: string,
    digest: Digest,
    readonly item: unknown,
    meta: unknown,
  ) {
    this.#digest = digest;
    if (meta !== undefined) this.meta = meta;
  }

  get cid() {
    return printCid(this.#digest);
  }
}
