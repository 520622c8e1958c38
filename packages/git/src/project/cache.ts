/**
 * What was found out about the projection, kept beside the blocks: which commit is which in git, and the git trees of recent commits.
 *
 * All of it can be made again. It rests in frozen files below `derived/git/`, of which one that is damaged counts as not there, and which may be deleted at
 * any time. When there are many they are merged into one, which leaves out the trees of commits that are not recent.
 */
import { printCid, type Digest, type Drive, type Platform } from "@sheaf/core";
import type { GitPlatform, Oid } from "../object.js";
import { oidOf } from "../oid.js";
import { modes, parseTree } from "../tree.js";
import { parseCacheFile, printCacheFile, type KnownSnapshot, type KnownVersion } from "./cache-file.js";

/** Where it rests on the drive. */
export const cacheFolder = "derived/git/";
/** Files from which on they are merged. */
const mostFiles = 8;
/** Snapshots whose trees are kept. */
const mostSnapshots = 16;
/** Snapshots of which the top tree is known in memory. */
const mostHeld = 4096;

/** What the cache is part of. */
export interface CachePlace {
  readonly drive: Drive;
  readonly platform: Platform;
  readonly git: GitPlatform;
}

export class GitCache {
  readonly #byDigest = new Map<string, KnownVersion>();
  readonly #byOid = new Map<Oid, KnownVersion>();
  /** The one used last stands last. */
  readonly #snapshots = new Map<string, KnownSnapshot>();
  readonly #trees = new Map<Oid, Uint8Array>();
  readonly #files = new Set<string>();
  #unsaved: KnownVersion[] = [];
  readonly #unsavedSnapshots = new Set<string>();
  readonly #tips = new Set<string>();

  private constructor(readonly place: CachePlace) {}

  /** Reads what there is. */
  static async open(place: CachePlace): Promise<GitCache> {
    const cache = new GitCache(place);
    for await (const name of place.drive.list(cacheFolder)) await cache.#load(name);
    return cache;
  }

  async #load(name: string): Promise<void> {
    const bytes = await this.place.drive.read(name);
    const content = bytes && parseCacheFile(this.place.git, bytes);
    this.#files.add(name);
    if (!content) return;
    for (const version of content.versions) this.#know(version);
    for (const snapshot of content.snapshots) this.#snapshots.set(printCid(snapshot.digest), snapshot);
    for (const body of content.trees) this.#trees.set(oidOf(this.place.git, "tree", body), body);
  }

  /** What is known of a commit or tag. */
  version(digest: Digest): KnownVersion | undefined {
    return this.#byDigest.get(printCid(digest));
  }

  /** What a git object is here. */
  versionIn(oid: Oid): KnownVersion | undefined {
    return this.#byOid.get(oid);
  }

  /** Takes note of a commit or tag. */
  keepVersion(version: KnownVersion): void {
    const known = this.version(version.digest);
    if (known && known.oid === version.oid && known.tree === version.tree) return;
    this.#know(version);
    this.#unsaved.push(version);
  }

  #know(version: KnownVersion): void {
    this.#byDigest.set(printCid(version.digest), version);
    this.#byOid.set(version.oid, version);
  }

  /** The top tree of a snapshot's projection. */
  snapshot(digest: Digest): Oid | undefined {
    return this.#snapshots.get(printCid(digest))?.tree;
  }

  /** Takes note of a snapshot's top tree; of a tip, the trees below it are to be kept on the drive. */
  keepSnapshot(digest: Digest, tree: Oid, isTip = false): void {
    const cid = printCid(digest);
    if (!this.#snapshots.has(cid)) this.#unsavedSnapshots.add(cid);
    this.#snapshots.delete(cid);
    this.#snapshots.set(cid, { digest, tree });
    if (isTip) this.#keepTip(cid);
    for (const [oldest] of this.#snapshots)
      if (this.#snapshots.size <= mostHeld) break;
      else if (!this.#tips.has(oldest)) this.#forget(oldest);
  }

  /** The last few that were asked for are kept as tips. */
  #keepTip(cid: string): void {
    this.#tips.delete(cid);
    this.#tips.add(cid);
    for (const [oldest] of this.#tips.entries()) if (this.#tips.size > mostSnapshots) this.#tips.delete(oldest);
  }

  #forget(cid: string): void {
    this.#snapshots.delete(cid);
    this.#unsavedSnapshots.delete(cid);
  }

  /** The body of a tree that was read from the drive. */
  tree(oid: Oid): Uint8Array | undefined {
    return this.#trees.get(oid);
  }

  /**
   * Writes what is new. `held` gives the trees in memory.
   *
   * Another process may do the same: what both write stands in both files until they are merged.
   */
  async save(held: (oid: Oid) => Uint8Array | undefined): Promise<void> {
    const tips = [...this.#tips].filter(cid => this.#unsavedSnapshots.has(cid));
    if (this.#unsaved.length === 0 && tips.length === 0) return;
    const isMerge = this.#files.size + 1 >= mostFiles;
    const snapshots = isMerge ? [...this.#snapshots.values()].slice(-mostSnapshots) : this.#named(tips);
    const find = (oid: Oid) => held(oid) ?? this.#trees.get(oid);
    const trees = reached(snapshots, find, oid => !isMerge && this.#trees.has(oid));
    const versions = isMerge ? [...this.#byDigest.values()] : this.#unsaved;
    const name = `${cacheFolder}${this.place.platform.nonce()}`;
    const content = { versions, snapshots, trees: [...trees.values()] };
    if (!(await this.place.drive.create(name, printCacheFile(this.place.git, content)))) return;
    if (isMerge) await this.#replace(trees);
    else for (const [oid, body] of trees) this.#trees.set(oid, body);
    this.#files.add(name);
    this.#unsaved = [];
    this.#unsavedSnapshots.clear();
    this.#tips.clear();
  }

  /** Lets go of the files that were merged, and of the trees that were left out. */
  async #replace(trees: ReadonlyMap<Oid, Uint8Array>): Promise<void> {
    for (const name of this.#files) await this.place.drive.remove(name);
    this.#files.clear();
    this.#trees.clear();
    for (const [oid, body] of trees) this.#trees.set(oid, body);
  }

  #named(cids: readonly string[]): KnownSnapshot[] {
    return cids.flatMap(cid => this.#snapshots.get(cid) ?? []);
  }
}

/** The trees below these tops that are at hand, but those that need not be `skipped` into. */
function reached(
  tops: readonly KnownSnapshot[],
  find: (oid: Oid) => Uint8Array | undefined,
  skips: (oid: Oid) => boolean,
): Map<Oid, Uint8Array> {
  const trees = new Map<Oid, Uint8Array>();
  const open = tops.map(({ tree }) => tree);
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    const body = trees.has(oid) || skips(oid) ? undefined : find(oid);
    if (!body) continue;
    trees.set(oid, body);
    for (const entry of parseTree(body, { oddModes: "mend" })) if (entry.mode === modes.folder) open.push(entry.oid);
  }
  return trees;
}
