/** Records found by a field of theirs: indexes that are made again when records of the kind changed, and that all faces share. */
import { fieldOf, type DatasetVersion } from "@sheaf/core";
import type { Desk } from "../../desk.js";
import { recordsNow } from "./records.js";

/** Ids of records, in the order in which they came, by the text that a field of theirs holds; under `undefined` those where it holds none. */
export type IdsBy = ReadonlyMap<string | undefined, readonly string[]>;

interface Index {
  /** Of the dataset that holds the records. */
  readonly cid: string;
  readonly ids: IdsBy;
}

const indexes = new WeakMap<Desk, Map<string, Index>>();

/** The ids of all records of a kind by a field of theirs. The caller permits. */
export async function idsBy(desk: Desk, kind: string, field: string): Promise<IdsBy> {
  const version = await recordsNow(desk, kind);
  if (!version) return new Map();
  const { cid } = version.info;
  const own = indexes.get(desk) ?? new Map<string, Index>();
  indexes.set(desk, own);
  const name = `${kind} ${field}`;
  const known = own.get(name);
  if (known?.cid === cid) return known.ids;
  const ids = await indexed(version, field);
  own.set(name, { cid, ids });
  return ids;
}

async function indexed(version: DatasetVersion, field: string): Promise<IdsBy> {
  const found = new Map<string | undefined, string[]>();
  for await (const { ids, blocks } of version.batches())
    blocks.forEach((block, i) => {
      const value = fieldOf(block, field);
      const text = typeof value === "string" ? value : undefined;
      const own = found.get(text);
      if (own) own.push(ids[i]);
      else found.set(text, [ids[i]]);
    });
  return found;
}
