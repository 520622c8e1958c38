/**
 * The versions of a dataset as Humanloop counts them: one for each content that it had, first to last.
 *
 * Versions of Sheaf with the same content are one here: it is as old as the first of them and as new as the last, and what is known of it beside (its name,
 * description, who committed it) stands in the first one's commit and note.
 */
import {
  isObject,
  type Cid,
  type DatasetInfo,
  type DatasetVersion,
  type Repository,
  type ValueObject,
  type VersionInfo,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import { isoTime } from "../catalog/time.js";
import { contentsOf, type Content } from "./content.js";
import { environmentNameOf } from "./environments.js";
import { missing } from "./errors.js";

/** Who, and when in ISO 8601. */
export interface Stamp {
  readonly at: string;
  readonly name: string;
  readonly email: string;
}

/** What is known of a version beside its content. */
export interface Facts {
  readonly name: string | null;
  readonly description: string | null;
  /** Set for those that are committed, as the older generation says. */
  readonly committed: Stamp | null;
  readonly updatedAt: string;
}

export interface Saved extends Facts {
  readonly id: string;
  readonly content: Content;
  readonly version: DatasetVersion;
  readonly commit: Cid;
  readonly created: Stamp;
  /** Sheaf's numbers of the versions that it is, ascending; none for what only a deployment names. */
  readonly numbers: readonly number[];
  readonly isDeleted: boolean;
}

/** All that Humanloop knows of a dataset. */
export interface Line {
  /** As it is at the head. */
  readonly dataset: DatasetInfo;
  /** The oldest first; the last one is the latest. */
  readonly versions: readonly Saved[];
  readonly deleted: readonly Saved[];
  /** By the name of the environment. */
  readonly deployed: ReadonlyMap<string, Saved>;
}

/** Reads all versions of a dataset, those left out that it had under names that the caller may not see. */
export async function readLine(call: Call, repo: Repository, dataset: DatasetInfo): Promise<Line> {
  const groups = new Map<string, Saved>();
  const deleted = new Map<string, Saved>();
  for (const info of await repo.versions.of(dataset.path)) {
    const version = await contentsOf(repo).at(dataset, info.commit);
    if (!version || !call.sees(version.path)) continue;
    const one = await savedOf(repo, info, version);
    const all = one.isDeleted ? deleted : groups;
    const first = all.get(one.content.versionId);
    all.delete(one.content.versionId);
    all.set(one.content.versionId, first ? joined(first, one) : one);
  }
  const versions = groups.size > 0 ? [...groups.values()] : await headOnly(repo, dataset);
  const line = { dataset, versions, deleted: [...deleted.values()] };
  return { ...line, deployed: await deployedOf(call, repo, line) };
}

/** The version that a commit holds. */
export async function savedAt(
  repo: Repository,
  line: Pick<Line, "versions">,
  version: DatasetVersion,
  commit: Cid,
): Promise<Saved> {
  const { versionId } = await contentsOf(repo).of(version);
  return line.versions.find(({ content }) => content.versionId === versionId) ?? unlisted(repo, version, commit);
}

/** What a dataset is whose commits count as no version: the newest. */
async function headOnly(repo: Repository, dataset: DatasetInfo): Promise<Saved[]> {
  const commit = await repo.resolve("HEAD");
  const version = await contentsOf(repo).at(dataset, commit);
  return version ? [await unlisted(repo, version, commit)] : [];
}

/** The version with this id, if it was not deleted. */
export function findSaved({ versions, deployed }: Line, id: string): Saved | undefined {
  const isMeant = (one: Saved) => one.id === id || one.content.versionId === id;
  return versions.find(isMeant) ?? [...deployed.values()].find(isMeant);
}

/** As {@link findSaved}. Throws 404 where there is none. */
export function needSaved(line: Line, id: string): Saved {
  const saved = findSaved(line, id);
  if (!saved) throw missing(`the dataset has no version ${JSON.stringify(id)}`);
  return saved;
}

/** The same content again: newer, and known as before. */
function joined(first: Saved, again: Saved): Saved {
  const { content, version, commit, numbers } = again;
  return { ...first, content, version, commit, numbers: [...first.numbers, ...numbers] };
}

async function deployedOf(call: Call, repo: Repository, line: Omit<Line, "deployed">): Promise<Map<string, Saved>> {
  const deployed = new Map<string, Saved>();
  for (const { name, commit } of await repo.environments(line.dataset.path)) {
    const version = await contentsOf(repo).at(line.dataset, commit);
    if (!version || !call.sees(version.path)) continue;
    deployed.set(environmentNameOf(name), await savedAt(repo, line, version, commit));
  }
  return deployed;
}

/** What a commit holds that is none of the dataset's versions, or no longer. */
async function unlisted(repo: Repository, version: DatasetVersion, commit: Cid): Promise<Saved> {
  const { author, message, attributes } = await repo.show(commit);
  const info = { number: 0, commit, first: commit, author, message, attributes, changedTime: author.time, note: {} };
  return { ...(await savedOf(repo, info, version)), numbers: [] };
}

async function savedOf(repo: Repository, info: VersionInfo, version: DatasetVersion): Promise<Saved> {
  const content = await contentsOf(repo).of(version);
  const { author, commit, first, number } = info;
  const begun = partOf(info.attributes);
  const told = { ...begun, ...partOf(info.note) };
  const created = { at: textOr(begun["created_at"], isoTime(author.time)), name: author.name, email: author.email };
  const [name, description] = [textOr(told["name"], null), textOr(told["description"], null)];
  const mark = stampOf(told["committed"]);
  return {
    id: first === commit ? textOr(begun["version_id"], content.versionId) : content.versionId,
    content,
    version,
    commit,
    created,
    numbers: [number],
    isDeleted: told["deleted"] === true,
    name,
    description,
    committed: mark ?? (name === null && description === null ? null : created),
    updatedAt: textOr(told["updated_at"], first === commit ? created.at : isoTime(info.changedTime)),
  };
}

/** What Humanloop keeps in a note or in the attributes of a commit. */
export function partOf(object: ValueObject): ValueObject {
  const part = object["humanloop"];
  return isObject(part) ? part : {};
}

function textOr<T>(value: unknown, other: T): string | T {
  return typeof value === "string" ? value : other;
}

function stampOf(value: unknown): Stamp | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { at, name, email } = value as Record<string, unknown>;
  return typeof at === "string" ? { at, name: String(name), email: String(email) } : undefined;
}
