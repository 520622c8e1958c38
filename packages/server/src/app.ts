/**
 * The server as a function from requests to responses: no port, no clock but the one that it is given.
 *
 * Step of the walk: the outermost. Whoever listens (`listen.ts`, a test) hands requests in; the routes do the rest. Refused requests get a problem with a reason.
 */
import type { Repository } from "@sheaf/core";
import { Hono, type Context } from "hono";
import { Call, defaultLimits, type Caller, type Limits, type Need } from "./call.js";
import { withDocument } from "./document/routes.js";
import { Desk, type Wait } from "./desk.js";
import { HttpError, judge, problemResponse, type Problem } from "./problem.js";
import type { Route } from "./route.js";
import { converted } from "./schema.js";
import type { Spool } from "./spool.js";

/** Says who sends a request. Throws an {@link HttpError} (401, 403) when that is nobody, or they may not do what is needed. */
export type Admit = (request: Request, need: Need) => Promise<Caller>;

export interface AppOptions {
  readonly repo: Repository;
  /** The routes beside those of the document, which the app adds. */
  readonly routes: readonly Route[];
  readonly admit: Admit;
  readonly limits?: Partial<Limits>;
  /** The id of a request. */
  readonly requestId: (request: Request) => string;
  /** How to wait between looks at a ref. Default: by the clock. */
  readonly wait?: Wait;
  /** Where uploads and files of jobs wait. Default: a little memory. */
  readonly spool?: Spool;
  /** Told of every request when it is answered; `error` only for what nobody foresaw. */
  readonly onAnswer?: (told: Answered, request: Request) => void;
  /** Aborts when the server shuts down: streams that would never end then do; all else goes on. */
  readonly closing?: AbortSignal;
}

export interface Answered {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly operationId?: string;
  readonly caller?: string;
  readonly code?: string;
  readonly error?: unknown;
}

export interface App {
  fetch(request: Request): Promise<Response>;
  /** Resolves when all that requests began is done: jobs, and edits on their way into commits. */
  settled(): Promise<void>;
  /** Lets go of what has been kept for long enough. */
  tidy(): void;
}

/** Makes the app of a repository. */
export function makeApp(options: AppOptions): App {
  const hono = new Hono({ strict: false });
  const desk = new Desk(options.repo, options.wait, options.spool);
  for (const route of withDocument(options.routes))
    hono.on(route.method, route.path.replace(/\{(\w+)\}/g, ":$1"), context => answer(context, route, options, desk));
  hono.notFound(context => {
    throw new HttpError(
      404,
      "no-such-route",
      `there is nothing at ${context.req.path}; /api/v1/openapi.json lists what there is`,
    );
  });
  hono.onError((error, context) => refuse(context.req.raw, error, options));
  return {
    fetch: async request => hono.fetch(request),
    settled: () => desk.settled(),
    tidy: () => desk.jobs.tidy(),
  };
}

async function answer(context: Context, route: Route, options: AppOptions, desk: Desk): Promise<Response> {
  const request = context.req.raw;
  const requestId = options.requestId(request);
  let caller: Caller | undefined;
  const tell = (status: number, problem?: Problem, error?: unknown) =>
    options.onAnswer?.(
      {
        requestId,
        method: request.method,
        path: context.req.path,
        status,
        operationId: route.operationId,
        ...(caller === undefined ? {} : { caller: caller.id }),
        ...(problem === undefined ? {} : { code: problem.code }),
        ...(problem?.code === "internal" ? { error } : {}),
      },
      request,
    );
  try {
    const params = route.params ? converted(route.params, context.req.param(), "the path") : {};
    caller = route.scope === "open" ? anyone : await options.admit(request, needOf(route, params as object));
    const query = route.query ? converted(route.query, queryOf(context), "the query") : {};
    const limits = { ...defaultLimits, ...options.limits };
    const permit = async (need: Need) => void (await options.admit(request, need));
    const call = new Call(request, params, query, caller, limits, route.body, permit, options.closing);
    const response = await route.handle(call, options.repo, desk);
    tell(response.status);
    return withId(request.method === "HEAD" ? await headOf(response) : response, requestId);
  } catch (error) {
    const problem = judge(error);
    tell(problem.status, problem, error);
    return withId(problemResponse(problem, requestId), requestId);
  }
}

/** The answer without its body, whose making is stopped: the router would drop it without a word, and a stream would wait for ever. */
async function headOf(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}

/** Whoever calls an open route. */
const anyone: Caller = { id: "anyone" };

function needOf({ scope, isJudged }: Route, params: object): Need {
  const { dataset } = params as { dataset?: string };
  return { scope, ...(dataset === undefined ? {} : { dataset }), ...(isJudged === undefined ? {} : { isJudged }) };
}

function refuse(request: Request, error: unknown, { requestId, onAnswer }: AppOptions): Response {
  const id = requestId(request);
  const problem = judge(error);
  const { status, code } = problem;
  const path = new URL(request.url).pathname;
  const isUnforeseen = code === "internal";
  onAnswer?.({ requestId: id, method: request.method, path, status, code, ...(isUnforeseen && { error }) }, request);
  return withId(problemResponse(problem, id), id);
}

/** A key that stands there several times is a list. */
function queryOf(context: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(context.req.queries()).map(([key, values]) => [key, values.length === 1 ? values[0] : values]),
  );
}

function withId(response: Response, requestId: string): Response {
  response.headers.set("x-request-id", requestId);
  return response;
}
