/**
 * Git's commits and annotated tags as Sheaf's: a pure function of the object in git and its adopted parents, the inverse of the projection.
 *
 * Step of the walk, backwards: push → ref → *commit*. Writes blocks and moves nothing. Leaves to others: how objects come here (`transport/`), what the projection
 * writes (`project/`), in which order commits are adopted (`history.ts`).
 */
import {
  badInput,
  bareMessage,
  compareBytes,
  decodeCommit,
  decodeSnapshot,
  encodeCommit,
  encodeSnapshot,
  encodeTag,
  isSheafError,
  Link,
  raw,
  dagCbor,
  type Blocks,
  type Digest,
  type Ipld,
  type Platform,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { parseCommit, parseTag } from "../commit.js";
import type { ObjectSource, Oid } from "../object.js";
import { printCommitBody, printTagBody } from "../project/commit-body.js";
import type { Projector } from "../project/contract.js";
import { overlayKey, overlayOf as keptOf } from "../project/overlay.js";
import { DatasetIds } from "./dataset-ids.js";
import { readAttributes, readMarked, readMessage, readSignature, readText } from "./facts.js";
import { LineCounts } from "./neighbours.js";
import { CommitObjects, Folders, LostObject } from "./objects.js";
import { overlayOf } from "./overlay.js";
import { RowReader } from "./row-reader.js";
import { adoptSnapshot, type AdoptedParent } from "./snapshot.js";

/** What adoption works with. */
export interface AdoptionPlace {
  readonly blocks: Blocks;
  readonly platform: Platform;
  /** Reads what `blocks` holds. */
  readonly projector: Pick<Projector, "treeOf" | "treeOfCommit" | "isMarked" | "entries" | "file" | "fileOf">;
  readonly source: ObjectSource;
}

/** A commit that was adopted: its names in git and here. */
export interface Adopted {
  readonly oid: Oid;
  readonly digest: Digest;
}

/** Adopts one object after another; keeps what the next one is likely to need. */
export class Adoption {
  readonly #ids: DatasetIds;
  readonly #counts = new LineCounts();
  readonly #folders = new Folders();
  readonly #reader = new RowReader();

  constructor(readonly place: AdoptionPlace) {
    this.#ids = new DatasetIds(place.blocks);
  }

  /**
   * Adopts a commit whose parents, in its order, were adopted.
   *
   * Throws bad-input with the commit, and file and line where there is one, for what Sheaf cannot hold; the blocks that were put by then are of no use.
   */
  async commit(oid: Oid, parents: readonly Adopted[]): Promise<Digest> {
    try {
      return await this.#commit(new CommitObjects(this.place.source, oid, this.#folders), oid, parents);
    } catch (error) {
      throw placed(error, oid);
    }
  }

  /** Adopts an annotated tag of a commit or tag that was adopted. */
  async tag(oid: Oid, target: Digest): Promise<Digest> {
    const objects = new CommitObjects(this.place.source, oid, this.#folders);
    const body = await objects.body(oid, "tag");
    const { object, type, name, tagger, extra, message } = parseTag(body, objects.place);
    const tag = {
      target,
      name: readText(name),
      tagger: readSignature(tagger),
      message: readMessage(message),
      attributes: readAttributes(extra),
    };
    const isExact = compareBytes(printTagBody(tag, object, type), body) === 0;
    const attributes = isExact ? tag.attributes : this.#kept(tag.attributes, { tag: rawLink(this.#put(body)) });
    return this.#put(encodeTag({ ...tag, attributes }));
  }

  async #commit(objects: CommitObjects, oid: Oid, parents: readonly Adopted[]): Promise<Digest> {
    const { blocks, platform } = this.place;
    const body = await objects.body(oid, "commit");
    const { tree, parents: named, author, committer, extra, message } = parseCommit(body, objects.place);
    const { attributes, isMarked } = readMarked(extra);
    const known = await Promise.all(parents.map(parent => this.#parent(parent, isMarked)));
    const place = { blocks, platform, ids: this.#ids, counts: this.#counts, reader: this.#reader };
    const snapshot = this.#put(encodeSnapshot(await adoptSnapshot(place, objects, tree, known)));
    const commit = {
      snapshot,
      parents: parents.map(({ digest }) => digest),
      author: readSignature(author),
      committer: readSignature(committer),
      message: readMessage(message),
      attributes,
    };
    const files = await this.#overlay(objects, tree, snapshot, known[0]);
    const marks = !files && (await this.place.projector.isMarked(commit, tree));
    const isExact = compareBytes(printCommitBody(commit, tree, named, marks), body) === 0;
    const kept = {
      ...(!isExact && { commit: rawLink(this.#put(body)) }),
      ...(files && { files: new Link(files, dagCbor) }),
    };
    return this.#put(encodeCommit({ ...commit, attributes: this.#kept(commit.attributes, kept) }));
  }

  async #overlay(
    objects: CommitObjects,
    tree: Oid,
    snapshot: Digest,
    parent: Parent | undefined,
  ): Promise<Digest | undefined> {
    const { blocks, projector } = this.place;
    const projected = await projector.treeOf(snapshot, parent?.snapshotDigest);
    const entries = async (made: Oid) => (await projector.entries(made)) ?? objects.entries(made, "");
    const base = parent?.files && { objects: parent.objects, tree: parent.tree, files: parent.files };
    return overlayOf({ blocks, objects, projected: entries, base }, tree, projected);
  }

  /** Reads a parent: as it is in git, or as it would be if the projection had written it. */
  async #parent({ oid, digest }: Adopted, isProjected: boolean): Promise<Parent> {
    const { blocks, projector, source } = this.place;
    const commit = decodeCommit(await blocks.load(digest));
    const snapshot = decodeSnapshot(await blocks.load(commit.snapshot));
    const { files } = keptOf(commit);
    const parent = { digest, snapshot, snapshotDigest: commit.snapshot };
    if (files && isProjected) return { ...parent, ...(await this.#projected(oid, commit.snapshot)), files: undefined };
    const found = await source.read(oid);
    const tree = found ? parseCommit(found.body, { commit: oid }).tree : await projector.treeOfCommit(digest);
    const objects = new CommitObjects(source, oid, this.#folders, {
      entries: made => projector.entries(made),
      file: path => projector.file(digest, path),
    });
    return { ...parent, objects, tree, files };
  }

  async #projected(oid: Oid, snapshot: Digest): Promise<Pick<Parent, "objects" | "tree">> {
    const { projector } = this.place;
    const objects = new CommitObjects({ read: () => undefined }, oid, this.#folders, {
      entries: made => projector.entries(made),
      file: path => projector.fileOf(snapshot, path),
    });
    return { objects, tree: await projector.treeOf(snapshot) };
  }

  #kept(attributes: ValueObject, kept: { readonly [key: string]: Ipld }): ValueObject {
    if (Object.keys(kept).length === 0) return attributes;
    return { ...attributes, [overlayKey]: kept as unknown as Value };
  }

  #put(bytes: Uint8Array): Digest {
    return this.place.blocks.put(bytes);
  }
}

type Parent = AdoptedParent & { readonly snapshotDigest: Digest; readonly files: Digest | undefined };

function rawLink(digest: Digest): Link {
  return new Link(digest, raw);
}

/** Names the commit in an error that says why it cannot be adopted, and says what helps where the commit itself is at fault. */
function placed(error: unknown, commit: Oid): unknown {
  if (!isSheafError(error, "refused") && !isSheafError(error, "bad-input")) return error;
  const what = isSheafError(error, "refused") ? error.message : bareMessage(error);
  const isLost = error instanceof LostObject;
  return badInput(isLost ? what : `${what}${rewriting(commit)}`, { commit, ...error.data });
}

/** What to do with a commit that a later one does not mend, as all of a branch's history is adopted. */
function rewriting(commit: Oid): string {
  const how = `git rebase -i ${commit.slice(0, 12)}~ (or --root), mark it "edit", mend it, git push --force-with-lease`;
  return `; no branch that holds this commit can be pulled until it is rewritten on the host, as a later one does not mend it: ${how}`;
}
