/** Git's trees: one folder's entries ↔ the body of a tree object. */
import { badInput, compareText, fromUtf8, utf8, type Place } from "@sheaf/core";
import { isDotGitmodules, nameFault } from "./entry-name.js";
import type { Oid } from "./object.js";
import { oidBytes, readOid, writeOid, zeroOid } from "./oid.js";

/** What an entry can be. */
export const modes = { file: 0o100644, executable: 0o100755, link: 0o120000, folder: 0o040000, submodule: 0o160000 };

const knownModes: ReadonlySet<number> = new Set(Object.values(modes));
/** The bits of a mode that say what kind of thing it is, and its kind for a plain file. */
const kindBits = 0o170000;
const plainFile = 0o100000;
const ownerMayRun = 0o100;

export interface TreeEntry {
  /** One of {@link modes}. */
  readonly mode: number;
  readonly name: string;
  readonly oid: Oid;
}

export interface ParseTreeOptions {
  /**
   * What old tools wrote: a mode with a zero in front, or a file's with other bits (100664). `refuse` is the default; `mend` reads what is meant,
   * and then {@link printTree} gives other bytes than were read.
   */
  readonly oddModes?: "refuse" | "mend";
  /** Where the tree stands, for errors: commit, and folder as `file`. */
  readonly place?: Place;
}

/** Compares as git orders entries: by bytes, a folder as if its name ended in `/`. */
export function compareEntries(a: TreeEntry, b: TreeEntry): number {
  return compareText(sortName(a), sortName(b));
}

/**
 * Prints the body of a tree; entries may come in any order.
 *
 * Throws bad-input for what {@link parseTree} would refuse.
 */
export function printTree(entries: readonly TreeEntry[]): Uint8Array {
  const sorted = entries.toSorted(compareEntries);
  const heads = sorted.map(({ mode, name }) => utf8(`${mode.toString(8)} ${name}\0`));
  checkEntries(sorted, {});
  const body = new Uint8Array(heads.reduce((bytes, head) => bytes + head.length + oidBytes, 0));
  let at = 0;
  sorted.forEach(({ oid }, i) => {
    body.set(heads[i], at);
    writeOid(oid, body, at + heads[i].length);
    at += heads[i].length + oidBytes;
  });
  return body;
}

/**
 * Reads the body of a tree.
 *
 * Throws bad-input where `git fsck --strict` finds an error: a name that is not UTF-8, empty, `.`, `..`, `.git` in any spelling, holds a slash or stands twice;
 * entries out of order; a mode that git does not write; an entry that names nothing; a `.gitmodules` that is a link.
 */
export function parseTree(body: Uint8Array, options: ParseTreeOptions = {}): TreeEntry[] {
  const { place = {} } = options;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const end = space < 0 ? -1 : body.indexOf(0, space);
    if (end < 0 || end + 1 + oidBytes > body.length) throw badInput("the git tree is cut off", place);
    const name = parseName(body.subarray(space + 1, end), place);
    const mode = parseMode(body.subarray(at, space), name, options);
    entries.push({ mode, name, oid: readOid(body, end + 1) });
    at = end + 1 + oidBytes;
  }
  checkEntries(entries, place);
  return entries;
}

function parseName(bytes: Uint8Array, place: Place): string {
  try {
    return fromUtf8(bytes);
  } catch {
    const shown = JSON.stringify(new TextDecoder().decode(bytes));
    throw badInput(`the name ${shown} in the git tree is not UTF-8; rename the file`, place);
  }
}

function parseMode(digits: Uint8Array, name: string, { oddModes = "refuse", place = {} }: ParseTreeOptions): number {
  const text = String.fromCharCode(...digits.subarray(0, 12));
  const mode = /^[0-7]{1,7}$/.test(text) ? Number.parseInt(text, 8) : 0;
  const meant = (mode & kindBits) === plainFile ? (mode & ownerMayRun ? modes.executable : modes.file) : mode;
  const exact = meant === mode && !text.startsWith("0");
  if (knownModes.has(meant) && (exact || oddModes === "mend")) return meant;
  throw badInput(
    `the git tree gives ${JSON.stringify(name)} the mode ${JSON.stringify(text)}, which git does not write`,
    place,
  );
}

function checkEntries(entries: readonly TreeEntry[], place: Place): void {
  const names = new Set<string>();
  for (const [i, { mode, name, oid }] of entries.entries()) {
    const fault = nameFault(name) ?? entryFault(mode, name, oid);
    if (fault !== undefined) throw badInput(`the name ${JSON.stringify(name)} in the git tree ${fault}`, place);
    if (names.has(name)) throw badInput(`the name ${JSON.stringify(name)} stands twice in the git tree`, place);
    names.add(name);
    if (i > 0 && compareEntries(entries[i - 1], entries[i]) >= 0)
      throw badInput(`the name ${JSON.stringify(name)} stands out of order in the git tree`, place);
  }
}

function entryFault(mode: number, name: string, oid: Oid): string | undefined {
  if (!knownModes.has(mode)) return `has the mode ${mode.toString(8)}, which git does not write`;
  if (!name.isWellFormed()) return "holds half a character (a lone surrogate)";
  if (oid === zeroOid) return "names no object";
  return mode === modes.link && isDotGitmodules(name) ? "is a link, which git refuses" : undefined;
}

function sortName({ mode, name }: TreeEntry): string {
  return mode === modes.folder ? `${name}/` : name;
}
