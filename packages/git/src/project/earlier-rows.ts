/** How an earlier version of a dataset lies in files and folders, read from its git trees: only the folders on the way to what is asked. */
import type { Oid } from "../object.js";
import { modes, type TreeEntry } from "../tree.js";
import { positionAt, rowsEnding } from "./row-file.js";
import type { TreeShelf } from "./tree-shelf.js";

/** A file of rows or a folder of such, by the position that begins it: empty for what begins with the first row. */
export interface Piece {
  readonly position: string;
  readonly oid: Oid;
}

/** A piece and where the next one of its level begins; `undefined` when it is the last. */
export interface Stretch extends Piece {
  readonly next: string | undefined;
}

/** Levels: 0 are files, 1 folders of files, … `height` is that of `rows/` itself. All methods throw `TreeLoss`. */
export class EarlierRows {
  private constructor(
    readonly shelf: TreeShelf,
    readonly root: Oid,
    readonly height: number,
  ) {}

  static async open(shelf: TreeShelf, root: Oid): Promise<EarlierRows> {
    let height = 1;
    for (let at = root; ;) {
      const first = (await shelf.read(at)).find(isOwn);
      if (first?.mode !== modes.folder) return new EarlierRows(shelf, root, height);
      at = first.oid;
      height++;
    }
  }

  /** The last piece of the level that begins at the position or before it; with `strictly`, before it. */
  async find(level: number, position: string, strictly = false): Promise<Stretch> {
    let found: Stretch = { position: "", oid: this.root, next: undefined };
    for (let above = this.height; above > level; above--) {
      const pieces = await this.#pieces(found.oid);
      const beyond = pieces.findIndex(piece => (strictly ? piece.position >= position : piece.position > position));
      const at = (beyond < 0 ? pieces.length : Math.max(beyond, 1)) - 1;
      found = { ...pieces[at], next: at + 1 < pieces.length ? pieces[at + 1].position : found.next };
    }
    return found;
  }

  /** Says whether a piece of the level begins at the position. */
  async begins(level: number, position: string): Promise<boolean> {
    return (await this.find(level, position)).position === position;
  }

  /** The pieces of a level in order, from the one that begins at the position. */
  async *piecesFrom(level: number, position: string): AsyncGenerator<Piece, void, undefined> {
    if (level === this.height) return yield { position: "", oid: this.root };
    for (let from: string | undefined = position; from !== undefined;) {
      const folder: Stretch = await this.find(level + 1, from);
      for (const piece of await this.#pieces(folder.oid)) if (piece.position >= from) yield piece;
      from = folder.next;
    }
  }

  async #pieces(oid: Oid): Promise<Piece[]> {
    const entries = (await this.shelf.read(oid)).filter(isOwn);
    return entries.map(entry => ({ position: positionOf(entry.name), oid: entry.oid }));
  }
}

/** Says whether an entry is of the projection's making; other files may lie beside. */
function isOwn({ mode, name }: TreeEntry): boolean {
  return mode === modes.folder ? /^[0-9a-z]+-?$/.test(name) : name.endsWith(rowsEnding);
}

function positionOf(name: string): string {
  return positionAt(name.endsWith(rowsEnding) ? name.slice(0, -rowsEnding.length) : name);
}
