/** Sizes of what lies on disk. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The bytes of all files below a folder. */
export function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? bytesIn(path) : lstatSync(path).size;
  }
  return bytes;
}
