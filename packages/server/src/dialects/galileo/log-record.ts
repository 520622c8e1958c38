/**
 * Traces, spans and sessions as Galileo's clients send and read them, and the records that they are kept as. Pure.
 *
 * What all faces have a word for stands under that word (`input`, `output`, `metadata`, `tags`, `start_time`, `trace_id`, `thread_id` …), all else under
 * `galileo` as it came. Source: Galileo's public API reference, "Log traces" and "Log spans".
 */
import { isObject, view, type Value, type ValueObject } from "@sheaf/core";
import { uuidForm } from "../catalog/uuid.js";
import { unprocessable, type Loc } from "./errors.js";

export const spanTypes = ["agent", "control", "llm", "retriever", "tool", "workflow"] as const;

/** Types of spans that other faces have a word for. */
const sharedTypes: readonly Value[] = ["llm", "tool"];

export type LogKind = "traces" | "spans" | "sessions";

/** A record to be kept. */
export interface LogEntry {
  readonly kind: LogKind;
  readonly id: string;
  readonly item: ValueObject;
}

/** What a request says of all that it logs. */
export interface LogContext {
  readonly project: string;
  /** `log_stream_id` or `experiment_id`. */
  readonly run: ValueObject;
  readonly session: string | undefined;
  readonly now: string;
  readonly isComplete: boolean;
  readonly freshId: () => string;
}

/** Traces and the spans within, outermost first. Throws 422. */
export function traceEntries(traces: readonly Value[], context: LogContext): LogEntry[] {
  return traces.flatMap((trace, i) => {
    const loc = ["body", "traces", i];
    const { id, item, spans } = readStep(trace, context, loc);
    const entry: LogEntry = { kind: "traces", id, item };
    return [entry, ...spanEntries(spans, { trace: id, parent: id }, context, [...loc, "spans"])];
  });
}

/** Spans below a trace or another span, each with those within. Throws 422. */
export function spanEntries(
  spans: readonly Value[],
  within: { readonly trace: string; readonly parent: string },
  context: LogContext,
  loc: Loc,
): LogEntry[] {
  const { trace, parent } = within;
  return spans.flatMap((span, i) => {
    const at = [...loc, i];
    const { id, item, type, spans: inner } = readStep(span, context, at);
    if (!spanTypes.some(known => known === type))
      throw unprocessable([...at, "type"], `a span's type is one of ${spanTypes.join(", ")}`);
    item["type"] = type !== undefined && sharedTypes.includes(type) ? type : "general";
    item["trace_id"] = trace;
    if (parent !== trace) item["parent_span_id"] = parent;
    const entry: LogEntry = { kind: "spans", id, item };
    return [entry, ...spanEntries(inner, { trace, parent: id }, context, [...at, "spans"])];
  });
}

/** One trace or span, without those within. */
function readStep(step: Value, context: LogContext, loc: Loc) {
  if (!isObject(step)) throw unprocessable(loc, "this must be an object");
  const { id: given, name, input, output, user_metadata: metadata, tags, created_at: began, spans, ...rest } = step;
  const id = absent(given) ? context.freshId() : uuidIn(given, [...loc, "id"]);
  const start = absent(began) ? context.now : timeIn(began, [...loc, "created_at"]);
  hold(absent(name) || typeof name === "string", [...loc, "name"], "this must be a text");
  hold(absent(metadata) || isObject(metadata), [...loc, "user_metadata"], "this must be an object");
  hold(absent(rest["metrics"]) || isObject(rest["metrics"]), [...loc, "metrics"], "this must be an object");
  hold(absent(spans) || Array.isArray(spans), [...loc, "spans"], "this must be a list of spans");
  const end = endOf(start, durationOf(rest["metrics"]));
  const item: ValueObject = dense({
    name: name ?? "",
    input: input ?? "",
    output,
    metadata,
    tags: tagsIn(tags, [...loc, "tags"]),
    start_time: start,
    end_time: end,
    project_id: context.project,
    thread_id: context.session,
    created_at: context.now,
    last_updated_at: context.now,
    galileo: dense({ ...rest, ...context.run, ...(context.isComplete ? {} : { is_complete: false }) }),
  });
  return { id, item, type: rest["type"], spans: Array.isArray(spans) ? spans : [] };
}

/** A record after an update; what is given takes the place of what was, and tags are added. Throws 422. */
export function updated(before: ValueObject, given: ValueObject, now: string): ValueObject {
  const { input, output, status_code: status, duration_ns: duration, is_complete: isComplete, tags } = given;
  const own = partOf(before);
  const metrics = isObject(own["metrics"]) ? own["metrics"] : {};
  const old = Array.isArray(before["tags"]) ? before["tags"] : [];
  const added = tagsIn(tags, ["body", "tags"]) ?? [];
  return {
    ...before,
    ...dense({ input, output, end_time: absent(duration) ? undefined : endOf(startOf(before), duration) }),
    ...(added.length > 0 ? { tags: [...new Set([...old, ...added])] } : {}),
    last_updated_at: now,
    galileo: {
      ...own,
      ...dense({ status_code: status, is_complete: isComplete }),
      ...(absent(duration) ? {} : { metrics: { ...metrics, duration_ns: duration } }),
    },
  };
}

/** What Galileo alone has words for. */
export function partOf(item: ValueObject): ValueObject {
  return isObject(item["galileo"]) ? item["galileo"] : {};
}

/** When what a record tells of began. */
export function startOf(item: ValueObject): string {
  const { start_time: start, created_at: created } = item;
  return typeof start === "string" ? start : typeof created === "string" ? created : new Date(0).toISOString();
}

export function absent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** Without what is absent or null. */
export function dense(object: Readonly<Record<string, Value | undefined>>): ValueObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !absent(value))) as ValueObject;
}

function tagsIn(tags: Value | undefined, loc: Loc): string[] | undefined {
  if (absent(tags)) return undefined;
  if (Array.isArray(tags) && tags.every(tag => typeof tag === "string")) return tags;
  throw unprocessable(loc, "this must be a list of texts");
}

function uuidIn(value: Value | undefined, loc: Loc): string {
  const id = typeof value === "string" ? value.toLowerCase() : "";
  hold(uuidForm.test(id), loc, "this must be a UUID");
  return id;
}

function timeIn(value: Value | undefined, loc: Loc): string {
  if (typeof value === "string" && !Number.isNaN(Date.parse(value))) return value;
  throw unprocessable(loc, "this must be a time as ISO 8601 writes it");
}

function hold(isSo: boolean, loc: Loc, msg: string): void {
  if (!isSo) throw unprocessable(loc, msg);
}

function durationOf(metrics: Value | undefined): Value | undefined {
  return isObject(metrics ?? null) ? (metrics as ValueObject)["duration_ns"] : undefined;
}

/** The end of what took so many nanoseconds; `undefined` where that is no time. */
function endOf(start: string, duration: Value | undefined): string | undefined {
  const ns = view(duration ?? null);
  if (typeof ns !== "number" && typeof ns !== "bigint") return undefined;
  const end = new Date(Date.parse(start) + Number(ns) / 1e6);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}
