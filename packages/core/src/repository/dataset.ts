/** One dataset of a repository, by its path: its rows read and changed. Reads take a revision (`at`, default: the current branch). */
import type { Blocks } from "../block/blocks.js";
import type { Cid } from "../block/cid.js";
import { batchesOf } from "../import/object-batch.js";
import { parsePatch } from "../edit/patch.js";
import type { RowBatch } from "../import/row-batch.js";
import { parseJson } from "../item/json.js";
import { toBlockForm } from "../item/meta.js";
import type { ValueObject } from "../item/value.js";
import { fromView } from "../item/view.js";
import { moveBeside, type Beside } from "./beside.js";
import { blameDataset, blameRow } from "./blame.js";
import { changeColumns } from "./columns.js";
import type { Context } from "./context.js";
import type * as given from "./contract.js";
import { editDataset } from "./dataset-edit.js";
import type { StoredDataset } from "./dataset-tree.js";
import { editRepository } from "./edit.js";
import { importRows } from "./import.js";
import { insertRow } from "./insert.js";
import { readRows } from "./rows.js";
import type { StoredBatch } from "./stored-batch.js";
import { versionAt, type DatasetVersion } from "./version.js";

export class Dataset {
  constructor(
    readonly context: Context,
    readonly path: string,
  ) {}

  /** One version of the dataset, frozen, to read from; default: the current branch as it is now. Throws no-such-dataset. */
  at(revision?: given.Rev): Promise<DatasetVersion> {
    return versionAt(this.context, this.path, revision);
  }

  /** What is known of the dataset besides its rows. Throws no-such-dataset. */
  async info(options: { at?: given.Rev } = {}): Promise<given.DatasetInfo> {
    return (await this.at(options.at)).info;
  }

  /** The row with this id, its item as plain JavaScript; `undefined` when there is none. For many rows, `at` is quicker. */
  async get(id: string, options: { at?: given.Rev } = {}): Promise<given.Row | undefined> {
    return (await this.at(options.at)).get(id);
  }

  /** The row's item as exact JSON text; `undefined` when there is none. */
  async getText(id: string, options: { at?: given.Rev } = {}): Promise<string | undefined> {
    return (await this.at(options.at)).getText(id);
  }

  /** The CID of the row's item, as any IPLD tool computes it. */
  async cid(id: string, options: { at?: given.Rev } = {}): Promise<Cid | undefined> {
    return (await this.at(options.at)).cid(id);
  }

  /** Rows in order, one by one. */
  rows(options: given.RowsOptions = {}): AsyncIterableIterator<given.Row> {
    return readRows(this.context, async () => (await this.at(options.at)).block, options);
  }

  /** Rows in order as they rest, many at a time: what exports are made of. */
  async *batches(options: given.BatchOptions = {}): AsyncIterable<StoredBatch> {
    yield* (await this.at(options.at)).batches(options);
  }

  /** Imports JavaScript objects. The dataset is made when it is not there. */
  import(rows: Iterable<object> | AsyncIterable<object>, options: given.ImportOptions = {}): Promise<given.Imported> {
    return importRows(this.context, this.path, batchesOf(rows), options);
  }

  /** Imports what a format has parsed. */
  importBatches(batches: AsyncIterable<RowBatch>, options: given.ImportOptions = {}): Promise<given.Imported> {
    return importRows(this.context, this.path, batches, options);
  }

  /** Applies a JSON Patch to the dataset's document: a list of operations (plain JavaScript or exact values), or its exact JSON text. */
  async patch(patch: readonly PlainOperation[] | string, options: given.CommitOptions = {}): Promise<given.Committed> {
    const operations = parsePatch(typeof patch === "string" ? parseJson(patch) : fromView(patch));
    return editRepository(this.context, `patch ${this.path}`, [{ dataset: this.path, patch: operations }], options);
  }

  /** Adds a row beside another one, or at the end; its id is made when it is not given. Throws already-exists for an id that is taken. */
  async insert(item: object, options: InsertOptions = {}): Promise<given.Committed & { id: string }> {
    const { id, meta, beside, ...rest } = options;
    const value = toBlockForm(fromView(item) as ValueObject, meta && (fromView(meta) as ValueObject));
    let made = id ?? "";
    const insert = async (blocks: Blocks, dataset: StoredDataset) => {
      const inserted = await insertRow(this.context, blocks, this.path, dataset, { item: value, id, beside });
      made = inserted.id;
      return { dataset: inserted.dataset, summary: `insert ${made} into ${this.path}` };
    };
    const committed = await editDataset(this.context, `insert ${this.path}`, this.path, rest, insert);
    return { ...committed, id: made };
  }

  /** Puts a row right before or right behind another one. */
  move(id: string, beside: Beside, options: given.CommitOptions = {}): Promise<given.Committed> {
    return editDataset(this.context, `move ${this.path}`, this.path, options, async (blocks, dataset) => ({
      dataset: await moveBeside(blocks, dataset, this.path, id, beside),
      summary: `move ${id} in ${this.path}`,
    }));
  }

  /** The top-level fields and how many rows have each: those of the metadata's column order first, the others by name. */
  async columns(options: { at?: given.Rev } & given.Watch = {}): Promise<{ name: string; rows: number }[]> {
    return (await this.at(options.at)).columns(options);
  }

  /** Renames a field in every row that has it. Throws bad-input when no row has it, or a row has the new name too. */
  renameColumn(
    from: string,
    to: string,
    options: given.CommitOptions = {},
  ): Promise<given.Committed & { rows: number }> {
    return this.#editColumns({ rename: from, to }, options);
  }

  /** Removes a field from every row that has it. Throws bad-input when no row has it. */
  removeColumn(name: string, options: given.CommitOptions = {}): Promise<given.Committed & { rows: number }> {
    return this.#editColumns({ remove: name }, options);
  }

  /** Sets the order of the columns for people and for CSV; rows do not change. */
  orderColumns(
    columns: readonly string[],
    options: given.CommitOptions = {},
  ): Promise<given.Committed & { rows: number }> {
    return this.#editColumns({ order: columns }, options);
  }

  /** For every row, or those with these ids: the commits that made it and that last changed it. In the order of ids. */
  async *blame(
    options: { at?: given.Rev; ids?: readonly string[] } & given.Watch = {},
  ): AsyncIterable<given.BlameInfo> {
    yield* blameDataset(this.context, this.path, options);
  }

  /** For each field of a row, by JSON Pointer, the commit that its value comes from. Throws no-such-item. */
  blameFields(id: string, options: { at?: given.Rev } = {}): Promise<Map<string, given.FieldBlame>> {
    return blameRow(this.context, this.path, id, options.at);
  }

  async #editColumns(
    change: given.ColumnChange,
    options: given.CommitOptions,
  ): Promise<given.Committed & { rows: number }> {
    let rows = 0;
    const committed = await editDataset(
      this.context,
      `columns ${this.path}`,
      this.path,
      options,
      async (blocks, dataset) => {
        const edited = await changeColumns(blocks, this.path, dataset, change, options);
        rows = edited.rows;
        return edited;
      },
    );
    return { ...committed, rows };
  }
}

/** How a row is inserted. `meta` are its attributes. */
export interface InsertOptions extends given.CommitOptions {
  readonly id?: string;
  readonly meta?: object;
  readonly beside?: Beside;
}

/** An operation as a user of the library writes it: values are plain JavaScript. */
export interface PlainOperation {
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}
