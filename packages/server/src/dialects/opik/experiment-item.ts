/** Tried items as Opik writes them: joined with their traces. */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import type { Ask } from "./operation.js";
import { projectIdOf } from "./projects.js";
import { compact } from "./shape.js";
import { textOf } from "./filter.js";
import type { KeptRecord } from "./state.js";

/** A tried item with what its trace says. */
export async function shownItem(ask: Ask, item: KeptRecord): Promise<ValueObject> {
  const found = await ask.record("traces", textOf(item["trace_id"]));
  const trace = found ?? {};
  const assertions = listOf(trace["assertion_results"]).map(result =>
    compact({ value: result["name"], passed: result["status"] === "passed", reason: result["reason"] }),
  );
  const status = assertions.every(result => result["passed"] === true) ? "passed" : "failed";
  const scores = listOf(trace["feedback_scores"]);
  return compact({
    ...item,
    project_id: found && projectIdOf(ask.platform, found),
    input: trace["input"],
    output: trace["output"],
    trace_metadata: trace["metadata"],
    feedback_scores: scores.length > 0 ? scores : undefined,
    comments: trace["comments"],
    duration: durationOf(trace),
    usage: trace["usage"],
    total_estimated_cost: trace["total_estimated_cost"],
    ...(assertions.length > 0 ? { assertion_results: assertions, status } : {}),
  });
}

/** How many runs of one item in one experiment passed; `undefined` where no assertion was made. */
export function runsOf(trials: readonly ValueObject[]): Runs | undefined {
  const tested = trials.filter(trial => trial["status"] !== undefined);
  if (tested.length === 0) return undefined;
  const passed = tested.filter(trial => trial["status"] === "passed").length;
  const policy = trials[0]["execution_policy"];
  const threshold = Number((isObject(policy) ? policy["pass_threshold"] : undefined) ?? 1);
  return { passed_runs: passed, total_runs: tested.length, status: passed >= threshold ? "passed" : "failed" };
}

interface Runs extends ValueObject {
  passed_runs: number;
  total_runs: number;
  status: "passed" | "failed";
}

/** The objects of a list. */
export function listOf(value: Value | undefined): ValueObject[] {
  return Array.isArray(value) ? value.filter(element => isObject(element)) : [];
}

/** Milliseconds from a trace's start to its end. */
export function durationOf({ start_time: start, end_time: end }: ValueObject): number | undefined {
  const [from, to] = [Date.parse(textOf(start)), Date.parse(textOf(end))];
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : Math.max(0, to - from);
}
