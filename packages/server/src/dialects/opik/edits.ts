/** Opik's writes as edits: which version a write makes or goes into, by its batch group. */
import {
  amended,
  decode,
  pointer,
  type Change,
  type DatasetInfo,
  type DatasetVersion,
  type Edited,
  type Operation,
  type Value,
  type ValueObject,
  type VersionInfo,
} from "@sheaf/core";
import { amendBeside, followTags } from "../catalog/in-place.js";
import { rewrite, type Plan, type Reading } from "../catalog/rewrite.js";
import { copying } from "./copy-from.js";
import { opikOf, type OpikAttributes } from "./ids.js";
import { rowIn } from "./item-reader.js";
import { blockFor, type ItemWrite } from "./item.js";
import type { Ask } from "./operation.js";
import { placesFor } from "./places.js";
import { compact } from "./shape.js";
import { noteOf, type OpikNote } from "./version-list.js";

/** What a write does to the rows of a version of the dataset. */
export interface RowEdit {
  readonly patch: readonly Operation[];
  /** The rows that it looked at. */
  readonly rows: readonly string[];
}

/** Puts items: those that are there are replaced in their place. Ids that are new are ascending in the patch. */
export async function putEdit(
  ask: Ask,
  version: DatasetVersion | undefined,
  items: readonly ItemWrite[],
): Promise<RowEdit> {
  const wanted = new Map<string, ItemWrite>();
  const fresh = ask.ids.fresh(items.filter(({ id }) => id === undefined).length);
  let used = 0;
  for (const item of items) wanted.set(item.id ?? fresh[used++], item);
  const [rows, patch, added]: [string[], Operation[], string[]] = [[], [], []];
  for (const id of [...wanted.keys()].sort()) {
    const found = version && (await ask.ids.find(version, id));
    const row = found ?? id;
    const there = version && found !== undefined ? await rowIn(version, found) : undefined;
    const before = there && (decode(there.block) as ValueObject);
    if (!before) added.push(row);
    rows.push(row);
    patch.push({ op: "add", path: pointer("items", row), value: blockFor(wanted.get(id) as ItemWrite, before) });
  }
  const places = version ? await placesFor(version, added) : new Map<string, string>();
  for (const [id, position] of places) patch.push({ op: "add", path: pointer("positions", id), value: position });
  return { patch, rows };
}

/** Removes the rows that are there. */
export async function removeEdit(version: DatasetVersion | undefined, rows: readonly string[]): Promise<RowEdit> {
  const patch: Operation[] = [];
  for (const id of new Set(rows))
    if (version && (await version.cid(id)) !== undefined) patch.push({ op: "remove", path: pointer("items", id) });
  return { patch, rows };
}

/** Where a write goes. */
export interface Target {
  readonly path: string;
  /** Metadata of the dataset where it is to be made. */
  readonly create?: ValueObject;
  readonly group: string | undefined;
  /** Rows that a new version is to have in place of those of the newest one; the first version takes none over. */
  readonly copied?: DatasetVersion | undefined;
}

/**
 * Makes a write of a batch group: the first of a group makes a version, later ones go into that version. Without a group it goes into the newest version.
 *
 * A group whose version is no longer the newest gets its rows there too, in a commit beside the branch, and so does the newest version: nothing is lost.
 */
export async function writeInGroup(
  ask: Ask,
  target: Target,
  edit: (version: DatasetVersion | undefined) => Promise<RowEdit>,
  message: string,
): Promise<void> {
  const { path, group } = target;
  const work = () => groupWrite(ask, target, edit, message);
  // In this process a group's calls come one after another, so that only one of them is the first.
  await (group === undefined ? work() : ask.desk.turns(`opik ${path} ${group}`).alone(work));
}

async function groupWrite(
  ask: Ask,
  { path, create, group, copied }: Target,
  edit: (version: DatasetVersion | undefined) => Promise<RowEdit>,
  message: string,
): Promise<void> {
  let old: VersionInfo | undefined;
  await makeVersion(ask, path, async ({ version }) => {
    const versions = version ? await ask.repo.versions.of(path) : [];
    const own = group === undefined ? undefined : versions.findLast(info => noteOf(info.attributes).group === group);
    old = own === versions.at(-1) ? undefined : own;
    const isInPlace = own !== undefined || (group === undefined && versions.length > 0);
    const isCopy = copied && version && !isInPlace && versions.length > 0;
    const before = isCopy ? await copying(version, copied) : [];
    const { patch: after, rows } = await edit(isCopy ? copied : version);
    const patch = [...before, ...after];
    const opik: ValueObject = group === undefined ? {} : { group };
    if (patch.length === 0 && !(create && !version)) return undefined;
    return {
      changes: [...(create && !version ? [{ dataset: path, create: { meta: create } }] : []), { dataset: path, patch }],
      message,
      attributes: isInPlace ? { ...amended, opik } : { opik },
      ...(isCopy ? {} : { rows }),
    };
  });
  if (!old) return;
  const { number } = old;
  const dataset = await ask.repo.dataset(path).info();
  await amendBeside(ask.call, ask.desk, dataset, { number, edit: async then => (await edit(then)).patch, message });
}

/**
 * Makes a planned edit. One that is to make a version makes one even where nothing changes: it counts up a number in the metadata then.
 *
 * Tags follow a version that changes in place.
 */
export async function makeVersion(
  ask: Ask,
  path: string,
  plan: (reading: Reading) => Promise<Plan | undefined>,
): Promise<Edited | undefined> {
  let newest: VersionInfo | undefined;
  let isInPlace = false;
  const planned = async (reading: Reading) => {
    const made = await plan(reading);
    newest = reading.version && (await ask.repo.versions.of(path)).at(-1);
    isInPlace = made?.attributes?.["version"] === amended.version;
    return made;
  };
  const edited = await rewrite(ask.call, ask.desk, path, planned);
  if (!edited) return undefined;
  if (!edited.advanced && !isInPlace)
    return rewrite(ask.call, ask.desk, path, async reading => {
      const made = await plan(reading);
      const count = { revision: ((newest?.number ?? 0) + 1) as Value };
      return made && { ...made, changes: [...made.changes, ...opikChanges(path, reading.version?.info, count)] };
    });
  if (edited.advanced && isInPlace && newest) {
    const { first } = newest;
    await followTags(ask.desk, await ask.repo.dataset(path).info(), version => version.first === first);
  }
  return edited;
}

/** Sets what Opik keeps in the metadata; `undefined` takes it away. */
export function opikChanges(
  path: string,
  info: DatasetInfo | undefined,
  values: { readonly [K in keyof OpikAttributes | "revision"]?: Value | undefined },
): Change[] {
  const { attributes } = info?.meta ?? {};
  const kept = info ? (opikOf(info) as ValueObject) : {};
  const patch: Operation[] = [];
  const at = (name: string) => pointer("meta", "attributes", "opik", name);
  const given = Object.entries(values);
  const set = given.filter((entry): entry is [string, Value] => entry[1] !== undefined);
  const isFirst = set.length > 0 && Object.keys(kept).length === 0;
  if (isFirst && attributes === undefined) patch.push({ op: "add", path: "/meta/attributes", value: {} });
  if (isFirst) patch.push({ op: "add", path: "/meta/attributes/opik", value: {} });
  for (const [name, value] of given)
    if (value === undefined && Object.hasOwn(kept, name)) patch.push({ op: "remove", path: at(name) });
  for (const [name, value] of set) patch.push({ op: "add", path: at(name), value });
  return [{ dataset: path, patch }];
}

/** The attributes of a commit that makes a version. */
export function versionAttributes(note: OpikNote): ValueObject {
  return { opik: compact(note as ValueObject) };
}
