/** The objects of one commit under adoption, looked up where they are said to be, with the place for errors at hand. */
import { badInput, maxKeyBytes, SheafError, utf8, type Place } from "@sheaf/core";
import type { ObjectSource, ObjectType, Oid } from "../object.js";
import { modes, parseTree, type TreeEntry } from "../tree.js";

/** Parsed folders that are kept. */
const keptFolders = 4096;
/**
 * Most entries that the trees of one commit may show us: beyond any real repository, and far below what a tree of trees of the same tree, a few kilobytes of
 * them, can pretend to hold.
 */
const maxEntries = 2_000_000;

/** Says whether the entry is a folder. */
export function isFolder(entry: TreeEntry | undefined): boolean {
  return entry?.mode === modes.folder;
}

/** The folder that an entry names; `undefined` when it is none. */
export function folderOf(entry: TreeEntry | undefined): Oid | undefined {
  return entry?.mode === modes.folder ? entry.oid : undefined;
}

/** The path of what has this name in a folder. */
export function pathIn(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** A folder of git's, read. */
interface Folder {
  readonly entries: readonly TreeEntry[];
  /** It has modes that were mended, so that its entries print otherwise. */
  readonly isOdd: boolean;
}

/** The folders that were read lately, kept from one commit to the next. */
export class Folders {
  readonly #kept = new Map<Oid, Folder>();

  constructor(readonly mostEntries = maxEntries) {}

  get(tree: Oid): Folder | undefined {
    const folder = this.#kept.get(tree);
    if (!folder) return undefined;
    this.#kept.delete(tree);
    this.#kept.set(tree, folder);
    return folder;
  }

  set(tree: Oid, folder: Folder): void {
    this.#kept.set(tree, folder);
    if (this.#kept.size <= keptFolders) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest);
  }
}

/** An object that a commit names did not come with it. */
export class LostObject extends SheafError<"bad-input"> {
  constructor(type: ObjectType, oid: Oid, place: Place) {
    const { code, data, message } = badInput(`the git ${type} ${oid} is missing; fetch anew`, place);
    super(code, data, message);
  }
}

/** What else is asked where the source does not have an object: for commits that others have not sent, as they are here. */
export interface Fallback {
  entries(tree: Oid): Promise<readonly TreeEntry[] | undefined>;
  file(path: string, oid: Oid): Promise<Uint8Array | undefined>;
}

export class CommitObjects {
  readonly place: Place;
  #seen = 0;

  constructor(
    readonly source: ObjectSource,
    commit: Oid,
    readonly folders: Folders = new Folders(),
    readonly fallback?: Fallback,
  ) {
    this.place = { commit };
  }

  /** The entries of a folder, odd modes mended. Throws bad-input for what git would not take, and for submodules. */
  async entries(tree: Oid, folder: string): Promise<readonly TreeEntry[]> {
    const { entries } = await this.#folder(tree, folder);
    this.#seen += entries.length;
    const most = this.folders.mostEntries;
    if (this.#seen > most) throw badInput(`its trees show more than ${most} files`, this.place);
    return entries;
  }

  /** Says whether a folder has modes that were mended. */
  async isOdd(tree: Oid, folder: string): Promise<boolean> {
    return (await this.#folder(tree, folder)).isOdd;
  }

  /** The bytes of a file. */
  async blob(oid: Oid, path: string): Promise<Uint8Array> {
    const found = await this.source.read(oid);
    if (found?.type === "blob") return found.body;
    return (await this.fallback?.file(path, oid)) ?? this.body(oid, "blob", path);
  }

  /** The body of an object of this type. Throws bad-input when it is not there. */
  async body(oid: Oid, type: ObjectType, path?: string): Promise<Uint8Array> {
    const found = await this.source.read(oid);
    if (found?.type === type) return found.body;
    if (!found) throw new LostObject(type, oid, this.at(path));
    throw badInput(`the git ${type} ${oid} is a ${found.type}`, this.at(path));
  }

  /** The place of a file or folder. */
  at(path: string | undefined, line?: number): Place {
    return { ...this.place, ...(path && { file: path }), ...(line !== undefined && { line }) };
  }

  async #folder(tree: Oid, folder: string): Promise<Folder> {
    const known = this.folders.get(tree);
    if (known) return known;
    const found = await this.source.read(tree);
    const projected = found ? undefined : await this.fallback?.entries(tree);
    const read = projected
      ? { entries: projected, isOdd: false }
      : this.#parse(await this.body(tree, "tree", folder), folder);
    this.folders.set(tree, read);
    return read;
  }

  #parse(body: Uint8Array, folder: string): Folder {
    let isOdd = false;
    let entries: TreeEntry[];
    try {
      entries = parseTree(body);
    } catch {
      isOdd = true;
      entries = parseTree(body, { oddModes: "mend", place: this.at(folder) });
    }
    for (const { mode, name } of entries) this.#check(mode, pathIn(folder, name));
    return { entries, isOdd };
  }

  #check(mode: number, path: string): void {
    if (mode === modes.submodule)
      throw badInput("a submodule cannot be adopted; put its files in its place", this.at(path));
    if (path.length * 3 > maxKeyBytes && utf8(path).length > maxKeyBytes)
      throw badInput(`its path is longer than ${maxKeyBytes} bytes`, this.at(`${path.slice(0, 60)}…`));
  }
}
