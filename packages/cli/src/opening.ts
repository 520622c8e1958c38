/** Composes a repository for Node: any drive, Node's platform, and the person at the keyboard. */
import { Repository, type Drive, type Person } from "@sheaf/core";
import { nodePlatform } from "@sheaf/drives/node";
import { findAuthor, zone } from "./author.js";

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

/** Opens the repository on a drive; what git is configured to in `folder` may say who makes commits. */
export async function openOn(drive: Drive, folder: string, options: OpenOptions): Promise<Repository> {
  const { create = false, env = process.env, hint = () => undefined } = options;
  let person: Promise<Person> | undefined;
  const repository: Repository = await Repository.open(drive, {
    platform: nodePlatform,
    author: options.author ?? (() => (person ??= findAuthor(repository.config, { env, folder, hint }))),
    zone,
    create,
  });
  return repository;
}
