/** Bundle files in a folder. */
import { createReadStream, existsSync } from "node:fs";
import { link, open, rm } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import type { BundleFile } from "../transport/bundle.js";

/** A bundle at a path: written under another name beside it, and named when it is whole and on the disk. */
export function nodeBundleFile(path: string): BundleFile {
  return {
    url: path,
    read: () => (existsSync(path) ? readChunks(path) : undefined),
    create: chunks => create(path, chunks),
  };
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of createReadStream(path)) yield chunk as Uint8Array;
}

async function create(path: string, chunks: AsyncIterable<Uint8Array>): Promise<boolean> {
  const unfinished = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const file = await open(unfinished, "wx");
  try {
    for await (const chunk of chunks) await file.writeFile(chunk);
    await file.sync();
    await link(unfinished, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await file.close();
    await rm(unfinished, { force: true });
  }
}
