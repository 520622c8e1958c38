/** What experiments came to, in numbers. */
import { Float, isObject, type Value, type ValueObject } from "@sheaf/core";
import { textOf } from "./filter.js";
import { listOf } from "./experiment-item.js";

/** Numbers that trials came to. */
export interface Measures {
  readonly scores: ReadonlyMap<string, readonly number[]>;
  readonly usage: ReadonlyMap<string, readonly number[]>;
  /** Milliseconds. */
  readonly durations: readonly number[];
  readonly costs: readonly number[];
}

export function measuresOf(trials: readonly ValueObject[]): Measures {
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
  return { scores, usage, durations, costs };
}

/** Counts, averages and percentiles over trials. */
export function statsOf(trials: readonly ValueObject[]): Value[] {
  const { scores, usage, durations, costs } = measuresOf(trials);
  const traces = new Set(trials.map(trial => trial["trace_id"])).size;
  const averages = (prefix: string, all: Measures["scores"]) =>
    averagesOf(all).map(({ name, value }) => ({ name: `${prefix}.${name}`, type: "AVG", value }));
  const percentiles = (name: string, all: readonly number[]) => ({
    name,
    type: "PERCENTAGE",
    value: percentilesOf(all),
  });
  const cost = "total_estimated_cost";
  return [
    { name: "experiment_items_count", type: "COUNT", value: trials.length },
    { name: "trace_count", type: "COUNT", value: traces },
    ...(costs.length > 0 ? [{ name: cost, type: "AVG", value: mean(costs) }, percentiles(cost, costs)] : []),
    ...(durations.length > 0 ? [percentiles("duration", durations)] : []),
    ...averages("feedback_scores", scores),
    ...averages("usage", usage),
  ];
}

function note(all: Map<string, number[]>, name: string, value: Value | undefined): void {
  const number = numberOf(value);
  if (number !== undefined) all.set(name, [...(all.get(name) ?? []), number]);
}

export function numberOf(value: Value | undefined): number | undefined {
  if (value instanceof Float) return value.value;
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

/** The average of what each name has. */
export function averagesOf(all: ReadonlyMap<string, readonly number[]>): { name: string; value: number }[] {
  return Array.from(all, ([name, values]) => ({ name, value: mean(values) }));
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

export function percentilesOf(values: readonly number[]): { p50: number; p90: number; p99: number } {
  const ordered = values.toSorted((a, b) => a - b);
  const at = (share: number) => ordered[Math.min(ordered.length - 1, Math.ceil(share * ordered.length) - 1)];
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
