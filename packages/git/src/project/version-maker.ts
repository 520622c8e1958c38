/** Makes the git objects of single snapshots, commits and tags, on what is known of those before them. */
import { printCid, SheafError, type Commit, type Digest, type Watch } from "@sheaf/core";
import type { ObjectSink, ObjectType, Oid } from "../object.js";
import type { GitCache } from "./cache.js";
import { checkedCommitBody, checkedTagBody, printCommitBody, printTagBody } from "./commit-body.js";
import { readVersion, type CommitVersion, type Version } from "./commit-order.js";
import type { ProjectionPlace } from "./contract.js";
import { Layouts } from "./layout.js";
import { namingSink, RecentFiles, type Making } from "./making.js";
import { isMistaken } from "./mistaken.js";
import { layOver, overlayOf } from "./overlay.js";
import { projectSnapshot } from "./snapshot.js";
import { TreeLoss, TreeShelf } from "./tree-shelf.js";

export class VersionMaker {
  readonly shelf: TreeShelf;
  readonly layouts = new Layouts();
  readonly #recent = new RecentFiles();

  constructor(
    readonly place: ProjectionPlace,
    readonly cache: GitCache,
  ) {
    this.shelf = new TreeShelf(place.git, cache);
  }

  /** What a projection works with that is only to name things. */
  naming(watch: Watch): Making {
    return this.#making(namingSink(this.place.git), false, watch);
  }

  /** What a projection works with whose objects are to be sent. */
  sending(sink: ObjectSink, watch: Watch): Making {
    return this.#making(sink, true, watch);
  }

  #making(sink: ObjectSink, wantsLikes: boolean, watch: Watch): Making {
    const { place, shelf, layouts } = this;
    return { reader: place.reader, shelf, layouts, recent: this.#recent, sink, wantsLikes, watch };
  }

  /** Projects a snapshot beginning with what `near` gives, which is projected first when its trees are not at hand; all objects that differ go to the sink. */
  async tree(making: Making, snapshot: Digest, near?: Digest): Promise<Oid> {
    const tree = near ? await this.#from(making, snapshot, near) : await projectSnapshot(making, snapshot);
    this.cache.keepSnapshot(snapshot, tree);
    return tree;
  }

  async #from(making: Making, snapshot: Digest, near: Digest): Promise<Oid> {
    const known = this.cache.snapshot(near);
    try {
      if (known) return await projectSnapshot(making, snapshot, { snapshot: near, tree: known });
    } catch (error) {
      if (!(error instanceof TreeLoss)) throw error;
    }
    const tree = await this.tree(this.naming(making.watch), near);
    return projectSnapshot(making, snapshot, { snapshot: near, tree });
  }

  /** The projection of a snapshot with its trees at hand, made from `near` where that is known, else from nothing. */
  async atHand(snapshot: Digest, near: Digest | undefined, watch: Watch): Promise<Oid> {
    const known = this.cache.snapshot(snapshot);
    if (known && (await this.shelf.body(known))) return known;
    return this.tree(this.naming(watch), snapshot, near && this.cache.snapshot(near) ? near : undefined);
  }

  /** The top tree of a commit, with what adoption laid over it. */
  async top({ digest, commit }: CommitVersion, watch: Watch): Promise<Oid> {
    const known = this.cache.version(digest)?.tree;
    if (known && (await this.shelf.body(known))) return known;
    const projected = await this.atHand(commit.snapshot, await this.#near(commit), watch);
    const { files } = overlayOf(commit);
    try {
      return files ? await layOver(this.naming(watch), projected, files) : projected;
    } catch (error) {
      if (!(error instanceof TreeLoss)) throw error;
      return this.remake(commit, watch);
    }
  }

  /** Projects a commit from nothing, so that all its trees are at hand; gives its top tree. */
  async remake(commit: Commit, watch: Watch): Promise<Oid> {
    const { files } = overlayOf(commit);
    const projected = await this.tree(this.naming(watch), commit.snapshot);
    return files ? layOver(this.naming(watch), projected, files) : projected;
  }

  async #near({ parents: [first] }: Commit): Promise<Digest | undefined> {
    if (!first) return undefined;
    const parent = await readVersion(this.place.reader, first);
    return parent.type === "commit" ? parent.commit.snapshot : undefined;
  }

  /** Says whether a commit with this top tree is marked: adoption would mistake some of it for what a parent holds. One that was adopted with files of its own never is. */
  async isMarked(commit: Commit, tree: Oid, watch: Watch): Promise<boolean> {
    if (overlayOf(commit).files) return false;
    for (const digest of commit.parents) {
      const parent = await readVersion(this.place.reader, digest);
      if (parent.type === "commit" && (await this.#isMistaken(commit, tree, parent.commit, watch))) return true;
    }
    return false;
  }

  async #isMistaken({ snapshot }: Commit, tree: Oid, parent: Commit, watch: Watch): Promise<boolean> {
    const { files } = overlayOf(parent);
    if (!files) return false;
    const near = this.cache.snapshot(snapshot) && snapshot;
    const before = await this.atHand(parent.snapshot, near, watch);
    const making = this.naming(watch);
    const compare = () => isMistaken(making, { snapshot, tree }, { snapshot: parent.snapshot, tree: before, files });
    try {
      return await compare();
    } catch (error) {
      if (!(error instanceof TreeLoss)) throw error;
      for (const lost of [parent.snapshot, snapshot]) await this.tree(making, lost);
      return compare();
    }
  }

  /** The body of a version's own object, on a top tree for a commit; all that it names must be known. */
  async body(version: Version, tree: Oid | undefined, watch: Watch): Promise<{ type: ObjectType; body: Uint8Array }> {
    const { reader } = this.place;
    const cid = printCid(version.digest);
    const names = version.names.map(digest => this.#oid(digest));
    if (version.type === "commit") {
      const raw = overlayOf(version.commit).commit;
      const top = tree ?? this.#lost(version.digest);
      if (!raw) {
        const isMarked = await this.isMarked(version.commit, top, watch);
        return { type: "commit", body: printCommitBody(version.commit, top, names, isMarked) };
      }
      return { type: "commit", body: checkedCommitBody(cid, await reader.load(raw), top, names) };
    }
    const raw = overlayOf(version.tag).tag;
    if (raw) return { type: "tag", body: checkedTagBody(cid, await reader.load(raw), names[0]) };
    const target = await readVersion(reader, version.tag.target);
    return { type: "tag", body: printTagBody(version.tag, names[0], target.type) };
  }

  #oid(digest: Digest): Oid {
    return this.cache.version(digest)?.oid ?? this.#lost(digest);
  }

  #lost(digest: Digest): never {
    throw new SheafError(
      "missing-block",
      { cid: printCid(digest) },
      `${printCid(digest)} was not projected before what names it`,
    );
  }

  /** Names a version, all that it names being known, and takes note. */
  async name(version: Version, watch: Watch): Promise<Oid> {
    const tree = version.type === "commit" ? await this.top(version, watch) : undefined;
    return this.keep(version, tree, namingSink(this.place.git), watch);
  }

  /** Puts a version's own object into the sink and takes note of its name. */
  async keep(version: Version, tree: Oid | undefined, sink: ObjectSink, watch: Watch): Promise<Oid> {
    const { type, body } = await this.body(version, tree, watch);
    const oid = sink.put(type, body);
    this.cache.keepVersion({ digest: version.digest, oid, tree });
    return oid;
  }
}
