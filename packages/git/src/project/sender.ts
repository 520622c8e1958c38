/**
 * Hands a commit's objects to a sink: those that its parents do not reach.
 *
 * A commit that Sheaf made on one parent that Sheaf made is projected from that parent straight into the sink. Where adoption laid something over either, or
 * there are more parents, the objects that are wanted are not those in which two projections differ: then the trees as they are in git are compared, and the
 * files that differ made again.
 */
import { printCid, SheafError, type Commit, type Watch } from "@sheaf/core";
import type { Likeness, ObjectSink, Oid } from "../object.js";
import { modes, type TreeEntry } from "../tree.js";
import { readCommitted } from "./commit-files.js";
import { readVersion, type CommitVersion, type Version } from "./commit-order.js";
import { overlayOf } from "./overlay.js";
import { TreeLoss } from "./tree-shelf.js";
import type { VersionMaker } from "./version-maker.js";

/** A folder of a commit. */
interface Folder {
  readonly commit: Commit;
  readonly tree: Oid;
}

export class Sender {
  constructor(
    readonly maker: VersionMaker,
    readonly sink: ObjectSink,
    readonly watch: Watch,
  ) {}

  /** Sends a version whose names are sent or known there. */
  async send(version: Version): Promise<Oid> {
    const tree = version.type === "commit" ? await this.#sendTree(version) : undefined;
    await this.sink.drain();
    return this.maker.keep(version, tree, this.sink, this.watch);
  }

  async #sendTree(version: CommitVersion): Promise<Oid> {
    const { commit } = version;
    const parents = await this.#parents(commit);
    if (parents.length < 2 && [version, ...parents].every(one => !overlayOf(one.commit).files))
      return this.maker.tree(this.maker.sending(this.sink, this.watch), commit.snapshot, parents[0]?.commit.snapshot);
    const known: Folder[] = [];
    for (const parent of parents) known.push({ commit: parent.commit, tree: await this.maker.top(parent, this.watch) });
    const tree = await this.maker.top(version, this.watch);
    if (known.every(side => side.tree !== tree)) await this.#sendTop({ commit, tree }, known, printCid(version.digest));
    return tree;
  }

  async #sendTop(top: Folder, known: readonly Folder[], cid: string): Promise<void> {
    try {
      await this.#sendFolder(top, known, "", cid);
    } catch (error) {
      if (!(error instanceof TreeLoss)) throw error;
      await this.maker.remake(top.commit, this.watch);
      await this.#sendFolder(top, known, "", cid);
    }
  }

  async #parents({ parents }: Commit): Promise<CommitVersion[]> {
    const versions: CommitVersion[] = [];
    for (const digest of parents) {
      const parent = await readVersion(this.maker.place.reader, digest);
      if (parent.type === "commit") versions.push(parent);
    }
    return versions;
  }

  async #sendFolder(folder: Folder, known: readonly Folder[], path: string, cid: string): Promise<void> {
    this.watch.signal?.throwIfAborted();
    const { shelf } = this.maker;
    const sides = await Promise.all(known.map(async side => ({ ...side, entries: await this.#entries(side.tree) })));
    for (const entry of await shelf.read(folder.tree)) {
      const same = sides.flatMap(({ commit, entries }) => {
        const other = entries.find(({ name }) => name === entry.name);
        return other ? [{ commit, tree: other.oid, mode: other.mode }] : [];
      });
      if (same.some(({ tree }) => tree === entry.oid)) continue;
      const alike = same.filter(({ mode }) => (mode === modes.folder) === (entry.mode === modes.folder));
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.mode === modes.folder)
        await this.#sendFolder({ commit: folder.commit, tree: entry.oid }, alike, below, cid);
      else await this.#sendFile(folder.commit, alike[0], below, cid);
    }
    const body = await shelf.body(folder.tree);
    if (body) this.sink.put("tree", body, await shelf.like(known[0]?.tree));
    await this.sink.drain();
  }

  /** The entries of a tree that is known there; none when it is not at hand, so that more is sent than needed. */
  async #entries(tree: Oid): Promise<readonly TreeEntry[]> {
    try {
      return await this.maker.shelf.read(tree);
    } catch (error) {
      if (error instanceof TreeLoss) return [];
      throw error;
    }
  }

  async #sendFile(commit: Commit, old: Folder | undefined, path: string, cid: string): Promise<void> {
    const body = await readCommitted(this.maker, commit, path);
    if (!body)
      throw new SheafError(
        "corrupt-block",
        { cid },
        `commit ${cid} holds no file ${path} that its git tree names; run sheaf verify`,
      );
    this.sink.put("blob", body, await this.#like(old, path));
    await this.sink.drain();
  }

  async #like(old: Folder | undefined, path: string): Promise<Likeness | undefined> {
    const body = old && (await readCommitted(this.maker, old.commit, path));
    return body && old && { oid: old.tree, type: "blob", body };
  }
}
