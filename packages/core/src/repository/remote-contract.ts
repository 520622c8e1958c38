/** The shapes that travel between a repository and its callers where other repositories are concerned. */
import type { Cid } from "../block/cid.js";
import type { Traffic } from "../sync/remote.js";
import type { Watch } from "../watch.js";
import type { Conflict, MergeOptions, Rev } from "./contract.js";

/** Another repository under a short name. */
export interface RemoteInfo {
  readonly name: string;
  /** Without credentials. */
  readonly url: string;
}

/** What a remote was recorded as. */
export interface RemoteAdded extends RemoteInfo {
  /** Set when the URL held a name or password: they were left out, as they would be stored in the clear. */
  readonly stripped: boolean;
}

export interface FetchOptions extends Watch {
  /** Which refs: branches or tags by name, or `source:destination`. Default: all branches, tags and environments. */
  readonly refs?: readonly string[];
  /** Removes remote-tracking branches that the other side has no more. */
  readonly prune?: boolean;
  /** Default: with all branches the tags come too, with chosen refs they do not. */
  readonly tags?: boolean;
  /** Overwrites branches and tags here that are the destination of a `source:destination`, though they hold something else. */
  readonly force?: boolean;
  /** In a partial clone: fetch the rows of these datasets too, in all versions, and from now on. Not together with `refs`. */
  readonly datasets?: readonly string[];
}

/**
 * What became of a ref that was fetched. `kept`: this side has something else under the name, and it stays; `refused`: it cannot be had, or not under this
 * name; `message` says why.
 */
export interface FetchedRef {
  /** Its name on the other side. */
  readonly remote: string;
  /** Its name here; absent when it was only fetched. */
  readonly ref?: string;
  readonly outcome: "new" | "updated" | "forced" | "unchanged" | "deleted" | "kept" | "refused";
  readonly before: Cid | null;
  readonly after: Cid | null;
  readonly message?: string;
}

export interface FetchResult extends Exchange {
  /** In the order of their names on the other side. */
  readonly refs: readonly FetchedRef[];
  /** The notes of versions that were changed there. */
  readonly notes: readonly FetchedRef[];
}

/** What a fetch and a push have in common. */
export interface Exchange {
  /** The remote's name, or its URL where it has none. */
  readonly remote: string;
  readonly url: string;
  readonly traffic: Traffic;
}

export interface PushOptions extends Watch {
  /** Moves branches and tags there though they hold what is not in the history of the new value. */
  readonly force?: boolean;
  /** The same, but only if they still are what was last seen of them (`true`), or what is said here by branch (`null`: not there). */
  readonly forceWithLease?: boolean | Readonly<Record<string, string | null>>;
  /** Removes the refs there. */
  readonly delete?: boolean;
  /** Remembers the remote's branch as the upstream of the one that was pushed. */
  readonly setUpstream?: boolean;
  /** All branches, all tags, all environments, beside what is named. */
  readonly all?: boolean;
  readonly tags?: boolean;
  readonly environments?: boolean;
  /** Gives outcomes for refs that were not taken, too, instead of throwing for the first of them. */
  readonly partial?: boolean;
}

/** Why a ref was not taken. `stale`: it has commits that are not here, or moved meanwhile; `exists`: a tag of that name names something else there. */
export type PushRefusal = "stale" | "exists" | "refused";

/** What became of a ref that was pushed. */
export interface PushedRef {
  /** Its name on the other side. */
  readonly remote: string;
  /** What was pushed to it, as it was named; absent for a deletion. */
  readonly ref?: string;
  readonly outcome: "new" | "updated" | "forced" | "deleted" | "unchanged" | "rejected";
  /** What it was there; `null` when it was not there, absent where its commit is not known here. */
  readonly before?: Cid | null;
  readonly after: Cid | null;
  readonly reason?: PushRefusal;
  readonly message?: string;
}

export interface PushResult extends Exchange {
  readonly refs: readonly PushedRef[];
  /** The notes of versions that went along. One that was not taken hinders nothing: it goes with the next push. */
  readonly notes: readonly PushedRef[];
}

export interface PullOptions extends Omit<MergeOptions, "into" | "branch" | "base"> {
  /** Default: the upstream's, else `origin`. */
  readonly remote?: string;
  /** The branch there; default: the upstream. */
  readonly branch?: string;
  /** Puts this branch's own commits on top of the other side's, instead of merging. */
  readonly rebase?: boolean;
  readonly prune?: boolean;
  readonly tags?: boolean;
}

/** What became of a rebase, or of a merge in a pull. `at` is the commit that met the conflicts, `left` how many wait with it. */
export type RebaseResult =
  | {
      readonly commit: Cid;
      readonly advanced: boolean;
      readonly fastForward: boolean;
      /** Commits that were made again, and those that brought nothing new. */
      readonly replayed?: number;
      readonly dropped?: readonly Cid[];
    }
  | { readonly conflicts: readonly Conflict[]; readonly at?: Cid; readonly left?: number };

export interface PullResult {
  readonly fetched: FetchResult;
  /** What was merged: the other side's commit, and the name that it goes by. */
  readonly from: { readonly name: string; readonly commit: Cid };
  readonly result: RebaseResult;
}

export interface CloneOptions extends Watch {
  /** The name for the other side; default `origin`. */
  readonly origin?: string;
  /** The branch to be on; default: the other side's current one. */
  readonly branch?: string;
  /** Fetch that branch only. */
  readonly singleBranch?: boolean;
  /** Fetch the rows of these datasets only: a partial clone. */
  readonly datasets?: readonly string[];
  readonly tags?: boolean;
}

export interface BundleOptions extends Watch {
  /** Revisions whose history is left out; whoever takes the bundle in must have it. */
  readonly without?: readonly Rev[];
}

/** What a bundle holds. */
export interface BundleInfo {
  readonly refs: readonly { readonly name: string; readonly cid: Cid }[];
  readonly head?: string;
  /** Commits that must be there already. */
  readonly prerequisites: readonly Cid[];
  readonly blocks: number;
  readonly bytes: number;
}
