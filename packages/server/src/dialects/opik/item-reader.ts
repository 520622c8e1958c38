/** Items read: newest first, a page or a stream of them, with filters. */
import { isObject, printJson, type DatasetInfo, type DatasetVersion, type RowPlace, type Value } from "@sheaf/core";
import { itemOf } from "../../native/row-reader.js";
import { readThen } from "../catalog/catalog.js";
import { memberOf, rowTester, type At, type StoredRow, type WantsRow } from "./item-filter.js";
import type { Filter } from "./filter.js";
import { dataText, itemText } from "./item.js";
import type { Columns } from "../catalog/system-columns.js";
import type { Ask, Page } from "./operation.js";
import { originsOf } from "./origins.js";
import { behindCursor } from "./places.js";
import { stateOf } from "./state.js";
import { resolveVersion } from "./version.js";

/** A dataset as it is, or as it was in the version that a hash, a tag or a name means; `undefined` where it means none. */
export async function readAt(ask: Ask, dataset: DatasetInfo, ref: string | undefined): Promise<At | undefined> {
  if (ref !== undefined && ref !== "") {
    const found = await resolveVersion(ask, dataset, ref);
    return found && { version: await readThen(ask.call, ask.repo, dataset, found.info), commit: found.info.commit };
  }
  const commit = await ask.repo.resolve("HEAD");
  return { version: await ask.repo.dataset(dataset.path).at(commit), commit };
}

export interface Reading {
  readonly signal: AbortSignal;
  readonly wants?: WantsRow | undefined;
  readonly from?: { after: RowPlace } | { offset: number };
  readonly limit?: number;
}

/** Rows from the newest on. */
export async function* rowsBackwards(
  { version }: At,
  { signal, wants, from, limit }: Reading,
): AsyncGenerator<StoredRow> {
  const bound = limit === undefined || wants ? {} : { limit };
  let left = limit ?? Infinity;
  if (left <= 0) return;
  for await (const { ids, positions, blocks, count } of version.batches({ reverse: true, signal, ...from, ...bound }))
    for (let i = 0; i < count; i++) {
      const row = { id: ids[i], position: positions[i], block: blocks[i] };
      if (wants && !wants(row)) continue;
      yield row;
      if (--left <= 0) return;
    }
}

/** The ids of the rows of the newest version that these filters want. */
export async function wantedRows(ask: Ask, version: DatasetVersion, filters: readonly Filter[]): Promise<string[]> {
  const at = { version, commit: await ask.repo.resolve("HEAD") };
  const wants = await rowTester(ask, at, filters);
  const rows: string[] = [];
  for await (const { id } of rowsBackwards(at, { signal: ask.call.signal, wants })) rows.push(id);
  return rows;
}

/** One row by its id; `undefined` where there is none. */
export async function rowIn(version: DatasetVersion, id: string): Promise<StoredRow | undefined> {
  const stored = await version.stored(id);
  return stored && { id, position: stored.positions[0], block: stored.blocks[0] };
}

/** The lines of a stream. */
export async function* itemLines(
  ask: Ask,
  at: At,
  filters: readonly Filter[],
  cursor: string | undefined,
  limit: number,
): AsyncGenerator<string> {
  const from = cursor === undefined ? undefined : await behindCursor(at.version, ask.ids, cursor);
  const wants = await rowTester(ask, at, filters);
  const { signal } = ask.call;
  for await (const { id, block } of rowsBackwards(at, { signal, wants, limit, ...(from ? { from } : {}) }))
    yield `${itemText(ask.ids.shown(at.version, id), block, dataText(block, ask.columns))}\r`;
}

/** A page of items, with the number of all that are wanted. */
export async function itemPage(
  ask: Ask,
  dataset: DatasetInfo,
  at: At,
  { page, size }: Page,
  filters: readonly Filter[],
  isCut: boolean,
): Promise<{ texts: string[]; total: number }> {
  const wants = await rowTester(ask, at, filters);
  const first = Math.min((page - 1) * size, Number.MAX_SAFE_INTEGER);
  const { signal } = ask.call;
  const rows: StoredRow[] = [];
  let total = at.version.info.count;
  if (!wants && first < total)
    for await (const row of rowsBackwards(at, { signal, from: { offset: first }, limit: size })) rows.push(row);
  if (wants) {
    total = 0;
    for await (const row of rowsBackwards(at, { signal, wants }))
      if (total++ >= first && rows.length < size) rows.push(row);
  }
  return { texts: await shownRows(ask, dataset, at, rows, isCut), total };
}

/** Rows as Opik writes them with all that is known of them. */
export async function shownRows(
  ask: Ask,
  dataset: DatasetInfo,
  at: At,
  rows: readonly StoredRow[],
  isCut = false,
  more?: (i: number) => string,
): Promise<string[]> {
  if (rows.length === 0) return [];
  const origins = await originsOf(
    ask,
    at.version.path,
    at.commit,
    rows.map(({ id }) => id),
  );
  const dataset_id = ask.ids.ofDataset(dataset);
  return rows.map(({ id, block }, i) => {
    const shown = ask.ids.shown(at.version, id);
    const data = isCut ? cutData(block, ask.columns) : dataText(block, ask.columns);
    return itemText(shown, block, data, { dataset_id, ...origins.get(id) }, more?.(i));
  });
}

const maxCut = 10_001;

/** An item's data for people: without images, long values cut. */
function cutData(block: Uint8Array, columns: Columns): string {
  const item = columns.shown(itemOf(block));
  const members = Object.entries(item).map(([key, value]) => `${JSON.stringify(key)}:${printJson(cut(value))}`);
  return `{${members.join(",")}}`;
}

function cut(value: Value): Value {
  const text = (typeof value === "string" ? value : printJson(value)).replace(
    /data:image\/[\w.+-]+;base64,[\w+/=]+/g,
    "[image]",
  );
  if (text.length > maxCut) return text.slice(0, maxCut).toWellFormed();
  return typeof value === "string" ? text : value;
}

/** The columns of a version, each with the types of its values. */
export async function columnsOf(ask: Ask, { version }: At): Promise<Value[]> {
  const { columns } = stateOf(ask.desk);
  const known = columns.get(version.info.cid);
  if (known) return known;
  const types = new Map<string, Set<string>>();
  for await (const { blocks } of version.batches({ signal: ask.call.signal }))
    for (const block of blocks) noteTypes(types, itemOf(block));
  return columns.keep(version.info.cid, shownColumns(types, "data"));
}

/** Takes note of the types of an object's members. */
export function noteTypes(types: Map<string, Set<string>>, object: Value | undefined): void {
  if (!isObject(object)) return;
  for (const key of Object.keys(object)) {
    const seen = types.get(key) ?? new Set();
    types.set(key, seen.add(typeOf(memberOf(object, key))));
  }
}

export function shownColumns(types: ReadonlyMap<string, ReadonlySet<string>>, prefix: string): Value[] {
  return Array.from(types, ([name, seen]) => ({
    name,
    types: [...seen].sort(),
    filter_field_prefix: prefix,
    filterField: `${prefix}.${name}`,
  }));
}

function typeOf(value: Value | undefined): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string" || typeof value === "boolean") return typeof value;
  if (Array.isArray(value)) return "array";
  return isObject(value) ? "object" : "number";
}
