/** The projector: what of the projection is known, and what is made of it when it is asked for. */
import type { Commit, Digest, Watch } from "@sheaf/core";
import type { ObjectSink, Oid } from "../object.js";
import type { TreeEntry } from "../tree.js";
import { GitCache } from "./cache.js";
import { readCommitted, readProjected } from "./commit-files.js";
import { namedFirst, readVersion } from "./commit-order.js";
import type { ProjectionPlace, Projector, There } from "./contract.js";
import { Sender } from "./sender.js";
import { TreeLoss } from "./tree-shelf.js";
import { VersionMaker } from "./version-maker.js";

/** Opens the projection with what is known of it on the drive. */
export async function openProjector(place: ProjectionPlace): Promise<Projector> {
  return new CachedProjector(new VersionMaker(place, await GitCache.open(place)));
}

class CachedProjector implements Projector {
  constructor(readonly maker: VersionMaker) {}

  async oidOf(digest: Digest, watch: Watch = {}): Promise<Oid> {
    const { place, cache } = this.maker;
    const unknown = await namedFirst(
      place.reader,
      [digest],
      version => cache.version(version) !== undefined,
      watch.signal,
    );
    for (const [done, each] of unknown.entries()) {
      watch.signal?.throwIfAborted();
      await this.maker.name(await readVersion(place.reader, each), watch);
      watch.progress?.({ phase: "projecting", done: done + 1, total: unknown.length, unit: "commits" });
    }
    await this.#markTip(digest);
    return cache.version(digest)?.oid as Oid;
  }

  knownOid(digest: Digest): Oid | undefined {
    return this.maker.cache.version(digest)?.oid;
  }

  async digestOf(oid: Oid): Promise<Digest | undefined> {
    const digest = this.maker.cache.versionIn(oid)?.digest;
    return digest && (await this.maker.place.reader.has(digest)) ? digest : undefined;
  }

  async remember(digest: Digest, oid: Oid, tree?: Oid): Promise<void> {
    this.maker.cache.keepVersion({ digest, oid, tree });
    await this.#markTip(digest);
  }

  async treeOf(snapshot: Digest, near?: Digest, watch: Watch = {}): Promise<Oid> {
    const tree = await this.maker.atHand(snapshot, near, watch);
    this.maker.cache.keepSnapshot(snapshot, tree, true);
    return tree;
  }

  async isMarked(commit: Commit, tree: Oid, watch: Watch = {}): Promise<boolean> {
    return this.maker.isMarked(commit, tree, watch);
  }

  async treeOfCommit(digest: Digest, watch: Watch = {}): Promise<Oid> {
    const version = await readVersion(this.maker.place.reader, digest);
    return version.type === "commit" ? this.maker.top(version, watch) : this.treeOfCommit(version.tag.target, watch);
  }

  async entries(tree: Oid): Promise<readonly TreeEntry[] | undefined> {
    try {
      return await this.maker.shelf.read(tree);
    } catch (error) {
      if (error instanceof TreeLoss) return undefined;
      throw error;
    }
  }

  async file(commit: Digest, path: string): Promise<Uint8Array | undefined> {
    const version = await readVersion(this.maker.place.reader, commit);
    return version.type === "commit" ? readCommitted(this.maker, version.commit, path) : undefined;
  }

  async fileOf(snapshot: Digest, path: string): Promise<Uint8Array | undefined> {
    return readProjected(this.maker, snapshot, path);
  }

  async send(tips: readonly Digest[], there: There, sink: ObjectSink, watch: Watch = {}): Promise<void> {
    const { reader } = this.maker.place;
    if (!there.isEmpty) for (const tip of tips) await this.oidOf(tip, watch);
    const missing = await namedFirst(reader, tips, digest => this.#isThere(digest, there), watch.signal);
    const sender = new Sender(this.maker, sink, watch);
    for (const [done, digest] of missing.entries()) {
      watch.signal?.throwIfAborted();
      await sender.send(await readVersion(reader, digest));
      watch.progress?.({ phase: "sending", done: done + 1, total: missing.length, unit: "commits" });
    }
    for (const tip of tips) await this.#markTip(tip);
  }

  #isThere(digest: Digest, there: There): boolean {
    const known = this.maker.cache.version(digest);
    return known !== undefined && there.isKnown(known.oid);
  }

  /** Keeps the trees of a tip, so that what comes on it begins there. */
  async #markTip(digest: Digest): Promise<void> {
    const { cache, place } = this.maker;
    const version = await readVersion(place.reader, digest);
    const tree = version.type === "commit" && cache.snapshot(version.commit.snapshot);
    if (version.type === "commit" && tree) cache.keepSnapshot(version.commit.snapshot, tree, true);
  }

  async save(): Promise<void> {
    await this.maker.cache.save(oid => this.maker.shelf.held(oid));
  }
}
