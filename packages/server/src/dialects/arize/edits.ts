/** Arize's writes as edits: in place in the version that is meant, or as a new one. */
import {
  amended,
  decode,
  pointer,
  toBlockForm,
  type DatasetInfo,
  type DatasetVersion,
  type Operation,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { permitFormerNames } from "../../native/former-name.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { attributeOf } from "../catalog/catalog.js";
import { backTo } from "../catalog/back-to.js";
import { amendBeside, followTags } from "../catalog/in-place.js";
import { rewrite, type Reading } from "../catalog/rewrite.js";
import { rowsIn } from "../catalog/words.js";
import { annotated, type AnnotationInputs, type Annotator } from "./annotations.js";
import { missing } from "./errors.js";
import type { ExampleChange } from "./example.js";
import { nowAttributes } from "./moments.js";
import { checkFree, selected, versionAt, versionsOf, type Version } from "./versions.js";

/** What a write does to the rows of a version. */
export interface RowEdit {
  readonly patch: readonly Operation[];
  /** The rows that it is about: it is believed while they are as they were. */
  readonly rows: readonly string[];
}

/** A write, computed from the version that it changes. */
export interface Write {
  readonly edit: (version: DatasetVersion) => Promise<RowEdit>;
  /** What the commit says that was done, and to how many rows. */
  readonly verb: string;
  readonly count: number;
}

/** Adds rows with these ids at the end. */
export function additions(items: readonly ValueObject[], ids: readonly string[]): RowEdit {
  const patch = items.map((item, i): Operation => ({
    op: "add",
    path: pointer("items", ids[i]),
    value: toBlockForm(item),
  }));
  return { patch, rows: ids };
}

/** Sets columns of the rows that are there, in order; `told` gets the ids of these. */
export function updating(changes: readonly ExampleChange[], told: Set<string>): Write {
  return {
    verb: "update",
    count: changes.length,
    async edit(version) {
      told.clear();
      const patch: Operation[] = [];
      for (const { id, columns } of changes) {
        if ((await version.cid(id)) === undefined) continue;
        told.add(id);
        for (const [column, value] of Object.entries(toBlockForm(columns)))
          patch.push({ op: "add", path: pointer("items", id, column), value });
      }
      return { patch, rows: changes.map(({ id }) => id) };
    },
  };
}

/** Removes the rows that are there; `told` gets the ids of these. */
export function removing(ids: readonly string[], told: Set<string>): Write {
  return {
    verb: "delete",
    count: ids.length,
    async edit(version) {
      told.clear();
      for (const id of ids) if ((await version.cid(id)) !== undefined) told.add(id);
      const patch = Array.from(told, (id): Operation => ({ op: "remove", path: pointer("items", id) }));
      return { patch, rows: ids };
    },
  };
}

/** Annotates the rows that are there; `told` gets the ids of these. */
export function annotating(inputs: AnnotationInputs, by: Annotator, told: Set<string>): Write {
  return {
    verb: "annotate",
    count: inputs.size,
    async edit(version) {
      told.clear();
      const patch: Operation[] = [];
      for (const [id, values] of inputs) {
        const stored = await version.stored(id);
        if (!stored) continue;
        told.add(id);
        const before = decode(stored.blocks[0]) as ValueObject;
        const value = annotated(before, values, by);
        if (value !== before) patch.push({ op: "add", path: pointer("items", id), value });
      }
      return { patch, rows: [...inputs.keys()] };
    },
  };
}

/** Writes into a version, the newest where the id is absent or empty; gives the version that it is then. */
export async function writeInPlace(
  call: Call,
  desk: Desk,
  dataset: DatasetInfo,
  id: string | undefined,
  write: Write,
): Promise<Version> {
  const { repo } = desk;
  const { path } = dataset;
  let old: Version | undefined;
  let version: Version | undefined;
  const edited = await rewrite(call, desk, path, async reading => {
    const now = needSame(dataset, reading);
    const versions = await versionsOf(repo, dataset);
    version = selected(dataset, versions, id);
    old = version === versions[versions.length - 1] ? undefined : version;
    if (old) return undefined;
    const { patch, rows } = await write.edit(now);
    if (patch.length === 0) return undefined;
    const attributes = { ...(version.isEntered ? amended : {}), ...nowAttributes(desk) };
    const isAnyVersion = id === undefined || id === "";
    return {
      changes: [{ dataset: path, patch }],
      message: messageOf(path, write),
      attributes,
      ...(isAnyVersion ? { rows } : {}),
    };
  });
  if (edited?.advanced === true) {
    version = (await versionAt(repo, dataset, edited.commit)) ?? version;
    const { number } = version ?? noVersion();
    await followTags(desk, dataset, info => info.number === number);
  }
  if (old) await writeBeside(call, desk, dataset, old.number, write);
  const { number } = version ?? old ?? noVersion();
  return (await versionsOf(repo, dataset)).find(one => one.number === number) ?? noVersion();
}

function noVersion(): never {
  throw missing("the version is not there any more");
}

/** The dataset as it was read. Throws 404 where another one, or none, is at its path by now. */
export function needSame(dataset: DatasetInfo, { version }: Reading): DatasetVersion {
  if (version?.info.id !== dataset.id) throw missing("the dataset is not there any more");
  return version;
}

/** Makes a new version of the one that is meant, with the write; the one that is meant stays as it is. Throws 409 for a name that is taken. */
export async function writeNew(
  call: Call,
  desk: Desk,
  dataset: DatasetInfo,
  id: string | undefined,
  name: string,
  write: Write,
): Promise<Version> {
  const { repo } = desk;
  const { path } = dataset;
  const made = (isForced: boolean) =>
    rewrite(call, desk, path, async reading => {
      const head = needSame(dataset, reading);
      const versions = await versionsOf(repo, dataset);
      checkFree(versions, name);
      const from = selected(dataset, versions, id);
      const isNewest = from === versions[versions.length - 1];
      const { commit = "" } = reading;
      if (!isNewest) await permitFormerNames(call, repo, path, [commit, from.commit]);
      const before = isNewest ? [] : await backTo(repo, path, commit, from.commit);
      const { patch } = await write.edit(isNewest ? head : await repo.versions.read(dataset, from));
      const all = [...before, ...patch, ...(isForced ? countUp(head.info) : [])];
      return {
        changes: [{ dataset: path, patch: all }],
        message: messageOf(path, write),
        attributes: nowAttributes(desk, { name }),
      };
    });
  // A version that is like the newest one still is a version: then a number in the metadata counts up.
  const first = await made(false);
  const edited = first?.advanced === true ? first : await made(true);
  return (edited && (await versionAt(repo, dataset, edited.commit))) ?? noVersion();
}

/** Sets `meta.attributes.arize.revision` to what it was not. */
function countUp(info: DatasetInfo): Operation[] {
  const kept = attributeOf(info, "arize");
  const revision = (kept as { revision?: unknown } | undefined)?.revision;
  const arize: Value = {
    ...(typeof kept === "object" ? (kept as ValueObject) : {}),
    revision: typeof revision === "number" ? revision + 1 : 1,
  };
  const hasAny = Object.hasOwn(info.meta, "attributes");
  return [
    ...(hasAny ? [] : [{ op: "add", path: "/meta/attributes", value: {} } as const]),
    { op: "add", path: "/meta/attributes/arize", value: arize },
  ];
}

/** Annotates rows in the newest version, and those that are in older ones alone, there. */
export async function annotate(
  call: Call,
  desk: Desk,
  dataset: DatasetInfo,
  inputs: AnnotationInputs,
  by: Annotator,
): Promise<void> {
  const told = new Set<string>();
  await writeInPlace(call, desk, dataset, undefined, annotating(inputs, by, told));
  const left = new Map([...inputs].filter(([id]) => !told.has(id)));
  if (left.size === 0) return;
  const older = (await versionsOf(desk.repo, dataset)).slice(0, -1);
  for (const { number } of older.toReversed())
    await writeBeside(call, desk, dataset, number, annotating(left, by, told));
}

/** Writes into a version that is not the newest. */
async function writeBeside(call: Call, desk: Desk, dataset: DatasetInfo, number: number, write: Write) {
  const patch = async (then: DatasetVersion) => (await write.edit(then)).patch;
  const message = messageOf(dataset.path, write);
  await amendBeside(call, desk, dataset, { number, edit: patch, message, attributes: nowAttributes(desk) });
}

/** What a commit says of a write to the rows of a dataset. */
export function messageOf(path: string, { verb, count }: Write): string {
  return rowsIn(path, verb, count);
}
