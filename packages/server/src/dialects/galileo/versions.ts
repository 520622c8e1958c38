/** The versions of a dataset as Galileo counts them, from 1 upwards. */
import {
  isObject,
  type Cid,
  type DatasetInfo,
  type DatasetVersion,
  type Repository,
  type Signature,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import { readThen } from "../catalog/catalog.js";
import { notFound } from "./errors.js";

export interface Version {
  readonly number: number;
  /** What the version is by now, and the commit that began it. */
  readonly commit: Cid;
  readonly first: Cid;
  readonly author: Signature;
  /** Seconds since 1970. */
  readonly created: number;
  readonly changed: number;
  readonly name: string | null;
  /** Columns that got another name. */
  readonly renames: number;
}

/** All versions, the first one first. A dataset of which no vendor counted a version yet has one: what it is now. */
export async function versionsOf(repo: Repository, { path }: DatasetInfo): Promise<Version[]> {
  const infos = await repo.versions.of(path);
  if (infos.length === 0) return [await onlyVersion(repo, path)];
  return infos.map(({ number, commit, first, author, changedTime, note, attributes }) => {
    const { name } = ownPart(note);
    const { renames } = ownPart(attributes);
    return {
      number,
      commit,
      first,
      author,
      created: author.time,
      changed: changedTime,
      name: typeof name === "string" ? name : null,
      renames: typeof renames === "number" ? renames : 0,
    };
  });
}

async function onlyVersion(repo: Repository, path: string): Promise<Version> {
  let last: Version | undefined;
  let first: Version | undefined;
  for await (const { commit, author } of repo.log({ dataset: path })) {
    const { time } = author;
    first = { number: 1, commit, first: commit, author, created: time, changed: time, name: null, renames: 0 };
    last ??= first;
  }
  if (!first || !last) throw notFound(`there is no dataset ${path} any more`);
  return { ...first, commit: last.commit, changed: last.changed };
}

/** Throws 404. */
export function needVersion(all: readonly Version[], number: number): Version {
  const found = all.find(version => version.number === number);
  if (!found) throw notFound(`the dataset has no version ${number}`);
  return found;
}

/** A version, the newest where no number is given, and the dataset as it was in it, under whatever name. Throws 404, and 403 for a name that the caller may not touch. */
export async function readNumbered(
  call: Pick<Call, "permit">,
  repo: Repository,
  dataset: DatasetInfo,
  number?: number,
): Promise<{ at: Version; version: DatasetVersion }> {
  const all = await versionsOf(repo, dataset);
  const at = number === undefined ? all[all.length - 1] : needVersion(all, number);
  return { at, version: await readThen(call, repo, dataset, at) };
}

/** What this dialect keeps in a note or in attributes. */
export function ownPart(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { galileo } = object;
  return isObject(galileo as never) ? (galileo as Readonly<Record<string, unknown>>) : {};
}
