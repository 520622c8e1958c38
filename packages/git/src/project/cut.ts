/**
 * Where a file of rows ends and the next begins, and where a folder of such files does: a pure function of the rows, so that equal rows give equal files.
 *
 * Idea: boundaries from content with the chance steered by size, as in the engine's trees; here the thing that begins is asked, since its name is its own.
 */
import { hashKey, utf8 } from "@sheaf/core";

/** Aimed-for bytes of text that follow the least size of a file; so files have about 64 KiB. */
const spreadBytes = 32_768;
const minBytes = 32_768;
/** The first file is cut later, so that a dataset of up to a few hundred rows is one file. */
const minFirstBytes = 98_304;
const maxBytes = 262_144;

const spreadEntries = 96;
const minEntries = 64;
const minFirstEntries = 192;
const maxEntries = 384;

/** Keeps these hashes apart from those of the engine's trees. */
const seed = 0x5eaf0000;

/** A place between 0 and 1 that a position has at a level: 0 for rows, 1 for files, 2 for folders of files, … */
function chance(level: number, position: string): number {
  return hashKey(seed + level, utf8(position)) / 2 ** 32;
}

/**
 * Says whether a row begins a file, given that its position differs from that of the row before.
 *
 * @param bytes    bytes of the file so far
 * @param line     bytes of the row's line, with its line feed
 * @param isFirst  the file so far is its dataset's first
 */
export function beginsFile(bytes: number, line: number, position: string, isFirst: boolean): boolean {
  if (bytes >= maxBytes) return true;
  if (bytes < (isFirst ? minFirstBytes : minBytes)) return false;
  return chance(0, position) < line / spreadBytes;
}

/**
 * Says whether an entry begins a folder.
 *
 * @param count     entries of the folder so far
 * @param level     1 for files, 2 for folders of files, …
 * @param position  of the entry's first row
 * @param isFirst   the folder so far is its level's first
 */
export function beginsFolder(count: number, level: number, position: string, isFirst: boolean): boolean {
  if (count >= maxEntries) return true;
  if (count < (isFirst ? minFirstEntries : minEntries)) return false;
  return chance(level, position) < 1 / spreadEntries;
}
