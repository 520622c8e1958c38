/** An experiment as it is kept, changed and shown. */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { t } from "../../schema.js";
import { changeRecords, getRecord, recordPath } from "../catalog/records.js";
import { nowTime } from "../catalog/time.js";
import { notFound } from "./errors.js";
import { uuid } from "./ids.js";
import { partOf } from "./log-record.js";
import { needProject, type Project } from "./projects.js";
import type { UserInfo } from "./users.js";

export const experimentKind = "experiments";
export const inExperiment = t.Object({ project_id: uuid, experiment_id: uuid });
export const experimentsPath = "/projects/{project_id}/experiments";
/** How Galileo numbers the tasks that experiments are. */
export const taskType = 16;

type Place = { readonly project_id: string; readonly experiment_id: string };

/** Throws 404 for none of this project. */
export async function needExperiment(call: Call, desk: Desk, project: Project, id: string): Promise<ValueObject> {
  await call.permit({ scope: "read", dataset: recordPath(experimentKind) });
  const item = await getRecord(desk, experimentKind, id);
  if (item?.["project_id"] !== project.id) throw notFound(`the project has no experiment ${id}`);
  return item;
}

export async function changeExperiment(
  call: Call,
  desk: Desk,
  { project_id, experiment_id }: Place,
  change: (before: ValueObject) => ValueObject,
): Promise<ValueObject> {
  const project = await needProject(call, desk, project_id);
  const id = experiment_id.toLowerCase();
  let after = await needExperiment(call, desk, project, id);
  await changeRecords(call, desk, experimentKind, [id], (_, before) => {
    if (!before) throw notFound(`the project has no experiment ${id}`);
    return (after = { ...change(before), last_updated_at: nowTime(desk.repo) });
  });
  return after;
}

export function tagsOf(item: ValueObject): ValueObject[] {
  const { tags } = partOf(item);
  return Array.isArray(tags) ? tags.filter(isObject) : [];
}

/** An ExperimentResponse. */
export function shownExperiment(id: string, item: ValueObject, user: UserInfo) {
  const { dataset, task_type: task, experiment_group_name: group } = partOf(item);
  const tags = Object.fromEntries(tagsOf(item).map(one => [typeof one["key"] === "string" ? one["key"] : "", [one]]));
  return {
    id,
    name: item["name"] ?? "",
    project_id: item["project_id"] ?? null,
    created_at: item["created_at"] ?? null,
    updated_at: item["last_updated_at"] ?? null,
    created_by: user.id,
    created_by_user: user,
    task_type: task ?? taskType,
    dataset: datasetOf(dataset, item["dataset_name"]),
    tags,
    experiment_group_name: group ?? null,
    aggregate_metrics: {},
    aggregate_feedback: {},
    rating_aggregates: {},
    num_spans: null,
    num_traces: null,
  };
}

function datasetOf(dataset: Value | undefined, name: Value | undefined): Value {
  if (!isObject(dataset ?? null) || Object.keys(dataset as ValueObject).length === 0) return null;
  return { version_index: null, ...(dataset as ValueObject), name: name ?? null };
}
