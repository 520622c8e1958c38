/**
 * What two commits are merged against: the snapshot of their merge base, or of all of them folded into one.
 *
 *     a - b - d        d and e merged b and c crosswise, so both b and c are best common ancestors of d and e.
 *      \ / \ /         Their fold is the merge of b and c against a, with what a has wherever b and c disagree: then whichever
 *       X   X          side d and e decided for, it differs from the base, and where they decided differently it is a conflict.
 *      / \ / \
 *     a - c - e
 *
 * Bases are folded in the order of their CIDs and neither is preferred, so the fold is the same whoever asks (law 6). Idea: git's recursive merge.
 */
import type { Blocks } from "../block/blocks.js";
import { printCid, type Digest } from "../block/cid.js";
import { mergeBases } from "../history/ancestry.js";
import { snapshotOf, type Snapshot } from "../history/snapshot.js";
import { mergeSnapshots, type MergedSnapshot, type SnapshotMergeOptions } from "./snapshot-merge.js";

/** Merges two commits against what they have in common. */
export async function mergeCommits(
  blocks: Blocks,
  ours: Digest,
  theirs: Digest,
  options: SnapshotMergeOptions = {},
): Promise<MergedSnapshot> {
  const base = await mergeBase(blocks, ours, theirs, options.signal);
  return mergeSnapshots(
    blocks,
    base ? [base] : [],
    await snapshotOf(blocks, ours),
    await snapshotOf(blocks, theirs),
    options,
  );
}

/** The snapshot that two commits are merged against; `undefined` when they have nothing in common. */
export async function mergeBase(
  blocks: Blocks,
  ours: Digest,
  theirs: Digest,
  signal?: AbortSignal,
): Promise<Snapshot | undefined> {
  return new Folding(blocks, signal).fold(await mergeBases(blocks, ours, theirs));
}

/** Folds commits into one snapshot, remembering what was folded. */
class Folding {
  readonly #folded = new Map<string, Promise<Snapshot | undefined>>();

  constructor(
    readonly blocks: Blocks,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** @param commits  in the order of their CIDs */
  fold(commits: readonly Digest[]): Promise<Snapshot | undefined> {
    const key = commits.map(commit => printCid(commit)).join();
    const known = this.#folded.get(key) ?? this.#foldAnew(commits);
    this.#folded.set(key, known);
    return known;
  }

  async #foldAnew([first, ...others]: readonly Digest[]): Promise<Snapshot | undefined> {
    if (!first) return undefined;
    let folded = await snapshotOf(this.blocks, first);
    const done = [first];
    for (const other of others) {
      const base = await this.fold(await mergeBases(this.blocks, done, other));
      const next = await snapshotOf(this.blocks, other);
      folded = (
        await mergeSnapshots(this.blocks, base ? [base] : [], folded, next, { hold: "base", signal: this.signal })
      ).snapshot;
      done.push(other);
    }
    return folded;
  }
}
