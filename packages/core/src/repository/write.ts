/**
 * The one way in which a branch gets a new commit: build a snapshot on the head, write its blocks, move the ref by compare-and-swap.
 *
 * Who loses the race builds on the new head by a three-way merge of the edit, or is told that the base is stale (law 5).
 */
import type { Blocks } from "../block/blocks.js";
import { printCid, sameDigest, type Digest } from "../block/cid.js";
import { badInput, SheafError } from "../errors.js";
import { mergeSnapshots } from "../edit/snapshot-merge.js";
import { encodeCommit } from "../history/commit.js";
import { encodeSnapshot, type Snapshot } from "../history/snapshot.js";
import type { Transaction } from "../store/transaction.js";
import { emptyTree } from "../tree/builder.js";
import type { Committed, CommitOptions } from "./contract.js";
import { commitCid, readCommit, readSnapshot, sign, type Context, type Tip } from "./context.js";
import { findDataset } from "./dataset-tree.js";
import { branchRef, currentBranch, headLog, headOf, moveBranch, type Head } from "./heads.js";
import { resolveRevision } from "./revisions.js";

/** Where an edit starts from. `tip` is absent on a branch without commits, whose snapshot is empty. */
export interface Base {
  readonly tip?: Tip;
  readonly snapshot: Snapshot;
}

/** What an edit makes of its base: the new snapshot, and in words what it did (the default message). */
export interface Draft {
  readonly snapshot: Snapshot;
  readonly summary: string;
  /** Parents after the head's own commit: the other side of a merge. */
  readonly parents?: readonly Digest[];
}

export type Build = (blocks: Blocks, base: Base) => Promise<Draft>;

/** What an edit is called in the reflog, and what it is about. */
export interface EditKind {
  readonly command: string;
  /** Paths of the datasets that the edit is about: `base` is judged by them. */
  readonly touches: readonly string[];
  /** After a lost race the edit is built anew on the new head, and not merged: for edits that look at the whole dataset, make ids or test what is there. */
  readonly isRebuilt?: boolean;
}

/** How often a lost race is tried again before the caller is told; each try makes progress for somebody. */
const maxTries = 64;

/** Makes a commit on a branch and moves it. Nothing is stored when `build` throws. */
export async function commitEdit(
  context: Context,
  kind: EditKind,
  options: CommitOptions,
  build: Build,
): Promise<Committed> {
  const committed = await makeCommit(context, kind, options, build, maxTries);
  if (committed.advanced) await context.keeper.wake();
  return committed;
}

/** Moves a branch from a head to a commit that is durable; `undefined` when somebody else moved it first. */
export async function advance(
  context: Context,
  branch: string,
  head: Head,
  commit: Digest,
  command: string,
): Promise<Committed | undefined> {
  if (!(await moveBranch(context, branch, head, commit, command))) return undefined;
  await context.keeper.wake();
  return { commit: printCid(commit), advanced: true };
}

async function makeCommit(
  context: Context,
  kind: EditKind,
  options: CommitOptions,
  build: Build,
  tries: number,
): Promise<Committed> {
  const branch = await branchToMove(context, options.branch);
  const head = await headOf(context, branch);
  const first = await inTransaction(
    context,
    async blocks => {
      const base = await baseAt(blocks, head.tip);
      await checkBase(context, branch, options, kind, base);
      const draft = await build(blocks, base);
      return { base, draft, commit: await putCommit(context, blocks, options, draft, base) };
    },
    ({ commit }) => commit !== undefined,
  );
  if (!first.commit) return { commit: commitCid(head.tip as Tip), advanced: false };
  options.signal?.throwIfAborted();
  if (await moveBranch(context, branch, head, first.commit, kind.command))
    return { commit: printCid(first.commit), advanced: true };
  return kind.isRebuilt && tries > 1
    ? makeCommit(context, kind, options, build, tries - 1)
    : retry(context, kind, branch, options, first.base, first.draft);
}

/** The branch that is to move: one that is there, or the current one, which may be without commits. Throws no-such-ref. */
export async function branchToMove(context: Context, wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return currentBranch(context);
  const value = (await context.logs.read(branchRef(wanted)))?.value ?? null;
  if (value !== null || (await context.logs.read(headLog))?.value === branchRef(wanted)) return wanted;
  throw new SheafError(
    "no-such-ref",
    { ref: wanted },
    `there is no branch ${JSON.stringify(wanted)}; make it with sheaf branch first`,
  );
}

/** The race was lost: puts the edit on whatever the head is now, until it is first. */
async function retry(
  context: Context,
  kind: EditKind,
  branch: string,
  options: CommitOptions,
  base: Base,
  draft: Draft,
): Promise<Committed> {
  for (let tries = 0; tries < maxTries; tries++) {
    const head = await headOf(context, branch);
    const commit = await inTransaction(
      context,
      async blocks => {
        const theirs = await baseAt(blocks, head.tip);
        await checkBase(context, branch, options, kind, theirs);
        const { snapshot, conflicts } = await mergeSnapshots(blocks, [base.snapshot], draft.snapshot, theirs.snapshot);
        if (conflicts.length > 0) throw stale(branch, base, theirs, conflicts[0]?.dataset);
        return putCommit(context, blocks, options, { ...draft, snapshot }, theirs);
      },
      made => made !== undefined,
    );
    if (!commit) return { commit: commitCid(head.tip as Tip), advanced: false };
    options.signal?.throwIfAborted();
    if (await moveBranch(context, branch, head, commit, kind.command))
      return { commit: printCid(commit), advanced: true };
  }
  throw stale(branch, base, await headOf(context, branch));
}

/** Runs `work` with blocks to write to; they are durable when it resolves, unless `keeps` says no or it throws. */
export async function inTransaction<T>(
  context: Context,
  work: (blocks: Transaction) => Promise<T>,
  keeps: (result: T) => boolean,
): Promise<T> {
  const transaction = await context.store.begin();
  try {
    const result = await work(transaction);
    if (keeps(result)) await transaction.close();
    else await transaction.abort();
    return result;
  } catch (error) {
    await transaction.abort();
    throw error;
  }
}

/** Writes the commit of a draft on a base; `undefined` when it would change nothing and that was not asked for. */
export async function putCommit(
  context: Context,
  blocks: Blocks,
  options: CommitOptions,
  draft: Draft,
  base: Pick<Base, "tip">,
): Promise<Digest | undefined> {
  const snapshot = blocks.put(encodeSnapshot(draft.snapshot));
  const others = draft.parents ?? [];
  if (base.tip && sameDigest(snapshot, base.tip.snapshot) && others.length === 0 && !options.allowEmpty)
    return undefined;
  if (options.attributes && Object.hasOwn(options.attributes, "git"))
    throw badInput("the attribute git is kept for what came from git; choose another name", { pointer: "/git" });
  const committer = await sign(context);
  const author = options.author ? await sign(context, options.author) : committer;
  const parents = [...(base.tip ? [base.tip.digest] : []), ...others];
  return blocks.put(
    encodeCommit({
      snapshot,
      parents,
      author,
      committer,
      message: options.message ?? draft.summary,
      attributes: options.attributes ?? {},
    }),
  );
}

/** A commit's snapshot to build on; the empty one where there is no commit. */
export async function baseAt(blocks: Blocks, tip: Tip | undefined): Promise<Base> {
  if (tip) return { tip, snapshot: await readSnapshot(blocks, tip) };
  const root = emptyTree(blocks);
  return { snapshot: { datasets: root, files: root } };
}

/** Refuses an edit whose base is older than the datasets that it touches. */
async function checkBase(
  context: Context,
  branch: string,
  options: CommitOptions,
  { touches }: EditKind,
  head: Base,
): Promise<void> {
  if (options.base === undefined) return;
  const tip = await readCommit(context.store, await resolveRevision(context, options.base));
  const base = { tip, snapshot: await readSnapshot(context.store, tip) };
  for (const path of touches) {
    const before = await findDataset(context.store, base.snapshot, path);
    const now = await findDataset(context.store, head.snapshot, path);
    const isSame = before && now ? sameDigest(before.digest, now.digest) : before === now;
    if (!isSame) throw stale(branch, base, head, path);
  }
}

function stale(
  branch: string,
  base: { tip?: Tip | undefined },
  head: { tip?: Tip | undefined },
  dataset?: string,
): SheafError<"stale-base"> {
  const data = {
    ref: branch,
    base: base.tip ? commitCid(base.tip) : "",
    head: head.tip ? commitCid(head.tip) : "",
    ...(dataset === undefined ? {} : { dataset }),
  };
  const what = dataset === undefined ? branch : `${dataset} on ${branch}`;
  return new SheafError(
    "stale-base",
    data,
    `${what} moved on: the edit is based on ${data.base || "nothing"}, the head is ${data.head || "gone"}; read it again and repeat the edit`,
  );
}
