/** Composes a repository for Node: the folder drive in `<folder>/.sheaf`, Node's platform, and the person at the keyboard. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Repository, SheafError, type Person } from "@sheaf/core";
import { FolderDrive } from "@sheaf/drives/folder";
import { nodePlatform } from "@sheaf/drives/node";
import { findAuthor, zone } from "./author.js";
import type { Io } from "./io.js";

/** The folder inside a repository's folder in which the drive lies. */
export const driveFolder = ".sheaf";

export interface OpenOptions {
  /** Make the repository (and its folder) when there is none; otherwise opening throws no-such-repository. */
  readonly create?: boolean;
  /** Who makes commits; default: looked up as the command line does. */
  readonly author?: () => Person | Promise<Person>;
  /** Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told what a person may want to know; default: nobody. */
  readonly hint?: (text: string) => void;
}

/** Opens the repository in this very folder. */
export async function openFolder(path: string, options: OpenOptions = {}): Promise<Repository> {
  const folder = resolve(path);
  const drivePath = join(folder, driveFolder);
  const { create = false, env = process.env, hint = () => undefined } = options;
  if (!create && !existsSync(drivePath)) throw noRepository(folder);
  const drive = FolderDrive.open(drivePath, { create });
  let person: Promise<Person> | undefined;
  const repository: Repository = await Repository.open(drive, {
    platform: nodePlatform,
    author: options.author ?? (() => (person ??= findAuthor(repository.config, { env, folder, hint }))),
    zone,
    create,
  });
  return repository;
}

/** Opens the repository that a command works in: of the folder `-C` names or the current one, or the nearest above it. */
export async function openNearest(
  io: Io,
  folder: string | undefined,
  hint: (text: string) => void,
): Promise<Repository> {
  const start = resolve(io.cwd, folder ?? ".");
  return await openFolder(nearestRepository(start) ?? missing(start), { env: io.env, hint });
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
