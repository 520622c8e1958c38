/** Records that were logged, read again: one by one, searched, counted, removed. */
import { compareText, fieldOf, type ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { itemOf } from "../../native/row-reader.js";
import { route, type Route } from "../../route.js";
import { t } from "../../schema.js";
import { idsBy, type IdsBy } from "../catalog/record-index.js";
import { getRecords, recordPath, recordsNow, removeRecords } from "../catalog/records.js";
import { removeTraces } from "../catalog/trace-removal.js";
import { notFound } from "./errors.js";
import { uuid } from "./ids.js";
import {
  asText,
  countParams,
  searchParams,
  testOf,
  type CountParams,
  type ExportParams,
  type SearchParams,
} from "./log-filter.js";
import type { LogKind } from "./log-record.js";
import { columnOf, nested, shownRecord } from "./log-view.js";
import { paged, pageOf } from "./paging.js";
import { defaultStream } from "./log-streams.js";
import { inProject, needProject, type Project } from "./projects.js";

const tag = "logs";
const kinds: readonly LogKind[] = ["traces", "spans", "sessions"];

export const logReadingRoutes: readonly Route[] = [
  ...kinds.map(kind =>
    route(
      {
        method: "POST",
        path: `/projects/{project_id}/${kind}/search`,
        operationId: `query_${kind}`,
        tag,
        summary: `Gives a page of the ${kind} that fit, newest first unless an order is asked for.`,
        scope: "read",
        params: inProject,
        body: { json: searchParams },
        answers: { 200: { description: "a LogRecordsQueryResponse" } },
      },
      async (call, _, desk) => json(await searched(call, desk, kind, await call.json())),
    ),
  ),
  ...kinds.map(kind =>
    route(
      {
        method: "POST",
        path: `/projects/{project_id}/${kind}/count`,
        operationId: `count_${kind}`,
        tag,
        summary: `Counts the ${kind} that fit.`,
        scope: "read",
        params: inProject,
        body: { json: countParams },
        answers: { 200: { description: "a LogRecordsQueryCountResponse" } },
      },
      async (call, _, desk) => {
        const { found } = await find(call, desk, kind, await call.json());
        return json({ total_count: found.length });
      },
    ),
  ),
  ...kinds.map(kind =>
    route(
      {
        method: "POST",
        path: `/projects/{project_id}/${kind}/delete`,
        operationId: `delete_${kind}`,
        tag,
        summary: `Removes the ${kind} that fit, traces with their spans; they stay in the history.`,
        scope: "write",
        params: inProject,
        body: { json: countParams },
        answers: { 200: { description: "a LogRecordsDeleteResponse" } },
      },
      async (call, _, desk) => {
        const { found } = await find(call, desk, kind, await call.json());
        const ids = found.map(({ id }) => id);
        if (ids.length > 0)
          await (kind === "traces" ? removeTraces(call, desk, ids) : removeRecords(call, desk, kind, ids));
        return json({ message: `${ids.length} ${kind} were removed.` });
      },
    ),
  ),
  route(
    {
      method: "GET",
      path: "/projects/{project_id}/traces/{trace_id}",
      operationId: "get_trace",
      tag,
      summary: "Gives a trace with the spans within.",
      scope: "read",
      params: t.Object({ project_id: uuid, trace_id: uuid }),
      answers: { 200: { description: "an ExtendedTraceRecordWithChildren" } },
    },
    async (call, _, desk) => {
      const project = await needProject(call, desk, call.params.project_id);
      const trace = await need(call, desk, project, "traces", call.params.trace_id);
      return json(await traceWithSpans(desk, project, trace, await spansSeen(call, desk)));
    },
  ),
  route(
    {
      method: "GET",
      path: "/projects/{project_id}/spans/{span_id}",
      operationId: "get_span",
      tag,
      summary: "Gives a span.",
      scope: "read",
      params: t.Object({ project_id: uuid, span_id: uuid }),
      answers: { 200: { description: "an ExtendedSpanRecord" } },
    },
    async (call, _, desk) => {
      const project = await needProject(call, desk, call.params.project_id);
      return json(await need(call, desk, project, "spans", call.params.span_id));
    },
  ),
  route(
    {
      method: "GET",
      path: "/projects/{project_id}/sessions/{session_id}",
      operationId: "get_session",
      tag,
      summary: "Gives a session with its traces.",
      scope: "read",
      params: t.Object({ project_id: uuid, session_id: uuid }),
      answers: { 200: { description: "an ExtendedSessionRecordWithChildren" } },
    },
    async (call, _, desk) => {
      const project = await needProject(call, desk, call.params.project_id);
      const session = await need(call, desk, project, "sessions", call.params.session_id);
      const ids = (await idsSeen(call, desk, "traces", "thread_id")).get(asText(session["id"])) ?? [];
      const spansOf = await spansSeen(call, desk);
      const traces: ValueObject[] = [];
      for (const trace of await shownAll(desk, project, "traces", ids))
        traces.push(await traceWithSpans(desk, project, trace, spansOf));
      return json({ ...session, traces, num_traces: traces.length });
    },
  ),
] as const;

type InProject = Call<{ project_id: string }>;

interface Found {
  readonly id: string;
  readonly key: string | number;
}

async function searched(call: InProject, desk: Desk, kind: LogKind, params: SearchParams) {
  const { project, ids: all } = await found(call, desk, kind, params);
  const { part: ids, fields } = paged(all, pageOf(params));
  return { ...fields, last_row_id: ids.at(-1) ?? null, records: await shownAll(desk, project, kind, ids) };
}

/** The ids of the records of the project that fit, in the order that is asked for; newest first where none is. */
export async function found(call: InProject, desk: Desk, kind: LogKind, params: ExportParams) {
  const { column_id: column, name, ascending = false } = params.sort ?? {};
  const { project, found: all } = await find(call, desk, kind, params, column ?? name);
  const sign = ascending ? 1 : -1;
  all.sort((a, b) => sign * compare(a.key, b.key));
  return { project, ids: all.map(({ id }) => id) };
}

/** The records of the project that fit, in the order in which they came. */
async function find(call: InProject, desk: Desk, kind: LogKind, params: CountParams, order = "created_at") {
  const project = await needProject(call, desk, call.params.project_id);
  const fits = testOf(params);
  const found: Found[] = [];
  if (!call.sees(recordPath(kind))) return { project, found };
  const stream = defaultStream(desk.repo.local().platform, project);
  const version = await recordsNow(desk, kind);
  if (version)
    for await (const { ids, blocks } of version.batches({ signal: call.signal }))
      for (let i = 0; i < ids.length; i++) {
        if (fieldOf(blocks[i], "project_id") !== project.id) continue;
        const record = shownRecord(kind, ids[i], itemOf(blocks[i]), stream);
        if (fits(record)) found.push({ id: ids[i], key: keyOf(record, order) });
      }
  return { project, found };
}

function keyOf(record: ValueObject, column: string): string | number {
  const value = columnOf(record, column);
  if (typeof value === "number") return value;
  const text = asText(value);
  const time = column.endsWith("_at") ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? text : time;
}

/** Numbers stand before texts. */
function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  return typeof a === "number" ? -1 : 1;
}

async function need(call: Call, desk: Desk, project: Project, kind: LogKind, id: string): Promise<ValueObject> {
  await call.permit({ scope: "read", dataset: recordPath(kind) });
  const [found] = await shownAll(desk, project, kind, [id.toLowerCase()]);
  if (found === undefined) throw notFound(`nothing of ${kind} was logged under ${id} in this project`);
  return found;
}

/** Those of these records that are there, and of the project. */
export async function shownAll(
  desk: Desk,
  project: Project,
  kind: LogKind,
  ids: readonly string[],
): Promise<ValueObject[]> {
  const stream = defaultStream(desk.repo.local().platform, project);
  const shown: ValueObject[] = [];
  for await (const { id, item } of getRecords(desk, kind, ids))
    if (item["project_id"] === project.id) shown.push(shownRecord(kind, id, item, stream));
  return shown;
}

/** A trace with the spans within, by `spansOf`: the ids of spans by their trace. */
export async function traceWithSpans(
  desk: Desk,
  project: Project,
  trace: ValueObject,
  spansOf: IdsBy,
): Promise<ValueObject> {
  const spans = await shownAll(desk, project, "spans", spansOf.get(asText(trace["id"])) ?? []);
  return { ...trace, spans: nested(spans), has_children: spans.length > 0, num_spans: spans.length };
}

/** The ids of spans by their trace. */
export function spansSeen(call: Call, desk: Desk): Promise<IdsBy> {
  return idsSeen(call, desk, "spans", "trace_id");
}

/** The ids of records by a field of theirs; none where the caller may not see them. */
async function idsSeen(call: Call, desk: Desk, kind: LogKind, field: string): Promise<IdsBy> {
  return call.sees(recordPath(kind)) ? idsBy(desk, kind, field) : new Map();
}
