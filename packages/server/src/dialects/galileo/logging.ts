/** What Galileo's loggers send: traces, spans and sessions, kept as records, each laid over what is there. */
import type { Value, ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { changeRecords, getRecord, putRecords, recordPath } from "../catalog/records.js";
import { nowTime } from "../catalog/time.js";
import { freshUuid, madeUuid } from "../catalog/uuid.js";
import { notFound } from "./errors.js";
import { uuid } from "./ids.js";
import {
  dense,
  spanEntries,
  traceEntries,
  updated,
  type LogContext,
  type LogEntry,
  type LogKind,
} from "./log-record.js";
import { defaultStream } from "./log-streams.js";
import { inProject, needProject, type Project } from "./projects.js";

const tag = "logs";
const run = { log_stream_id: maybe(uuid), experiment_id: maybe(uuid) };
const answers = { 200: { description: "what was kept" } } as const;
const anything = t.Optional(t.Unknown());
const update = {
  ...run,
  input: anything,
  output: anything,
  tags: maybe(t.Array(t.String())),
  status_code: maybe(t.Integer()),
  duration_ns: maybe(t.Integer()),
  is_complete: maybe(t.Boolean()),
};

export const loggingRoutes = [
  route(
    {
      method: "POST",
      path: "/projects/{project_id}/traces",
      operationId: "log_traces",
      tag,
      summary: "Keeps traces with all spans within.",
      scope: "write",
      params: inProject,
      body: {
        json: t.Object({
          ...run,
          traces: t.Array(t.Unknown(), { minItems: 1 }),
          session_id: maybe(uuid),
          session_external_id: maybe(t.String()),
          is_complete: maybe(t.Boolean()),
          include_trace_ids: maybe(t.Boolean()),
        }),
      },
      answers,
    },
    async (call, _, desk) => {
      const body = await call.json();
      const project = await needProject(call, desk, call.params.project_id);
      const session = body.session_id ?? (await sessionOf(call, desk, project, body));
      const context = contextOf(desk, project, body, session, body.is_complete ?? true);
      const entries = traceEntries(body.traces as Value[], context);
      await keep(call, desk, entries);
      const traces = entries.filter(({ kind }) => kind === "traces");
      return json({
        ...said(project, context, entries.length),
        traces_count: traces.length,
        spans_count: entries.length - traces.length,
        trace_ids: body.include_trace_ids === true ? traces.map(({ id }) => id) : null,
      });
    },
  ),
  route(
    {
      method: "POST",
      path: "/projects/{project_id}/spans",
      operationId: "log_spans",
      tag,
      summary: "Keeps spans of a trace, which may come later.",
      scope: "write",
      params: inProject,
      body: {
        json: t.Object({ ...run, spans: t.Array(t.Unknown(), { minItems: 1 }), trace_id: uuid, parent_id: uuid }),
      },
      answers,
    },
    async (call, _, desk) => {
      const body = await call.json();
      const project = await needProject(call, desk, call.params.project_id);
      const within = { trace: body.trace_id.toLowerCase(), parent: body.parent_id.toLowerCase() };
      const context = contextOf(desk, project, body, await threadOf(call, desk, within.trace), true);
      const entries = spanEntries(body.spans as Value[], within, context, ["body", "spans"]);
      await keep(call, desk, entries);
      return json({ ...said(project, context, entries.length), trace_id: within.trace, parent_id: within.parent });
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/projects/{project_id}/traces/{trace_id}",
      operationId: "update_trace",
      tag,
      summary: "Changes a trace that was logged.",
      scope: "write",
      params: t.Object({ project_id: uuid, trace_id: uuid }),
      body: { json: t.Object(update) },
      answers,
    },
    async (call, _, desk) => {
      const id = call.params.trace_id.toLowerCase();
      return json({ ...(await change(call, desk, "traces", id, await call.json())), trace_id: id });
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/projects/{project_id}/spans/{span_id}",
      operationId: "update_span",
      tag,
      summary: "Changes a span that was logged.",
      scope: "write",
      params: t.Object({ project_id: uuid, span_id: uuid }),
      body: { json: t.Object(update) },
      answers,
    },
    async (call, _, desk) => {
      const id = call.params.span_id.toLowerCase();
      return json({ ...(await change(call, desk, "spans", id, await call.json())), span_id: id });
    },
  ),
  route(
    {
      method: "POST",
      path: "/projects/{project_id}/sessions",
      operationId: "create_session",
      tag,
      summary: "Makes a session, which traces may name.",
      scope: "write",
      params: inProject,
      body: {
        json: t.Object({
          ...run,
          name: maybe(t.String()),
          previous_session_id: maybe(uuid),
          external_id: maybe(t.String()),
          user_metadata: maybe(t.Record(t.String(), t.Unknown())),
        }),
      },
      answers,
    },
    async (call, _, desk) => {
      const body = await call.json();
      const project = await needProject(call, desk, call.params.project_id);
      const { name, previous_session_id: previous, external_id: external, user_metadata: metadata } = body;
      const id = freshUuid(desk.repo.local().platform, 4);
      const context = contextOf(desk, project, body, undefined, true);
      const more = { external_id: external, previous_session_id: previous };
      await keepSession(call, desk, id, context, { name: name ?? "", metadata: metadata as ValueObject }, more);
      return json({
        id,
        name: name ?? "",
        project_id: project.id,
        project_name: project.name,
        previous_session_id: previous ?? null,
        external_id: external ?? null,
      });
    },
  ),
] as const;

type Run = { readonly log_stream_id?: string | null; readonly experiment_id?: string | null };

function contextOf(
  desk: Desk,
  project: Project,
  body: Run,
  session: string | undefined,
  isComplete: boolean,
): LogContext {
  const { platform } = desk.repo.local();
  const { log_stream_id: stream, experiment_id: experiment } = body;
  return {
    project: project.id,
    run: experiment
      ? { experiment_id: experiment.toLowerCase() }
      : { log_stream_id: stream?.toLowerCase() ?? defaultStream(platform, project) },
    session: session?.toLowerCase(),
    now: nowTime(desk.repo),
    isComplete,
    freshId: () => freshUuid(platform, 4),
  };
}

function said(project: Project, { run: within, session }: LogContext, count: number) {
  return {
    log_stream_id: within["log_stream_id"] ?? null,
    experiment_id: within["experiment_id"] ?? null,
    metrics_testing_id: null,
    project_id: project.id,
    project_name: project.name,
    session_id: session ?? null,
    records_count: count,
  };
}

/** Puts records where they belong; of what was logged before, as where a trace is sent at its beginning and at its end, the newer fields count. */
async function keep(call: Call, desk: Desk, entries: readonly LogEntry[]): Promise<void> {
  const kinds = (["traces", "spans"] as const).filter(kind => entries.some(entry => entry.kind === kind));
  for (const kind of kinds) await call.permit({ scope: "write", dataset: recordPath(kind) });
  for (const kind of kinds) {
    const own = new Map(entries.filter(entry => entry.kind === kind).map(({ id, item }) => [id, item]));
    await changeRecords(call, desk, kind, [...own.keys()], (id, before) => {
      const item = own.get(id) ?? {};
      const created = before?.["created_at"];
      return { ...before, ...item, ...(created === undefined ? {} : { created_at: created }) };
    });
  }
}

/** Throws 404 for what was not logged (yet: clients try again). */
async function change(call: Call<{ project_id: string }>, desk: Desk, kind: LogKind, id: string, given: Run & object) {
  const project = await needProject(call, desk, call.params.project_id);
  const context = contextOf(desk, project, given, undefined, true);
  await changeRecords(call, desk, kind, [id], (_, before) => {
    if (!before || before["project_id"] !== project.id) throw notFound(`nothing of ${kind} was logged under ${id}`);
    return updated(before, given, context.now);
  });
  return said(project, context, 1);
}

/** The session that a client knows by a name of its own, made where it is not there; its id is made of that name, so that two who come at once make one. */
async function sessionOf(
  call: Call,
  desk: Desk,
  project: Project,
  body: Run & { readonly session_external_id?: string | null },
): Promise<string | undefined> {
  const { session_external_id: external } = body;
  if (external === undefined || external === null || external === "") return undefined;
  const id = madeUuid(desk.repo.local().platform, 4, ["galileo session", project.id, external]);
  if (!(await getRecord(desk, "sessions", id)))
    await keepSession(call, desk, id, contextOf(desk, project, body, undefined, true), {}, { external_id: external });
  return id;
}

async function keepSession(
  call: Call,
  desk: Desk,
  id: string,
  context: LogContext,
  words: Readonly<Record<string, ValueObject | string | undefined>>,
  more: Readonly<Record<string, string | null | undefined>>,
): Promise<void> {
  const times = { start_time: context.now, created_at: context.now, last_updated_at: context.now };
  const galileo = dense({ ...more, ...context.run });
  const item = dense({ ...words, ...times, project_id: context.project, galileo });
  await putRecords(call, desk, "sessions", [{ id, item }]);
}

/** The session of a trace that is there, for who may see it. */
async function threadOf(call: Call, desk: Desk, trace: string): Promise<string | undefined> {
  if (!call.sees(recordPath("traces"))) return undefined;
  const thread = (await getRecord(desk, "traces", trace))?.["thread_id"];
  return typeof thread === "string" ? thread : undefined;
}
