/** Tags of versions: environments of the dataset (`refs/environments/…`), so that every face sees them. A tag follows its version when that changes in place. */
import type { Cid, DatasetInfo } from "@sheaf/core";
import type { Ask } from "./operation.js";
import type { Version } from "./version-list.js";

export interface Tag {
  readonly tag: string;
  readonly version: Version;
}

/** Every tag of a dataset, with the version that it is on. */
export async function tagsOf({ repo }: Ask, dataset: DatasetInfo, versions: readonly Version[]): Promise<Tag[]> {
  const tags: Tag[] = [];
  for (const { name, commit } of await repo.environments(dataset.path)) {
    const version = byCommit(versions, commit) ?? (await behind(commit));
    if (version) tags.push({ tag: readRef(name), version });
  }
  return tags;

  /** The version in which a commit is that began none and ended none. */
  async function behind(commit: Cid): Promise<Version | undefined> {
    const { path } = await repo.versions.read(dataset, { commit }).catch(() => dataset);
    for await (const { commit: at } of repo.log({ at: commit, dataset: path, firstParent: true })) {
      const version = byCommit(versions, at);
      if (version) return version;
    }
    return undefined;
  }
}

function byCommit(versions: readonly Version[], commit: string): Version | undefined {
  return versions.findLast(({ info }) => info.commit === commit || info.first === commit);
}

/** Puts a tag on a version. */
export async function setTag({ repo }: Ask, dataset: DatasetInfo, tag: string, version: Version): Promise<void> {
  await repo.setEnvironment(dataset.path, printRef(tag), version.info.commit);
}

/** Takes a tag away, whatever its case; one that is not there is gone already. */
export async function dropTag({ repo }: Ask, dataset: DatasetInfo, tag: string): Promise<void> {
  for (const { name } of await repo.environments(dataset.path))
    if (readRef(name).toLowerCase() === tag.toLowerCase()) await repo.setEnvironment(dataset.path, name, null);
}

/** A tag as part of a ref's name, in which only some characters may stand. */
function printRef(tag: string): string {
  const plain = encodeURIComponent(tag).replace(/[!~*'()]/g, escaped);
  return plain.replace(/^\.|\.$|\.(?=\.)|\.(?=lock$)/g, escaped);
}

/** Takes back {@link printRef}. */
function readRef(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
