/**
 * A spool on disk: files without a name.
 *
 * Each is unlinked as soon as it is open, so that the system takes its bytes back whenever the process ends, however it does.
 */
import { randomUUID } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { HttpError } from "../problem.js";
import { Room, type Spool, type Spooled } from "../spool.js";

const chunkBytes = 2 ** 18;

export class DiskSpool implements Spool {
  readonly #room: Room;

  /** @param bytes  what all files together may hold */
  constructor(
    readonly folder: string,
    bytes: number,
  ) {
    this.#room = new Room(bytes);
  }

  async take(bytes: AsyncIterable<Uint8Array>): Promise<Spooled> {
    const file = await this.#open();
    try {
      const size = await this.#room.fill(bytes, part => file.writeFile(part));
      return new SpooledFile(file, size, () => this.#room.give(size));
    } catch (error) {
      await file.close();
      throw isFull(error) ? full() : error;
    }
  }

  async #open(): Promise<FileHandle> {
    const name = join(this.folder, `sheaf-spool-${randomUUID()}`);
    const file = await open(name, "wx+", 0o600);
    await unlink(name);
    return file;
  }
}

class SpooledFile implements Spooled {
  #readers = 0;
  #isDropped = false;

  constructor(
    readonly file: FileHandle,
    readonly size: number,
    readonly release: () => void,
  ) {}

  async *read(): AsyncGenerator<Uint8Array> {
    this.#readers++;
    try {
      for (let at = 0; at < this.size;) {
        const { bytesRead, buffer } = await this.file.read(new Uint8Array(chunkBytes), 0, chunkBytes, at);
        if (bytesRead === 0) throw new Error("the spooled file is shorter than it was");
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      this.#readers--;
      if (this.#isDropped) await this.#close();
    }
  }

  async drop(): Promise<void> {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.release();
    await this.#close();
  }

  async #close(): Promise<void> {
    if (this.#readers === 0) await this.file.close();
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

function full(): HttpError {
  return new HttpError(503, "spool-full", "the disk for the files of jobs is full; try again later", {
    "retry-after": "60",
  });
}
