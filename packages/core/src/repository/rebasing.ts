/**
 * Rebase: the commits that only a branch has are made again on top of another commit, each by a three-way merge as a cherry-pick is, with their authors.
 *
 *     A ── B ── X ── Y   branch            A ── B ── C ── X' ── Y'   branch
 *           ╲                      →
 *            C           upstream
 *
 * The branch moves once, at the end; what was made until then is kept by a log of its own, `rebases/<branch>`, while a conflict waits in that of merges.
 */
import type { Blocks } from "../block/blocks.js";
import { parseCid, printCid, sameDigest, type Cid, type Digest } from "../block/cid.js";
import { decodeMerge, encodeMerge, startMerge } from "../edit/merge-state.js";
import { resolveIn } from "../edit/resolve.js";
import { mergeSnapshots } from "../edit/snapshot-merge.js";
import { SheafError } from "../errors.js";
import { difference, isAncestor } from "../history/ancestry.js";
import { encodeCommit } from "../history/commit.js";
import type { LogEntry } from "../store/logs.js";
import { commitCid, readCommit, sign, type Context, type Tip } from "./context.js";
import type { CommitOptions, Conflict, MergeOptions, Rev } from "./contract.js";
import { currentBranch, headOf, moveBranch, writeLog } from "./heads.js";
import { asked, type About } from "./merging.js";
import { mustMove } from "./names.js";
import { printRebase, readRebase, rebaseLog, type RebaseState } from "./rebase-state.js";
import type { RebaseResult } from "./remote-contract.js";
import { commitAt } from "./revisions.js";
import { conflictsOf, mergeLog, refuseSecond, withoutFlag } from "./waiting-merge.js";
import { baseAt, branchToMove, inTransaction } from "./write.js";

type RebaseOptions = Pick<MergeOptions, "resolve" | "signal" | "progress" | "branch">;

/** Puts a branch's own commits on top of a revision. Conflicts wait until `continueRebase`, `skipRebase` or `abortRebase`. */
export async function rebase(
  context: Context,
  onto: Rev,
  options: RebaseOptions,
  about: About = { title: onto, command: `rebase ${onto}` },
): Promise<RebaseResult> {
  const branch = await branchToMove(context, options.branch);
  await refuseSecond(context, branch);
  const log = await context.logs.read(rebaseLog(branch));
  if (log && log.value !== null) throw underWay(branch);
  const { digest } = await commitAt(context, onto);
  const head = await headOf(context, branch);
  if (!head.tip || (await isAncestor(context.store, head.tip.digest, digest))) {
    const advanced = !head.tip || !sameDigest(head.tip.digest, digest);
    if (advanced && !(await moveBranch(context, branch, head, digest, about.command))) throw movedOn(branch);
    return { commit: printCid(digest), advanced, fastForward: advanced, replayed: 0, dropped: [] };
  }
  if (await isAncestor(context.store, digest, head.tip.digest))
    return { commit: commitCid(head.tip), advanced: false, fastForward: false, replayed: 0, dropped: [] };
  const todo = await toReplay(context, head.tip.digest, digest);
  const state = { branch, head: commitCid(head.tip), tip: printCid(digest), todo, replayed: 0, dropped: [] };
  return replay(context, { ...state, command: about.command }, log, options);
}

/** The commits that only the branch has, oldest first; merges are left out, as what they bring is in the others. */
async function toReplay(context: Context, head: Digest, onto: Digest): Promise<Cid[]> {
  const { ahead } = await difference(context.store, head, onto);
  const todo: Cid[] = [];
  for (const digest of ahead.reverse())
    if ((await readCommit(context.store, digest)).parents.length <= 1) todo.push(printCid(digest));
  return todo;
}

/** Goes on with a rebase whose conflicts are resolved. */
export async function continueRebase(context: Context, options: CommitOptions): Promise<RebaseResult> {
  const { state, entry, merge } = await current(context, options.branch);
  if (!merge) return replay(context, state, entry, options);
  if (merge.state.open > 0)
    throw new SheafError(
      "refused",
      {},
      `${merge.state.open} of ${merge.state.total} conflicts wait to be resolved; sheaf conflicts lists them`,
    );
  const tip = await inTransaction(
    context,
    blocks => putAgain(context, blocks, state, merge.state.snapshot, options.message),
    () => true,
  );
  return step(context, { ...state, tip: printCid(tip), replayed: state.replayed + 1 }, entry, merge.entry, options);
}

/** Goes on with a rebase, without the commit that waits. */
export async function skipRebase(context: Context, options: CommitOptions): Promise<RebaseResult> {
  const { state, entry, merge } = await current(context, options.branch);
  return step(context, { ...state, dropped: [...state.dropped, state.todo[0]] }, entry, merge?.entry, options);
}

/** Gives a rebase up: the branch is as it was. */
export async function abortRebase(context: Context, wanted?: string): Promise<void> {
  const { state, entry, merge } = await current(context, wanted);
  if (merge) await mustMove(context, mergeLog(state.branch), merge.entry, null, "rebase --abort");
  await mustMove(context, rebaseLog(state.branch), entry, null, "rebase --abort");
}

/** Takes the first commit off the list, and goes on. */
async function step(
  context: Context,
  state: RebaseState,
  entry: LogEntry,
  waiting: LogEntry | undefined,
  options: RebaseOptions,
): Promise<RebaseResult> {
  const next = { ...state, todo: state.todo.slice(1) };
  const kept = await keep(context, next, entry);
  if (waiting) await mustMove(context, mergeLog(state.branch), waiting, null, state.command);
  return replay(context, next, kept, options);
}

interface Current {
  readonly state: RebaseState;
  readonly entry: LogEntry;
  /** The conflicts of the commit that is to be made again next. */
  readonly merge?: { readonly entry: LogEntry; readonly state: ReturnType<typeof decodeMerge> };
}

async function current(context: Context, wanted: string | undefined): Promise<Current> {
  const branch = wanted ?? (await currentBranch(context));
  const entry = await context.logs.read(rebaseLog(branch));
  if (!entry || entry.value === null) throw new SheafError("refused", {}, `no rebase of ${branch} is under way`);
  const state = readRebase(entry.value);
  const waiting = await context.logs.read(mergeLog(branch));
  if (!waiting || waiting.value === null) return { state, entry };
  const merge = decodeMerge(await context.store.load(parseCid(waiting.value).digest));
  return { state, entry, merge: { entry: waiting, state: merge } };
}

/** Makes the commits of the list again, until one meets conflicts or all are done; then the branch moves. */
async function replay(
  context: Context,
  from: RebaseState,
  entry: LogEntry | undefined,
  options: RebaseOptions,
): Promise<RebaseResult> {
  const { state, conflict } = await inTransaction(
    context,
    blocks => replayIn(context, blocks, from, options),
    () => true,
  );
  options.signal?.throwIfAborted();
  if (conflict) return wait(context, state, entry, conflict);
  const { branch, tip, command, replayed, dropped } = state;
  const head = await headOf(context, branch);
  const isSame = head.tip !== undefined && commitCid(head.tip) === state.head;
  if (!isSame || !(await moveBranch(context, branch, head, parseCid(tip).digest, command))) throw movedOn(branch);
  if (entry && entry.value !== null) await writeLog(context, rebaseLog(branch), entry, null, command);
  return { commit: tip, advanced: true, fastForward: false, replayed, dropped };
}

async function replayIn(
  context: Context,
  blocks: Blocks,
  from: RebaseState,
  { resolve, signal, progress }: RebaseOptions,
): Promise<{ state: RebaseState; conflict?: Digest }> {
  let state = from;
  const total = from.todo.length;
  for (let done = 0; state.todo.length > 0; done++) {
    signal?.throwIfAborted();
    progress?.({ phase: "replaying", done, total, unit: "commits" });
    const { branch, tip, todo } = state;
    const theirs = await readCommit(blocks, parseCid(todo[0]).digest);
    const ours = await readCommit(blocks, parseCid(tip).digest);
    const merged = await mergeOnto(blocks, ours, theirs, signal);
    const about = { kind: "pick", branch, ours: ours.digest, theirs: theirs.digest, message: theirs.message } as const;
    const started = startMerge(blocks, about, merged);
    const settled = resolve && started.open > 0 ? await resolveIn(blocks, started, asked(resolve)) : started;
    if (settled.open > 0) return { state, conflict: blocks.put(encodeMerge(settled)) };
    const rest = { ...state, todo: todo.slice(1) };
    if (sameDigest(settled.snapshot, ours.snapshot)) state = { ...rest, dropped: [...state.dropped, todo[0]] };
    else {
      const made = await putAgain(context, blocks, state, settled.snapshot);
      state = { ...rest, tip: printCid(made), replayed: state.replayed + 1 };
    }
    await blocks.drain();
  }
  return { state };
}

async function mergeOnto(blocks: Blocks, ours: Tip, theirs: Tip, signal: AbortSignal | undefined) {
  const base = await baseAt(blocks, theirs.parents[0] && (await readCommit(blocks, theirs.parents[0])));
  const [mine, wanted] = [await baseAt(blocks, ours), await baseAt(blocks, theirs)];
  return mergeSnapshots(blocks, [base.snapshot], mine.snapshot, wanted.snapshot, { signal });
}

/** The first commit of the list with another snapshot, on top of what was made so far. */
async function putAgain(
  context: Context,
  blocks: Blocks,
  { tip, todo }: RebaseState,
  snapshot: Digest,
  message?: string,
): Promise<Digest> {
  const commit = await readCommit(blocks, parseCid(todo[0]).digest);
  const { git: _git, ...attributes } = commit.attributes;
  return blocks.put(
    encodeCommit({
      snapshot,
      parents: [parseCid(tip).digest],
      author: commit.author,
      committer: await sign(context),
      message: message ?? commit.message,
      attributes,
    }),
  );
}

/** Keeps the conflicts of the first commit of the list, and where the rebase stands. */
async function wait(
  context: Context,
  state: RebaseState,
  entry: LogEntry | undefined,
  conflict: Digest,
): Promise<RebaseResult> {
  await keep(context, state, entry);
  const free = await context.logs.read(mergeLog(state.branch));
  await mustMove(context, mergeLog(state.branch), free, printCid(conflict), state.command);
  const merge = decodeMerge(await context.store.load(conflict));
  const all = await conflictsOf(context, merge);
  const conflicts: Conflict[] = all.filter(({ resolved }) => !resolved).map(withoutFlag);
  return { conflicts, at: state.todo[0], left: state.todo.length };
}

async function keep(context: Context, state: RebaseState, entry: LogEntry | undefined): Promise<LogEntry> {
  const moved = await context.logs.move(rebaseLog(state.branch), {
    from: entry,
    to: printRebase(state),
    roots: [state.tip, state.head],
    who: context.mover ?? (await context.author()),
    zone: context.zone(),
    command: state.command,
  });
  if (!moved.ok) throw underWay(state.branch);
  return moved.entry;
}

function underWay(branch: string): SheafError<"refused"> {
  return new SheafError(
    "refused",
    {},
    `a rebase of ${branch} is under way; go on with sheaf rebase --continue, or give it up with --abort`,
  );
}

function movedOn(branch: string): SheafError<"stale-base"> {
  return new SheafError(
    "stale-base",
    { ref: branch, base: "", head: "" },
    `${branch} moved on since the rebase began; give it up with sheaf rebase --abort, and begin again`,
  );
}
