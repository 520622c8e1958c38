/**
 * Bytes that wait outside the repository, bounded in all: uploads of jobs until they are worked on, files that jobs made until they are fetched.
 *
 * What is spooled ends with the process. Where it waits is the caller's to say: in memory here, on disk in `listen/spool.ts`.
 */
import { HttpError } from "./problem.js";

/** Bytes that wait. */
export interface Spooled {
  readonly size: number;
  /** Gives them from the first on, as often as asked. */
  read(): AsyncIterable<Uint8Array>;
  /** Lets go of them, as soon as nobody reads them any more. */
  drop(): Promise<void>;
}

export interface Spool {
  /** Takes bytes to their end. Throws `spool-full` (503), keeping none, where there is no room for them. */
  take(bytes: AsyncIterable<Uint8Array>): Promise<Spooled>;
}

/** So many bytes, of which others may hold some. */
export class Room {
  #used = 0;

  constructor(readonly bytes: number) {}

  /** Keeps bytes to their end, and says how many they are; gives their room back where that fails. */
  async fill(bytes: AsyncIterable<Uint8Array>, keep: (part: Uint8Array) => unknown): Promise<number> {
    let size = 0;
    try {
      for await (const part of bytes) {
        this.#take(part.length, size);
        size += part.length;
        await keep(part);
      }
    } catch (error) {
      this.give(size);
      throw error;
    }
    return size;
  }

  /** Throws `too-large` (413) for more than there is in all, `spool-full` (503) for more than is free. */
  #take(bytes: number, ofOne: number): void {
    if (ofOne + bytes > this.bytes)
      throw new HttpError(413, "too-large", `a job may hold ${this.bytes} bytes, and this is more`);
    if (this.#used + bytes > this.bytes)
      throw new HttpError(
        503,
        "spool-full",
        `the files of jobs fill the ${this.bytes} bytes that they may; delete jobs that are done with, or try again later`,
        { "retry-after": "60" },
      );
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

/** What a spool in memory holds, unless said otherwise. */
const memoryBytes = 64 * 2 ** 20;

export class MemorySpool implements Spool {
  readonly #room: Room;

  constructor(bytes = memoryBytes) {
    this.#room = new Room(bytes);
  }

  async take(bytes: AsyncIterable<Uint8Array>): Promise<Spooled> {
    const parts: Uint8Array[] = [];
    const size = await this.#room.fill(bytes, part => parts.push(part.slice()));
    let isHeld = true;
    const drop = async () => {
      if (isHeld) this.#room.give(size);
      isHeld = false;
    };
    return { size, drop, read: () => each(parts) };
  }
}

async function* each(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
