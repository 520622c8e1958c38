/** The rows of an import into a dataset that has rows already, held until all of them are known; and what became of them. */
import type { Digest } from "../block/cid.js";
import type { KeyTable } from "./key-table.js";
import type { LineBook } from "./row-batch.js";

/** The rows of the input, in its order: `ids` with given positions (empty when none), and the digest of each item. */
export interface ImportRows {
  readonly ids: KeyTable;
  readonly digests: DigestList;
  readonly lines: LineBook;
}

/** What became of the rows. A row that only moved is unchanged, and counts as moved besides. */
export interface ImportCounts {
  added: number;
  changed: number;
  removed: number;
  unchanged: number;
  moved: number;
}

/** Rows in one chunk of digests: few, as most lists are short. */
const chunkBits = 10;
const chunkRows = 1 << chunkBits;

/** Digests by row number, 32 bytes each. */
export class DigestList {
  readonly #chunks: Uint8Array[] = [];
  #count = 0;

  add(digest: Uint8Array): void {
    const row = this.#count++ & (chunkRows - 1);
    if (row === 0) this.#chunks.push(new Uint8Array(32 * chunkRows));
    this.#chunks[this.#chunks.length - 1].set(digest, row * 32);
  }

  get(row: number): Digest {
    const from = (row & (chunkRows - 1)) * 32;
    return this.#chunks[row >>> chunkBits].subarray(from, from + 32);
  }
}
