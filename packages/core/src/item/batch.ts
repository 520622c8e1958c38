/** Many blocks in one array, as they go from one room to the next without an object for each. */

/** Blocks of rows, in order. All of it is valid until the encoder is asked for more. */
export interface ItemBatch {
  /** The blocks, one right after another. */
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Block i is `bytes` from `starts[i]` up to `ends[i]`. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The line that row i stood on, from 1, counted from the beginning of the input. */
  readonly lines: Uint32Array;
  /** The sha2-256 of each block, 32 bytes each, where the encoder took it too. */
  readonly digests?: Uint8Array;
}

/** Blocks one right after another, as they are made. */
export class BatchBuilder {
  #bytes = new Uint8Array(2 ** 16);
  #at = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #lines: number[] = [];

  add(block: Uint8Array, line: number): void {
    if (this.#at + block.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + block.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(block, this.#at);
    this.#starts.push(this.#at);
    this.#at += block.length;
    this.#ends.push(this.#at);
    this.#lines.push(line);
  }

  batch(): ItemBatch {
    const [starts, ends, lines] = [this.#starts, this.#ends, this.#lines].map(list => Uint32Array.from(list));
    return { bytes: this.#bytes.subarray(0, this.#at), count: starts.length, starts, ends, lines };
  }
}
