/** Writes to an open file: what is small at once, what is large on another thread while this one goes on. */
import { fsync, write, writeSync } from "node:fs";
import { promisify } from "node:util";

const flush = promisify(fsync);
const writeSome = promisify(write);

/** Up to here a write is done at once. */
const smallBytes = 65_536;
/** A stream is written in pieces of 1 MiB, and flushed every 64 MiB. */
const gatheredBytes = 2 ** 20;
const flushedBytes = 2 ** 26;

/** Writes bytes and gives their number. */
export async function writeWhole(descriptor: number, bytes: Uint8Array): Promise<number> {
  for (let done = 0; done < bytes.length;) {
    const left = bytes.length - done;
    if (left <= smallBytes) done += writeSync(descriptor, bytes, done, left);
    else done += (await writeSome(descriptor, bytes, done, left)).bytesWritten;
  }
  return bytes.length;
}

/** Writes a stream, and gives how many bytes the disk may not have yet: flushing those is left to the caller. */
export async function writeStream(descriptor: number, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const writer = new StreamWriter(descriptor);
  try {
    for await (const chunk of chunks) await writer.take(chunk);
    await writer.finish();
    await writer.flushing;
  } finally {
    // Nobody may close the file before.
    await writer.flushing.catch(() => undefined);
  }
  return writer.unflushed;
}

class StreamWriter {
  readonly #gathered = new Uint8Array(gatheredBytes);
  #length = 0;
  /** Bytes written since a flush began. */
  unflushed = 0;
  /** The last flush. A failure of the disk is told to one flush alone, so each must be heard out. */
  flushing: Promise<void> = Promise.resolve();

  constructor(readonly descriptor: number) {}

  async take(chunk: Uint8Array): Promise<void> {
    if (this.#length + chunk.length > gatheredBytes) await this.finish();
    if (chunk.length > gatheredBytes) return this.#write(chunk);
    this.#gathered.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** Writes what was gathered. */
  async finish(): Promise<void> {
    await this.#write(this.#gathered.subarray(0, this.#length));
    this.#length = 0;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await writeWhole(this.descriptor, bytes);
    this.unflushed += bytes.length;
    if (this.unflushed < flushedBytes) return;
    await this.flushing;
    this.unflushed = 0;
    this.flushing = flush(this.descriptor);
    this.flushing.catch(() => undefined); // heard of by whoever waits for it next
  }
}
