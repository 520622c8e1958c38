/** Jobs: looked at, waited for, cancelled; and how a route becomes one. */
import type { Value, Watch } from "@sheaf/core";
import { empty, json, stream } from "../answer.js";
import type { Call } from "../call.js";
import type { Desk } from "../desk.js";
import type { Job } from "../jobs.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { attachment, fileTypes } from "./file-media.js";
import { defined, fields } from "./shapes.js";

const tag = "jobs";

const jobInfo = t.Object(
  {
    id: t.String(),
    kind: t.String({ description: "what is done: import, export, fetch, push, pull" }),
    state: t.Union([t.Literal("running"), t.Literal("done"), t.Literal("failed"), t.Literal("cancelled")]),
    started: t.Integer({ description: "milliseconds since 1970" }),
    finished: t.Optional(t.Integer()),
    progress: t.Optional(
      t.Object({
        phase: t.String(),
        done: t.Integer(),
        total: t.Optional(t.Integer()),
        unit: t.String({ description: "rows, bytes, blocks, …" }),
      }),
    ),
    result: t.Optional(t.Unknown({ description: "what the request would have been answered" })),
    problem: t.Optional(t.Unknown({ description: "why it failed" })),
  },
  {
    $id: "Job",
    description: "Work that goes on behind an answer.",
    examples: [
      {
        id: "5f2b0c1e",
        kind: "import",
        state: "running",
        started: 1767225600000,
        progress: { phase: "reading", done: 20_000, total: 100_000, unit: "rows" },
      },
    ],
  },
);

/** What a route takes that may run as a job. */
export const jobQuery = {
  job: t.Optional(
    t.Boolean({ description: "answer at once (202) and go on as a job; so does the header Prefer: respond-async" }),
  ),
};

/** The answer of a route that went on as a job. */
export const accepted = { description: "it goes on as a job, which is at Location", json: jobInfo };

/** Says whether the caller wants an answer at once. */
export function isAsync(call: Call<unknown, { job?: boolean }>): boolean {
  return call.query.job === true || /\brespond-async\b/.test(call.request.headers.get("prefer") ?? "");
}

/** Does the work and answers with its result, or begins a job for it, as the caller asks. */
export async function jobOrAnswer(
  call: Call<unknown, { job?: boolean }>,
  desk: Desk,
  kind: string,
  work: (watch: Watch) => Promise<Value>,
): Promise<Response> {
  if (!isAsync(call)) return json(await work({ signal: call.signal }));
  return jobAnswer(desk.jobs.start(kind, call.caller.id, async watch => ({ result: await work(watch) })));
}

/** Says where the job is. */
export function jobAnswer(job: Job): Response {
  return json(shown(job), { status: 202, headers: { location: `/api/v1/jobs/${job.id}` } });
}

function shown({ owner: _owner, problem, progress, ...job }: Job): object {
  const { headers: _headers, ...told } = problem ?? { headers: {} };
  return defined({
    ...job,
    progress: progress && defined({ ...progress }),
    problem: problem && defined(told),
  });
}

const id = t.Object({ job: t.String({ minLength: 1 }) });

export const jobRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/jobs",
      operationId: "listJobs",
      tag,
      summary: "Lists the caller's jobs, newest first.",
      description:
        "A job is remembered for an hour after its end (of each caller the latest 256), by the process that runs it. It ends with that process: one that had not made its commit by then has changed nothing, and may be begun again.",
      scope: "read",
      isJudged: true,
      query: fields({}),
      answers: { 200: { description: "the jobs", json: t.Object({ jobs: t.Array(jobInfo) }) } },
    },
    async ({ caller }, _, { jobs }) => json({ jobs: jobs.list(caller.id).map(shown) }),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/jobs/{job}",
      operationId: "getJob",
      tag,
      summary: "Says how far a job is and what came of it.",
      scope: "read",
      isJudged: true,
      params: id,
      answers: { 200: { description: "the job", json: jobInfo } },
    },
    async ({ caller, params }, _, { jobs }) => json(shown(jobs.get(params.job, caller.id))),
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/jobs/{job}/file",
      operationId: "getJobFile",
      tag,
      summary:
        "Gives the file that a job made, as often as asked while the job is remembered; in parts, where Range asks.",
      scope: "read",
      isJudged: true,
      params: id,
      answers: { 200: { description: "the file", bytes: fileTypes } },
    },
    async ({ caller, params }, _, { jobs }) => {
      const { name, mediaType, content } = jobs.file(params.job, caller.id);
      return stream(content.read(), mediaType, {
        etag: JSON.stringify(params.job),
        "content-length": String(content.size),
        ...attachment(name),
      });
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/api/v1/jobs/{job}",
      operationId: "cancelJob",
      tag,
      summary: "Stops a job that runs, of which nothing stays; forgets one that is over, with its file.",
      scope: "read",
      isJudged: true,
      params: id,
      answers: { 204: { description: "it runs no more" } },
    },
    async ({ caller, params }, _, { jobs }) => {
      await jobs.end(params.job, caller.id);
      return empty();
    },
  ),
] as const;
