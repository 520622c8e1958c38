/** Records of traces, spans and sessions as Galileo shows them, also those that another face kept. Pure. */
import { isObject, printJson, view, type Value, type ValueObject } from "@sheaf/core";
import { absent, partOf, startOf, type LogKind } from "./log-record.js";

/** Spans deeper within than this are not shown. */
const maxDepth = 64;

/** A record as Galileo shows it. `run` is that of records which name none. */
export function shownRecord(kind: LogKind, id: string, item: ValueObject, run: string): ValueObject {
  const own = partOf(item);
  const isOurs = isObject(item["galileo"]);
  const type = kind === "spans" ? spanType(item, own) : kind.slice(0, -1);
  const trace = kind === "spans" ? (item["trace_id"] ?? null) : kind === "traces" ? id : null;
  const { log_stream_id: stream, experiment_id: experiment, ...rest } = own;
  return {
    has_children: null,
    status_code: null,
    external_id: null,
    metrics: {},
    is_complete: true,
    ...rest,
    id,
    type,
    trace_id: trace,
    project_id: item["project_id"] ?? null,
    run_id: stream ?? experiment ?? run,
    session_id: item["thread_id"] ?? (kind === "sessions" ? id : trace),
    ...(kind === "spans" ? { parent_id: item["parent_span_id"] ?? trace } : {}),
    name: item["name"] ?? "",
    input: isOurs ? (item["input"] ?? "") : foreign(type, item["input"] ?? "", "user"),
    output: isOurs || absent(item["output"]) ? (item["output"] ?? null) : foreign(type, item["output"], "assistant"),
    tags: item["tags"] ?? [],
    user_metadata: isOurs ? (item["metadata"] ?? {}) : texts(item["metadata"] ?? null),
    created_at: startOf(item),
    updated_at: item["last_updated_at"] ?? null,
  };
}

function spanType(item: ValueObject, own: ValueObject): string {
  if (typeof own["type"] === "string") return own["type"];
  return item["type"] === "llm" || item["type"] === "tool" ? item["type"] : "workflow";
}

/** What another face logged, as Galileo has it: messages of a model, text else. */
function foreign(type: string, value: Value, role: string): Value {
  const text = typeof value === "string" ? value : printJson(value);
  if (type !== "llm") return text;
  return role === "user" ? [{ role, content: text }] : { role, content: text };
}

function texts(metadata: Value): ValueObject {
  if (!isObject(metadata)) return {};
  const all = Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === "string" ? value : printJson(value),
  ]);
  return Object.fromEntries(all) as ValueObject;
}

/** Spans as they lie within each other, below a trace; those whose parent is not here stand at the top. */
export function nested(spans: readonly ValueObject[]): ValueObject[] {
  const ids = new Set(spans.map(({ id }) => id));
  const below = new Map<Value | undefined, ValueObject[]>();
  for (const span of spans) {
    const isTop = span["parent_id"] === span["trace_id"] || !ids.has(span["parent_id"]);
    const parent = isTop ? undefined : span["parent_id"];
    const own = below.get(parent);
    if (own) own.push(span);
    else below.set(parent, [span]);
  }
  const grown = (parent: Value | undefined, depth: number): ValueObject[] =>
    depth > maxDepth
      ? []
      : (below.get(parent) ?? []).map(span => {
          const inner = grown(span["id"], depth + 1);
          return { ...span, spans: inner, has_children: inner.length > 0 };
        });
  return grown(undefined, 1);
}

/** The value of a column: a field, or one within (`metrics/duration_ns`), as plain JavaScript. */
export function columnOf(record: ValueObject, column: string): unknown {
  if (Object.hasOwn(record, column)) return view(record[column]);
  let value: Value | undefined = record;
  for (const step of column.split("/"))
    value =
      isObject(value ?? null) && Object.hasOwn(value as ValueObject, step) ? (value as ValueObject)[step] : undefined;
  return value === undefined ? undefined : view(value);
}
