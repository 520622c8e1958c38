/** Makes files durable: on another thread, or at once where the disk is so quick that waking one would take longer. */
import { fsync, fsyncSync } from "node:fs";
import { promisify } from "node:util";
import type { Awaitable } from "@sheaf/core";

const flushElsewhere = promisify(fsync);

/** What a flush may take to be done at once, in milliseconds: about what goes by until another thread has woken, twice, and the work of one small commit. */
const quickMs = 1;
/** A file of more bytes is flushed elsewhere: that takes as long as its bytes need. */
const smallBytes = 65_536;

export class Flusher {
  /** How long the last flush of a small file took. */
  #lastMs = Infinity;

  /** Flushes a file or folder to which `bytes` bytes were written. Throws what `fsync` throws. */
  flush(descriptor: number, bytes: number): Awaitable<void> {
    if (bytes > smallBytes) return flushElsewhere(descriptor);
    const begun = performance.now();
    if (this.#lastMs > quickMs) return flushElsewhere(descriptor).then(() => this.#note(begun));
    fsyncSync(descriptor);
    this.#note(begun);
  }

  #note(begun: number): void {
    this.#lastMs = performance.now() - begun;
  }
}
