/** An experiment as Opik writes it: what is kept of it, and what its trials came to. */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import { recordPath, recordsNow } from "../catalog/records.js";
import { findById } from "./dataset.js";
import { itemsOf } from "./experiment-index.js";
import { listOf, runsOf, shownItem } from "./experiment-item.js";
import { textOf } from "./filter.js";
import type { Ask } from "./operation.js";
import { projectOfRecord } from "./projects.js";
import { compact, groupedBy } from "./shape.js";
import { stateOf, type KeptRecord } from "./state.js";
import { averagesOf, measuresOf, mean, percentilesOf } from "./stats.js";
import { versionsOf } from "./version-list.js";
import { shownSummary } from "./version.js";

/** The member of a kept experiment that says where its dataset was when it began: of use when the dataset is gone. */
export const placeKey = "sheaf";

export async function shownExperiment(ask: Ask, experiment: KeptRecord): Promise<ValueObject> {
  const { dataset_id: dataset, dataset_version_id: versionId, evaluation_method: method } = experiment;
  const found = await findById(ask, textOf(dataset));
  const versions = found ? await versionsOf(ask, found) : [];
  const version = versions.find(({ id }) => id === versionId);
  const { dataset_name: _former, [placeKey]: _place, ...rest } = experiment;
  return compact({
    ...rest,
    ...(await projectOfRecord(ask, experiment)),
    dataset_name: found && experiment["dataset_name"],
    dataset_version_summary: found && version && (await shownSummary(ask, found, version, versions)),
    ...(await resultsOf(ask, experiment.id, method === "evaluation_suite")),
  });
}

/** What the trials of an experiment came to; kept for as long as neither trials nor traces change. */
async function resultsOf(ask: Ask, id: string, isSuite: boolean): Promise<ValueObject> {
  const items = await itemsOf(ask, id);
  if (items.length === 0 || !ask.call.sees(recordPath("traces"))) return countsOf(items);
  const { results } = stateOf(ask.desk);
  const kinds = ["experiment-items", "traces"];
  const now = await Promise.all(kinds.map(async kind => (await recordsNow(ask.desk, kind))?.info.cid));
  const key = [id, isSuite, ...now].join(" ");
  const known = results.get(key);
  if (known) return known;
  const trials = await Promise.all(items.map(item => shownItem(ask, item)));
  return results.keep(key, { ...countsOf(items), ...summed(trials), ...(isSuite ? passesOf(trials) : {}) });
}

function countsOf(items: readonly KeptRecord[]): ValueObject {
  const distinct = (field: string) => new Set(items.map(item => item[field])).size;
  return { trace_count: distinct("trace_id"), dataset_item_count: distinct("dataset_item_id") };
}

function summed(trials: readonly ValueObject[]): ValueObject {
  const { scores, usage, durations, costs } = measuresOf(trials);
  const averages = averagesOf(scores);
  return compact({
    feedback_scores: averages.length > 0 ? averages : undefined,
    duration: durations.length > 0 ? percentilesOf(durations) : undefined,
    usage: usage.size > 0 ? Object.fromEntries(Array.from(usage, ([name, all]) => [name, mean(all)])) : undefined,
    total_estimated_cost: costs.length > 0 ? mean(costs) * costs.length : undefined,
    total_estimated_cost_avg: costs.length > 0 ? mean(costs) : undefined,
  });
}

/** How many items of a test suite passed, and how often each assertion did. */
function passesOf(trials: readonly ValueObject[]): ValueObject {
  const byItem = groupedBy(trials, trial => textOf(trial["dataset_item_id"]));
  const runs = Array.from(byItem.values(), runsOf).filter(one => one !== undefined);
  if (runs.length === 0) return {};
  const passed = runs.filter(({ status }) => status === "passed").length;
  const results = new Map<string, number[]>();
  for (const { value, passed: isPassed } of trials.flatMap(trial => listOf(trial["assertion_results"])))
    results.set(textOf(value), [...(results.get(textOf(value)) ?? []), Number(isPassed === true)]);
  const assertion_scores: Value[] = averagesOf(results);
  return { pass_rate: passed / runs.length, passed_count: passed, total_count: runs.length, assertion_scores };
}

/** Where an experiment's dataset was when it began. */
export function placeOf(experiment: ValueObject): { id: string; path: string; commit: string } | undefined {
  const place = experiment[placeKey];
  if (!isObject(place)) return undefined;
  const [id, path, commit] = [place["id"], place["path"], place["commit"]];
  const isWhole = typeof id === "string" && typeof path === "string" && typeof commit === "string";
  return isWhole ? { id, path, commit } : undefined;
}
