/** A bundle in a file as a remote. */
import { createReadStream } from "node:fs";
import { openBundleRemote, type Local, type Remote } from "@sheaf/core";

/** Bytes that are read at once: 1 MiB. */
const chunkBytes = 2 ** 20;

/** Opens the bundle in a file as a remote. */
export function openFileRemote(file: string, local: Local): Remote {
  return openBundleRemote(() => createReadStream(file, { highWaterMark: chunkBytes }), local, file);
}
