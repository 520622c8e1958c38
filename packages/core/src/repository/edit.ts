/** Applies a list of changes to a snapshot: patches, datasets made, renamed and removed, files. All or nothing, for it only builds. */
import type { Blocks } from "../block/blocks.js";
import { raw } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { checkPath } from "../dataset/path.js";
import { SheafError } from "../errors.js";
import { encode, Link } from "../item/cbor.js";
import { compareBytes, utf8 } from "../text.js";
import { editTree } from "../tree/edit.js";
import type { Context } from "./context.js";
import type { Change, Committed, CommitOptions } from "./contract.js";
import { findDataset, noDataset, putDatasets } from "./dataset-tree.js";
import { newDataset } from "./import.js";
import { patchDataset } from "./patch.js";
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
    for (const change of changes) await work.apply(change);
    return work.draft();
  };
  const touches = changes.flatMap(change =>
    "file" in change ? [] : "rename" in change ? [change.dataset, change.rename] : [change.dataset],
  );
  return commitEdit(context, { command, touches, isRebuilt: changes.some(looksAround) }, options, build);
}

/** Says whether a change depends on more than the rows that it names: it tests what is there, or appends under an id that must be free. */
function looksAround(change: Change): boolean {
  return "patch" in change && change.patch.some(({ op, path }) => op === "test" || path === "/items/-");
}

class Work {
  readonly #datasets = new Map<string, DatasetBlock | undefined>();
  readonly #files = new Map<string, Uint8Array | undefined>();
  /** How many datasets were made at a path. */
  readonly #made = new Map<string, number>();
  readonly #said: string[] = [];

  constructor(
    readonly context: Context,
    readonly blocks: Blocks,
    readonly base: Base,
  ) {}

  async apply(change: Change): Promise<void> {
    if ("file" in change) this.#file(change);
    else if ("patch" in change) await this.#patch(change.dataset, change.patch);
    else if ("create" in change) await this.#create(change.dataset, change.create.meta ?? {});
    else if ("rename" in change) await this.#rename(change.dataset, change.rename);
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
    return { snapshot: { ...snapshot, files: files.root }, summary: this.#said.join("; ") || "edit" };
  }

  async #patch(path: string, patch: Extract<Change, { patch: unknown }>["patch"]): Promise<void> {
    const { dataset, rows } = await patchDataset(this.context, this.blocks, path, await this.#need(path), patch);
    this.#datasets.set(path, dataset);
    this.#said.push(`patch ${path}: ${rows} row${rows === 1 ? "" : "s"}`);
  }

  async #create(path: string, meta: DatasetBlock["meta"]): Promise<void> {
    checkPath(path);
    if (await this.#find(path)) throw taken(path);
    // One that was made here and renamed in the same edit has its id already.
    const nth = this.#made.get(path) ?? 0;
    this.#made.set(path, nth + 1);
    const name = nth === 0 ? path : `${path}\0${nth}`;
    this.#datasets.set(path, newDataset(this.context, this.blocks, this.base, name, meta));
    this.#said.push(`create ${path}`);
  }

  async #rename(from: string, to: string): Promise<void> {
    checkPath(to);
    const dataset = await this.#need(from);
    if (await this.#find(to)) throw taken(to);
    this.#datasets.set(from, undefined).set(to, dataset);
    this.#said.push(`rename ${from} to ${to}`);
  }

  async #remove(path: string): Promise<void> {
    await this.#need(path);
    this.#datasets.set(path, undefined);
    this.#said.push(`remove ${path}`);
  }

  #file({ file, content, mode = fileMode }: Extract<Change, { file: string }>): void {
    checkPath(file);
    this.#files.set(file, content === null ? undefined : encode([mode, new Link(this.blocks.put(content), raw)]));
    this.#said.push(`${content === null ? "remove" : "write"} ${file}`);
  }

  async #find(path: string): Promise<DatasetBlock | undefined> {
    return this.#datasets.has(path) ? this.#datasets.get(path) : findDataset(this.blocks, this.base.snapshot, path);
  }

  async #need(path: string): Promise<DatasetBlock> {
    const dataset = await this.#find(path);
    if (!dataset) throw noDataset(path);
    return dataset;
  }
}

function taken(name: string): SheafError<"already-exists"> {
  return new SheafError("already-exists", { kind: "dataset", name }, `there is a dataset ${name} already`);
}
