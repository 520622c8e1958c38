/**
 * The files of a dataset's rows in their order, and which of them differ from the base's.
 *
 * All `*.jsonl` below `rows/`, in the byte order of their paths' segments with the ending set aside, a file before a folder of the same name.
 */
import { badInput, compareText } from "@sheaf/core";
import type { Oid } from "../object.js";
import { modes, type TreeEntry } from "../tree.js";
import { isFolder, pathIn, type CommitObjects } from "./objects.js";

/** A file of rows, or a folder that holds such files at some depth. `path` is whole. */
export interface RowFile {
  readonly path: string;
  readonly oid: Oid;
  readonly isFolder: boolean;
}

/** Where rows are: a `rows` folder with its path, or nothing. */
export interface RowsFolder {
  readonly objects: CommitObjects;
  readonly path: string;
  readonly tree: Oid | undefined;
}

/** Unchanged files and folders side by side, or a run of changed files: those of the new tree, and those of the base that they stand for. */
export type Stretch =
  { readonly same: readonly RowFile[] } | { readonly after: readonly RowFile[]; readonly before: readonly RowFile[] };

const ending = ".jsonl";

/** Says whether a file below `rows/` holds rows. */
export function isRowFile(name: string): boolean {
  return name.endsWith(ending);
}

interface Ranked extends RowFile {
  readonly rank: string;
}

/** Finds rows files in folders. */
export class RowFiles {
  readonly #holds = new Map<Oid, boolean>();

  /** Says whether a file of rows lies below the folder, at any depth. */
  async hasRows({ objects, path, tree }: RowsFolder): Promise<boolean> {
    if (tree === undefined) return false;
    const known = this.#holds.get(tree);
    if (known !== undefined) return known;
    const found = await this.#search({ objects, path, tree });
    this.#holds.set(tree, found);
    return found;
  }

  async #search({ objects, path, tree }: RowsFolder & { tree: Oid }): Promise<boolean> {
    const entries = await objects.entries(tree, path);
    if (entries.some(entry => !isFolder(entry) && isRowFile(entry.name))) return true;
    for (const { mode, name, oid } of entries)
      if (mode === modes.folder && (await this.hasRows({ objects, path: pathIn(path, name), tree: oid }))) return true;
    return false;
  }

  /** Every file of rows below the folder, in order. */
  async list(folder: RowsFolder): Promise<readonly RowFile[]> {
    const files: RowFile[] = [];
    await this.#flatten(folder, files);
    return files;
  }

  /**
   * Compares two `rows` folders and gives their stretches in order; a run stands between two that are the same.
   *
   * @param forced  paths of files that are to count as changed though they are not
   */
  async compare(before: RowsFolder, after: RowsFolder, forced: ReadonlySet<string> = new Set()): Promise<Stretch[]> {
    const stretches = new Stretches();
    await this.#compare(before, after, forced, stretches);
    return stretches.list;
  }

  async #compare(before: RowsFolder, after: RowsFolder, forced: ReadonlySet<string>, out: Stretches): Promise<void> {
    const [old, now] = [await this.#entries(before), await this.#entries(after)];
    for (let i = 0, j = 0; i < old.length || j < now.length;) {
      const order = i === old.length ? 1 : j === now.length ? -1 : compareRanked(old[i], now[j]);
      const [a, b] = [order <= 0 ? old[i++] : undefined, order >= 0 ? now[j++] : undefined];
      if (a && b && a.oid === b.oid && !isForced(b.path, forced)) {
        if (!b.isFolder || (await this.hasRows(folderAt(after, b)))) out.same(b);
      } else if (a?.isFolder || b?.isFolder) await this.#compare(folderAt(before, a), folderAt(after, b), forced, out);
      else out.changed(a, b);
    }
  }

  async #flatten(folder: RowsFolder, files: RowFile[]): Promise<void> {
    for (const file of await this.#entries(folder))
      if (file.isFolder) await this.#flatten(folderAt(folder, file), files);
      else files.push(file);
  }

  async #entries({ objects, path, tree }: RowsFolder): Promise<Ranked[]> {
    if (tree === undefined) return [];
    const entries = await objects.entries(tree, path);
    return entries.flatMap(entry => rankedOf(entry, pathIn(path, entry.name), objects)).sort(compareRanked);
  }
}

function rankedOf(entry: TreeEntry, path: string, objects: CommitObjects): Ranked[] {
  const { mode, name, oid } = entry;
  if (isFolder(entry)) return [{ path, oid, isFolder: true, rank: name }];
  if (!isRowFile(name)) return [];
  if (mode === modes.link)
    throw badInput("a link stands where a file of rows must be; put the file in its place", objects.at(path));
  return [{ path, oid, isFolder: false, rank: name.slice(0, -ending.length) }];
}

function compareRanked(a: Ranked, b: Ranked): number {
  return compareText(a.rank, b.rank) || Number(a.isFolder) - Number(b.isFolder);
}

function folderAt(parent: RowsFolder, file: RowFile | undefined): RowsFolder {
  return { objects: parent.objects, path: file?.path ?? parent.path, tree: file?.oid };
}

function isForced(path: string, forced: ReadonlySet<string>): boolean {
  for (const one of forced) if (one === path || one.startsWith(`${path}/`)) return true;
  return false;
}

/** Gathers stretches. */
class Stretches {
  readonly list: Stretch[] = [];
  #same: RowFile[] | undefined;
  #run: { after: RowFile[]; before: RowFile[] } | undefined;

  same(file: RowFile): void {
    this.#run = undefined;
    if (!this.#same) this.list.push({ same: (this.#same = []) });
    this.#same.push(file);
  }

  changed(before: RowFile | undefined, after: RowFile | undefined): void {
    this.#same = undefined;
    if (!this.#run) this.list.push((this.#run = { after: [], before: [] }));
    if (before) this.#run.before.push(before);
    if (after) this.#run.after.push(after);
  }
}
