/** What directories are called: made of the path, but for those that were moved, which keep what they were called before. */
import type { DatasetVersion, Repository } from "@sheaf/core";
import { Recent } from "../catalog/recent.js";
import { recordsNow } from "../catalog/records.js";
import { madeId } from "./ids.js";

/** The kind of record that is kept of directories that were made or moved; its id is the directory's. */
export const directoryKind = "directories";

/** The ids in records by paths, and all of them. */
interface Known {
  readonly byPath: ReadonlyMap<string, string>;
  readonly taken: ReadonlySet<string>;
}

const none: Known = { byPath: new Map(), taken: new Set() };
const kept = new WeakMap<Repository["context"]["store"], Recent<Known>>();
/** States of the records that are kept. */
const maxKept = 4;

/** The id of each directory by its path, as it is now; the root's path is empty. */
export async function directoryIds(repo: Repository): Promise<(path: string) => string> {
  const { byPath, taken } = await knownOf(repo);
  return path => {
    const known = byPath.get(path);
    if (known !== undefined) return known;
    let id = madeId(repo.context.platform, "dir_", path);
    // The directory that was here went elsewhere with this id.
    for (let n = 1; taken.has(id); n++) id = madeId(repo.context.platform, "dir_", path, String(n));
    return id;
  };
}

async function knownOf(repo: Repository): Promise<Known> {
  const version = await recordsNow({ repo }, directoryKind);
  if (!version) return none;
  const { store } = repo.context;
  const recent = kept.get(store) ?? new Recent<Known>(maxKept);
  kept.set(store, recent);
  return recent.get(version.info.cid) ?? recent.keep(version.info.cid, await read(version));
}

async function read(version: DatasetVersion): Promise<Known> {
  const byPath = new Map<string, string>();
  const taken = new Set<string>();
  for await (const { id, item } of version.rows()) {
    const { path } = item as { path?: unknown };
    taken.add(id);
    if (typeof path === "string") byPath.set(path, id);
  }
  return { byPath, taken };
}
