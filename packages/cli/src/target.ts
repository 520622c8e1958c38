/** A file that is written whole or not at all: under a temporary name beside it, then renamed. */
import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SheafError } from "@sheaf/core";

/**
 * Writes the chunks to a file, in place of one that is there. When anything fails, the file is what it was.
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
  // One chunk is written while the next is made.
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      await writing;
      writing = file.writeFile(chunk).catch(error => fail(name, error));
      writing.catch(() => undefined); // whoever awaits it hears of it
    }
    await writing;
    await file.sync().catch(() => undefined); // pipes and terminals have nothing to sync
  } finally {
    await writing.catch(() => undefined);
    await file.close();
  }
}

function fail(name: string, error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  throw new SheafError("drive-failed", { name, reason }, `${name}: the file cannot be written (${reason})`, {
    cause: error,
  });
}
