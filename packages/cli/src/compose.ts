/** Where the repository of a command is: a folder, in whose `.sheaf` the drive lies, or a bucket. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SheafError, type Repository } from "@sheaf/core";
import { FolderDrive } from "@sheaf/drives/folder";
import type { Io } from "./io.js";
import { openOn, type OpenOptions } from "./opening.js";
import { driveFolder } from "./place.js";

export type { OpenOptions };
/** Opens the repository in this very folder. */
export async function openFolder(path: string, options: OpenOptions = {}): Promise<Repository> {
  const folder = resolve(path);
  const drivePath = join(folder, driveFolder);
  const { create = false } = options;
  if (!create && !existsSync(drivePath)) throw noRepository(folder);
  return await openOn(FolderDrive.open(drivePath, { create }), folder, options);
}

/** Says whether a place is a bucket; here, so that who works in a folder loads nothing of buckets. */
export function isBucket(place: string): boolean {
  return /^s3:\/\//i.test(place);
}

/** Opens the repository that a command works in: of the bucket or folder `-C` names or the current one, or the nearest above it. */
export async function openNearest(
  io: Io,
  folder: string | undefined,
  hint: (text: string) => void,
  more: Pick<OpenOptions, "watched"> = {},
): Promise<Repository> {
  if (folder !== undefined && isBucket(folder)) {
    const { openInBucket } = await import("./bucket.js");
    return await openInBucket(folder, { env: io.env, hint, ...more });
  }
  const start = resolve(io.cwd, folder ?? ".");
  return await openFolder(nearestRepository(start) ?? missing(start), { env: io.env, hint, ...more });
}

/** The nearest folder, from this one upwards, that holds a repository. */
export function nearestRepository(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, driveFolder))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function missing(start: string): never {
  throw noRepository(start);
}

function noRepository(path: string): SheafError<"no-such-repository"> {
  const message = `${path}: there is no Sheaf repository here or in a folder above; make one with sheaf init, or name one with -C DIR`;
  return new SheafError("no-such-repository", { path }, message);
}
