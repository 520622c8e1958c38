/** Clones a repository into a folder. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Repository, SheafError, type CloneOptions } from "@sheaf/core";
import { FolderDrive } from "@sheaf/drives/folder";
import { settingsFor, type OpenOptions } from "./opening.js";
import { driveFolder, isPath } from "./place.js";

/**
 * Clones a repository into a folder that is not there yet, or empty.
 *
 * A clone that broke off leaves what it fetched; the same clone again goes on from there. One that never began leaves nothing.
 */
export async function cloneFolder(
  url: string,
  path: string,
  options: OpenOptions & CloneOptions = {},
): Promise<Repository> {
  const folder = resolve(path);
  const isNew = !existsSync(folder);
  if (!isNew) refuseFull(folder);
  const drivePath = join(folder, driveFolder);
  const drive = FolderDrive.open(drivePath, { create: true });
  try {
    // The clone lies elsewhere, so a path of this machine is kept in full.
    const from = isPath(url) ? resolve(url) : url;
    return await Repository.clone(drive, from, { ...options, ...settingsFor(folder, options) });
  } catch (error) {
    if (isBare(drivePath)) rmSync(isNew ? folder : drivePath, { recursive: true, force: true });
    throw error;
  }
}

function refuseFull(folder: string): void {
  if (readdirSync(folder).every(name => name === driveFolder)) return;
  const message = `${folder} is not empty; clone into a new folder`;
  throw new SheafError("already-exists", { kind: "file", name: folder }, message);
}

/** Says whether a clone got no blocks and no repository, so that nothing is lost with it. */
function isBare(drivePath: string): boolean {
  return !existsSync(join(drivePath, "packs")) && !existsSync(join(drivePath, "logs", "format"));
}
