/** Opik's versions found by what a client calls them, and shown. */
import type { DatasetInfo, DatasetVersion, Value, ValueObject } from "@sheaf/core";
import { isoTime } from "../catalog/time.js";
import { opikOf } from "./ids.js";
import type { Ask } from "./operation.js";
import { compact } from "./shape.js";
import { stateOf, type Counts } from "./state.js";
import { tagsOf, type Tag } from "./tags.js";
import { noteOf, versionsOf, type Version } from "./version-list.js";

/** The version that a hash, a tag or, at last, a name means. */
export async function resolveVersion(ask: Ask, dataset: DatasetInfo, ref: string): Promise<Version | undefined> {
  const versions = await versionsOf(ask, dataset);
  // A later version would hide an earlier one of the same hash.
  const byHash = versions.findLast(({ hash }) => hash === ref);
  if (byHash) return byHash;
  if (ref === latest) return versions.at(-1);
  const tags = await tagsOf(ask, dataset, versions);
  const tagged = tags.find(({ tag }) => tag.toLowerCase() === ref.toLowerCase());
  return tagged?.version ?? versions.find(({ name }) => name === ref);
}

/** The tag of the newest version, which nobody can move. */
export const latest = "latest";

function tagsOn(version: Version | undefined, versions: readonly Version[], tags: readonly Tag[]): string[] {
  const own = tags.filter(tag => tag.version === version).map(({ tag }) => tag);
  return version === versions.at(-1) ? [latest, ...own] : own;
}

/** A version in few words. */
export async function shownSummary(
  ask: Ask,
  dataset: DatasetInfo,
  version: Version,
  versions: readonly Version[],
): Promise<ValueObject> {
  const { id, hash, name, description } = version;
  const tags = tagsOn(version, versions, await tagsOf(ask, dataset, versions));
  return compact({ id, version_hash: hash, version_name: name, change_description: description, tags });
}

/** A version as Opik writes it. */
export async function shownVersion(ask: Ask, dataset: DatasetInfo, version: Version): Promise<ValueObject> {
  const [shown] = await shownVersions(ask, dataset, [version]);
  return shown;
}

/** Versions as Opik writes them; the tags of the dataset are read once. */
export async function shownVersions(
  ask: Ask,
  dataset: DatasetInfo,
  wanted: readonly Version[],
): Promise<ValueObject[]> {
  if (wanted.length === 0) return [];
  const versions = await versionsOf(ask, dataset);
  const tags = await tagsOf(ask, dataset, versions);
  const all: ValueObject[] = [];
  for (const version of wanted) all.push(await shownOne(ask, dataset, version, versions, tags));
  return all;
}

async function shownOne(
  ask: Ask,
  dataset: DatasetInfo,
  version: Version,
  versions: readonly Version[],
  tags: readonly Tag[],
): Promise<ValueObject> {
  const { info, id, hash, name, description } = version;
  const then = await ask.repo.versions.read(dataset, info);
  const counts = await countsOf(ask, then, version, versions);
  const { evaluators, execution_policy: policy } = opikOf(then.info);
  const { metadata } = noteOf(info.attributes);
  return compact({
    id,
    dataset_id: ask.ids.ofDataset(dataset),
    version_hash: hash,
    tags: tagsOn(version, versions, tags),
    is_latest: version === versions.at(-1),
    version_name: name,
    items_total: then.info.count,
    items_added: counts.added,
    items_modified: counts.changed,
    items_deleted: counts.removed,
    change_description: description,
    metadata: metadata as Value | undefined,
    evaluators: evaluators as Value | undefined,
    execution_policy: policy as Value | undefined,
    created_at: isoTime(info.author.time),
    created_by: info.author.name,
    last_updated_at: isoTime(info.changedTime),
    last_updated_by: info.author.name,
  });
}

/** What differs from the version that this one was made from. */
async function countsOf(
  { repo, desk }: Ask,
  then: DatasetVersion,
  { info }: Version,
  versions: readonly Version[],
): Promise<Counts> {
  const { base = info.number - 1 } = noteOf(info.attributes);
  const before = versions.find(({ info: { number } }) => number === base);
  const key = `${then.info.id} ${before?.info.commit ?? ""} ${info.commit}`;
  const { counts } = stateOf(desk);
  const kept = counts.get(key);
  if (kept) return kept;
  const found = before
    ? (await repo.diffStat(before.info.commit, info.commit, { dataset: then.path }))[then.path]
    : { added: then.info.count, changed: 0, removed: 0 };
  return counts.keep(key, found ?? { added: 0, changed: 0, removed: 0 });
}
