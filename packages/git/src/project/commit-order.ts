/** The order in which commits and tags are projected: each after what it names. */
import {
  badInput,
  blockType,
  decode,
  decodeCommit,
  decodeTag,
  printCid,
  type BlockReader,
  type Commit,
  type Digest,
  type Tag,
} from "@sheaf/core";

/** A commit, and its parents as what it names. */
export interface CommitVersion {
  readonly type: "commit";
  readonly digest: Digest;
  readonly commit: Commit;
  readonly names: readonly Digest[];
}

/** An annotated tag, and its target as what it names. */
export interface TagVersion {
  readonly type: "tag";
  readonly digest: Digest;
  readonly tag: Tag;
  readonly names: readonly Digest[];
}

export type Version = CommitVersion | TagVersion;

/** Reads a commit or an annotated tag; throws bad-input for anything else. */
export async function readVersion(reader: BlockReader, digest: Digest): Promise<Version> {
  const bytes = await reader.load(digest);
  const type = blockType(decode(bytes));
  if (type === "commit") {
    const commit = decodeCommit(bytes);
    return { type, digest, commit, names: commit.parents };
  }
  if (type !== "tag") throw badInput(`${printCid(digest)} is neither a commit nor a tag; only these go to git`);
  const tag = decodeTag(bytes);
  return { type, digest, tag, names: [tag.target] };
}

/**
 * Lists these versions and all that they descend from, but what is `known` and so all below it; each after what it names.
 *
 * Walks without recursion: histories may be of any length.
 */
export async function namedFirst(
  reader: BlockReader,
  tips: readonly Digest[],
  known: (digest: Digest) => boolean,
  signal?: AbortSignal,
): Promise<Digest[]> {
  const ordered: Digest[] = [];
  const entered = new Set<string>();
  const left = new Set<string>();
  const open = [...tips].reverse();
  while (open.length > 0) {
    const digest = open[open.length - 1];
    const cid = printCid(digest);
    if (!entered.has(cid) && !known(digest)) {
      signal?.throwIfAborted();
      entered.add(cid);
      open.push(...(await readVersion(reader, digest)).names.toReversed());
      continue;
    }
    open.pop();
    if (!entered.has(cid) || left.has(cid)) continue;
    left.add(cid);
    ordered.push(digest);
  }
  return ordered;
}
