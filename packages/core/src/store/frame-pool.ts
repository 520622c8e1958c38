/**
 * Memory of frames, used again once nobody needs what lies in it: a large import would leave garbage of its own size behind.
 *
 * V8 lets 64 MiB of such memory pile up before it looks for what is dead.
 */
export class FramePool {
  /** How many still need the memory. */
  readonly #needs = new Map<ArrayBufferLike, number>();
  readonly #spare = new Map<number, ArrayBufferLike[]>();

  /** Memory of this size; what lies in it is of no meaning. */
  take(length: number): Uint8Array {
    const spare = this.#spare.get(length)?.pop();
    return spare ? new Uint8Array(spare) : new Uint8Array(length);
  }

  /** Says that somebody needs what lies here. */
  hold({ buffer }: Uint8Array): void {
    this.#needs.set(buffer, (this.#needs.get(buffer) ?? 0) + 1);
  }

  /** Says that somebody needs it no more; memory that nobody held is left alone. */
  release({ buffer }: Uint8Array): void {
    const needs = this.#needs.get(buffer);
    if (needs === undefined) return;
    if (needs > 1) {
      this.#needs.set(buffer, needs - 1);
      return;
    }
    this.#needs.delete(buffer);
    const spare = this.#spare.get(buffer.byteLength);
    if (spare) spare.push(buffer);
    else this.#spare.set(buffer.byteLength, [buffer]);
  }
}
