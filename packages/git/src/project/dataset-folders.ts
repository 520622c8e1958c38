/** Puts the datasets of a snapshot into their folders: `dataset.json` and `rows/`. */
import { entries, fromUtf8, sameDigest, utf8, type Digest } from "@sheaf/core";
import type { Oid } from "../object.js";
import { oidOf } from "../oid.js";
import { modes } from "../tree.js";
import type { Placing } from "./dataset-pairs.js";
import { EarlierRows } from "./earlier-rows.js";
import type { Making } from "./making.js";
import { findPath, type Placed } from "./path-edit.js";
import { rowsFolder } from "./row-file.js";
import { projectRows } from "./row-folders.js";
import type { Earlier } from "./row-files.js";
import { datasetFile, printDatasetText } from "./texts.js";

/** The earlier snapshot's top tree and its tree of files. */
export interface EarlierTop {
  readonly tree: Oid;
  readonly files: Digest;
}

export class DatasetFolders {
  /** What is to change in the top tree. */
  readonly places = new Map<string, Placed | undefined>();
  /** Folders of rows that were put anew or taken away, with all that lay in them. */
  readonly renewed = new Set<string>();

  constructor(
    readonly making: Making,
    readonly base: EarlierTop | undefined,
  ) {}

  /** Says whether a path lies in a folder of rows that was put anew or taken away. */
  hasRenewed(path: string): boolean {
    const names = path.split("/");
    return names.some((_, i) => this.renewed.has(names.slice(0, i).join("/")));
  }

  /** Takes a dataset out of the folder that it was in. */
  remove({ folder }: Placing): void {
    this.places.set(`${folder}/${datasetFile}`, undefined);
    this.#placeRows(folder, undefined);
  }

  /** Puts a dataset into its folder, given what it was if it was. Throws `TreeLoss`. */
  async put(is: Placing, was: Placing | undefined): Promise<void> {
    this.#putText(is, was);
    const isThere = was?.folder === is.folder;
    const isSame = was && sameDigest(was.block.rows, is.block.rows);
    if (isThere && isSame) return;
    if (is.block.count === 0) return isThere ? this.#placeRows(is.folder, undefined) : undefined;
    const earlier = was && (await this.#earlier(was));
    const oid = earlier && isSame ? earlier.layout.root : await projectRows(this.making, is.block.rows, earlier);
    this.#placeRows(is.folder, { mode: modes.folder, oid });
  }

  #placeRows(folder: string, place: Placed | undefined): void {
    this.places.set(`${folder}/${rowsFolder}`, place);
    this.renewed.add(`${folder}/${rowsFolder}`);
  }

  #putText(is: Placing, was: Placing | undefined): void {
    const { sink, shelf } = this.making;
    const body = textOf(is);
    const oid = oidOf(shelf.git, "blob", body);
    const old = was && textOf(was);
    const like = old && ({ oid: oidOf(shelf.git, "blob", old), type: "blob", body: old } as const);
    if (like?.oid !== oid) sink.put("blob", body, like);
    this.places.set(`${is.folder}/${datasetFile}`, { mode: modes.file, oid });
  }

  /** How the dataset lay in the earlier tree; `undefined` when it had no rows, or other files lie among them. */
  async #earlier({ folder, block }: Placing): Promise<Earlier | undefined> {
    const { base, making } = this;
    const path = `${folder}/${rowsFolder}`;
    if (!base || block.count === 0 || (await hasFilesBelow(making, base.files, `${path}/`))) return undefined;
    const placed = await findPath(making.shelf, base.tree, path);
    return placed && { rows: block.rows, layout: await EarlierRows.open(making.shelf, placed.oid) };
  }
}

function textOf({ path, block }: Placing): Uint8Array {
  return printDatasetText({ id: block.id, path, meta: block.meta });
}

async function hasFilesBelow({ reader }: Making, files: Digest, prefix: string): Promise<boolean> {
  for await (const { key } of entries(reader, files, { from: utf8(prefix), limit: 1 }))
    return fromUtf8(key).startsWith(prefix);
  return false;
}
