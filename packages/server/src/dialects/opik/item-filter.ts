/** Filters on items: by what they hold, what is known beside, and where they come from. */
import { isObject, type DatasetVersion, type Value } from "@sheaf/core";
import { itemOf } from "../../native/row-reader.js";
import { parseFilters, type FieldType, type Filter } from "./filter.js";
import { wordsOf, type Origin } from "./item.js";
import type { Ask } from "./operation.js";
import { originsOf } from "./origins.js";

export const itemFields = {
  id: "exact",
  trace_id: "exact",
  span_id: "exact",
  data: "map",
  full_data: "text",
  source: "text",
  created_by: "text",
  last_updated_by: "text",
  created_at: "date",
  last_updated_at: "date",
  tags: "list",
} as const satisfies Readonly<Record<string, FieldType>>;

/** A row as it rests. */
export interface StoredRow {
  readonly id: string;
  readonly position: string;
  readonly block: Uint8Array;
}

export type WantsRow = (row: StoredRow) => boolean;

/** A version of a dataset, and a commit in which it is. */
export interface At {
  readonly version: DatasetVersion;
  readonly commit: string;
}

export function parseItemFilters(given: string | Value[] | undefined): Filter[] {
  return parseFilters(given, itemFields);
}

/** What tests rows of a version; `undefined` where there is no filter. Reads the rows' history only where a filter is about it. */
export async function rowTester(ask: Ask, at: At, filters: readonly Filter[]): Promise<WantsRow | undefined> {
  if (filters.length === 0) return undefined;
  const isAboutHistory = filters.some(({ field }) => /^(created|last_updated)_/.test(field));
  const origins = isAboutHistory ? await originsOf(ask, at.version.path, at.commit) : new Map<string, Origin>();
  return row =>
    filters.every(({ field, key, holds }) => holds(valueOf(field, key, row, origins.get(row.id), ask, at.version)));
}

function valueOf(
  field: string,
  key: string,
  { id, block }: StoredRow,
  origin: Origin | undefined,
  ask: Ask,
  version: DatasetVersion,
): Value | undefined {
  if (field === "id") return ask.ids.shown(version, id);
  if (field === "data") return memberOf(itemOf(block), key);
  if (field === "full_data") return itemOf(block);
  const words: Readonly<Record<string, Value | undefined>> = { ...wordsOf(block), ...origin };
  return words[field];
}

export function memberOf(object: Value | undefined, key: string): Value | undefined {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}
