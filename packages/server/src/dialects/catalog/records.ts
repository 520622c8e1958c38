/**
 * Records (traces, spans, projects, experiments, …): what vendors keep beside datasets, kept in the repository as datasets like any other.
 *
 * Each kind is the dataset `records/<kind>`; a record's id is its row's. Dialects list none of these among their datasets.
 */
import {
  isSheafError,
  parseJson,
  pointer,
  type Change,
  type DatasetVersion,
  type Operation,
  type Row,
  type RowsOptions,
  type ValueObject,
} from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { recordKind } from "./catalog.js";
import { rewrite, type Plan } from "./rewrite.js";

export interface RecordEntry {
  readonly id: string;
  readonly item: ValueObject;
}

/** The path of the dataset that holds records of a kind. */
export function recordPath(kind: string): string {
  return `records/${kind}`;
}

/** Writes records by their ids, each as a whole; those that are there are replaced. */
export async function putRecords(call: Call, desk: Desk, kind: string, records: readonly RecordEntry[]): Promise<void> {
  if (records.length === 0) return;
  const dataset = recordPath(kind);
  await call.permit({ scope: "write", dataset });
  const patch = records.map(({ id, item }): Operation => ({ op: "add", path: pointer("items", id), value: item }));
  await editRecords(call, desk, kind, patch);
}

/** Removes those of these records that are there. */
export async function removeRecords(call: Call, desk: Desk, kind: string, ids: readonly string[]): Promise<void> {
  const rows = [...new Set(ids)];
  const dataset = recordPath(kind);
  await rewrite(call, desk, dataset, async ({ version }) => {
    const patch: Operation[] = [];
    for (const id of rows)
      if (version && (await version.cid(id)) !== undefined) patch.push({ op: "remove", path: pointer("items", id) });
    return planOf(kind, patch, rows);
  });
}

/** One record, exact. */
export async function getRecord(desk: Desk, kind: string, id: string): Promise<ValueObject | undefined> {
  return itemIn(await recordsNow(desk, kind), id);
}

/** Those of these records that are there, exact, in this order. */
export async function* getRecords(desk: Desk, kind: string, ids: Iterable<string>): AsyncGenerator<RecordEntry> {
  const version = await recordsNow(desk, kind);
  for (const id of ids) {
    const item = await itemIn(version, id);
    if (item) yield { id, item };
  }
}

/** One record in what {@link recordsNow} gave, exact. */
export async function itemIn(version: DatasetVersion | undefined, id: string): Promise<ValueObject | undefined> {
  const text = await version?.getText(id);
  return text === undefined ? undefined : (parseJson(text) as ValueObject);
}

/** The records of a kind, in the order in which they came, as plain JavaScript. */
export async function* listRecords(desk: Desk, kind: string, page: RowsOptions = {}): AsyncIterable<Row> {
  const version = await recordsNow(desk, kind);
  if (version) yield* version.rows(page);
}

async function editRecords(call: Call, desk: Desk, kind: string, patch: readonly Operation[]): Promise<void> {
  const dataset = recordPath(kind);
  const edit = (changes: readonly Change[]) =>
    desk.edits.edit({ changes, author: call.author, message: `records: ${kind}` }, undefined, call.signal);
  const written = { dataset, patch };
  try {
    await edit([...(await beginning(desk, kind)), written]);
  } catch (error) {
    // Of two that make it at once, the one that comes second finds it made.
    if (!isSheafError(error, "already-exists")) throw error;
    await edit([written]);
  }
}

/** What makes the dataset that holds records of a kind where there is none yet: for edits of several kinds at once, in front of the others. */
export async function beginning(desk: Desk, kind: string): Promise<Change[]> {
  return (await recordsNow(desk, kind)) ? [] : [creationOf(kind)];
}

function creationOf(kind: string): Change {
  return { dataset: recordPath(kind), create: { meta: { attributes: { kind: recordKind } } } };
}

/** The dataset that holds records of a kind, as it is; `undefined` where there are none yet. */
export async function recordsNow({ repo }: Pick<Desk, "repo">, kind: string): Promise<DatasetVersion | undefined> {
  try {
    return await repo.dataset(recordPath(kind)).at();
  } catch (error) {
    if (isSheafError(error, "no-such-dataset") || isSheafError(error, "no-such-ref")) return undefined;
    throw error;
  }
}

/**
 * Changes records by what they are: `change` gives what becomes of one, `undefined` where it stays as it is. It is called again where somebody else changed
 * one of them meanwhile.
 */
export async function changeRecords(
  call: Call,
  desk: Desk,
  kind: string,
  ids: readonly string[],
  change: (id: string, before: ValueObject | undefined) => ValueObject | undefined,
): Promise<void> {
  const rows = [...new Set(ids)];
  await rewrite(call, desk, recordPath(kind), async ({ version }) => {
    const patch: Operation[] = [];
    for (const id of rows) {
      const value = change(id, await itemIn(version, id));
      if (value) patch.push({ op: "add", path: pointer("items", id), value });
    }
    return planOf(kind, patch, rows, version ? [] : [creationOf(kind)]);
  });
}

/** The plan that patches records of a kind; `undefined` where there is nothing to do. */
function planOf(
  kind: string,
  patch: readonly Operation[],
  rows: readonly string[],
  before: readonly Change[] = [],
): Plan | undefined {
  if (patch.length === 0) return undefined;
  return { changes: [...before, { dataset: recordPath(kind), patch }], message: `records: ${kind}`, rows };
}
