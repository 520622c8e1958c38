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
import { rewrite } from "./rewrite.js";

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
  await call.permit({ scope: "write", dataset: recordPath(kind) });
  const version = await recordsNow(desk, kind);
  const patch: Operation[] = [];
  for (const id of new Set(ids))
    if (version && (await version.cid(id)) !== undefined) patch.push({ op: "remove", path: pointer("items", id) });
  if (patch.length > 0) await editRecords(call, desk, kind, patch);
}

/** One record, exact. */
export async function getRecord(desk: Desk, kind: string, id: string): Promise<ValueObject | undefined> {
  const text = await (await recordsNow(desk, kind))?.getText(id);
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
  const dataset = recordPath(kind);
  await rewrite(call, desk, dataset, async ({ version }) => {
    const patch: Operation[] = [];
    for (const id of new Set(ids)) {
      const text = await version?.getText(id);
      const value = change(id, text === undefined ? undefined : (parseJson(text) as ValueObject));
      if (value) patch.push({ op: "add", path: pointer("items", id), value });
    }
    return {
      changes: [...(version ? [] : [creationOf(kind)]), { dataset, patch }],
      message: `records: ${kind}`,
      rows: [...new Set(ids)],
    };
  });
}
