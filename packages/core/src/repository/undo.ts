/**
 * The reflog, and `undo`: every command that moved a ref can be taken back, by moving the ref to what it was before; one that stopped at conflicts, by
 * giving it up.
 *
 * An undo is an entry like any other whose command says which entry it took back, so that the next undo goes on before that one.
 */
import { SheafError } from "../errors.js";
import { firstNumber, serialOf } from "../store/log-entry.js";
import type { LogEntry } from "../store/logs.js";
import type { ReflogEntry } from "./contract.js";
import { commitCid, type Context } from "./context.js";
import { branchRef, currentBranch, headLog, headOf } from "./heads.js";
import { mustMove } from "./names.js";
import { rebaseLog } from "./rebase-state.js";
import { abortRebase } from "./rebasing.js";
import { abortMerge, waitingMerges } from "./waiting-merge.js";

/** What an undo did to a ref. */
export interface Undone {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
  /** The command that was taken back. */
  readonly command: string;
  /** What waited for its conflicts and is given up; the ref stays as it is. */
  readonly gaveUp?: "merge" | "rebase";
}

/** The entries of a ref's log, newest first. */
export async function* reflog(context: Context, ref?: string): AsyncIterable<ReflogEntry> {
  const name = ref === undefined ? branchRef(await currentBranch(context)) : wholeName(ref);
  let entry: LogEntry | undefined;
  let isFirst = true;
  for await (const before of context.logs.history(name)) {
    if (!isFirst && entry) yield describe(name, entry, before);
    entry = before;
    isFirst = false;
  }
  if (entry) yield describe(name, entry, undefined);
  else
    throw new SheafError(
      "no-such-ref",
      { ref: name },
      `there is no ref ${name}; sheaf branch and sheaf tag list what there is`,
    );
}

/** The number of a ref's newest entry, from 1 upwards; 0 when there is none. */
export async function lastSerial(context: Context, ref: string): Promise<number> {
  const entry = await context.logs.read(wholeName(ref));
  return entry ? serialOf(entry) : 0;
}

/** A branch may go by its short name, if that has no slash. */
function wholeName(ref: string): string {
  return ref === headLog || ref.includes("/") ? ref : branchRef(ref);
}

function describe(ref: string, entry: LogEntry, before: LogEntry | undefined): ReflogEntry {
  const { value, who, time, command } = entry;
  return { ref, value, before: before?.value ?? null, who, time, command, serial: serialOf(entry) };
}

const undoing = /^undo ~(\d+): /;
/** Commands that move several refs. */
const movesMany = /^(branch --move|switch --create|fetch) /;
/** Commands that say what is so elsewhere: taking that back would only make it untrue. */
const isNews = /^(push|clone|remote (?:rename|remove)) /;

/** A move that can be taken back: the entry that made it, and what the ref was before. */
interface Undoable {
  readonly ref: string;
  readonly head: LogEntry;
  readonly entry: LogEntry;
  readonly before: string | null;
}

/**
 * Takes back the newest move of HEAD, a branch, a tag or an environment that was not taken back yet; moves of one command go together. Gives up a merge or
 * rebase that waits for its conflicts, if that is newer.
 */
export async function undo(context: Context): Promise<Undone> {
  const moves: Undoable[] = [];
  for (const ref of await refsThatMove(context)) {
    const move = await lastMove(context, ref);
    if (move) moves.push(move);
  }
  const newest = moves.sort((a, b) => b.entry.time - a.entry.time)[0];
  const stopped = (await waitingMerges(context)).sort((a, b) => b.entry.time - a.entry.time)[0];
  if (stopped && !(newest && newest.entry.time > stopped.entry.time)) return giveUp(context, stopped);
  if (!newest) throw new SheafError("refused", {}, "there is nothing to undo");
  const together = movesMany.test(newest.entry.command) ? moves.filter(move => isOneCommand(move, newest)) : [newest];
  for (const { ref, head, entry, before } of together)
    await mustMove(context, ref, head, before, `undo ~${entry.number}: ${entry.command}`);
  return { ref: newest.ref, from: newest.head.value, to: newest.before, command: newest.entry.command };
}

async function giveUp(context: Context, { branch, entry }: { branch: string; entry: LogEntry }): Promise<Undone> {
  const isRebase = ((await context.logs.read(rebaseLog(branch)))?.value ?? null) !== null;
  await (isRebase ? abortRebase(context, branch) : abortMerge(context, branch));
  const { tip } = await headOf(context, branch);
  const value = tip ? commitCid(tip) : null;
  return {
    ref: branchRef(branch),
    from: value,
    to: value,
    command: entry.command,
    gaveUp: isRebase ? "rebase" : "merge",
  };
}

/** Says whether two moves are of one command: the entries of one are made within seconds. */
function isOneCommand({ entry }: Undoable, { entry: newest }: Undoable): boolean {
  return entry.command === newest.command && newest.time - entry.time < 10_000;
}

async function refsThatMove(context: Context): Promise<string[]> {
  const refs = [headLog];
  for (const prefix of ["refs/heads/", "refs/tags/", "refs/environments/", "refs/drafts/", "refs/remotes/"])
    for await (const name of context.logs.names(prefix)) refs.push(name);
  return refs;
}

/** The newest move of a ref that counts: undone ones, and the undos themselves, are passed over. */
async function lastMove(context: Context, ref: string): Promise<Undoable | undefined> {
  let head: LogEntry | undefined;
  let entry: LogEntry | undefined;
  /** Entries from this number on (they count downwards) were not taken back. */
  let from = 0;
  for await (const next of context.logs.history(ref)) {
    head ??= next;
    if (entry) return found(ref, head, entry, next.value);
    if (next.number < from) continue;
    const undone = undoing.exec(next.command)?.[1];
    if (undone === undefined && isNews.test(next.command)) return undefined;
    if (undone === undefined) entry = next;
    else from = Number(undone) + 1;
  }
  // What a log of which old entries were dropped held before its oldest is not known any more.
  return head && entry?.number === firstNumber ? found(ref, head, entry, null) : undefined;
}

/** The birth of HEAD is no command that could be taken back. */
function found(ref: string, head: LogEntry, entry: LogEntry, before: string | null): Undoable | undefined {
  return ref === headLog && before === null ? undefined : { ref, head, entry, before };
}
