/**
 * Three-way merge of one row: first what it holds, then where it stands. Pure.
 *
 * Positions never conflict: where both sides moved a row (or both added it), the smaller position is taken and noted. A deletion wins over a move, which is
 * noted too, and conflicts with a change of the item.
 */
import { sameDigest } from "../block/cid.js";
import type { RowState } from "./row-edit.js";

type Maybe = RowState | undefined;

/** Something that a merge decided which is no conflict but may surprise; positions are absent where the row is. */
export interface MergeNote {
  readonly kind: "both-moved" | "moved-and-deleted";
  readonly dataset: string;
  readonly id: string;
  readonly ours?: string;
  readonly theirs?: string;
  /** What the merge has. */
  readonly taken?: string;
}

/** What becomes of a row. */
export type RowVerdict =
  /** `state` is the merged row; absent when it goes. */
  | { readonly kind: "clean"; readonly state: Maybe; readonly note?: MergeNote["kind"] }
  /** Both sides have different items, both new: they are to be merged field by field, at this position. */
  | { readonly kind: "items"; readonly position: string; readonly note?: MergeNote["kind"] }
  /** One side deleted what the other changed; `state` is the changed one. */
  | { readonly kind: "deleted-and-changed"; readonly state: RowState };

/** Says what becomes of a row that came from `base`; a side that does not have it is absent. Symmetric. */
export function mergeRow(base: Maybe, ours: Maybe, theirs: Maybe): RowVerdict {
  if (sameRow(ours, theirs) || sameRow(base, theirs)) return { kind: "clean", state: ours };
  if (sameRow(base, ours)) return { kind: "clean", state: theirs };
  if (!ours || !theirs) return mergeDeletion(base, ours ?? theirs);
  const { position, isNoted } = mergePositions(base?.position, ours.position, theirs.position);
  const note = isNoted ? { note: "both-moved" as const } : {};
  const item =
    sameDigest(ours.item, theirs.item) || (base && sameDigest(base.item, theirs.item))
      ? ours.item
      : base && sameDigest(base.item, ours.item)
        ? theirs.item
        : undefined;
  return item ? { kind: "clean", state: { position, item }, ...note } : { kind: "items", position, ...note };
}

function mergeDeletion(base: Maybe, kept: Maybe): RowVerdict {
  if (!base || !kept) return { kind: "clean", state: kept };
  if (sameDigest(base.item, kept.item)) return { kind: "clean", state: undefined, note: "moved-and-deleted" };
  return { kind: "deleted-and-changed", state: kept };
}

function mergePositions(
  base: string | undefined,
  ours: string,
  theirs: string,
): { position: string; isNoted: boolean } {
  if (ours === theirs || base === theirs) return { position: ours, isNoted: false };
  if (base === ours) return { position: theirs, isNoted: false };
  // Positions are ASCII, so this is the order of their bytes.
  return { position: ours < theirs ? ours : theirs, isNoted: true };
}

function sameRow(a: Maybe, b: Maybe): boolean {
  if (!a || !b) return a === b;
  return a.position === b.position && sameDigest(a.item, b.item);
}
