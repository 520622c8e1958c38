/** Reads rows of a dataset: one by id, pages in order, and all of them at the speed of the disk. */
import type { BlockReader } from "../block/blocks.js";
import { printCid, type Digest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { findRow } from "../dataset/lookup.js";
import { splitRowKey } from "../dataset/row.js";
import { viewRow } from "../item/view.js";
import type { NodeCache } from "../tree/cache.js";
import { leavesFrom, type LeafSlice } from "../tree/read.js";
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

/** The row with this id, its item as plain JavaScript. */
export async function readRow(
  reader: BlockReader,
  dataset: DatasetBlock,
  id: string,
  cache?: NodeCache,
): Promise<Row | undefined> {
  const found = await findRow(reader, dataset, id, cache);
  if (!found) return undefined;
  const loaded = reader.load(found.item);
  const { item, meta } = viewRow(loaded instanceof Promise ? await loaded : loaded);
  return new StoredRow(id, found.position, found.item, item, meta);
}

/** Rows in order (or from the last to the first), in batches; reads only the nodes on the way to the page and those in it. */
export async function* readBatches(reader: BlockReader, dataset: DatasetBlock, page: Page): AsyncIterable<StoredBatch> {
  const { offset = 0, reverse = false } = page;
  const total = Math.max(0, Math.min(page.limit ?? Infinity, dataset.count - offset));
  if (total === 0) return;
  const from = reverse ? dataset.count - 1 - offset : offset;
  const options = { from, reverse, limit: total, ahead: 16 };
  let done = 0;
  let wanted = 1;
  let gathering = new RowGathering(reverse);
  for await (const slice of leavesFrom(reader, dataset.rows, options)) {
    page.signal?.throwIfAborted();
    gathering.add(slice);
    if (gathering.count < wanted && done + gathering.count < total) continue;
    const batch = await gathering.load(reader);
    yield batch;
    done += batch.count;
    page.progress?.({ phase: "reading", done, total, unit: "rows" });
    wanted = Math.min(maxBatchRows, Math.floor((batchBytes * batch.count) / bytesOf(batch)));
    gathering = new RowGathering(reverse);
  }
}

/** Aimed-for bytes and the most rows of a batch: so much is read at once, yet long items do not fill the memory. */
const batchBytes = 2 ** 18;
const maxBatchRows = 1024;

function bytesOf({ blocks }: StoredBatch): number {
  let bytes = 1;
  for (const block of blocks) bytes += block.length;
  return bytes;
}

/** Rows of leaves that stand one after another, about to be read together. */
class RowGathering {
  readonly #keys: Uint8Array[] = [];
  readonly #digests: Digest[] = [];

  constructor(readonly reverse: boolean) {}

  get count(): number {
    return this.#digests.length;
  }

  add({ leaf, start, end }: LeafSlice): void {
    for (let n = 0; n < end - start; n++) {
      const i = this.reverse ? end - 1 - n : start + n;
      this.#keys.push(leaf.key(i));
      this.#digests.push(leaf.link(i));
    }
  }

  async load(reader: BlockReader): Promise<StoredBatch> {
    return new StoredRows(this.#keys, this.#digests, await reader.loadMany(this.#digests));
  }
}

/** A batch whose ids and positions become text when they are asked for. */
class StoredRows implements StoredBatch {
  readonly #keys: readonly Uint8Array[];
  #names: readonly { readonly position: string; readonly id: string }[] | undefined;
  #ids: readonly string[] | undefined;
  #positions: readonly string[] | undefined;

  constructor(
    keys: readonly Uint8Array[],
    readonly digests: readonly Digest[],
    readonly blocks: readonly Uint8Array[],
  ) {
    this.#keys = keys;
  }

  get count(): number {
    return this.blocks.length;
  }

  get ids(): readonly string[] {
    return (this.#ids ??= this.#split().map(({ id }) => id));
  }

  get positions(): readonly string[] {
    return (this.#positions ??= this.#split().map(({ position }) => position));
  }

  #split() {
    return (this.#names ??= this.#keys.map(splitRowKey));
  }
}

/** Rows one by one, as plain JavaScript. Nothing is read before the first one is asked for. */
export function readRows(
  reader: BlockReader,
  find: () => Promise<DatasetBlock>,
  page: Page,
): AsyncIterableIterator<Row> {
  return new RowIterator(batchesOf(reader, find, page));
}

async function* batchesOf(reader: BlockReader, find: () => Promise<DatasetBlock>, page: Page) {
  yield* readBatches(reader, await find(), page);
}

/** Walks batches row by row. What an async generator would do too, at a fraction of its cost for each row. */
class RowIterator implements AsyncIterableIterator<Row> {
  readonly #batches: AsyncGenerator<StoredBatch>;
  #batch: StoredBatch | undefined;
  #next = 0;
  #advancing: Promise<IteratorResult<Row>> | undefined;

  constructor(batches: AsyncGenerator<StoredBatch>) {
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<Row>> {
    if (this.#advancing) return this.#advancing.then(() => this.next());
    if (this.#batch && this.#next < this.#batch.count)
      return Promise.resolve({ value: this.#row(this.#batch), done: false });
    this.#advancing = this.#advance().finally(() => (this.#advancing = undefined));
    return this.#advancing;
  }

  async return(): Promise<IteratorResult<Row>> {
    this.#batch = undefined;
    await this.#batches.return(undefined);
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #advance(): Promise<IteratorResult<Row>> {
    const { value, done } = (await this.#batches.next()) as IteratorResult<StoredBatch, undefined>;
    if (done) return { value: undefined, done: true };
    this.#batch = value;
    this.#next = 0;
    return { value: this.#row(value), done: false };
  }

  #row({ ids, positions, digests, blocks }: StoredBatch): Row {
    const i = this.#next++;
    const { item, meta } = viewRow(blocks[i]);
    return new StoredRow(ids[i], positions[i], digests[i], item, meta);
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
