/** Composes a repository for Node: any drive, Node's platform, the person at the keyboard, and the ways to other repositories. */
import { Repository, type Connect, type Drive, type Person } from "@sheaf/core";
import { nodePlatform } from "@sheaf/drives/node";
import { findAuthor, zone } from "./author.js";
import { connectFrom } from "./connect.js";

export interface OpenOptions {
  /** Make the repository (and its folder) when there is none; otherwise opening throws no-such-repository. */
  readonly create?: boolean;
  /** Who makes commits; default: looked up as the command line does. */
  readonly author?: () => Person | Promise<Person>;
  /** Opens other repositories by their URLs; default: as the command line does. */
  readonly connect?: Connect;
  /** Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Puts something around the drive that sees what is read and written. */
  readonly watched?: (drive: Drive) => Drive;
  /** Told what a person may want to know; default: nobody. */
  readonly hint?: (text: string) => void;
  /** Told when nobody said who makes commits; default: as `hint`. */
  readonly authorHint?: (text: string) => void;
}

/** Opens the repository on a drive; what git is configured to in `folder` may say who makes commits, and relative URLs begin there. */
export function openOn(drive: Drive, folder: string, options: OpenOptions): Promise<Repository> {
  return Repository.open(options.watched?.(drive) ?? drive, {
    ...settingsFor(folder, options),
    create: options.create ?? false,
  });
}

/** What a repository on Node is opened with. */
export function settingsFor(folder: string, options: OpenOptions) {
  const { env = process.env, hint = () => undefined, authorHint = hint } = options;
  let person: Promise<Person> | undefined;
  const find = (config: Repository["config"]) => (person ??= findAuthor(config, { env, folder, hint: authorHint }));
  return {
    platform: nodePlatform,
    author: options.author ?? find,
    zone,
    connect: options.connect ?? connectFrom({ base: folder, env, hint }),
  };
}
