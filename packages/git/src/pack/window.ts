/** Looks through a scratch file from front to back, a stretch of it in memory at a time. */
import type { Scratch } from "./scratch.js";

/** Bytes in memory, unless more are asked for. */
const stretchBytes = 1 << 20;

export class Window {
  bytes: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(
    readonly scratch: Scratch,
    readonly end: number,
  ) {}

  /** Brings `length` bytes from `at` on into memory, or what there is up to the end; gives where they begin in {@link bytes}. */
  async reach(at: number, length: number): Promise<number> {
    const wanted = Math.min(length, this.end - at);
    if (at < this.#start || at + wanted > this.#start + this.bytes.length) {
      this.bytes = await this.scratch.read(at, Math.min(Math.max(stretchBytes, wanted), this.end - at));
      this.#start = at;
    }
    return at - this.#start;
  }

  /** Bytes in memory from this place in {@link bytes} on. */
  ahead(from: number): number {
    return this.bytes.length - from;
  }
}
