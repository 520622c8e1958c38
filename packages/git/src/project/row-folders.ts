/** Puts files of rows into folders, and these into folders, up to the one that is `rows/`; as with the files, only around what differs from an earlier version. */
import type { Digest } from "@sheaf/core";
import type { Oid } from "../object.js";
import { modes, type TreeEntry } from "../tree.js";
import { beginsFolder } from "./cut.js";
import type { EarlierRows, Piece } from "./earlier-rows.js";
import type { Making } from "./making.js";
import { nameAt, rowsEnding } from "./row-file.js";
import { cutRows, type Earlier, type Splice } from "./row-files.js";

/** Projects a dataset's rows, of which there is at least one: gives the tree that is its `rows/`. Throws `TreeLoss` when the earlier version is not at hand. */
export async function projectRows(making: Making, rows: Digest, earlier?: Earlier): Promise<Oid> {
  let splices = await cutRows(making, rows, earlier);
  for (let level = 1; ; level++) {
    const folders = new FolderLevel(making, level, splices, earlier?.layout);
    splices = await folders.cut();
    const top = await onlyPiece(level, splices, earlier?.layout);
    if (top) return top.oid;
  }
}

/** The piece of a level, if there is just one. */
async function onlyPiece(level: number, splices: readonly Splice[], earlier?: EarlierRows): Promise<Piece | undefined> {
  let only: Piece | undefined;
  for await (const { piece } of merged(level, "", splices, earlier)) {
    if (only) return undefined;
    only = piece;
  }
  return only;
}

interface Merged {
  readonly piece: Piece;
  /** How many splices stand before it or hold it. */
  readonly splices: number;
  readonly isNew: boolean;
}

/** The pieces of a level from a place on: the earlier ones with the splices in their places. */
async function* merged(
  level: number,
  from: string,
  splices: readonly Splice[],
  earlier: EarlierRows | undefined,
): AsyncGenerator<Merged, void, undefined> {
  let at = from;
  for (const [n, splice] of splices.entries()) {
    if (earlier && level <= earlier.height && at < splice.from)
      for await (const piece of earlier.piecesFrom(level, at)) {
        if (piece.position >= splice.from) break;
        yield { piece, splices: n, isNew: false };
      }
    for (const piece of splice.pieces) yield { piece, splices: n + 1, isNew: true };
    if (splice.to === undefined) return;
    at = splice.to;
  }
  if (earlier && level <= earlier.height)
    for await (const piece of earlier.piecesFrom(level, at)) yield { piece, splices: splices.length, isNew: false };
}

/** The folders of one level, made of the pieces of the level below. */
class FolderLevel {
  constructor(
    readonly making: Making,
    readonly level: number,
    readonly below: readonly Splice[],
    readonly earlier: EarlierRows | undefined,
  ) {}

  /** What differs from the earlier folders of this level. */
  async cut(): Promise<Splice[]> {
    const splices: Splice[] = [];
    for (let done = 0; done < this.below.length;) {
      const run = await this.#run(await this.#start(this.below[done].from), done);
      splices.push(run.splice);
      done = run.done;
    }
    return splices;
  }

  /** The earlier level of these folders, if it had one. */
  get #old(): EarlierRows | undefined {
    return this.earlier && this.level <= this.earlier.height ? this.earlier : undefined;
  }

  /** Where the earlier folder begins that a change of the level below falls into. The piece that begins a change is always one that began there before. */
  async #start(position: string): Promise<string> {
    return this.#old ? (await this.#old.find(this.level, position)).position : "";
  }

  async #run(from: string, first: number): Promise<{ splice: Splice; done: number }> {
    const folders: Piece[] = [];
    let folder: Piece[] = [];
    for await (const { piece, splices, isNew } of merged(this.level - 1, from, this.below.slice(first), this.earlier)) {
      if (this.#isFull(folder, piece)) {
        folders.push(await this.#put(folder));
        if (!isNew && (await this.#old?.begins(this.level, piece.position)))
          return { splice: { from, to: piece.position, pieces: folders }, done: first + splices };
        folder = [];
      }
      folder.push(piece);
    }
    if (folder.length > 0) folders.push(await this.#put(folder));
    return { splice: { from, to: undefined, pieces: folders }, done: this.below.length };
  }

  #isFull(folder: readonly Piece[], { position }: Piece): boolean {
    const isFirst = folder[0]?.position === "";
    const candidate = { size: folder.length, adds: 1, position, isFirst };
    return folder.length > 0 && beginsFolder(this.level, candidate, this.making.sizes);
  }

  async #put(pieces: readonly Piece[]): Promise<Piece> {
    const { position } = pieces[0];
    const entries = pieces.map((piece): TreeEntry => ({
      mode: this.level === 1 ? modes.file : modes.folder,
      name: nameAt(piece.position) + (this.level === 1 ? rowsEnding : ""),
      oid: piece.oid,
    }));
    const old = await this.#old?.find(this.level, position);
    return { position, oid: this.making.shelf.put(this.making.sink, entries, await this.making.shelf.like(old?.oid)) };
  }
}
