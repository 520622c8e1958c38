/**
 * Spaces: the first is the repository, and holds all that is in no other one; each further one is a folder of the repository, whose datasets lose its name here.
 *
 * Which there are is configured (`arize.spaces`, a list of names); default: one, called as the repository is. Those that clients make are records beside.
 */
import { parseJson, printItem, type DatasetInfo, type ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { recordPath, recordsNow } from "../catalog/records.js";
import { invalid, missing } from "./errors.js";
import { recordIdForm, spaceId } from "./ids.js";

export interface Space {
  readonly id: string;
  readonly name: string;
  /** What the names of its datasets begin with elsewhere: empty for the first. */
  readonly folder: string;
}

export const spaceKind = "arize-spaces";

/** The configuration's key. */
export const spacesKey = "arize.spaces";

/** The spaces, the first one first: those that are configured, then those that clients made. */
export async function spacesOf(desk: Desk): Promise<readonly Space[]> {
  const { repo, name: usual } = desk;
  const configured = await repo.config.get(spacesKey);
  const list = Array.isArray(configured) ? configured : [configured];
  const given = list.filter((name): name is string => typeof name === "string" && name.trim() !== "");
  const names = new Set(given.length === 0 ? [usual] : given);
  const { platform } = repo.context;
  const first = Array.from(names, (name, i) => ({
    id: spaceId(platform, name),
    name,
    folder: i === 0 ? "" : `${name}/`,
  }));
  const made = await madeSpaces(desk);
  return [...first, ...made.filter(({ name }) => !names.has(name))];
}

/** The spaces that a caller may know of: of those that clients made, the ones that may hold a dataset of the caller's, and all to who may read their records. */
export async function seenSpaces(call: Call, desk: Desk): Promise<readonly Space[]> {
  const spaces = await spacesOf(desk);
  if (call.sees(recordPath(spaceKind))) return spaces;
  const own = (await desk.catalog.datasets(call)).map(nameOf);
  const isSeen = ({ folder }: Space) => call.sees(pathFor(`${folder}any`)) || own.some(name => name.startsWith(folder));
  return spaces.filter(space => !("record" in space) || isSeen(space));
}

/** A space that a client made: kept as a record. */
export interface MadeSpace extends Space {
  /** Of the record: 32 hex digits. */
  readonly record: string;
  readonly description: string;
  readonly created: string;
}

const listings = new WeakMap<Desk, { readonly cid: string; readonly made: readonly MadeSpace[] }>();

/** The spaces that clients made, the first one first. */
export async function madeSpaces(desk: Desk): Promise<readonly MadeSpace[]> {
  const version = await recordsNow(desk, spaceKind);
  if (!version) return [];
  const { cid } = version.info;
  const known = listings.get(desk);
  if (known?.cid === cid) return known.made;
  const made: MadeSpace[] = [];
  for await (const { ids, blocks } of version.batches())
    blocks.forEach((block, i) => {
      const { name, description = "", created_at: created } = parseJson(printItem(block)) as ValueObject;
      if (!recordIdForm.test(ids[i])) return;
      if (typeof name !== "string" || typeof description !== "string" || typeof created !== "string") return;
      made.push({ id: btoa(`Space:1:${ids[i]}`), record: ids[i], name, folder: `${name}/`, description, created });
    });
  listings.set(desk, { cid, made });
  return made;
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
