/** The names that move: HEAD, branches, and the logs beside them. Every move is a compare-and-swap, with who and by which command. */
import { parseCid, printCid, type Cid, type Digest } from "../block/cid.js";
import { SheafError } from "../errors.js";
import type { LogEntry } from "../store/logs.js";
import { readCommit, type Context, type Tip } from "./context.js";

/** A branch as it was read: its log's newest entry, and the commit that it names. Both are absent on a branch that is not born yet. */
export interface Head {
  readonly entry: LogEntry | undefined;
  readonly tip?: Tip;
}

export const headLog = "HEAD";
const branchPrefix = "refs/heads/";

/** Where drafts are: branches outside the branches, which hold work in progress and go by their whole name. */
export const draftPrefix = "refs/drafts/";

/** The ref of a branch, or of a draft by its whole name. */
export function branchRef(branch: string): string {
  return branch.startsWith(branchPrefix) || branch.startsWith(draftPrefix) ? branch : branchPrefix + branch;
}

/** The branch that HEAD names. Throws refused when HEAD names a commit. */
export async function currentBranch(context: Context): Promise<string> {
  const value = (await context.logs.read(headLog))?.value;
  if (value?.startsWith(branchPrefix)) return value.slice(branchPrefix.length);
  throw new SheafError("refused", {}, "HEAD is not on a branch; name one, or switch to it first");
}

/** The commit that the current branch names, without reading it; `undefined` for one that is not born. */
export async function currentCommit(context: Context): Promise<Cid | undefined> {
  const entry = await context.logs.read(branchRef(await currentBranch(context)));
  return (entry?.value as Cid | null | undefined) ?? undefined;
}

/** Reads a branch. A branch that was deleted reads as one that is not born. */
export async function headOf(context: Context, branch: string): Promise<Head> {
  const entry = await context.logs.read(branchRef(branch));
  if (!entry || entry.value === null) return { entry };
  return { entry, tip: await readCommit(context.store, parseCid(entry.value).digest) };
}

/** Moves a branch from what was read to a commit; says whether it was first. */
export function moveBranch(
  context: Context,
  branch: string,
  head: Head,
  commit: Digest,
  command: string,
): Promise<boolean> {
  return writeLog(context, branchRef(branch), head.entry, printCid(commit), command);
}

/** Writes the next entry of a log; says whether nobody else did since `from` was read. */
export async function writeLog(
  context: Context,
  name: string,
  from: LogEntry | undefined,
  value: string | null,
  command: string,
): Promise<boolean> {
  const who = context.mover ?? (await context.author());
  const moved = await context.logs.move(name, { from, to: value, who, zone: context.zone(), command });
  return moved.ok;
}
