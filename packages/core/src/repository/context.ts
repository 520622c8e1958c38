/** What every room of the repository works with: the opened store, the platform, and who is at work. */
import type { BlockReader } from "../block/blocks.js";
import { printCid, type Cid, type Digest } from "../block/cid.js";
import { decodeCommit, type Commit, type Signature } from "../history/commit.js";
import { decodeSnapshot, type Snapshot } from "../history/snapshot.js";
import type { Platform } from "../platform.js";
import type { BlockStore } from "../store/blocks.js";
import type { Connect } from "../sync/remote.js";
import type { Logs } from "../store/logs.js";
import type { NodeCache } from "../tree/cache.js";
import type { Person } from "./contract.js";
import type { ItemViewer } from "../item/viewer.js";
import type { Keeper } from "./keeper.js";
import type { RowFinder } from "./row-finder.js";
import type { RecentDatasets } from "./recent-datasets.js";

export interface Context {
  readonly platform: Platform;
  readonly store: BlockStore;
  readonly logs: Logs;
  /** Parsed nodes, shared by all reads. */
  readonly nodes: NodeCache;
  /** Finds rows by id, for all reads. */
  readonly finder: RowFinder;
  /** Makes objects of items, for all reads. */
  readonly viewer: ItemViewer;
  /** Datasets found lately, shared likewise. */
  readonly datasets: RecentDatasets;
  /** Merges small packs after commits. */
  readonly keeper: Keeper;
  /** Opens other repositories by their URLs, where that was given. */
  readonly connect?: Connect | undefined;
  /** Who makes the commits of this process, asked for when the first one is made. */
  author(): Promise<Person>;
  /** Who moves refs, for their logs. Default: the author. */
  readonly mover?: Person;
  /** Minutes east of UTC, for the times of commits. */
  zone(): number;
}

/** A commit with its digest at hand. */
export interface Tip extends Commit {
  readonly digest: Digest;
}

/** Reads a commit. */
export async function readCommit(reader: BlockReader, digest: Digest): Promise<Tip> {
  return { digest, ...decodeCommit(await reader.load(digest)) };
}

/** Reads the snapshot of a commit. */
export async function readSnapshot(reader: BlockReader, commit: Commit): Promise<Snapshot> {
  return decodeSnapshot(await reader.load(commit.snapshot));
}

/** The author's signature, now, with what the caller wants different. */
export async function sign(context: Context, wanted: Partial<Signature> = {}): Promise<Signature> {
  const { name, email } =
    wanted.name !== undefined && wanted.email !== undefined ? (wanted as Person) : await context.author();
  const time = Math.floor(context.platform.now() / 1000);
  return { name, email, time, zone: context.zone(), ...wanted };
}

/** The CID text of a commit. */
export function commitCid(tip: Tip): Cid {
  return printCid(tip.digest);
}

/** The context in which a name that belongs to nobody moves also where no author is set. */
export function orNobody(context: Context): Context {
  return { ...context, author: () => context.author().catch(() => ({ name: "", email: "" })) };
}
