/** Traces and spans found by what they hold. */
import { printJson, type Value, type ValueObject } from "@sheaf/core";
import { json, lines, stream } from "../../answer.js";
import type { Route } from "../../route.js";
import { getRecords } from "../catalog/records.js";
import { experimentsByTrace, recordIds } from "./experiment-index.js";
import { durationOf, listOf } from "./experiment-item.js";
import { Rules, type Fields } from "./fields.js";
import { parseFilters, type FieldType, type Filter } from "./filter.js";
import { memberOf } from "./item-filter.js";
import { streamType } from "./items.js";
import { operation, pageOf, pageWords, type Ask } from "./operation.js";
import { projectId, projectIdOf } from "./projects.js";
import { words, type RecordKind } from "./traces.js";

const maxFound = 2000;

const searched: Readonly<Record<string, FieldType>> = {
  id: "exact",
  name: "text",
  start_time: "date",
  end_time: "date",
  input: "text",
  output: "text",
  input_json: "map",
  output_json: "map",
  metadata: "map",
  tags: "list",
  usage: "map",
  total_estimated_cost: "number",
  duration: "number",
  feedback_scores: "number",
  thread_id: "text",
  trace_id: "exact",
  parent_span_id: "exact",
  error_info: "number",
  type: "enum",
  model: "text",
  provider: "text",
  source: "enum",
  environment: "enum",
  experiment_id: "exact",
  created_at: "date",
  last_updated_at: "date",
};

const kinds = ["traces", "spans"] as const;

export const traceSearchRoutes: readonly Route[] = kinds.flatMap(kind => [
  operation(
    {
      id: `search${words[kind].many}`,
      method: "POST",
      path: `/v1/private/${kind}/search`,
      scope: "read",
      says: `Streams the ${kind} that filters want, newest first.`,
    },
    ask => search(ask, kind),
  ),
  operation(
    {
      id: `get${words[kind].many}ByProject`,
      method: "GET",
      path: `/v1/private/${kind}`,
      scope: "read",
      says: `Gives a page of ${kind}, newest first.`,
      query: ["page", "size", "project_id", "project_name", "filters", "trace_id"],
    },
    ask => list(ask, kind),
  ),
]);

async function search(ask: Ask, kind: RecordKind): Promise<Response> {
  const body = await ask.body();
  const limit = body.integer("limit") ?? 500;
  new Rules().hold(limit >= 1 && limit <= maxFound, `limit must be between 1 and ${maxFound}`).done();
  const filters = parseFilters(body.list("filters"), searched);
  const project = body.uuid("project_id") ?? projectId(ask.platform, body.text("project_name"));
  const after = body.uuid("last_retrieved_id");
  const [first, last] = [timeIn(body, "from_time"), timeIn(body, "to_time")];
  const isIn = (id: string) => timeOf(id) >= (first ?? -Infinity) && timeOf(id) <= (last ?? Infinity);
  const all = await idsOf(ask, kind, project, body.uuid("trace_id"));
  const ids = all.filter(id => isIn(id) && (after === undefined || id < after));
  return stream(lines(texts(found(ask, kind, filters, ids, limit))), streamType);
}

/** A time in a request, in milliseconds since 1970. Throws 422 for what is none. */
function timeIn(body: Fields, name: string): number | undefined {
  const text = body.text(name);
  const time = text === undefined ? undefined : Date.parse(text);
  new Rules().hold(time === undefined || !Number.isNaN(time), `${name} must be a time as ISO 8601 writes it`).done();
  return time;
}

/** The time that a UUIDv7 begins with. */
function timeOf(id: string): number {
  return Number.parseInt(id.replace("-", "").slice(0, 12), 16);
}

async function list(ask: Ask, kind: RecordKind): Promise<Response> {
  const page = ask.page();
  const filters = parseFilters(ask.query("filters"), searched);
  const project = ask.query("project_id")?.toLowerCase() ?? projectId(ask.platform, ask.query("project_name"));
  const trace = ask.query("trace_id")?.toLowerCase();
  const ids = await idsOf(ask, kind, project, trace);
  const isPlain = filters.length === 0;
  const all = await listed(found(ask, kind, filters, isPlain ? pageOf(ids, page) : ids));
  const content = isPlain ? all : pageOf(all, page);
  const total = isPlain ? ids.length : all.length;
  return json({ content, ...pageWords(page, content.length, total) });
}

/** The ids of the records of a project, newest first; with a trace, of the spans within it alone. */
async function idsOf(ask: Ask, kind: RecordKind, project: string, trace: string | undefined): Promise<string[]> {
  const ids = await recordIds(ask, kind, project);
  if (trace === undefined) return ids;
  const within = new Set((await ask.idsBy(kind, "trace_id")).get(trace));
  return ids.filter(id => within.has(id));
}

/** Those of these records that are wanted, so many at most. */
async function* found(
  ask: Ask,
  kind: RecordKind,
  filters: readonly Filter[],
  ids: readonly string[],
  limit = Infinity,
): AsyncGenerator<ValueObject> {
  const isAboutTrials = kind === "traces" && filters.some(({ field }) => field === "experiment_id");
  const trials = isAboutTrials ? await experimentsByTrace(ask) : new Map<string, string>();
  let left = limit;
  for await (const { id, item } of getRecords(ask.desk, kind, ids)) {
    const record: ValueObject = { id, ...item, project_id: projectIdOf(ask.platform, item) };
    if (!filters.every(filter => passes(filter, record, trials.get(id)))) continue;
    yield record;
    if (--left <= 0) return;
  }
}

async function listed<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

function passes({ field, key, holds }: Filter, record: ValueObject, experiment: string | undefined): boolean {
  if (field === "experiment_id") return holds(experiment);
  if (field === "feedback_scores") return holds(listOf(record[field]).find(({ name }) => name === key)?.["value"]);
  if (field === "duration") return holds(durationOf(record));
  const whole: Value | undefined = record[field.replace(/_json$/, "")];
  return holds(key === "" ? whole : memberOf(whole, key));
}

async function* texts(records: AsyncIterable<ValueObject>): AsyncGenerator<string> {
  for await (const record of records) yield `${printJson(record)}\r`;
}
