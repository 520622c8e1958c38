/** Finds rows by id: through the trees at first, and by an index of one version once so many were asked for that it pays. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { seekRow, type RowPlace } from "../dataset/lookup.js";
import { RowIndex } from "../dataset/row-index.js";
import type { Awaitable } from "../platform.js";
import { utf8 } from "../text.js";
import type { NodeCache } from "../tree/cache.js";

/**
 * The index is made after one read for so many rows. Measured in processor time, it costs 1 to 2 µs a row, and saves 4 µs a read in a hundred thousand rows,
 * 5 to 11 in a million: it pays after a read for every two to eleven rows, so about as much was spent on the trees by then.
 */
const rowsPerRead = 8;
/** Look-ups in the trees of a smaller dataset stay in the processor's caches. */
const fewRows = 4096;
/** Bytes of the one index that is kept: about three million rows. */
const maxBytes = 256 * 2 ** 20;

/** Leaves that each read adds to an index that is being made: half a millisecond or less, so that no read waits long. */
const leavesPerRead = 4;

export class RowFinder {
  /** The version asked for last, by the root of its rows, and how often. */
  #rows: Digest | undefined;
  #reads = 0;
  #index: RowIndex | undefined;

  constructor(
    readonly reader: BlockReader,
    readonly nodes: NodeCache,
  ) {}

  /** The place of the row with this id, or `undefined`; gives it at once, without a promise, when all that it takes is at hand. */
  find(dataset: DatasetBlock, id: string): Awaitable<RowPlace | undefined> {
    if (dataset.rows !== this.#rows) this.#turnTo(dataset);
    if (this.#index?.isWhole) return this.#index.find(utf8(id));
    if (this.#index) return this.#growAndFind(this.#index, dataset, id);
    if (++this.#reads * rowsPerRead > dataset.count && dataset.count > fewRows)
      this.#index = new RowIndex(this.reader, dataset, maxBytes);
    return seekRow(this.reader, dataset, id, this.nodes);
  }

  #turnTo({ rows }: DatasetBlock): void {
    this.#rows = rows;
    this.#reads = 0;
    this.#index = undefined;
  }

  async #growAndFind(index: RowIndex, dataset: DatasetBlock, id: string): Promise<RowPlace | undefined> {
    // Where no index can be made, reads go on through the trees, and meet themselves what is wrong there.
    const canGrow = await index.grow(leavesPerRead).catch(() => false);
    if (!canGrow && this.#index === index) {
      this.#index = undefined;
      this.#reads = -Infinity;
    }
    return seekRow(this.reader, dataset, id, this.nodes);
  }
}
