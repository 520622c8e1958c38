/**
 * Spaces: the first is the repository, and holds all that is in no other one; each further one is a folder of the repository, whose datasets lose its name here.
 *
 * Which there are is configured (`arize.spaces`, a list of names); default: one, called as the repository is.
 */
import type { DatasetInfo } from "@sheaf/core";
import type { Desk } from "../../desk.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { invalid, missing } from "./errors.js";
import { spaceId } from "./ids.js";

export interface Space {
  readonly id: string;
  readonly name: string;
  /** What the names of its datasets begin with elsewhere: empty for the first. */
  readonly folder: string;
}

/** The configuration's key. */
export const spacesKey = "arize.spaces";

/** The spaces, the first one first. */
export async function spacesOf({ repo, name: usual }: Desk): Promise<readonly Space[]> {
  const kept = await repo.config.get(spacesKey);
  const given = (Array.isArray(kept) ? kept : [kept]).filter(name => typeof name === "string" && name.trim() !== "");
  const names = new Set(given.length === 0 ? [usual] : (given as string[]));
  const { platform } = repo.context;
  return Array.from(names, (name, i) => ({ id: spaceId(platform, name), name, folder: i === 0 ? "" : `${name}/` }));
}

/** The space that a dataset is in, and what it is called there. */
export function placeOf(spaces: readonly Space[], dataset: Pick<DatasetInfo, "path">): { space: Space; name: string } {
  const full = nameOf(dataset);
  const space = folderSpace(spaces, full) ?? spaces[0];
  return { space, name: full.slice(space.folder.length) };
}

/** The path of a dataset of this name in a space. Throws 422 for a name that would be in another space. */
export function pathIn(spaces: readonly Space[], space: Space, name: string): string {
  if (name.trim() === "") throw invalid("name must not be blank");
  const path = pathFor(space.folder + name);
  if (placeOf(spaces, { path }).space.id === space.id) return path;
  throw invalid(`a dataset called ${JSON.stringify(name)} would be in another space; choose another name`);
}

/** Throws 404. */
export function needSpace(spaces: readonly Space[], id: string): Space {
  const space = spaces.find(one => one.id === id);
  if (!space) throw missing(`there is no space with the id ${JSON.stringify(id)}`);
  return space;
}

function folderSpace(spaces: readonly Space[], name: string): Space | undefined {
  const within = spaces.filter(({ folder }) => folder !== "" && name.startsWith(folder) && name !== folder);
  return within.sort((a, b) => b.folder.length - a.folder.length)[0];
}
