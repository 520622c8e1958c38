/** Experiments and their items as records, found by what they are of: an index that is made again when the records changed. */
import type { DatasetInfo, Value } from "@sheaf/core";
import { itemOf } from "../../native/row-reader.js";
import { getRecords, recordPath, recordsNow } from "../catalog/records.js";
import type { Ask } from "./operation.js";
import { textOf } from "./filter.js";
import { projectId } from "./projects.js";
import { stateOf, type Indexed, type KeptRecord } from "./state.js";

/** How many experiments a dataset has, and when the newest began. */
export async function experimentsOf(ask: Ask, dataset: DatasetInfo): Promise<{ count: number; newest?: string }> {
  if (!ask.call.sees(recordPath("experiments"))) return { count: 0 };
  const own = (await indexed(ask, "experiments", "dataset_id")).by.get(ask.ids.ofDataset(dataset)) ?? [];
  const times = own.map(experiment => textOf(experiment["created_at"])).sort();
  const newest = times.at(-1);
  return { count: own.length, ...(newest === undefined ? {} : { newest }) };
}

/** All experiments, newest first. */
export async function allExperiments(ask: Ask): Promise<readonly KeptRecord[]> {
  return (await indexed(ask, "experiments", "dataset_id")).all;
}

/** All prompts, newest first. */
export async function promptsNow(ask: Ask): Promise<readonly KeptRecord[]> {
  return (await indexed(ask, "prompts", "name")).all;
}

/** The experiments that tried something, each with the traces of its trials. */
export async function experimentsByTrace(ask: Ask): Promise<Map<string, string>> {
  const { all } = await indexed(ask, "experiment-items", "experiment_id");
  return new Map(all.map(item => [textOf(item["trace_id"]), textOf(item["experiment_id"])]));
}

/** The items of an experiment, newest first. */
export async function itemsOf(ask: Ask, experiment: string): Promise<readonly KeptRecord[]> {
  return (await indexed(ask, "experiment-items", "experiment_id")).by.get(experiment) ?? [];
}

/** The spans of a trace, oldest first. */
export async function spansOf(ask: Ask, trace: string): Promise<KeptRecord[]> {
  const ids = (await ask.idsBy("spans", "trace_id")).get(trace) ?? [];
  const spans: KeptRecord[] = [];
  for await (const { id, item } of getRecords(ask.desk, "spans", ids.toSorted())) spans.push({ ...item, id });
  return spans;
}

/** The ids of the traces or spans of a project, newest first. */
export async function recordIds(ask: Ask, kind: "traces" | "spans", project: string): Promise<string[]> {
  const ids = await ask.idsBy(kind, "project_id");
  // Those that name none are in the default project.
  const usual = project === projectId(ask.platform) ? (ids.get(undefined) ?? []) : [];
  return [...(ids.get(project) ?? []), ...usual].sort().reverse();
}

/** Records of a kind, descending by id, and by a field of theirs. */
async function indexed(ask: Ask, kind: string, field: string): Promise<Indexed> {
  await ask.call.permit({ scope: "read", dataset: recordPath(kind) });
  const { indexes } = stateOf(ask.desk);
  const version = await recordsNow(ask.desk, kind);
  const cid = version?.info.cid ?? "";
  const known = indexes.get(kind);
  if (known?.cid === cid) return known;
  const all: KeptRecord[] = [];
  if (version)
    for await (const { ids, blocks } of version.batches())
      blocks.forEach((block, i) => {
        all.push({ ...itemOf(block), id: ids[i] });
      });
  all.sort((a, b) => (a.id < b.id ? 1 : -1));
  const by = new Map<Value, KeptRecord[]>();
  for (const record of all) {
    const own = by.get(record[field]);
    if (own) own.push(record);
    else by.set(record[field], [record]);
  }
  const index = { cid, all, by };
  indexes.set(kind, index);
  return index;
}
