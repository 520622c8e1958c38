/** Versions that change in place, where a vendor has that: tags follow, and a version that is not the newest changes beside the branch. */
import {
  amended,
  type Cid,
  type DatasetInfo,
  type DatasetVersion,
  type Operation,
  type Repository,
  type ValueObject,
  type VersionInfo,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";

/** What is changed in a version: which one, to what, in which words. */
export interface Amendment {
  readonly number: number;
  /** From the version as it is; called again after a lost race. */
  readonly edit: (version: DatasetVersion) => Promise<readonly Operation[]>;
  readonly message: string;
  /** Of the commit, beside `amended`. */
  readonly attributes?: ValueObject;
}

/**
 * Changes a version that is not the newest, by a commit beside the branch on which the version then is: no other version sees it, and history keeps what it was.
 *
 * Gives the version's commit, the same where nothing changes. The caller permits. Throws no-such-ref for no such version.
 */
export async function amendBeside(
  call: Call,
  desk: Desk,
  dataset: Pick<DatasetInfo, "id" | "path">,
  amendment: Amendment,
): Promise<Cid> {
  const { repo } = desk;
  const { number } = amendment;
  return desk.turns(`version ${dataset.id} ${number}`).alone(async () => {
    for (;;) {
      const from = await commitOf(repo, dataset.path, number);
      const commit = await besideCommit(call, desk, dataset, from, amendment);
      if (commit === undefined) return from;
      if (!(await repo.versions.amend(dataset.path, number, commit, from))) continue;
      await followTags(desk, dataset, version => version.number === number);
      return commit;
    }
  });
}

async function commitOf(repo: Repository, path: string, number: number): Promise<Cid> {
  return (await repo.versions.note(path, number, note => note)).commit;
}

/** A commit of the edit on another one, held by a draft until the version names it; `undefined` where nothing changes. */
async function besideCommit(
  call: Call,
  { repo, edits }: Desk,
  dataset: Pick<DatasetInfo, "id" | "path">,
  from: Cid,
  { edit, message, attributes: more = {} }: Amendment,
): Promise<Cid | undefined> {
  const version = await repo.versions.read(dataset, { commit: from });
  const patch = await edit(version);
  if (patch.length === 0) return undefined;
  const name = `version-${repo.context.platform.nonce()}`;
  await repo.draft(name, { at: from });
  try {
    const attributes = { ...more, ...amended };
    const request = { changes: [{ dataset: version.path, patch }], message, author: call.author, attributes };
    const { commit, advanced } = await edits.edit(request, `refs/drafts/${name}`, call.signal);
    return advanced ? commit : undefined;
  } finally {
    await repo.deleteDraft(name);
  }
}

/**
 * Lets the tags of a version that changed in place follow it: those on any commit that went into it come to what it is by now.
 *
 * In this process one after another, so that of several changes at once the last has its say.
 */
export async function followTags(
  desk: Desk,
  dataset: Pick<DatasetInfo, "id" | "path">,
  isOf: (version: VersionInfo) => boolean,
): Promise<void> {
  const { repo } = desk;
  const { path } = dataset;
  if ((await repo.environments(path)).length === 0) return;
  await desk.turns(`tags ${dataset.id}`).alone(async () => {
    const version = (await repo.versions.of(path)).find(isOf);
    if (!version) return;
    const within = await commitsOf(repo, path, version);
    for (const { name, commit } of await repo.environments(path))
      if (commit !== version.commit && within.has(commit)) await repo.setEnvironment(path, name, version.commit);
  });
}

/** The commits that went into a version. */
async function commitsOf(repo: Repository, path: string, { commit, first }: VersionInfo): Promise<Set<Cid>> {
  const commits = new Set<Cid>([first]);
  for await (const { commit: at } of repo.log({ at: commit, dataset: path, firstParent: true })) {
    if (at === first) break;
    commits.add(at);
  }
  return commits;
}
