/**
 * Where a file of rows ends and the next begins, and where a folder of such files does: a pure function of the rows, so that equal rows give equal files.
 *
 * Idea: boundaries from content with the chance steered by size, as in the engine's trees; here the thing that begins is asked, since its name is its own.
 */
import { hashKey, utf8 } from "@sheaf/core";

/** How large files are in bytes, or folders in entries. */
interface Size {
  /** A piece ends at the next entry once it has so many. */
  readonly most: number;
  readonly least: number;
  /** The first piece of a level is cut later. */
  readonly leastFirst: number;
  /** What comes beyond the least size, on average. */
  readonly spread: number;
}

/** The sizes of both. */
export interface Sizes {
  readonly file: Size;
  readonly folder: Size;
}

/** Files of about 64 KiB of text, a dataset of up to a few hundred rows being one file; folders of about 160 entries. Part of the format. */
export const sizes: Sizes = {
  file: { most: 262_144, least: 32_768, leastFirst: 98_304, spread: 32_768 },
  folder: { most: 384, least: 64, leastFirst: 192, spread: 96 },
};

/** Keeps these hashes apart from those of the engine's trees. */
const seed = 0x5eaf0000;

/** A place between 0 and 1 that a position has at a level: 0 for rows, 1 for files, 2 for folders of files, … */
function chance(level: number, position: string): number {
  return hashKey(seed + level, utf8(position)) / 2 ** 32;
}

/** What comes next, and what it would be put behind. */
export interface Candidate {
  /** Bytes of the file so far, or entries of the folder. */
  readonly size: number;
  /** Bytes of the row's line with its line feed, or 1 for an entry. */
  readonly adds: number;
  /** Of the row, or of the entry's first row. */
  readonly position: string;
  /** What it would be put behind is its level's first piece. */
  readonly isFirst: boolean;
}

/** Says whether a row begins a file, given that its position differs from that of the row before. */
export function beginsFile(candidate: Candidate, { file }: Sizes = sizes): boolean {
  return begins(0, candidate, file);
}

/** Says whether an entry begins a folder; `level` is 1 for files, 2 for folders of files, … */
export function beginsFolder(level: number, candidate: Candidate, { folder }: Sizes = sizes): boolean {
  return begins(level, candidate, folder);
}

function begins(level: number, { size, adds, position, isFirst }: Candidate, limits: Size): boolean {
  if (size >= limits.most) return true;
  if (size < (isFirst ? limits.leastFirst : limits.least)) return false;
  return chance(level, position) < adds / limits.spread;
}
