/** The folder that Humanloop's export program wrote, brought into a repository. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { SheafError, type Repository, type Watch } from "@sheaf/core";
import type { BroughtHome, ExportFolder } from "@sheaf/server";

/** Imports every dataset of an export: each at its path, each version a commit. Throws bad-input where the folder is none. */
export async function* importHumanloopExport(
  repo: Repository,
  folder: string,
  watch: Watch = {},
): AsyncGenerator<BroughtHome> {
  const { importHumanloopExport: bringHome } = await import("@sheaf/server");
  yield* bringHome(repo, folderAt(folder), watch);
}

function folderAt(root: string): ExportFolder {
  return {
    list: path => orNone(path, readdir(join(root, path))).then(names => names ?? []),
    read: path => orNone(path, readFile(join(root, path))),
  };
}

/** What is there; Windows and others have several ways to say that nothing is. */
async function orNone<T>(name: string, reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new SheafError("drive-failed", { name, reason: code }, `${name} of the export cannot be read: ${code}`);
  }
}
