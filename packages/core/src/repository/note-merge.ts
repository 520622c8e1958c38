/** Two notes of one version, written in two repositories, as one: the same on both sides, whoever merges first. */
import type { Blocks } from "../block/blocks.js";
import { sameDigest, type Digest } from "../block/cid.js";
import { mergeValues } from "../edit/item-merge.js";
import { mergeCommits } from "../edit/merge-base.js";
import { isAncestor } from "../history/ancestry.js";
import { encodeCommit } from "../history/commit.js";
import { encodeNote, type VersionNote } from "../history/note.js";
import { encodeSnapshot } from "../history/snapshot.js";
import type { ValueObject } from "../item/value.js";
import { compareBytes } from "../text.js";
import { amended } from "./versions.js";

/**
 * Merges two notes that came from `base`, field by field; where both sides changed the version beside the branch, in a commit that merges the two.
 *
 * Of one field that both changed, or one cell, the note that was written later has its say; of two of one second, the one whose bytes are greater.
 * Throws missing-block where that needs rows that a partial clone lacks.
 */
export async function mergeNotes(
  blocks: Blocks,
  base: VersionNote | undefined,
  ours: VersionNote,
  theirs: VersionNote,
): Promise<VersionNote> {
  const [older, newer] = isLater(theirs, ours) ? [ours, theirs] : [theirs, ours];
  const note = mergeValues(base?.note, newer.note, older.note).value as ValueObject;
  return { commit: await mergedCommit(blocks, base?.commit, newer, older), note, writer: newer.writer };
}

function isLater(a: VersionNote, b: VersionNote): boolean {
  const later = a.writer.time - b.writer.time;
  return later > 0 || (later === 0 && compareBytes(encodeNote(a), encodeNote(b)) > 0);
}

/** What the version is by now. */
async function mergedCommit(
  blocks: Blocks,
  base: Digest | undefined,
  newer: VersionNote,
  older: VersionNote,
): Promise<Digest> {
  const [ours, theirs] = [newer.commit, older.commit];
  if (base && sameDigest(base, ours)) return theirs;
  if (base && sameDigest(base, theirs)) return ours;
  if (await isAncestor(blocks, ours, theirs)) return theirs;
  if (await isAncestor(blocks, theirs, ours)) return ours;
  const merged = await mergeCommits(blocks, ours, theirs);
  return blocks.put(
    encodeCommit({
      snapshot: blocks.put(encodeSnapshot(merged.snapshot)),
      parents: [ours, theirs],
      author: newer.writer,
      committer: newer.writer,
      message: "Merge what a version became in two repositories",
      attributes: amended,
    }),
  );
}
