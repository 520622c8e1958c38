/** Opik's datasets: found by name or id, and shown. */
import type { DatasetInfo, Value, ValueObject } from "@sheaf/core";
import { isoTime } from "../catalog/time.js";
import { nameOf } from "../catalog/naming.js";
import type { Naming } from "../catalog/catalog.js";
import { notFound } from "./errors.js";
import { opikOf } from "./ids.js";
import type { Ask } from "./operation.js";
import { experimentsOf } from "./experiment-index.js";
import { compact, fold } from "./shape.js";
import { stateOf } from "./state.js";
import { versionsOf } from "./version-list.js";
import { shownSummary } from "./version.js";

/** Names are one whatever their case. */
const folded: Naming = dataset => fold(nameOf(dataset));

/** The dataset with this name, whatever its case. */
export async function findByName({ call, desk }: Ask, name: string): Promise<DatasetInfo | undefined> {
  return (await desk.catalog.find(call, nameOf, name)) ?? desk.catalog.find(call, folded, fold(name));
}

export async function findById({ call, desk, ids }: Ask, id: string): Promise<DatasetInfo | undefined> {
  return desk.catalog.find(call, ids.ofDataset, id);
}

/** Throws 404. */
export async function needById(ask: Ask, id: string): Promise<DatasetInfo> {
  return (await findById(ask, id)) ?? missing();
}

/** Throws 404. */
export async function needByName(ask: Ask, name: string): Promise<DatasetInfo> {
  return (await findByName(ask, name)) ?? missing();
}

function missing(): never {
  throw notFound("Dataset not found");
}

/** A dataset as Opik writes it. */
export async function shownDataset(ask: Ask, dataset: DatasetInfo): Promise<ValueObject> {
  const versions = await versionsOf(ask, dataset);
  const newest = versions.at(-1);
  const kept = opikOf(dataset);
  const { description } = dataset.meta;
  const experiments = await experimentsOf(ask, dataset);
  const created = typeof kept.created_at === "number" ? kept.created_at / 1000 : versions[0]?.info.author.time;
  const updated = newest?.info.changedTime ?? created;
  const author = typeof kept.created_by === "string" ? kept.created_by : versions[0]?.info.author.name;
  return compact({
    id: ask.ids.ofDataset(dataset),
    name: nameOf(dataset),
    project_id: typeof kept.project_id === "string" ? kept.project_id : undefined,
    type: kept.type === "evaluation_suite" ? kept.type : "dataset",
    visibility: kept.visibility === "public" ? kept.visibility : "private",
    tags: Array.isArray(kept.tags) ? (kept.tags as Value[]) : undefined,
    description: typeof description === "string" ? description : undefined,
    created_at: created === undefined ? undefined : isoTime(created),
    created_by: author,
    last_updated_at: updated === undefined ? undefined : isoTime(updated),
    last_updated_by: newest?.info.author.name ?? author,
    experiment_count: experiments.count,
    dataset_items_count: dataset.count,
    optimization_count: 0,
    most_recent_experiment_at: experiments.newest,
    last_created_experiment_at: experiments.newest,
    status: stateOf(ask.desk).uploads.get(dataset.id),
    latest_version: newest && (await shownSummary(ask, dataset, newest, versions)),
  });
}
