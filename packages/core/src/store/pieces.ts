/** Gathers blocks that lie in pieces here and there into one batch; where one piece is all, it is not copied. */
import type { BlockBatch } from "../block/blocks.js";

export class Pieces {
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** Pieces that were not copied yet. */
  #parts: Uint8Array[] = [];
  #length = 0;
  #shift = 0;
  /** Blocks so far. */
  count = 0;

  /**
   * @param room    the blocks that will come
   * @param memory  where they are put together if need be; larger memory takes its place when it does not suffice
   */
  constructor(
    readonly room: number,
    public memory: Uint8Array,
  ) {
    this.#starts = new Uint32Array(room);
    this.#ends = new Uint32Array(room);
  }

  /** Begins a piece whose first block begins at `at`, where it lies now. */
  begin(at: number): void {
    this.#shift = this.#length - at;
  }

  /** Notes where the next block of the piece lies now: right behind the one before. */
  place(start: number, end: number): void {
    this.#starts[this.count] = start + this.#shift;
    this.#ends[this.count++] = end + this.#shift;
  }

  /** Takes the piece of which the blocks were placed. */
  end(bytes: Uint8Array, from: number, to: number): void {
    this.#parts.push(bytes.subarray(from, to));
    this.#length += to - from;
  }

  /** Takes one block. */
  add(block: Uint8Array): void {
    this.begin(0);
    this.place(0, block.length);
    this.end(block, 0, block.length);
  }

  /** Copies what was taken so far: where it lay is about to be overwritten. */
  settle(): void {
    let at = this.#length;
    for (const part of this.#parts) at -= part.length;
    if (this.memory.length < this.#length) {
      const { memory } = this;
      this.memory = new Uint8Array(2 * this.#length);
      this.memory.set(memory.subarray(0, at));
    }
    for (const part of this.#parts) {
      this.memory.set(part, at);
      at += part.length;
    }
    this.#parts = [];
  }

  /** The blocks end to end. */
  joined(digests: Uint8Array): BlockBatch & { readonly digests: Uint8Array } {
    const [first] = this.#parts;
    const isOne = this.#parts.length === 1 && first.length === this.#length;
    if (!isOne) this.settle();
    const bytes = isOne ? first : this.memory.subarray(0, this.#length);
    return { bytes, count: this.count, starts: this.#starts, ends: this.#ends, digests };
  }
}
