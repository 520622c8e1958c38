/** Rows of batches one by one, as plain JavaScript. */
import { printCid, type Digest } from "../block/cid.js";
import { viewRow, type RowView } from "../item/view.js";
import type { ItemViewer } from "../item/viewer.js";
import type { Row } from "./contract.js";
import type { StoredBatch } from "./stored-batch.js";

/** Rows that become objects at once: few enough to be in the processor's cache still when the caller looks at them. */
const viewedAtOnce = 64;

/** Walks batches row by row. What an async generator would do too, at a fraction of its cost for each row. */
export class RowIterator implements AsyncIterableIterator<Row> {
  readonly #batches: AsyncGenerator<StoredBatch>;
  readonly #viewer: ItemViewer;
  #batch: StoredBatch | undefined;
  #views: (RowView | undefined)[] = [];
  #next = 0;
  #advancing: Promise<IteratorResult<Row>> | undefined;

  constructor(viewer: ItemViewer, batches: AsyncGenerator<StoredBatch>) {
    this.#viewer = viewer;
    this.#batches = batches;
  }

  next(): Promise<IteratorResult<Row>> {
    if (this.#advancing) return this.#advancing.then(() => this.next());
    if (this.#batch && this.#next < this.#batch.count) return this.#settled(this.#batch);
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

  /** The next row, or what is wrong with it, as a promise that is kept already. */
  async #settled(batch: StoredBatch): Promise<IteratorResult<Row>> {
    return { value: this.#row(batch), done: false };
  }

  async #advance(): Promise<IteratorResult<Row>> {
    const { value, done } = (await this.#batches.next()) as IteratorResult<StoredBatch, undefined>;
    if (done) return { value: undefined, done: true };
    this.#batch = value;
    this.#next = 0;
    return { value: this.#row(value), done: false };
  }

  #row({ count, ids, positions, digests, items }: StoredBatch): Row {
    const i = this.#next++;
    const n = i % viewedAtOnce;
    if (n === 0) this.#views = this.#viewer.viewMany(items, i, Math.min(count, i + viewedAtOnce));
    const { item, meta } = this.#views[n] ?? viewRow(items.bytes.subarray(items.starts[i], items.ends[i]));
    return new StoredRow(ids[i], positions[i], digests[i], item, meta);
  }
}

/** A row whose CID is printed only when asked for. */
export class StoredRow implements Row {
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
