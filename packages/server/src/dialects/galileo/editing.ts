/** A list of edits on a dataset: all of them in one commit, which is one version, or none. */
import type { DatasetInfo, DatasetVersion, ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { orderOf } from "../catalog/columns.js";
import { rewrite, type Plan } from "../catalog/rewrite.js";
import { freshUuid } from "../catalog/uuid.js";
import { checkMatch, isBound } from "./condition.js";
import type { Edit } from "./edits.js";
import { notFound } from "./errors.js";
import { memoryOf } from "./memory.js";
import { recordRows } from "./record-rows.js";
import { etagOf } from "./shapes.js";
import { changesOf, rowsOf } from "./table-patch.js";
import { Table } from "./table.js";

/** Runs the edits; gives the ETag of what came of them. Throws 404, 412, 422. */
export async function runEdits(call: Call, desk: Desk, dataset: DatasetInfo, edits: readonly Edit[]): Promise<string> {
  const rows = await recordRows(call, desk, edits);
  return rewriteContent(call, desk, dataset, async version => {
    const table = tableOf(desk, version);
    for (let i = 0; i < edits.length; i++) await run(table, edits[i], i, rows[i]);
    const judged = isBound(call.request) ? undefined : rowsOf(table);
    return {
      changes: await changesOf(table, version),
      message: `${[...new Set(edits.map(({ kind }) => kind))].join(", ")} in ${dataset.path}`,
      ...(table.renames > 0 ? { attributes: { galileo: { renames: table.renames } } } : {}),
      ...(judged ? { rows: judged } : {}),
    };
  });
}

/** Makes a plan of the content as it is, once If-Match holds; gives the ETag of the new content. */
export async function rewriteContent(call: Call, desk: Desk, dataset: DatasetInfo, plan: MakePlan): Promise<string> {
  const commit = await rewriteDataset(call, desk, dataset, plan);
  return etagOf(desk.repo.local().platform, await desk.repo.dataset(dataset.path).at(commit));
}

type MakePlan = (version: DatasetVersion) => Promise<Plan | undefined>;

/** As {@link rewriteContent}, for a dataset that may have another path then, or none; gives the commit in which it is so. */
export async function rewriteDataset(
  call: Call,
  desk: Desk,
  dataset: DatasetInfo,
  plan: MakePlan,
): Promise<string | undefined> {
  let read: string | undefined;
  const edited = await rewrite(call, desk, dataset.path, async ({ version, commit }) => {
    if (version?.info.id !== dataset.id) throw notFound("the dataset was removed or renamed meanwhile");
    read = commit;
    checkMatch(call.request, desk.repo.local().platform, version);
    return plan(version);
  });
  return edited?.commit ?? read;
}

function tableOf(desk: Desk, version: DatasetVersion): Table {
  const { columns, rowIds } = memoryOf(desk);
  const { platform } = desk.repo.local();
  return new Table({
    find: shown => rowIds.find(version, shown),
    columns: () => columns.of(version),
    named: orderOf(version),
    freshId: () => freshUuid(platform, 4),
  });
}

async function run(table: Table, edit: Edit, i: number, rows: readonly ValueObject[]): Promise<void> {
  const loc = ["body", "edits", i];
  if (edit.kind !== "copy_record_data") return table.apply(edit, loc);
  for (const values of edit.prepend ? [...rows].reverse() : rows) await table.add(undefined, values, edit.prepend, loc);
}
