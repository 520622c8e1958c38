/** A place for bytes that are too many for memory and needed for a while: a temporary file, or memory for little. */
import type { Awaitable } from "@sheaf/core";

/** A file that grows at its end and is read anywhere. Nobody else sees it; it goes with {@link close}. */
export interface Scratch {
  /** Bytes in it. */
  readonly size: number;
  /** Puts bytes at its end. They may be changed once it is done. */
  append(bytes: Uint8Array): Awaitable<void>;
  /** Reads up to `length` bytes from `at` on: fewer only where it ends. */
  read(at: number, length: number): Awaitable<Uint8Array>;
  close(): Awaitable<void>;
}

/** Makes an empty one. */
export type OpenScratch = () => Awaitable<Scratch>;

/** Bytes in the first buffer. */
const firstRoom = 1 << 12;

/** Keeps the bytes in memory. */
export class MemoryScratch implements Scratch {
  #bytes = new Uint8Array(firstRoom);
  size = 0;

  append(bytes: Uint8Array): void {
    if (this.size + bytes.length > this.#bytes.length) {
      const grown = new Uint8Array(2 * (this.size + bytes.length));
      grown.set(this.#bytes.subarray(0, this.size));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  read(at: number, length: number): Uint8Array {
    return this.#bytes.subarray(at, Math.min(at + length, this.size));
  }

  close(): void {
    this.#bytes = new Uint8Array(0);
    this.size = 0;
  }
}
