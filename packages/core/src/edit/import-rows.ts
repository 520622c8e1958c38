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

/** Digests by row number, 32 bytes each. */
export class DigestList {
  readonly #chunks: Uint8Array[] = [];
  #count = 0;

  add(digest: Uint8Array): void {
    if ((this.#count & 0xffff) === 0) this.#chunks.push(new Uint8Array(32 << 16));
    this.#chunks[this.#count >>> 16].set(digest, (this.#count & 0xffff) * 32);
    this.#count++;
  }

  get(row: number): Digest {
    const from = (row & 0xffff) * 32;
    return this.#chunks[row >>> 16].subarray(from, from + 32);
  }
}
