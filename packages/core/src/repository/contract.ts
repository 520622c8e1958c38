/**
 * The shapes that callers of a repository give and get. Everything streamed is an async iterable; everything long takes a signal and reports progress.
 *
 * A revision (`Rev`) is written as in git: `main`, `v1`, `main~3`, `HEAD`, `HEAD^2`, `origin/main`, a CID or its unique prefix of 8 or more characters.
 */
import type { Cid } from "../block/cid.js";
import type { Operation } from "../edit/patch.js";
import type { Signature } from "../history/commit.js";
import type { Value, ValueObject } from "../item/value.js";
import type { Watch } from "../watch.js";
import type { Beside } from "./beside.js";

export type { Difference, DiffStat } from "../edit/difference.js";
import type { Upstream } from "./upstream-state.js";

export type { Upstream };
export type { Progress, Watch } from "../watch.js";

export type Rev = string;

/** Who makes commits. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** What every command that makes a commit takes. */
export interface CommitOptions extends Watch {
  /** The branch that moves; default: the current one. */
  readonly branch?: string;
  readonly message?: string;
  /** Default: the repository's author, now. */
  readonly author?: Partial<Signature>;
  /** The revision that the edit was made on. The edit is refused as stale-base if a dataset it touches changed since. */
  readonly base?: Rev;
  /** Make a commit even when nothing changes. */
  readonly allowEmpty?: boolean;
  readonly attributes?: ValueObject;
}

/** What became of an edit: the head of the branch, and whether it advanced (an edit that changes nothing makes no commit). */
export interface Committed {
  readonly commit: Cid;
  readonly advanced: boolean;
}

/** One of the changes of an edit. Items and metadata are in the block's form (attributes under `@meta`). */
export type Change =
  | { readonly dataset: string; readonly patch: readonly Operation[] }
  | { readonly dataset: string; readonly insert: ValueObject; readonly id?: string; readonly beside?: Beside }
  | { readonly dataset: string; readonly create: { readonly meta?: ValueObject } }
  | { readonly dataset: string; readonly rename: string }
  | { readonly dataset: string; readonly remove: true }
  /** Puts a row right before or right behind another one. */
  | { readonly dataset: string; readonly move: string; readonly beside: Beside }
  /** Puts the dataset back to what it was. */
  | { readonly dataset: string; readonly restore: Rev }
  | { readonly dataset: string; readonly columns: ColumnChange }
  /** Changes items by what they hold, in one pass in which none are held. */
  | { readonly dataset: string; readonly items: ItemEdit }
  | { readonly file: string; readonly content: Uint8Array | null; readonly mode?: number };

/** What becomes of a row's item, in the block's form: `undefined` where it stays as it is. Pure, as it may be asked again, and never of an item that it changes in place. */
export type ItemEdit = (item: ValueObject, id: string) => ValueObject | undefined;

/** An edit of a column in every row that has it, or of the order of all. */
export type ColumnChange =
  | { readonly rename: string; readonly to: string }
  | { readonly remove: string }
  | { readonly order: readonly string[] };

export type ImportMode = "set" | "add" | "upsert" | "remove";

export interface ImportOptions extends CommitOptions {
  /** `set` (default): the dataset becomes the input. `add`: new rows only. `upsert`: new rows, and changed ones by id. `remove`: the input's rows go. */
  readonly mode?: ImportMode;
  /** Fields whose values make the id, joined by `/`; without them ids are made from the content. */
  readonly key?: string | readonly string[];
  /** Leave out rows whose item stands earlier in the input or, in `add` and `upsert`, in the dataset already. */
  readonly dedupe?: boolean;
  /** Column order for the metadata; kept as it is when absent. Looked at when all rows are read. */
  readonly columns?: readonly string[];
  /** These columns are all: those that the metadata names beside them are forgotten. */
  readonly onlyColumns?: boolean;
  /** The dataset is made, with this metadata. Throws already-exists where there is one. */
  readonly create?: ValueObject;
}

/** What became of the rows. A row that only moved is unchanged, and counts as moved besides. */
export interface Imported extends Committed {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly moved: number;
}

/** A row: where it stands, what it is called, what it holds, and what is known of it beside (`meta`). */
export interface Row<T = unknown> {
  readonly id: string;
  readonly position: string;
  readonly item: T;
  readonly meta?: unknown;
  /** The item's CID. */
  readonly cid: Cid;
}

export interface RowsOptions extends Watch {
  readonly at?: Rev;
  readonly offset?: number;
  readonly limit?: number;
  readonly reverse?: boolean;
  /** Begin right behind where this row stands, or would stand (right before it when `reverse`); `offset` counts from there. */
  readonly after?: RowPlace;
}

/** Which rows to read as batches. */
export interface BatchOptions extends RowsOptions {
  /** A batch, but for its texts and digests, is good until the next is asked for: its memory is used again, which long reads are quicker for. */
  readonly isFleeting?: boolean;
}

/** Where a row stands in its dataset, whether it is there or not. */
export interface RowPlace {
  readonly position: string;
  readonly id: string;
}

export interface DatasetInfo {
  readonly path: string;
  readonly id: string;
  readonly cid: Cid;
  readonly count: number;
  readonly meta: ValueObject;
}

export interface CommitInfo {
  readonly commit: Cid;
  readonly parents: readonly Cid[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  readonly attributes: ValueObject;
}

export interface DiffOptions extends Watch {
  readonly dataset?: string;
}

/**
 * Two sides changed one thing in two ways. `pointer` says what, in the dataset's document: `/items/q1/answer` as `/answer` with id `q1`; without id the
 * pointer is in the document itself (`/meta/description`, or "" for the dataset as a whole); `file` conflicts have `dataset` "" and the path as id.
 * A side that does not have it is absent.
 */
export interface Conflict {
  readonly dataset: string;
  readonly id?: string;
  readonly pointer: string;
  /** Set for a run of elements of an array: how many of ours stand from `pointer` on. Then the sides are the lists that each has there. */
  readonly run?: number;
  readonly base?: Value;
  readonly ours?: Value;
  readonly theirs?: Value;
}

/** How a conflict is resolved. */
export type Choice = "ours" | "theirs" | "base" | { readonly value: Value } | { readonly remove: true };

export interface MergeOptions extends CommitOptions {
  /** The branch that receives; default: the current one. */
  readonly into?: string;
  /** Called for each conflict; `undefined` leaves it. */
  readonly resolve?: (conflict: Conflict) => Choice | undefined | Promise<Choice | undefined>;
  /** Make a merge commit even where the branch could move forward. */
  readonly noFastForward?: boolean;
}

export type MergeResult =
  | { readonly commit: Cid; readonly advanced: boolean; readonly fastForward: boolean }
  | { readonly conflicts: readonly Conflict[] };

/** A merge that waits for its conflicts to be resolved. */
export interface MergeState {
  readonly branch: string;
  readonly ours: Cid;
  readonly theirs: Cid;
  readonly message: string;
  readonly conflicts: readonly (Conflict & { readonly resolved: boolean })[];
}

export interface BranchInfo {
  readonly name: string;
  readonly commit: Cid;
  readonly current: boolean;
}

export interface TagInfo {
  readonly name: string;
  readonly commit: Cid;
  /** Of an annotated tag. */
  readonly message?: string;
  readonly tagger?: Signature;
}

export interface ReflogEntry {
  readonly ref: string;
  readonly value: string | null;
  readonly before: string | null;
  readonly who: Person;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly command: string;
  /** The how-manieth move of the ref it is, from 1 upwards. */
  readonly serial: number;
}

/** For a row: the commit that made it and the one that last changed its item, with their times in seconds. */
export interface BlameInfo {
  readonly id: string;
  readonly created: Cid;
  readonly createdTime: number;
  readonly changed: Cid;
  readonly changedTime: number;
}

/** The commit that a field's value comes from, and its time in seconds. */
export interface FieldBlame {
  readonly commit: Cid;
  readonly time: number;
}

export interface Status {
  readonly branch?: string;
  readonly commit?: Cid;
  readonly datasets: readonly { readonly path: string; readonly count: number }[];
  readonly merging?: { readonly from: Cid; readonly conflicts: number; readonly unresolved: number };
  /** A rebase that waits: the commits that are still to be made again, the one with conflicts first. */
  readonly rebasing?: { readonly left: readonly Cid[] };
  /** What the branch follows, and how far apart the two are. */
  readonly upstream?: Upstream;
  /** The datasets whose rows are here, where not all were cloned. */
  readonly part?: readonly string[];
}
