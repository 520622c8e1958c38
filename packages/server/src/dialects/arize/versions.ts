/** Versions as Arize has them: those of Sheaf, named; one that changes in place keeps its id. */
import type { Cid, DatasetInfo, Repository, ValueObject, VersionInfo } from "@sheaf/core";
import { isoTime } from "../catalog/time.js";
import { conflict, missing } from "./errors.js";
import { datasetId, parseVersionId, versionId } from "./ids.js";
import { momentIn, momentOf, partOf } from "./moments.js";

export interface Version {
  /** From 1 upwards. */
  readonly number: number;
  readonly name: string;
  /** What the version is by now, and the commit that began it. */
  readonly commit: Cid;
  readonly first: Cid;
  /** Seconds since 1970. */
  readonly created: number;
  readonly changed: number;
  /** Not set where no face counted a version yet: the dataset as it is stands for the one that the next write makes. */
  readonly isEntered: boolean;
}

/** The versions of a dataset, the first one first; always one at least. */
export async function versionsOf(repo: Repository, { path }: Pick<DatasetInfo, "path">): Promise<Version[]> {
  const infos = await repo.versions.of(path);
  if (infos.length === 0) return [await onlyVersion(repo, path)];
  const names = namesOf(infos);
  const versions: Version[] = [];
  for (const [i, { number, commit, first, author, attributes, changedTime }] of infos.entries()) {
    const created = momentIn(attributes, author.time);
    const changed = commit === first ? created : await momentOf(repo, commit, changedTime);
    versions.push({ number, name: names[i], commit, first, created, changed, isEntered: true });
  }
  return versions;
}

/** The name that a client gave, else `v` and the number; no two alike. */
function namesOf(infos: readonly VersionInfo[]): string[] {
  const given = infos.map(({ attributes }) => givenName(attributes));
  const taken = new Set(given);
  return infos.map(({ number }, i) => {
    let name = given[i] ?? `v${number}`;
    while (given[i] === undefined && taken.has(name)) name += "+";
    taken.add(name);
    return name;
  });
}

function givenName(attributes: ValueObject): string | undefined {
  const { name } = partOf(attributes);
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** Throws 409 for a name that a version has. */
export function checkFree(versions: readonly Version[], name: string): void {
  if (versions.some(version => version.name === name))
    throw conflict(`the dataset has a version named ${JSON.stringify(name)} already`);
}

async function onlyVersion(repo: Repository, path: string): Promise<Version> {
  let version: Version | undefined;
  for await (const { commit, author } of repo.log({ dataset: path, firstParent: true })) {
    const { time } = author;
    const changed = version?.changed ?? time;
    version = {
      number: 1,
      name: "v1",
      commit: version?.commit ?? commit,
      first: commit,
      created: time,
      changed,
      isEntered: false,
    };
  }
  if (!version) throw missing("the dataset is not there any more");
  return version;
}

/** The version that a client means: the newest where the id is absent or empty. Throws 404. */
export function selected(
  dataset: Pick<DatasetInfo, "id">,
  versions: readonly Version[],
  id: string | undefined,
): Version {
  if (id === undefined || id === "") return versions[versions.length - 1];
  const number = parseVersionId(dataset, id);
  const version = versions.find(one => one.number === number);
  if (!version) throw missing(`the dataset has no version with the id ${JSON.stringify(id)}`);
  return version;
}

/** The version into which a commit went. */
export async function versionAt(
  repo: Repository,
  dataset: Pick<DatasetInfo, "path">,
  commit: Cid,
): Promise<Version | undefined> {
  const versions = await versionsOf(repo, dataset);
  const byCommit = (cid: Cid) => versions.findLast(one => one.commit === cid || one.first === cid);
  const found = byCommit(commit);
  if (found) return found;
  for await (const { commit: at } of repo.log({ at: commit, dataset: dataset.path, firstParent: true })) {
    const version = byCommit(at);
    if (version) return version;
  }
  return undefined;
}

/** A version as Arize writes it. */
export function shownVersion(dataset: DatasetInfo, { number, name, created, changed }: Version) {
  return {
    id: versionId(dataset, number),
    name,
    dataset_id: datasetId(dataset),
    created_at: isoTime(created),
    updated_at: isoTime(changed),
  };
}
