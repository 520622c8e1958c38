/**
 * Which commits adoption would mistake, and so are marked.
 *
 * What a commit has byte for byte as a parent is not read again when it is adopted: what the parent holds stands for it. That is wrong where somebody else wrote the
 * parent's file, adoption settled it otherwise than it says, and the commit's projection writes just these bytes there, and means them. Such a commit is
 * marked, and adopted as if its parents were written by their projections.
 */
import {
  decodeSnapshot,
  entries,
  fromUtf8,
  get,
  isObject,
  parseJson,
  rowKey,
  type Digest,
  type Snapshot,
} from "@sheaf/core";
import type { Oid } from "../object.js";
import { oidOf } from "../oid.js";
import { modes } from "../tree.js";
import { changedDatasets, type Pair, type Placing } from "./dataset-pairs.js";
import { pathOfFolder } from "./folder.js";
import type { Making } from "./making.js";
import { keptFile } from "./overlay.js";
import { findPath } from "./path-edit.js";
import { rowsEnding, rowsFolder } from "./row-file.js";
import type { Base } from "./snapshot.js";
import { datasetFile } from "./texts.js";

/** A parent that was adopted: its snapshot with its projection, and what adoption laid over that. */
export interface Adopted extends Base {
  readonly files: Digest;
}

/** Says whether a commit of this snapshot, projected, would be mistaken on this parent. Throws `TreeLoss`. */
export async function isMistaken(making: Making, own: Base, parent: Adopted): Promise<boolean> {
  const read = async ({ snapshot }: Base) => decodeSnapshot(await making.reader.load(snapshot));
  const comparison = new Comparison(making, own, parent);
  return comparison.run(await read(parent), await read(own));
}

class Comparison {
  /** The parent's datasets that are otherwise in the commit, by path. */
  readonly #before = new Map<string, Placing>();
  /** The commit's, by path and by id. */
  readonly #now = new Map<string, Placing>();
  readonly #byId = new Map<string, Placing>();

  constructor(
    readonly making: Making,
    readonly own: Base,
    readonly parent: Adopted,
  ) {}

  async run(before: Snapshot, now: Snapshot): Promise<boolean> {
    for (const pair of await this.#pairs(before, now)) this.#add(pair);
    if (this.#before.size === 0) return false;
    const { reader } = this.making;
    for await (const { key, value } of entries(reader, this.parent.files)) {
      const path = fromUtf8(key);
      const kept = keptFile(path, value);
      if (kept && kept.mode !== modes.folder && (await this.#isMistaken(path, kept.digest))) return true;
    }
    return false;
  }

  async #pairs({ datasets }: Snapshot, now: Snapshot): Promise<Pair[]> {
    const { making } = this;
    const layout = await making.layouts.of(making.reader, datasets);
    return (await changedDatasets(making, { datasets, layout }, now.datasets)).pairs;
  }

  #add({ was, is }: Pair): void {
    if (was) this.#before.set(was.path, was);
    if (!is) return;
    this.#now.set(is.path, is);
    this.#byId.set(is.block.id, is);
  }

  async #isMistaken(path: string, kept: Digest): Promise<boolean> {
    const names = path.split("/");
    const rows = names.indexOf(rowsFolder, 1);
    if (rows < 0) return names.at(-1) === datasetFile && this.#isOtherId(names.slice(0, -1).join("/"), path, kept);
    return path.endsWith(rowsEnding) && this.#areOtherRows(names.slice(0, rows).join("/"), names.slice(rows), kept);
  }

  /** Says whether a `dataset.json` gives the id that the commit's dataset has and the parent's, at the same path, has not. */
  async #isOtherId(folder: string, path: string, kept: Digest): Promise<boolean> {
    const at = pathOfFolder(folder);
    const [was, is] = [this.#before.get(at), this.#now.get(at)];
    if (!was || !is || was.block.id === is.block.id) return false;
    return (await this.#oidAt(this.own.tree, path)) === this.#oidOf(await this.making.reader.load(kept));
  }

  /** Says whether a file of rows says what the commit's dataset holds and the parent's, of the same id, does not. */
  async #areOtherRows(folder: string, below: readonly string[], kept: Digest): Promise<boolean> {
    const was = this.#before.get(pathOfFolder(folder));
    const is = was && this.#byId.get(was.block.id);
    if (!is) return false;
    const own = await this.#oidAt(this.own.tree, [is.folder, ...below].join("/"));
    if (own === undefined || own === (await this.#oidAt(this.parent.tree, [was.folder, ...below].join("/"))))
      return false;
    const body = await this.making.reader.load(kept);
    return own === this.#oidOf(body) && !(await this.#hasAll(was, body));
  }

  /** Says whether a dataset holds the rows of a file that the projection could have written, at the positions that it gives. */
  async #hasAll({ block }: Placing, body: Uint8Array): Promise<boolean> {
    for (const line of fromUtf8(body).split("\n")) {
      const row = line === "" ? undefined : parseJson(line);
      const [id, position] = isObject(row) ? [row["@id"], row["@pos"]] : [];
      if (typeof id !== "string" || typeof position !== "string") continue;
      if (!(await get(this.making.reader, block.rows, rowKey(position, id)))) return false;
    }
    return true;
  }

  async #oidAt(tree: Oid, path: string): Promise<Oid | undefined> {
    return (await findPath(this.making.shelf, tree, path))?.oid;
  }

  #oidOf(body: Uint8Array): Oid {
    return oidOf(this.making.shelf.git, "blob", body);
  }
}
