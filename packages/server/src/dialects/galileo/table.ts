/**
 * A dataset's table while a list of edits runs over it, one after another, each on what the one before left.
 *
 * Pure but for what it asks of its base. Holds only what the edits name, whatever the size of the dataset: cells that were put, rows that came and went, and
 * where each column came from. What it comes to is read off at the end (`table-patch.ts`).
 */
import { setKey, type ValueObject } from "@sheaf/core";
import type { Edit } from "./edits.js";
import { unprocessable, type Loc } from "./errors.js";

/** What a table asks of the dataset that it begins with. */
export interface Base {
  /** A row's own id by the one that it is shown under; `undefined` where there is no such row. */
  readonly find: (shown: string) => Promise<string | undefined>;
  /** Every column, in order. Asked for once, and only where the edits need it. */
  readonly columns: () => Promise<readonly string[]>;
  /** Columns that are known without asking. */
  readonly named: readonly string[];
  readonly freshId: () => string;
}

export class Table {
  /** The columns as they are now, where they were asked for. */
  columns: string[] | undefined;
  /** For each column of now the one of the base whose cells it has; `undefined` for a new one. */
  readonly origins = new Map<string, string | undefined>();
  /** Cells put into rows of the base, by the row's own id. */
  readonly touched = new Map<string, ValueObject>();
  readonly added = new Map<string, ValueObject>();
  /** Ids of added rows that stand before all rows of the base, and behind: in order. */
  heads: string[] = [];
  tails: string[] = [];
  readonly gone = new Set<string>();
  /** Own ids of the rows of the base that a filter kept; absent where there was none. */
  kept: Set<string> | undefined;
  /** Ids that the edits gave to new rows. */
  readonly given = new Set<string>();
  isReshaped = false;
  hasNewColumns = false;
  renames = 0;

  constructor(readonly base: Base) {}

  async apply(edit: Exclude<Edit, { kind: "copy_record_data" }>, loc: Loc): Promise<void> {
    switch (edit.kind) {
      case "append_row":
      case "prepend_row":
        return this.add(edit.id, edit.values, edit.kind === "prepend_row", loc);
      case "update_row":
        return this.#update(edit.id, edit.values, loc);
      case "delete_row":
        return this.#delete(edit.id, loc);
      case "filter_rows":
        return this.#filter(edit.ids, loc);
      case "remove_column":
        return this.#removeColumn(edit.name, loc);
      case "rename_column":
        return this.#renameColumn(edit.name, edit.to, loc);
    }
  }

  /** Adds a row at the end, or at the top. */
  async add(id: string | undefined, values: ValueObject, isHead: boolean, loc: Loc): Promise<void> {
    if (id !== undefined && (await this.#row(id)) !== undefined)
      throw unprocessable([...loc, "row_id"], `there is a row ${id} already`);
    if (id !== undefined) this.given.add(id);
    const name = id ?? this.base.freshId();
    await this.#know(values);
    this.added.set(name, { ...values });
    if (isHead) this.heads.unshift(name);
    else this.tails.push(name);
  }

  async #update(shown: string, values: ValueObject, loc: Loc): Promise<void> {
    const id = await this.#need(shown, [...loc, "row_id"]);
    await this.#know(values);
    const cells = this.added.get(id) ?? this.touched.get(id) ?? {};
    for (const [column, value] of Object.entries(values)) setKey(cells, column, value);
    if (!this.added.has(id)) this.touched.set(id, cells);
  }

  async #delete(shown: string, loc: Loc): Promise<void> {
    const id = await this.#need(shown, [...loc, "row_id"]);
    if (!this.#drop(id)) this.gone.add(id);
  }

  async #filter(ids: readonly string[], loc: Loc): Promise<void> {
    const kept = new Set<string>();
    for (let i = 0; i < ids.length; i++) kept.add(await this.#need(ids[i], [...loc, "row_ids", i]));
    for (const id of this.added.keys()) if (!kept.has(id)) this.#drop(id);
    this.kept = new Set([...kept].filter(id => !this.added.has(id)));
  }

  async #removeColumn(name: string, loc: Loc): Promise<void> {
    const columns = await this.#needColumn(name, [...loc, "column_name"]);
    columns.splice(columns.indexOf(name), 1);
    this.origins.delete(name);
    this.isReshaped = true;
    for (const cells of this.#held()) delete cells[name];
  }

  async #renameColumn(name: string, to: string, loc: Loc): Promise<void> {
    const columns = await this.#needColumn(name, [...loc, "column_name"]);
    if (name === to) return;
    if (columns.includes(to)) throw unprocessable([...loc, "new_column_name"], `there is a column ${to} already`);
    columns[columns.indexOf(name)] = to;
    this.origins.set(to, this.origins.get(name));
    this.origins.delete(name);
    this.isReshaped = true;
    this.renames++;
    for (const cells of this.#held()) {
      if (!Object.hasOwn(cells, name)) continue;
      setKey(cells, to, cells[name]);
      delete cells[name];
    }
  }

  #held(): Iterable<ValueObject> {
    return [...this.touched.values(), ...this.added.values()];
  }

  /** A row's own id, if it is there now. */
  async #row(shown: string): Promise<string | undefined> {
    if (this.added.has(shown)) return shown;
    const id = await this.base.find(shown);
    if (id === undefined || this.gone.has(id) || this.kept?.has(id) === false) return undefined;
    return id;
  }

  async #need(shown: string, loc: Loc): Promise<string> {
    const id = await this.#row(shown);
    if (id === undefined) throw unprocessable(loc, `there is no row ${shown}`);
    return id;
  }

  /** Drops a row that was added; says whether it was one. */
  #drop(id: string): boolean {
    if (!this.added.delete(id)) return false;
    this.heads = this.heads.filter(other => other !== id);
    this.tails = this.tails.filter(other => other !== id);
    return true;
  }

  /** Makes columns of what is put into cells, those that are new at the right end. */
  async #know(values: ValueObject): Promise<void> {
    if (!this.columns && Object.keys(values).every(name => this.base.named.includes(name))) return;
    const columns = await this.#columns();
    for (const name of Object.keys(values)) {
      if (columns.includes(name)) continue;
      columns.push(name);
      this.origins.set(name, undefined);
      this.hasNewColumns = true;
    }
  }

  async #needColumn(name: string, loc: Loc): Promise<string[]> {
    const columns = await this.#columns();
    if (!columns.includes(name)) throw unprocessable(loc, `there is no column ${name}`);
    return columns;
  }

  async #columns(): Promise<string[]> {
    if (this.columns) return this.columns;
    this.columns = [...(await this.base.columns())];
    for (const name of this.columns) this.origins.set(name, name);
    return this.columns;
  }
}
