/** What experiments came to, in numbers. */
import { Float, isObject, type Value, type ValueObject } from "@sheaf/core";
import { textOf } from "./filter.js";
import { listOf } from "./experiment-item.js";

/** Counts, averages and percentiles over trials. */
export function statsOf(trials: readonly ValueObject[]): Value[] {
  const scores = new Map<string, number[]>();
  const usage = new Map<string, number[]>();
  const [durations, costs]: [number[], number[]] = [[], []];
  for (const trial of trials) {
    for (const { name, value } of listOf(trial["feedback_scores"])) note(scores, textOf(name), value);
    if (isObject(trial["usage"])) for (const [name, value] of Object.entries(trial["usage"])) note(usage, name, value);
    const [duration, cost] = [numberOf(trial["duration"]), numberOf(trial["total_estimated_cost"])];
    if (duration !== undefined) durations.push(duration);
    if (cost !== undefined) costs.push(cost);
  }
  const traces = new Set(trials.map(trial => trial["trace_id"])).size;
  return [
    { name: "experiment_items_count", type: "COUNT", value: trials.length },
    { name: "trace_count", type: "COUNT", value: traces },
    ...(costs.length > 0 ? [average("total_estimated_cost", costs), percentiles("total_estimated_cost", costs)] : []),
    ...(durations.length > 0 ? [percentiles("duration", durations)] : []),
    ...Array.from(scores, ([name, values]) => average(`feedback_scores.${name}`, values)),
    ...Array.from(usage, ([name, values]) => average(`usage.${name}`, values)),
  ];
}

function note(all: Map<string, number[]>, name: string, value: Value | undefined): void {
  const number = numberOf(value);
  const own = all.get(name) ?? [];
  if (number !== undefined) all.set(name, [...own, number]);
}

export function numberOf(value: Value | undefined): number | undefined {
  if (value instanceof Float) return value.value;
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

function average(name: string, values: readonly number[]): Value {
  return { name, type: "AVG", value: values.reduce((a, b) => a + b, 0) / values.length };
}

function percentiles(name: string, values: readonly number[]): Value {
  const ordered = values.toSorted((a, b) => a - b);
  const at = (share: number) => ordered[Math.min(ordered.length - 1, Math.ceil(share * ordered.length) - 1)];
  return { name, type: "PERCENTAGE", value: { p50: at(0.5), p90: at(0.9), p99: at(0.99) } };
}
