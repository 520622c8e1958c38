/**
 * The projection of Sheaf's commits into git's objects: what others see of this room.
 *
 * Step of the walk: ref → *push*. `docs/projection.md` says byte for byte what is made; all of it is a function of the commit alone. Leaves to others: what
 * comes from git (`adopt/`), how objects travel (`pack/`, `transport/`).
 */
import type { BlockReader, Commit, Digest, Drive, Platform, Watch } from "@sheaf/core";
import type { GitPlatform, ObjectSink, Oid } from "../object.js";
import type { TreeEntry } from "../tree.js";

/** What the projection works with. */
export interface ProjectionPlace {
  readonly reader: BlockReader;
  readonly platform: Platform;
  readonly git: GitPlatform;
  /** For the cache below `derived/git/`. */
  readonly drive: Drive;
}

/** What of the projection rests in the cache, made when it is not there. Digests are those of commits and annotated tags. */
export interface Projector {
  /**
   * The name in git of a commit or an annotated tag; projects what is needed of its history.
   *
   * Throws bad-input for what the projection cannot hold (a file where a dataset's must be), corrupt-block for an adopted commit whose raw body does not fit.
   */
  oidOf(digest: Digest, watch?: Watch): Promise<Oid>;
  /** The same where it is known already; `undefined` where it would have to be found out. */
  knownOid(digest: Digest): Oid | undefined;
  /** The commit or tag here that has this name in git; `undefined` when that is not known (it was neither projected nor adopted here), or its block is gone. */
  digestOf(oid: Oid): Promise<Digest | undefined>;
  /**
   * Takes note of what a commit or tag is called, before {@link Projector.oidOf} could find out by itself: for adoption. The caller vouches for it.
   *
   * For a commit, `tree` is its top tree in git.
   */
  remember(digest: Digest, oid: Oid, tree?: Oid): Promise<void>;
  /**
   * Projects a snapshot, without what adoption has laid over it: the name of its top tree, which {@link Projector.entries} reads.
   *
   * The cost follows what differs from `near`, a snapshot whose projection is at hand or else made first.
   */
  treeOf(snapshot: Digest, near?: Digest, watch?: Watch): Promise<Oid>;
  /**
   * Says whether the projection marks a commit whose top tree is this: adoption would take some of its files for what a parent holds, which is something else.
   *
   * It is then to be adopted against its parents' projections ({@link Projector.treeOf}), and not against their trees.
   */
  isMarked(commit: Commit, tree: Oid, watch?: Watch): Promise<boolean>;
  /** The top tree of a commit as it is in git, with what adoption has laid over it. */
  treeOfCommit(digest: Digest, watch?: Watch): Promise<Oid>;
  /** The entries of a tree that was made or remembered lately; `undefined` when it is not at hand. */
  entries(tree: Oid): Promise<readonly TreeEntry[] | undefined>;
  /**
   * The bytes of what a commit has at a path in git, made again from its blocks, with what adoption has laid over it; `undefined` when there is none.
   *
   * Of folders only those that adoption keeps raw are given.
   */
  file(commit: Digest, path: string): Promise<Uint8Array | undefined>;
  /** The bytes of what a snapshot's projection has at a path, without what adoption has laid over it; `undefined` when there is none. */
  fileOf(snapshot: Digest, path: string): Promise<Uint8Array | undefined>;
  /**
   * Hands everything that these commits and tags reach and the other side lacks to the sink, each object after those that it names and, as a difference, after
   * its base.
   *
   * Now and then something comes that the other side has already; nothing is missing.
   */
  send(tips: readonly Digest[], there: There, sink: ObjectSink, watch?: Watch): Promise<void>;
  /** Writes what was found out to the cache; failing to is no loss. */
  save(): Promise<void>;
}

/** What is known of the other side. */
export interface There {
  /** Says whether the other side has this commit or tag, and so all that it reaches. */
  isKnown(oid: Oid): boolean;
  /** The other side has nothing at all: then nothing needs comparing. */
  readonly isEmpty?: boolean;
}
