/** The tree of directories: what the datasets' paths imply, and empty ones that were made, which are kept as records. */
import { compareText } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { nameOf } from "../catalog/naming.js";
import { listRecords, recordPath } from "../catalog/records.js";
import { birthTime } from "../catalog/time.js";
import { directoryIds, directoryKind } from "./directory-ids.js";
import { missing } from "./errors.js";
import { folderOf } from "./shapes.js";

export interface Directory {
  readonly id: string;
  /** The root's is empty. */
  readonly path: string;
  readonly createdAt: string;
}

/** Every directory that the caller may see, the root first, then by path. */
export async function directoriesOf(call: Call, desk: Desk): Promise<Directory[]> {
  const { repo } = desk;
  const born = await birthTime(repo);
  const made = new Map([["", born]]);
  if (call.sees(recordPath(directoryKind)))
    for await (const { item } of listRecords(desk, directoryKind)) {
      const { path, created_at: at = born } = item as { path?: unknown; created_at?: string };
      if (typeof path === "string") for (const above of withAbove(path)) made.set(above, made.get(above) ?? at);
    }
  for (const dataset of await desk.catalog.datasets(call))
    for (const path of withAbove(folderOf(nameOf(dataset)))) made.set(path, made.get(path) ?? born);
  const idOf = await directoryIds(repo);
  return Array.from(made, ([path, createdAt]) => ({ id: idOf(path), path, createdAt })).sort((a, b) =>
    compareText(a.path, b.path),
  );
}

/** The directory with this id; the root goes by `root` too. Throws 404. */
export function needDirectory(directories: readonly Directory[], id: string): Directory {
  const found = directories.find(one => one.id === id || (id === "root" && one.path === ""));
  if (!found) throw missing(`there is no directory ${JSON.stringify(id)}`);
  return found;
}

/** A directory and those above it, without the root. */
export function withAbove(path: string): string[] {
  const steps = path === "" ? [] : path.split("/");
  return steps.map((_, i) => steps.slice(0, i + 1).join("/"));
}

/** Says whether something is in a directory or below it. */
export function isBelow(path: string, directory: string): boolean {
  return directory === "" || path.startsWith(`${directory}/`);
}
