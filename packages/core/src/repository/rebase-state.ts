/** Where a rebase stands that waits, as its log keeps it: JSON text. */
import type { Cid } from "../block/cid.js";
import { parseJson, printJson } from "../item/json.js";

export interface RebaseState {
  readonly branch: string;
  /** The branch's commit when it began. */
  readonly head: Cid;
  /** The last commit made so far. */
  readonly tip: Cid;
  /** Commits to make again, the next one first. */
  readonly todo: readonly Cid[];
  /** How many were made again, and those that brought nothing new. */
  readonly replayed: number;
  readonly dropped: readonly Cid[];
  /** What the log of the branch will say. */
  readonly command: string;
}

/** The log in which a rebase of a branch waits. */
export function rebaseLog(branch: string): string {
  return `rebases/${branch}`;
}

export function printRebase(state: RebaseState): string {
  return printJson({ ...state, todo: [...state.todo], dropped: [...state.dropped] });
}

export function readRebase(text: string): RebaseState {
  return parseJson(text) as unknown as RebaseState;
}
