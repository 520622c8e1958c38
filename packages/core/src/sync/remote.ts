/**
 * Another repository as this one sees it, whatever carries it: a folder, a bucket, a git host, a server.
 *
 * Step of the walk: ref → *push*. A remote speaks Sheaf's names of refs (`refs/heads/main`, `refs/tags/v1`, `refs/environments/…`) and keeps the order
 * of law 4 on its side and on ours: blocks first, refs last. It never moves a ref of this repository; `repository/` does that with what `fetch` gives.
 */
import type { BlockReader } from "../block/blocks.js";
import type { Cid } from "../block/cid.js";
import type { DatasetId } from "../dataset/dataset.js";
import type { Platform } from "../platform.js";
import type { Drive } from "../store/drive.js";
import type { Logs } from "../store/logs.js";
import type { Transaction } from "../store/transaction.js";
import type { Watch } from "../watch.js";

/** This side of a connection: what a remote may read and write here. */
export interface Local {
  readonly platform: Platform;
  /** For caches below `derived/`; nothing else is written here directly. */
  readonly drive: Drive;
  readonly logs: Logs;
  readonly reader: BlockReader;
  /** Who is at work: for the other side's log of moves. */
  author(): Promise<{ readonly name: string; readonly email: string }>;
  /** Minutes east of UTC. */
  zone(): number;
  /** Runs `work` with blocks to write to; they are durable when it resolves, and let go when it throws. */
  write<T>(work: (blocks: Transaction) => Promise<T>): Promise<T>;
}

/** A ref of the other side. */
export interface RemoteRef {
  /** Its full name here: `refs/heads/main`. */
  readonly name: string;
  /** What it names there, in the other side's own words: a CID, or a git object id. Only to be compared and handed back. */
  readonly value: string;
  /** The commit or annotated tag that it is here, where that is known without fetching; its blocks may be missing yet. */
  readonly cid?: Cid;
}

export interface RemoteRefs {
  /** The branch that the other side's HEAD names, as `refs/heads/…`. */
  readonly head?: string;
  /** In the order of their names. */
  readonly refs: readonly RemoteRef[];
  /** Nothing is there, and a push would make it: a bundle of git's. */
  readonly isAbsent?: boolean;
}

export interface WireOptions extends Watch {
  /**
   * Says whether the rows of a dataset come over; those of others stay away, and so do the files (a partial clone). Without it everything comes.
   *
   * A remote that can only fetch everything does so in a store of its own, and copies the part (`copyMissing`).
   */
  readonly holds?: ((dataset: DatasetId) => boolean) | undefined;
  /** Trust nothing that is here already: a part is fetched that its commits were fetched without. */
  readonly fromNothing?: boolean;
}

/** What became of a ref that was fetched, or why it stays away: something that Sheaf cannot hold, such as a tag of a file. */
export interface Fetched {
  readonly ref: RemoteRef;
  readonly cid?: Cid;
  readonly reason?: string;
}

/** A move of a ref of the other side. */
export interface RefUpdate {
  readonly name: string;
  /** The commit or annotated tag that it is to name; `null` removes it. */
  readonly to: Cid | null;
  /** What it must still be there, from {@link Remote.refs}; absent when it must not be there. */
  readonly from?: RemoteRef;
}

/** What became of an update. `moved`: it is not what it was thought to be. `refused`: the other side's rules say no; `message` is its sentence. */
export type RefOutcome =
  | { readonly name: string; readonly ok: true }
  | { readonly name: string; readonly ok: false; readonly reason: "moved" | "refused"; readonly message: string };

/** What went over the wire. */
export interface Traffic {
  /** Bytes sent and received, as counted above the transport. */
  readonly sent: number;
  /** Of what was sent, the bytes after compression, where the transport compresses. */
  readonly wire?: number;
  readonly received: number;
  /** Blocks, or git objects. */
  readonly objects: number;
}

export interface Remote {
  /** Where it is, without credentials: for people. */
  readonly url: string;
  /** Its refs now. Throws remote-failed when it cannot be reached, no-such-repository when nothing is there. */
  refs(watch?: Watch): Promise<RemoteRefs>;
  /**
   * Brings everything that these refs reach and this repository lacks; durable here when it resolves.
   *
   * Throws bad-input, naming commit, file and line, for what cannot be taken; then nothing that was fetched is named by anything.
   */
  fetch(refs: readonly RemoteRef[], options?: WireOptions): Promise<{ refs: readonly Fetched[]; traffic: Traffic }>;
  /**
   * Sends what is missing there, then moves the refs by compare-and-swap, each on its own; gives an outcome for each, in order.
   *
   * Never looks at ancestry: that a branch only moves forward is the caller's to see to. Throws remote-failed when the connection breaks; what was
   * moved by then is seen by asking again, and the same push may be repeated.
   */
  push(updates: readonly RefUpdate[], watch?: Watch): Promise<{ refs: readonly RefOutcome[]; traffic: Traffic }>;
  /** Lets go of connections and temporary files. */
  close(): Promise<void>;
}

/** Opens a remote by its URL. Given to the repository by whoever opens it; throws bad-input for a URL that it does not know. */
export type Connect = (url: string, local: Local) => Promise<Remote>;
