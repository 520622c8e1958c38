/** A merge with conflicts waits in a log of its own, `merges/<branch>`, until they are resolved, and then becomes a commit; or it is given up. */
import type { BlockReader, Blocks } from "../block/blocks.js";
import { parseCid, printCid, sameDigest } from "../block/cid.js";
import { decodeMerge, encodeMerge, readConflicts, type KeptConflict, type MergeBlock } from "../edit/merge-state.js";
import { resolveIn } from "../edit/resolve.js";
import { mergeSnapshots } from "../edit/snapshot-merge.js";
import { SheafError } from "../errors.js";
import { isAncestor } from "../history/ancestry.js";
import { decodeSnapshot, type Snapshot } from "../history/snapshot.js";
import type { LogEntry } from "../store/logs.js";
import { commitCid, readCommit, readSnapshot, type Context } from "./context.js";
import type { Choice, Committed, CommitOptions, Conflict, MergeState } from "./contract.js";
import { currentBranch, headOf, writeLog } from "./heads.js";
import { mustMove } from "./names.js";
import { rebaseLog } from "./rebase-state.js";
import { commitEdit, inTransaction, type Base, type Draft } from "./write.js";

/** A conflict as callers are shown it. */
export function withoutFlag({ resolved: _resolved, ...conflict }: KeptConflict): Conflict {
  return conflict;
}

/** The log in which a merge into a branch waits. */
export function mergeLog(branch: string): string {
  return `merges/${branch}`;
}

/** The newest entry of the log in which a merge into the branch would wait. Throws refused when one waits already. */
export async function refuseSecond(context: Context, branch: string): Promise<LogEntry | undefined> {
  const entry = await context.logs.read(mergeLog(branch));
  if (entry && (await waiting(context, branch, entry)))
    throw new SheafError(
      "refused",
      {},
      `a merge into ${branch} waits for its conflicts; resolve them and finish it with sheaf merge --continue, or give it up with --abort`,
    );
  return entry;
}

interface Current {
  readonly entry: LogEntry;
  readonly state: MergeBlock;
}

async function current(context: Context, branch: string): Promise<Current | undefined> {
  const entry = await context.logs.read(mergeLog(branch));
  return entry && waiting(context, branch, entry);
}

/** The merge that an entry says is waiting, unless it is done: its process ended after the commit and before it could say so here. */
async function waiting(context: Context, branch: string, entry: LogEntry): Promise<Current | undefined> {
  if (entry.value === null) return undefined;
  const state = decodeMerge(await context.store.load(parseCid(entry.value).digest));
  return state.open === 0 && (await isDone(context, branch, state)) ? undefined : { entry, state };
}

/** Says whether the branch has the commit that the merge comes to, on its first parents' line above `ours`: right there, or where others moved on meanwhile as a merge of the same commit. */
async function isDone(
  context: Context,
  branch: string,
  { kind, ours, theirs, snapshot }: MergeBlock,
): Promise<boolean> {
  const { tip: head } = await headOf(context, branch);
  for (let tip = head; tip && !sameDigest(tip.digest, ours); tip = await readCommit(context.store, tip.parents[0])) {
    const [first, ...others] = tip.parents;
    if (!first) return false;
    if (kind === "merge" && others.length === 1 && sameDigest(others[0], theirs)) return true;
    if (!sameDigest(first, ours)) continue;
    return kind !== "merge" && others.length === 0 && sameDigest(tip.snapshot, snapshot);
  }
  return false;
}

/** The branches into which merges wait, each with the newest entry of its log. */
export async function waitingMerges(context: Context): Promise<{ branch: string; entry: LogEntry }[]> {
  const found: { branch: string; entry: LogEntry }[] = [];
  const prefix = mergeLog("");
  for (const { name, entry } of await context.logs.heads(prefix)) {
    const branch = name.slice(prefix.length);
    if (await waiting(context, branch, entry)) found.push({ branch, entry });
  }
  return found;
}

async function need(context: Context, branch: string): Promise<Current> {
  const found = await current(context, branch);
  if (!found) throw new SheafError("refused", {}, `no merge into ${branch} is under way`);
  return found;
}

/** All conflicts of a merge, resolved ones too. */
export async function conflictsOf(context: Context, state: MergeBlock): Promise<KeptConflict[]> {
  const all: KeptConflict[] = [];
  for await (const conflict of readConflicts(context.store, state)) all.push(conflict);
  return all;
}

/** The merge that waits on a branch, if there is one. */
export async function mergeState(context: Context, branch?: string): Promise<MergeState | undefined> {
  const found = await current(context, branch ?? (await currentBranch(context)));
  return found && describe(context, found.state);
}

async function describe(context: Context, state: MergeBlock): Promise<MergeState> {
  const { branch, ours, theirs, message } = state;
  return {
    branch,
    ours: printCid(ours),
    theirs: printCid(theirs),
    message,
    conflicts: await conflictsOf(context, state),
  };
}

/** Resolves conflicts of the merge that waits; what is left waits on. */
export async function resolveConflicts(
  context: Context,
  choose: (conflict: Conflict) => Choice | undefined,
  branch?: string,
): Promise<MergeState> {
  const found = await need(context, branch ?? (await currentBranch(context)));
  const { state, digest } = await inTransaction(
    context,
    async blocks => {
      const resolved = await resolveIn(blocks, found.state, conflict => choose(withoutFlag(conflict)));
      return { state: resolved, digest: blocks.put(encodeMerge(resolved)) };
    },
    () => true,
  );
  await mustMove(context, mergeLog(found.state.branch), found.entry, printCid(digest), found.entry.command);
  return describe(context, state);
}

/** Makes the commit of the merge that waits. */
export async function finishMerge(context: Context, options: CommitOptions): Promise<Committed> {
  const branch = options.branch ?? (await currentBranch(context));
  const { entry, state } = await need(context, branch);
  const rebase = await context.logs.read(rebaseLog(branch));
  if (rebase && rebase.value !== null)
    throw new SheafError(
      "refused",
      {},
      `these are conflicts of a rebase of ${branch}; go on with sheaf rebase --continue`,
    );
  if (state.open > 0)
    throw new SheafError(
      "refused",
      {},
      `${state.open} of ${state.total} conflicts wait to be resolved; sheaf conflicts lists them`,
    );
  const committed = await commitMerge(
    context,
    state,
    { ...options, branch, message: options.message ?? state.message },
    entry.command,
  );
  await writeLog(context, mergeLog(branch), entry, null, entry.command);
  return committed;
}

/** Gives up the merge that waits: the branch stays as it is. */
export async function abortMerge(context: Context, branch?: string): Promise<void> {
  const found = await need(context, branch ?? (await currentBranch(context)));
  await mustMove(context, mergeLog(found.state.branch), found.entry, null, "merge --abort");
}

/** Commits the merged snapshot, on what the branch is by now. Throws stale-base when it moved on in a way that this does not fit. */
function commitMerge(context: Context, state: MergeBlock, options: CommitOptions, command: string): Promise<Committed> {
  return commitEdit(context, { command, touches: [] }, options, async (blocks, base): Promise<Draft> => {
    const draft = await draftOf(blocks, state);
    if (base.tip && sameDigest(base.tip.digest, state.ours)) return draft;
    const snapshot = await carriedOver(context, blocks, state, draft, base);
    if (snapshot) return { ...draft, snapshot };
    throw new SheafError(
      "stale-base",
      { ref: state.branch, base: printCid(state.ours), head: base.tip ? commitCid(base.tip) : "" },
      `${state.branch} moved on since the merge began; give it up with sheaf merge --abort, and merge again`,
    );
  });
}

/** What a merge comes to on a branch that moved on behind it; `undefined` where both changed one thing in two ways, or the branch went elsewhere. */
async function carriedOver(
  context: Context,
  blocks: Blocks,
  { ours }: MergeBlock,
  { snapshot }: Draft,
  { tip, snapshot: now }: Base,
): Promise<Snapshot | undefined> {
  if (!tip || !(await isAncestor(context.store, ours, tip.digest))) return undefined;
  const before = await readSnapshot(blocks, await readCommit(blocks, ours));
  const merged = await mergeSnapshots(blocks, [before], now, snapshot);
  return merged.conflicts.length === 0 ? merged.snapshot : undefined;
}

/** What a merge comes to: its snapshot, and the commit's other parent. */
export async function draftOf(blocks: BlockReader, { kind, snapshot, theirs, message }: MergeBlock): Promise<Draft> {
  const parents = kind === "merge" ? { parents: [theirs] } : {};
  return { snapshot: decodeSnapshot(await blocks.load(snapshot)), summary: message, ...parents };
}
