/** Rows of a version as a page wants them: in their order, or filtered and sorted. */
import { compareText, Float, type DatasetVersion, type ValueObject } from "@sheaf/core";
import { itemOf } from "../../native/row-reader.js";
import { cellIn, cellText } from "./cells.js";
import type { Page } from "./paging.js";

export interface Filter {
  readonly column_name: string;
  readonly value: string;
  readonly operator?: "eq" | "ne" | "contains";
}

export interface Sort {
  readonly column_name: string;
  readonly ascending?: boolean;
}

export interface Selection extends Page {
  readonly filters?: readonly Filter[];
  readonly sort?: Sort | undefined;
  readonly signal: AbortSignal;
}

/** A row: where it stands in the content, its own id, its item in the user's form. */
export interface SelectedRow {
  readonly index: number;
  readonly id: string;
  readonly item: ValueObject;
}

/** Gives the rows of a page some at a time, and at the end whether more follow. */
export async function* select(
  version: DatasetVersion,
  selection: Selection,
): AsyncGenerator<readonly SelectedRow[], boolean> {
  if (selection.sort) return yield* sorted(version, selection, selection.sort);
  if (selection.filters?.length) return yield* filtered(version, selection);
  const { starting_token: offset, limit, signal } = selection;
  let index = offset;
  for await (const { ids, blocks } of version.batches({ offset, limit, signal }))
    yield blocks.map((block, i) => ({ index: index++, id: ids[i], item: itemOf(block) }));
  return index < version.info.count && index > offset;
}

async function* filtered(
  version: DatasetVersion,
  { filters = [], starting_token, limit, signal }: Selection,
): AsyncGenerator<readonly SelectedRow[], boolean> {
  let index = 0;
  let found = 0;
  for await (const { ids, blocks } of version.batches({ signal })) {
    const rows: SelectedRow[] = [];
    for (let i = 0; i < blocks.length; i++, index++) {
      const item = itemOf(blocks[i]);
      if (!fits(item, filters) || found++ < starting_token) continue;
      if (found > starting_token + limit) {
        yield rows;
        return true;
      }
      rows.push({ index, id: ids[i], item });
    }
    if (rows.length > 0) yield rows;
  }
  return false;
}

function fits(item: ValueObject, filters: readonly Filter[]): boolean {
  return filters.every(({ column_name: column, value, operator = "contains" }) => {
    const text = cellText(cellIn(item, column));
    if (operator === "contains") return text.includes(value);
    return (text === value) === (operator === "eq");
  });
}

/** What a row is sorted by: nothing (always last), a number, or text. */
type Key = null | number | string;

/** Rows that are read together once it is known which. */
const rowsAtOnce = 100;

async function* sorted(
  version: DatasetVersion,
  { filters = [], starting_token, limit, signal }: Selection,
  { column_name: column, ascending = true }: Sort,
): AsyncGenerator<readonly SelectedRow[], boolean> {
  const keys: { index: number; id: string; key: Key }[] = [];
  let index = 0;
  for await (const { ids, blocks } of version.batches({ signal }))
    for (let i = 0; i < blocks.length; i++, index++) {
      const item = itemOf(blocks[i]);
      if (fits(item, filters)) keys.push({ index, id: ids[i], key: keyOf(item, column) });
    }
  const sign = ascending ? 1 : -1;
  keys.sort((a, b) => compareKeys(a.key, b.key, sign) || a.index - b.index);
  const page = keys.slice(starting_token, starting_token + limit);
  for (let at = 0; at < page.length; at += rowsAtOnce) {
    signal.throwIfAborted();
    const rows = page.slice(at, at + rowsAtOnce).map(async ({ index: place, id }): Promise<SelectedRow[]> => {
      const stored = await version.stored(id);
      return stored ? [{ index: place, id, item: itemOf(stored.blocks[0]) }] : [];
    });
    yield (await Promise.all(rows)).flat();
  }
  return page.length > 0 && starting_token + page.length < keys.length;
}

function keyOf(item: ValueObject, column: string): Key {
  const cell = cellIn(item, column);
  if (cell === null) return null;
  if (cell instanceof Float) return cell.value;
  return typeof cell === "number" || typeof cell === "bigint" ? Number(cell) : cellText(cell);
}

function compareKeys(a: Key, b: Key, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  if (typeof a === "number" || typeof b === "number") return sign * (typeof a === "number" ? -1 : 1);
  return sign * compareText(a, b);
}
