/** A file that is written whole or not at all: under a temporary name beside it, then renamed. */
import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SheafError } from "@sheaf/core";

/**
 * Writes the chunks to a file, in place of one that is there. When anything fails, the file is what it was. The memory of a chunk is its maker's again once
 * more is asked for.
 *
 * What is no ordinary file (a terminal, a pipe, /dev/null) is written to directly. Throws drive-failed, and what the chunks throw.
 */
export async function writeFileWhole(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const special = await stat(path).then(
    found => !found.isFile(),
    () => false,
  );
  if (special) return await fill(path, path, chunks);
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    await fill(temporary, path, chunks);
    await rename(temporary, path).catch(error => fail(path, error));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @param name  what errors call the file */
async function fill(path: string, name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, "w").catch(error => fail(name, error));
  const write = (piece: Uint8Array) => file.writeFile(piece).catch(error => fail(name, error));
  const flush = () => file.sync().catch((error: unknown) => (hasNoDisk(error) ? undefined : fail(name, error)));
  const writer = new PieceWriter(write, flush);
  try {
    for await (const chunk of chunks) await writer.take(chunk);
    await writer.finish();
  } finally {
    await Promise.allSettled([writer.writing, writer.flushing]);
    await file.close();
  }
}

const noDiskCodes = new Set<unknown>(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Pipes and terminals have nothing to flush, nor have some file systems. */
function hasNoDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && noDiskCodes.has(error.code);
}

const pieceBytes = 2 ** 20;
/** After so many bytes the disk begins on them, so that little is left for the end. */
const flushedBytes = 2 ** 26;

/** Gathers chunks into large pieces, in memory that is used again: one piece is filled while the other is written. */
class PieceWriter {
  #filling = new Uint8Array(pieceBytes);
  #spare = new Uint8Array(pieceBytes);
  #length = 0;
  #unflushed = 0;
  /** The last write, and the last flush: nobody may close the file before. */
  writing: Promise<void> = Promise.resolve();
  flushing: Promise<void> = Promise.resolve();

  constructor(
    readonly write: (piece: Uint8Array) => Promise<void>,
    readonly flush: () => Promise<void>,
  ) {}

  /** Takes a copy of the chunk. */
  async take(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + pieceBytes - this.#length);
      this.#filling.set(part, this.#length);
      this.#length += part.length;
      from += part.length;
      if (this.#length === pieceBytes) await this.#turn();
    }
  }

  /** Writes what is left; resolves when all is written and flushed. */
  async finish(): Promise<void> {
    await this.#turn();
    await this.writing;
    await this.flushing;
    await this.flush();
  }

  async #turn(): Promise<void> {
    await this.writing;
    const piece = this.#filling.subarray(0, this.#length);
    [this.#filling, this.#spare, this.#length] = [this.#spare, this.#filling, 0];
    this.writing = this.write(piece);
    this.writing.catch(() => undefined); // whoever awaits it hears of it
    this.#unflushed += piece.length;
    if (this.#unflushed < flushedBytes) return;
    this.#unflushed = 0;
    await this.flushing;
    this.flushing = this.flush();
    this.flushing.catch(() => undefined);
  }
}

function fail(name: string, error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new SheafError("drive-failed", { name, reason }, `${name}: the file cannot be written (${reason})`, {
    cause: error,
  });
}
