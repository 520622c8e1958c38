/** Files of a projection made again from the blocks, one at a time, given the trees that hold them. */
import {
  decodeDataset,
  decodeSnapshot,
  get,
  linkedDigest,
  utf8,
  type BlockReader,
  type DatasetBlock,
  type Digest,
} from "@sheaf/core";
import type { Oid } from "../object.js";
import { EarlierRows } from "./earlier-rows.js";
import type { Layouts } from "./layout.js";
import { findPath } from "./path-edit.js";
import { nameAt, positionAt, rowsEnding, rowsFolder } from "./row-file.js";
import { linesBetween } from "./row-lines.js";
import { fileOf } from "./snapshot-files.js";
import { datasetFile, formatFile, formatText, printDatasetText } from "./texts.js";
import type { TreeShelf } from "./tree-shelf.js";

/** The files of one snapshot's projection. */
export class ProjectedFiles {
  /** @param tree  the projection's top tree */
  constructor(
    readonly reader: BlockReader,
    readonly shelf: TreeShelf,
    readonly layouts: Layouts,
    readonly snapshot: Digest,
    readonly tree: Oid,
  ) {}

  /** The bytes at a path; `undefined` when no file is there. Throws `TreeLoss`. */
  async read(path: string): Promise<Uint8Array | undefined> {
    if (path === formatFile) return formatText;
    const { datasets, files } = decodeSnapshot(await this.reader.load(this.snapshot));
    const around = (await this.layouts.of(this.reader, datasets)).datasetAround(path);
    const own = around && (await this.#own(datasets, around.path, around.below, path));
    if (own) return own;
    const value = await get(this.reader, files, utf8(path));
    return value && (await this.reader.load(fileOf(value).digest));
  }

  async #own(datasets: Digest, dataset: string, below: string, path: string): Promise<Uint8Array | undefined> {
    const value = await get(this.reader, datasets, utf8(dataset));
    if (!value) return undefined;
    const block = decodeDataset(await this.reader.load(linkedDigest(value)));
    if (below === datasetFile) return printDatasetText({ id: block.id, path: dataset, meta: block.meta });
    if (!below.startsWith(`${rowsFolder}/`) || !below.endsWith(rowsEnding)) return undefined;
    return this.#rows(block, path.slice(0, -below.length), path);
  }

  async #rows({ rows }: DatasetBlock, folder: string, path: string): Promise<Uint8Array | undefined> {
    const top = await findPath(this.shelf, this.tree, `${folder}${rowsFolder}`);
    if (!top || !(await findPath(this.shelf, this.tree, path))) return undefined;
    const name = path.slice(path.lastIndexOf("/") + 1, -rowsEnding.length);
    const { position, next } = await (await EarlierRows.open(this.shelf, top.oid)).find(0, positionAt(name));
    return nameAt(position) === name ? linesBetween(this.reader, rows, position, next) : undefined;
  }
}
