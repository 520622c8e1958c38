/** Merges, and what is made of them: revert, cherry-pick, restore. A merge with conflicts waits: see `waiting-merge.ts`. */
import type { Blocks } from "../block/blocks.js";
import { printCid, type Digest } from "../block/cid.js";
import { mergeCommits } from "../edit/merge-base.js";
import { encodeMerge, startMerge, type KeptConflict, type MergeBlock } from "../edit/merge-state.js";
import { resolveIn } from "../edit/resolve.js";
import { mergeSnapshots, type MergedSnapshot } from "../edit/snapshot-merge.js";
import { SheafError } from "../errors.js";
import { isAncestor } from "../history/ancestry.js";
import { commitCid, readCommit, type Context, type Tip } from "./context.js";
import type { Choice, Committed, CommitOptions, MergeOptions, MergeResult, Rev } from "./contract.js";
import { findDataset, putDatasets } from "./dataset-tree.js";
import { headOf, moveBranch } from "./heads.js";
import { mustMove } from "./names.js";
import { datasetThen } from "./restoring.js";
import { commitAt } from "./revisions.js";
import { conflictsOf, draftOf, mergeLog, refuseSecond, withoutFlag } from "./waiting-merge.js";
import { advance, baseAt, branchToMove, commitEdit, inTransaction, putCommit } from "./write.js";

/** What is to be merged into a branch, and how it is called. */
interface Plan {
  readonly command: string;
  readonly kind: MergeBlock["kind"];
  readonly theirs: Digest;
  readonly summary: string;
  merge(blocks: Blocks, ours: Digest): Promise<MergedSnapshot>;
}

/** How a command is called in the log, and what it takes in, for people. */
export interface About {
  readonly title: string;
  readonly command: string;
}

/** Merges a revision into a branch: nothing to do, a step forward, a merge commit, or conflicts. */
export async function merge(
  context: Context,
  from: Rev,
  options: MergeOptions,
  about: About = { title: from, command: `merge ${from}` },
): Promise<MergeResult> {
  const branch = await branchToMove(context, options.into ?? options.branch);
  const { digest: theirs } = await commitAt(context, from);
  await refuseSecond(context, branch);
  const head = await headOf(context, branch);
  const { title, command } = about;
  if (head.tip && (await isAncestor(context.store, theirs, head.tip.digest)))
    return { commit: commitCid(head.tip), advanced: false, fastForward: false };
  if (!head.tip || (!options.noFastForward && (await isAncestor(context.store, head.tip.digest, theirs)))) {
    if (await moveBranch(context, branch, head, theirs, command))
      return { commit: printCid(theirs), advanced: true, fastForward: true };
    return merge(context, from, options, about);
  }
  const { signal } = options;
  const merged = await carryOut(context, branch, options, {
    command,
    kind: "merge",
    theirs,
    summary: `Merge ${title} into ${branch}`,
    merge: (blocks, ours) => mergeCommits(blocks, ours, theirs, { signal }),
  });
  return merged ?? merge(context, from, options, about);
}

/** Takes back what a commit changed against its first parent. */
export async function revert(context: Context, revision: Rev, options: MergeOptions): Promise<MergeResult> {
  const commit = await commitAt(context, revision);
  const summary = `Revert "${subject(commit)}"\n\nThis takes back commit ${commitCid(commit)}.`;
  return pick(context, options, {
    command: `revert ${revision}`,
    summary,
    from: commit,
    to: await parentOf(context, commit),
  });
}

/** Does again what a commit changed against its first parent, with its message and author. */
export async function cherryPick(context: Context, revision: Rev, options: MergeOptions): Promise<MergeResult> {
  const commit = await commitAt(context, revision);
  const again = { author: commit.author, ...options };
  return pick(context, again, {
    command: `cherry-pick ${revision}`,
    summary: commit.message,
    from: await parentOf(context, commit),
    to: commit,
  });
}

/** Puts a dataset back to what it was, under the name that it has now. One that is gone is found by the name that it had. */
export async function restore(context: Context, path: string, from: Rev, options: CommitOptions): Promise<Committed> {
  return commitEdit(context, { command: `restore ${path}`, touches: [path] }, options, async (blocks, base) => {
    const now = await findDataset(blocks, base.snapshot, path);
    const { dataset, summary } = await datasetThen(context, blocks, path, now, from);
    return { snapshot: await putDatasets(blocks, base.snapshot, new Map([[path, dataset]])), summary };
  });
}

/** A change from one commit to another that is to be made on a branch. */
interface Picked {
  readonly command: string;
  readonly summary: string;
  readonly from: Tip | undefined;
  readonly to: Tip | undefined;
}

async function pick(context: Context, options: MergeOptions, picked: Picked): Promise<MergeResult> {
  const branch = await branchToMove(context, options.into ?? options.branch);
  const { from, to, ...about } = picked;
  const theirs = (to ?? from) as Tip;
  const merged = await carryOut(context, branch, options, {
    ...about,
    kind: "pick",
    theirs: theirs.digest,
    merge: async (blocks, ours) => {
      const [base, wanted] = [await baseAt(blocks, from), await baseAt(blocks, to)];
      const mine = await baseAt(blocks, await readCommit(blocks, ours));
      return mergeSnapshots(blocks, [base.snapshot], mine.snapshot, wanted.snapshot, { signal: options.signal });
    },
  });
  return merged ?? pick(context, options, picked);
}

async function parentOf(context: Context, { parents }: Tip): Promise<Tip | undefined> {
  return parents[0] && readCommit(context.store, parents[0]);
}

function subject({ message }: Tip): string {
  return message.split("\n", 1)[0];
}

/** Merges, lets the caller resolve, and makes a commit or keeps the conflicts. Gives `undefined` when the branch moved meanwhile: then it is to be done again. */
async function carryOut(
  context: Context,
  branch: string,
  options: MergeOptions,
  plan: Plan,
): Promise<MergeResult | undefined> {
  const free = await refuseSecond(context, branch);
  const head = await headOf(context, branch);
  const ours = head.tip?.digest;
  if (!ours) throw new SheafError("refused", {}, `${branch} has no commit yet`);
  const message = options.message ?? plan.summary;
  const { state, kept, commit } = await inTransaction(
    context,
    async (blocks): Promise<{ state: MergeBlock; kept?: Digest; commit?: Digest | undefined }> => {
      const state = await carryOutIn(blocks, options, plan, {
        kind: plan.kind,
        branch,
        ours,
        theirs: plan.theirs,
        message,
      });
      if (state.open > 0) return { state, kept: blocks.put(encodeMerge(state)) };
      return {
        state,
        commit: await putCommit(context, blocks, { ...options, message }, await draftOf(blocks, state), head),
      };
    },
    made => made.kept !== undefined || made.commit !== undefined,
  );
  if (kept) {
    await mustMove(context, mergeLog(branch), free, printCid(kept), plan.command);
    return { conflicts: (await conflictsOf(context, state)).filter(({ resolved }) => !resolved).map(withoutFlag) };
  }
  if (!commit) return { commit: printCid(ours), advanced: false, fastForward: false };
  options.signal?.throwIfAborted();
  const committed = await advance(context, branch, head, commit, plan.command);
  return committed && { ...committed, fastForward: false };
}

/** Merges, and lets the caller resolve. */
async function carryOutIn(
  blocks: Blocks,
  { resolve }: MergeOptions,
  plan: Plan,
  about: Parameters<typeof startMerge>[1],
): Promise<MergeBlock> {
  const started = startMerge(blocks, about, await plan.merge(blocks, about.ours));
  return resolve && started.open > 0 ? await resolveIn(blocks, started, asked(resolve)) : started;
}

/** The caller's function, asked with what callers are shown. */
export function asked(resolve: NonNullable<MergeOptions["resolve"]>) {
  return (conflict: KeptConflict): Choice | undefined | Promise<Choice | undefined> => resolve(withoutFlag(conflict));
}
