/** Applies a list of changes to a snapshot: patches, datasets made, renamed and removed, files. All or nothing, for it only builds. */
import type { Blocks } from "../block/blocks.js";
import { raw } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { checkPath } from "../dataset/path.js";
import { encode, Link } from "../item/cbor.js";
import { compareBytes, utf8 } from "../text.js";
import { editTree } from "../tree/edit.js";
import type { Context } from "./context.js";
import { moveBeside } from "./beside.js";
import { changeColumns, editItems } from "./columns.js";
import type { Change, ColumnChange, Committed, CommitOptions, ItemEdit, Rev, Watch } from "./contract.js";
import { findDataset, noDataset, putDatasets } from "./dataset-tree.js";
import { newDataset, takenPath } from "./import.js";
import { insertRow } from "./insert.js";
import { patchDataset } from "./patch.js";
import { datasetThen } from "./restoring.js";
import { commitEdit, type Base, type Draft } from "./write.js";

/** The mode of an ordinary file in git. */
const fileMode = 0o100644;

/** Makes one commit of these changes, in their order. */
export function editRepository(
  context: Context,
  command: string,
  changes: readonly Change[],
  options: CommitOptions,
): Promise<Committed> {
  const build = async (blocks: Blocks, base: Base): Promise<Draft> => {
    const work = new Work(context, blocks, base);
    for (const change of changes) await work.apply(change, options);
    return work.draft();
  };
  return commitEdit(
    context,
    { command, touches: touchedBy(changes), isRebuilt: changes.some(looksAround) },
    options,
    build,
  );
}

/** The paths of the datasets that the changes are about. */
export function touchedBy(changes: readonly Change[]): string[] {
  return changes.flatMap(change =>
    "file" in change ? [] : "rename" in change ? [change.dataset, change.rename] : [change.dataset],
  );
}

/** Says whether a change depends on more than the rows that it names: it tests what is there, or appends under an id that must be free. */
function looksAround(change: Change): boolean {
  if ("insert" in change || "move" in change || "columns" in change || "items" in change || "restore" in change)
    return true;
  return "patch" in change && change.patch.some(({ op, path }) => op === "test" || path === "/items/-");
}

/** A snapshot that is being changed. What it reads of the base stays as it is. */
export class Work {
  #datasets = new Map<string, DatasetBlock | undefined>();
  #files = new Map<string, Uint8Array | undefined>();
  /** How many datasets were made at a path. */
  #made = new Map<string, number>();
  #said: readonly Said[] = [];
  /** Ids of the rows that were appended without one, in order. */
  made: readonly string[] = [];
  /** Rows in which columns changed; only where columns were edited. */
  rows: number | undefined;

  constructor(
    readonly context: Context,
    readonly blocks: Blocks,
    readonly base: Base,
  ) {}

  /** The same work so far, to go on with while this one stays as it is; on another base if it was carried over to one. */
  fork(base?: Base): Work {
    const fork = new Work(this.context, this.blocks, base ?? this.base);
    fork.#said = this.#said;
    if (base) return fork;
    fork.#datasets = new Map(this.#datasets);
    fork.#files = new Map(this.#files);
    fork.#made = new Map(this.#made);
    return fork;
  }

  /** Takes over what another work says that it did. */
  sayAlso(other: Work): void {
    this.#said = [...this.#said, ...other.#said];
  }

  async apply(change: Change, watch: Watch = {}): Promise<void> {
    if ("file" in change) this.#file(change);
    else if ("patch" in change) await this.#patch(change.dataset, change.patch);
    else if ("insert" in change) await this.#insert(change);
    else if ("create" in change) await this.#create(change.dataset, change.create.meta ?? {});
    else if ("rename" in change) await this.#rename(change.dataset, change.rename);
    else if ("move" in change) await this.#move(change);
    else if ("restore" in change) await this.#restore(change.dataset, change.restore);
    else if ("columns" in change) await this.#columns(change.dataset, change.columns, watch);
    else if ("items" in change) await this.#items(change.dataset, change.items, watch);
    else await this.#remove(change.dataset);
  }

  async draft(): Promise<Draft> {
    const snapshot = await putDatasets(this.blocks, this.base.snapshot, this.#datasets);
    const files = await editTree(
      this.blocks,
      snapshot.files,
      Array.from(this.#files, ([path, value]) => ({ key: utf8(path), value })).sort((a, b) =>
        compareBytes(a.key, b.key),
      ),
    );
    return { snapshot: { ...snapshot, files: files.root }, summary: summaryOf(this.#said) };
  }

  async #patch(path: string, patch: Extract<Change, { patch: unknown }>["patch"]): Promise<void> {
    const { dataset, rows, made } = await patchDataset(this.context, this.blocks, path, await this.#need(path), patch);
    this.#datasets.set(path, dataset);
    this.made = [...this.made, ...made];
    this.#say(`patch ${path}`, rows);
  }

  async #insert({ dataset: path, insert, id, beside }: Extract<Change, { insert: unknown }>): Promise<void> {
    const row = { item: insert, id, beside };
    const inserted = await insertRow(this.context, this.blocks, path, await this.#need(path), row);
    this.#datasets.set(path, inserted.dataset);
    if (id === undefined) this.made = [...this.made, inserted.id];
    this.#say(`insert into ${path}`, 1);
  }

  async #create(path: string, meta: DatasetBlock["meta"]): Promise<void> {
    checkPath(path);
    if (await this.find(path)) throw takenPath(path);
    // One that was made here and renamed in the same edit has its id already.
    const nth = this.#made.get(path) ?? 0;
    this.#made.set(path, nth + 1);
    const seed = nth === 0 ? path : `${path}\0${nth}`;
    this.#datasets.set(path, await newDataset(this.context, this.blocks, this.base, path, meta, seed));
    this.#say(`create ${path}`);
  }

  async #rename(from: string, to: string): Promise<void> {
    checkPath(to);
    const dataset = await this.#need(from);
    if (await this.find(to)) throw takenPath(to);
    this.#datasets.set(from, undefined).set(to, dataset);
    this.#say(`rename ${from} to ${to}`);
  }

  async #remove(path: string): Promise<void> {
    await this.#need(path);
    this.#datasets.set(path, undefined);
    this.#say(`remove ${path}`);
  }

  async #move({ dataset: path, move: id, beside }: Extract<Change, { move: string }>): Promise<void> {
    this.#datasets.set(path, await moveBeside(this.blocks, await this.#need(path), path, id, beside));
    this.#say(`move ${id} in ${path}`);
  }

  async #restore(path: string, from: Rev): Promise<void> {
    const { dataset, summary } = await datasetThen(this.context, this.blocks, path, await this.find(path), from);
    this.#datasets.set(path, dataset);
    this.#say(summary);
  }

  async #columns(path: string, change: ColumnChange, watch: Watch): Promise<void> {
    const { dataset, rows, summary } = await changeColumns(this.blocks, path, await this.#need(path), change, watch);
    this.#datasets.set(path, dataset);
    this.rows = (this.rows ?? 0) + rows;
    this.#say(summary);
  }

  async #items(path: string, edit: ItemEdit, watch: Watch): Promise<void> {
    const { dataset, rows } = await editItems(this.blocks, await this.#need(path), edit, watch);
    this.#datasets.set(path, dataset);
    this.#say(`edit ${path}`, rows);
  }

  #file({ file, content, mode = fileMode }: Extract<Change, { file: string }>): void {
    checkPath(file);
    this.#files.set(file, content === null ? undefined : encode([mode, new Link(this.blocks.put(content), raw)]));
    this.#say(`${content === null ? "remove" : "write"} ${file}`);
  }

  #say(what: string, rows?: number): void {
    this.#said = [...this.#said, { what, rows }];
  }

  /** The dataset at a path as it is by now. */
  async find(path: string): Promise<DatasetBlock | undefined> {
    return this.#datasets.has(path) ? this.#datasets.get(path) : findDataset(this.blocks, this.base.snapshot, path);
  }

  async #need(path: string): Promise<DatasetBlock> {
    const dataset = await this.find(path);
    if (!dataset) throw noDataset(path);
    return dataset;
  }
}

/** What a change did, in words; of a patch also to how many rows. */
interface Said {
  readonly what: string;
  readonly rows: number | undefined;
}

/** What was done in one line; patches of one dataset that follow each other are counted together. */
function summaryOf(said: readonly Said[]): string {
  const parts: { what: string; rows: number | undefined }[] = [];
  for (const { what, rows } of said) {
    const last = parts.at(-1);
    if (last?.rows !== undefined && rows !== undefined && last.what === what) last.rows += rows;
    else parts.push({ what, rows });
  }
  const words = parts.map(({ what, rows }) =>
    rows === undefined ? what : `${what}: ${rows} row${rows === 1 ? "" : "s"}`,
  );
  return words.join("; ") || "edit";
}
