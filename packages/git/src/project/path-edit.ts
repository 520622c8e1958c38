/** Changes files and folders in a git tree by their paths; reads and writes only the folders on the way. */
import { SheafError } from "@sheaf/core";
import type { Likeness, ObjectSink, Oid } from "../object.js";
import { modes, type TreeEntry } from "../tree.js";
import type { TreeShelf } from "./tree-shelf.js";

/** What is to stand at a path: a file, or a whole folder that was made already. */
export interface Placed {
  readonly mode: number;
  readonly oid: Oid;
}

/** What is to change, by path from the top. */
export interface PathEdits {
  /** What is to stand there; nothing for `undefined`. What stands below a path comes on top of what is put at it. */
  readonly places: ReadonlyMap<string, Placed | undefined>;
  /** Bodies of folders, the top being the empty path, to be used instead of those that their entries give; the entries are the same. */
  readonly bodies?: ReadonlyMap<string, Uint8Array>;
}

/** One folder's part of the edits: by the name of the entry. */
interface Edit {
  place?: Placed | undefined;
  hasPlace: boolean;
  body?: Uint8Array;
  readonly below: Map<string, Edit>;
}

/** Applies edits to a tree (`undefined`: one without entries) and gives the new one; folders without entries vanish, the top does not. Throws `TreeLoss`. */
export async function editPaths(
  shelf: TreeShelf,
  sink: ObjectSink,
  root: Oid | undefined,
  { places, bodies = new Map() }: PathEdits,
): Promise<Oid> {
  const top: Edit = { hasPlace: false, below: new Map() };
  for (const [path, place] of places) Object.assign(editAt(top, path), { place, hasPlace: true });
  for (const [path, body] of bodies) editAt(top, path).body = body;
  const edited = await new PathEditor(shelf, sink).folder(root, top, "");
  return edited ?? shelf.put(sink, []);
}

function editAt(top: Edit, path: string): Edit {
  let at = top;
  for (const name of path === "" ? [] : path.split("/")) {
    const next = at.below.get(name) ?? { hasPlace: false, below: new Map<string, Edit>() };
    at.below.set(name, next);
    at = next;
  }
  return at;
}

class PathEditor {
  constructor(
    readonly shelf: TreeShelf,
    readonly sink: ObjectSink,
  ) {}

  /** The folder after its part of the edits; `undefined` when nothing is left in it. */
  async folder(oid: Oid | undefined, { below, body }: Edit, path: string): Promise<Oid | undefined> {
    const entries = new Map((oid ? await this.shelf.read(oid) : []).map(entry => [entry.name, entry]));
    for (const [name, edit] of below) {
      const entry = await this.#entry(entries.get(name), name, edit, path === "" ? name : `${path}/${name}`);
      if (entry) entries.set(name, entry);
      else entries.delete(name);
    }
    const like = await this.shelf.like(oid);
    if (body) return this.#printed([...entries.values()], body, path, like);
    return entries.size > 0 ? this.shelf.put(this.sink, [...entries.values()], like) : undefined;
  }

  async #entry(old: TreeEntry | undefined, name: string, edit: Edit, path: string): Promise<TreeEntry | undefined> {
    const placed = edit.hasPlace ? edit.place : old;
    if (edit.below.size === 0 && !edit.body) return placed && { mode: placed.mode, name, oid: placed.oid };
    if (placed && placed.mode !== modes.folder) {
      if ([...edit.below.values()].every(isRemoval)) return { mode: placed.mode, name, oid: placed.oid };
      throw fileInTheWay(path);
    }
    const oid = await this.folder(placed?.oid, edit, path);
    return oid && { mode: modes.folder, name, oid };
  }

  async #printed(
    entries: readonly TreeEntry[],
    body: Uint8Array,
    path: string,
    like: Likeness | undefined,
  ): Promise<Oid> {
    const oid = this.shelf.putBody(this.sink, body, like);
    const own = new Map((await this.shelf.read(oid)).map(entry => [entry.name, entry]));
    const same = ({ name, mode, oid: named }: TreeEntry) =>
      own.get(name)?.mode === mode && own.get(name)?.oid === named;
    if (own.size === entries.length && entries.every(same)) return oid;
    throw new SheafError(
      "corrupt-block",
      { cid: oid },
      `the git tree kept for ${JSON.stringify(path)} does not hold what its commit holds; run sheaf verify`,
    );
  }
}

function isRemoval({ hasPlace, place, below, body }: Edit): boolean {
  return !body && (!hasPlace || !place) && [...below.values()].every(isRemoval);
}

function fileInTheWay(path: string): SheafError<"refused"> {
  return new SheafError(
    "refused",
    { file: path },
    `${path}: a file stands where git needs a folder; rename the file or what lies below`,
  );
}

/** What stands at a path below a tree; `undefined` when nothing does. Throws `TreeLoss`. */
export async function findPath(shelf: TreeShelf, root: Oid, path: string): Promise<Placed | undefined> {
  let found: Placed | undefined = { mode: modes.folder, oid: root };
  for (const name of path === "" ? [] : path.split("/")) {
    if (found?.mode !== modes.folder) return undefined;
    const entries: readonly TreeEntry[] = await shelf.read(found.oid);
    found = entries.find(entry => entry.name === name);
  }
  return found;
}
