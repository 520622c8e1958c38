/**
 * The server as a function from requests to responses: no port, no clock but the one that it is given.
 *
 * Step of the walk: the outermost. Whoever listens (`listen.ts`, a test) hands requests in; the routes do the rest. Refused requests get a problem with a reason.
 */
import { pathOf, type Asked } from "./asked.js";
import type { Repository } from "@sheaf/core";
import { Hono, type Context } from "hono";
import { Call, defaultLimits, type Caller, type Limits, type Need } from "./call.js";
import { about, withDocument } from "./document/routes.js";
import { Desk, type ModelDoor, type Wait } from "./desk.js";
import type { Dialect } from "./dialects/dialect.js";
import { json } from "./answer.js";
import { HttpError, judge, problemResponse, type Problem } from "./problem.js";
import type { Route } from "./route.js";
import { converted, known, type TSchema } from "./schema.js";
import type { Spool } from "./spool.js";
import { WholeResponse } from "./whole-response.js";

/** Says who sends a request with this Authorization. Throws an {@link HttpError} (401, 403) when that is nobody, or they may not do what is needed. */
export type Admit = (request: Asked, need: Need, authorization: string | null) => Promise<Caller>;

export interface AppOptions {
  readonly repo: Repository;
  /** What the repository is called. Default: `sheaf`. */
  readonly name?: string;
  /** Where others reach the server, for the document. Default: where the document is. */
  readonly publicUrl?: URL;
  /** The routes beside those of the document, which the app adds. */
  readonly routes: readonly Route[];
  /** Default: none. */
  readonly dialects?: readonly Dialect[];
  readonly admit: Admit;
  readonly limits?: Partial<Limits>;
  /** The id of a request. */
  readonly requestId: (request: Asked) => string;
  /** How to wait between looks at a ref. Default: by the clock. */
  readonly wait?: Wait;
  /** Where uploads and files of jobs wait. Default: a little memory. */
  readonly spool?: Spool;
  /** A way out to a language model. Default: none. */
  readonly model?: ModelDoor;
  /** Told of every request when it is answered; `error` only for what nobody foresaw. */
  readonly onAnswer?: (told: Answered, request: Asked) => void;
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
  fetch(request: Asked): Promise<Response>;
  /** Resolves when all that requests began is done: jobs, and edits on their way into commits. */
  settled(): Promise<void>;
  /** Lets go of what has been kept for long enough. */
  tidy(): void;
}

/** Makes the app of a repository. */
export function makeApp(options: AppOptions): App {
  const hono = new Hono({ strict: false });
  const desk = new Desk(options.repo, options.wait, options.spool, options.model, options.name);
  const face: Face = { options, desk, limits: { ...defaultLimits, ...options.limits } };
  const routes = withDocument(options.routes, about, options.publicUrl);
  for (const route of routes) hono.on(route.method, honoPath(route.path), context => answer(context, route, face));
  for (const dialect of options.dialects ?? []) addDialect(hono, { ...face, dialect }, dialect);
  const methodsAt = allowed(routes);
  const vendorOf = (request: Asked, path: string) =>
    path.startsWith("/api/") ? undefined : options.dialects?.find(({ claims }) => claims(request));
  hono.notFound(context => {
    const { method, path } = context.req;
    const allow = methodsAt(path);
    if (allow.length > 0)
      throw new HttpError(405, "method-not-allowed", `${path} takes ${allow.join(", ")}, and not ${method}`, {
        allow: allow.join(", "),
      });
    const why = vendorOf(context.req.raw, path)?.absence?.(path) ?? "/api/docs is a page of what there is";
    throw new HttpError(404, "no-such-route", `there is nothing at ${path}; ${why}`);
  });
  hono.onError((error, { req: { raw, path } }) => {
    const dialect = vendorOf(raw, path);
    return refuse(visitOf(raw, options), error, dialect ? { ...face, dialect } : face);
  });
  return {
    // The router looks at no more of it than we do.
    fetch: async request => hono.fetch(request as Request),
    settled: () => desk.settled(),
    tidy: () => desk.jobs.tidy(),
  };
}

/** What answers a request beside its route; `dialect` where the route is not native. */
interface Face {
  readonly options: AppOptions;
  readonly desk: Desk;
  readonly limits: Limits;
  readonly dialect?: Dialect;
}

function addDialect(hono: Hono, face: Face, { prefixes, roots = [""], routes, claims, absence }: Dialect): void {
  for (const route of routes) {
    for (const prefix of prefixes)
      hono.on(route.method, honoPath(prefix + route.path), context => answer(context, route, face));
    for (const root of roots)
      hono.on(route.method, honoPath(root + route.path), (context, next) =>
        claims(context.req.raw) ? answer(context, route, face) : next(),
      );
  }
  for (const prefix of prefixes)
    hono.all(`${prefix}/*`, context => {
      const { method, path, raw } = context.req;
      const why = absence?.(path.slice(prefix.length));
      const what = `there is no ${method} at ${path}${why === undefined ? "" : `; ${why}`}`;
      return refuse(visitOf(raw, face.options), new HttpError(404, "no-such-route", what), face);
    });
}

/** Says which methods a path takes. */
function allowed(routes: readonly Route[]): (path: string) => string[] {
  const forms = routes.map(({ method, path }) => ({
    method,
    form: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}/?$`),
  }));
  return path => {
    const methods = new Set(forms.flatMap(({ method, form }) => (form.test(path) ? [method as string] : [])));
    return [...methods, ...(methods.has("GET") ? ["HEAD"] : [])];
  };
}

/** A route's path as the router writes it. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

async function answer(context: Context, route: Route, face: Face): Promise<Response> {
  const { options, desk, dialect } = face;
  const operationId = dialect ? `${dialect.name}.${route.operationId}` : route.operationId;
  const visit = visitOf(context.req.raw, options, operationId);
  try {
    const call = await callOf(context, route, face, visit);
    const response = await route.handle(call, actingFor(call.caller, route, options.repo), desk);
    if (!isReading(route)) desk.stir();
    tell(options, visit, response.status);
    return withId(visit.request.method === "HEAD" ? await headOf(response) : response, visit.requestId);
  } catch (error) {
    return refuse(visit, error, face);
  }
}

/** What is known of a request on its way. */
interface Visit {
  readonly request: Asked;
  readonly requestId: string;
  /** Where there is a route for it. */
  readonly operationId?: string;
  caller?: Caller;
}

function visitOf(request: Asked, { requestId }: AppOptions, operationId?: string): Visit {
  return { request, requestId: requestId(request), ...(operationId === undefined ? {} : { operationId }) };
}

/** Says who calls, and reads what they ask. */
async function callOf(context: Context, route: Route, face: Face, visit: Visit): Promise<Call> {
  const { options, limits, dialect } = face;
  const { request } = visit;
  const authorization = authorizationOf(request, dialect);
  const params = route.params ? converted(route.params, context.req.param(), "the path") : {};
  const permit = (need: Need, as: string | null = authorization) =>
    options.admit(request, dialect ? { ...need, isVendors: true } : need, as);
  const caller = route.scope === "open" ? anyone : await permit(needOf(route, params as object, dialect));
  visit.caller = caller;
  const query = route.query ? converted(route.query, queryOf(context, route.query, dialect), "the query") : {};
  const permitted = async (need: Need, as?: string) => void (await permit(need, as));
  return new Call(request, params, query, caller, limits, route.body, permitted, options.closing);
}

function authorizationOf({ headers }: Asked, dialect: Dialect | undefined): string | null {
  return dialect ? (dialect.authorization(headers) ?? null) : headers.get("authorization");
}

function tell({ onAnswer }: AppOptions, visit: Visit, status: number, problem?: Problem, error?: unknown): void {
  const { requestId, request, operationId, caller } = visit;
  onAnswer?.(
    {
      requestId,
      method: request.method,
      path: pathOf(request),
      status,
      ...(operationId === undefined ? {} : { operationId }),
      ...(caller === undefined ? {} : { caller: caller.id }),
      ...(problem === undefined ? {} : { code: problem.code }),
      ...(problem?.code === "internal" ? { error } : {}),
    },
    request,
  );
}

/** The answer without its body, whose making is stopped: the router would drop it without a word, and a stream would wait for ever. */
async function headOf(response: Response): Promise<Response> {
  if (!(response instanceof WholeResponse)) await response.body?.cancel();
  return new Response(null, response);
}

/** The repository, in whose logs the caller moves the refs. */
function actingFor({ name, email }: Caller, route: Route, repo: Repository): Repository {
  return isReading(route) || name === undefined || email === undefined ? repo : repo.by({ name, email });
}

function isReading({ scope }: Route): boolean {
  return scope === "open" || scope === "read";
}

/** Whoever calls an open route. */
const anyone: Caller = { id: "anyone" };

/** Handlers of dialects judge what they touch: they know it by ids of their own. */
function needOf({ scope, isJudged }: Route, params: object, dialect: Dialect | undefined): Need {
  if (dialect) return { scope, isJudged: true };
  const { dataset } = params as { dataset?: string };
  return { scope, ...(dataset === undefined ? {} : { dataset }), ...(isJudged === undefined ? {} : { isJudged }) };
}

function refuse(visit: Visit, error: unknown, { options, dialect }: Face): Response {
  const problem = judge(error);
  tell(options, visit, problem.status, problem, error);
  return withId(refusal(problem, visit.requestId, dialect), visit.requestId);
}

/** A problem in the shape of who asked. */
function refusal(problem: Problem, requestId: string, dialect: Dialect | undefined): Response {
  if (!dialect) return problemResponse(problem, requestId);
  const { status, body, mediaType = "application/json" } = dialect.refuse(problem);
  return json(body, {
    status,
    headers: { ...problem.headers, "content-type": mediaType, "cache-control": "no-store" },
  });
}

/** A key that stands there several times is a list. Vendors' clients send more than is looked at. */
function queryOf(context: Context, schema: TSchema, dialect: Dialect | undefined): object {
  const texts = Object.fromEntries(
    Object.entries(context.req.queries()).map(([key, values]) => [key, values.length === 1 ? values[0] : values]),
  );
  return dialect ? known(schema, texts) : texts;
}

function withId(response: Response, requestId: string): Response {
  response.headers.set("x-request-id", requestId);
  return response;
}
