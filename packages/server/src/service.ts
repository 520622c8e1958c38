/**
 * A repository's server without its port: the door, the bounds and the tokens around the app, and what is told of each request.
 *
 * Also answers what is no part of the API: `/healthz`, `/readyz`, `/metrics`.
 */
import { pathOf, type Asked } from "./asked.js";
import type { Repository } from "@sheaf/core";
import { Admission } from "./access/admission.js";
import { Bounds, defaultBounds, type BoundsOptions } from "./access/bounds.js";
import { passDoor, preflight, type DoorOptions } from "./access/door.js";
import { outward } from "./access/public-url.js";
import { makeApp, type Answered, type App } from "./app.js";
import type { Limits } from "./call.js";
import type { ModelDoor } from "./desk.js";
import type { Dialect, GrpcAnswer } from "./dialects/dialect.js";
import { compressed } from "./listen/compression.js";
import { Metrics } from "./listen/metrics.js";
import { ranged } from "./listen/range.js";
import { HttpError, judge, problemResponse } from "./problem.js";
import type { Route } from "./route.js";
import type { Spool } from "./spool.js";

export interface ServiceOptions {
  readonly repo: Repository;
  readonly routes: readonly Route[];
  readonly dialects?: readonly Dialect[];
  readonly door: DoorOptions;
  /** Where others reach the server through a reverse proxy, which takes the path away. Default: where it listens. */
  readonly publicUrl?: URL;
  /** What the repository is called. Default: `sheaf`. */
  readonly name?: string;
  /** Whether only this machine reaches the port: then no token is needed as long as none was ever made. */
  readonly isPrivate: boolean;
  readonly bounds?: Partial<BoundsOptions>;
  readonly limits?: Partial<Limits>;
  /** Where uploads and files of jobs wait. Default: a little memory. */
  readonly spool?: Spool;
  /** A way out to a language model, for those who configured one. Default: none. */
  readonly model?: ModelDoor;
  /** What watches the repository's drive, if anything does. */
  readonly metrics?: Metrics;
  /** Told of every request that is over. */
  readonly log?: (line: LogLine) => void;
}

/** One request, for the log. Holds no secrets: no query, no header, no body. */
export interface LogLine {
  readonly time: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  /** Of the answer's body, as they were sent. */
  readonly bytes: number;
  readonly caller?: string;
  readonly route?: string;
  readonly code?: string;
  /** The client had gone before the answer was complete. */
  readonly cut?: true;
  /** What nobody foresaw. */
  readonly error?: string;
}

/** What is known of a request while it is under way. */
interface Visit {
  readonly id: string;
  readonly begun: number;
  told?: Answered;
}

/** Ids that others gave and that are taken over: no more than a log line should hold, and nothing that could break one. */
const idForm = /^[\w.:/+=-]{1,128}$/;

export class Service {
  readonly metrics: Metrics;
  readonly #app: App;
  readonly #bounds: Bounds;
  readonly #admission: Admission;
  readonly #visits = new WeakMap<Asked, Visit>();
  readonly #closing = new AbortController();

  constructor(readonly options: ServiceOptions) {
    const { repo, name, routes, publicUrl, limits, spool, model } = options;
    this.metrics = options.metrics ?? new Metrics();
    this.#bounds = new Bounds({ ...defaultBounds, ...options.bounds });
    this.#admission = new Admission(repo.local(), { isPrivate: options.isPrivate });
    this.#app = makeApp({
      repo,
      routes,
      dialects: options.dialects ?? [],
      ...(name !== undefined && { name }),
      ...(publicUrl && { publicUrl }),
      ...(limits && { limits }),
      ...(spool && { spool }),
      ...(model && { model }),
      closing: this.#closing.signal,
      requestId: request => this.#visit(request).id,
      onAnswer: (told, request) => void (this.#visit(request).told = told),
      admit: async (request, need, authorization) => {
        const caller = await this.#admission.admit(authorization, need);
        this.#bounds.take(request, caller.id);
        return caller;
      },
    });
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#bounds.inFlight;
  }

  /** Answers a request; {@link finish} must follow when the answer is sent. Never throws. */
  async fetch(request: Asked): Promise<Response> {
    // Its time begins now.
    this.#visit(request);
    let cors: Readonly<Record<string, string>> = {};
    let response: Response;
    try {
      const mayGoOn = this.#bounds.enter();
      cors = passDoor(request, this.options.door, this.options.publicUrl?.origin);
      if (!mayGoOn)
        throw new HttpError(503, "busy", "too many requests are under way; try again", { "retry-after": "1" });
      response = preflight(request, cors) ?? (await this.#own(request)) ?? (await this.#app.fetch(request));
    } catch (error) {
      response = this.refuse(request, error);
    }
    for (const [name, value] of Object.entries(cors)) response.headers.append(name, value);
    this.#pointOutward(request, response.headers);
    return compressed(request, ranged(request, response));
  }

  /** What a gRPC call is answered with, by its path; `undefined` where no dialect knows it. */
  grpc(path: string): GrpcAnswer | undefined {
    for (const { grpc } of this.options.dialects ?? []) {
      const answer = grpc?.(path);
      if (answer) return answer;
    }
    return undefined;
  }

  /** The answer that says no. */
  refuse(request: Asked, error: unknown): Response {
    const visit = this.#visit(request);
    const problem = judge(error);
    const { status, code } = problem;
    const told = { requestId: visit.id, method: request.method, path: pathOf(request), status, code };
    visit.told = { ...visit.told, ...told, ...(code === "internal" ? { error } : {}) };
    const response = problemResponse(problem, visit.id);
    response.headers.set("x-request-id", visit.id);
    return response;
  }

  /** Takes note that an answer was sent, or that the client had gone or was cut off. As long as something still works on it, it counts as under way. */
  finish(request: Asked, status: number, bytes: number, still?: Promise<unknown>): void {
    if (still) void still.finally(() => this.#bounds.leave(request));
    else this.#bounds.leave(request);
    const { id, begun, told } = this.#visit(request);
    const { method, signal } = request;
    const now = this.options.repo.context.platform.now();
    const ms = now - begun;
    const cutFor: unknown = signal.aborted ? signal.reason : undefined;
    const isCut = signal.aborted && !(cutFor instanceof HttpError);
    const code = cutFor instanceof HttpError ? cutFor.code : told?.code;
    this.metrics.add({ route: told?.operationId ?? "none", method, status, seconds: ms / 1000, bytes });
    this.options.log?.({
      time: new Date(now).toISOString(),
      id,
      method,
      path: pathOf(request).slice(0, 2048),
      status,
      ms,
      bytes,
      ...(told?.caller === undefined ? {} : { caller: told.caller }),
      ...(told?.operationId === undefined ? {} : { route: told.operationId }),
      ...(code === undefined || isCut ? {} : { code }),
      ...(isCut ? { cut: true } : {}),
      ...(told?.error === undefined || isCut ? {} : { error: wordsOf(told.error) }),
    });
  }

  /** Lets go of what has been kept for long enough; to be called now and then. */
  tidy(): void {
    this.#app.tidy();
  }

  /** Ends streams that would never end, and resolves when what was begun is done. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#app.settled();
  }

  #pointOutward(request: Asked, headers: Headers): void {
    const { publicUrl } = this.options;
    const location = headers.get("location");
    if (publicUrl && location !== null) headers.set("location", outward(location, request, publicUrl));
  }

  #visit(request: Asked): Visit {
    let visit = this.#visits.get(request);
    if (!visit) {
      const { platform } = this.options.repo.context;
      const given = request.headers.get("x-request-id");
      const id = given !== null && idForm.test(given) ? given : platform.nonce();
      this.#visits.set(request, (visit = { id, begun: platform.now() }));
    }
    return visit;
  }

  /** What stands beside the API. */
  async #own(request: Asked): Promise<Response | undefined> {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const path = pathOf(request);
    if (path === "/healthz") return text("ok\n");
    if (path === "/readyz") return this.#readiness();
    if (path !== "/metrics") return undefined;
    await this.#admission.admit(request.headers.get("authorization"), { scope: "read" });
    return text(this.metrics.print(this.inFlight), 200, "text/plain; version=0.0.4");
  }

  /** Ready while the drive answers and the server is not about to stop. */
  async #readiness(): Promise<Response> {
    if (this.#closing.signal.aborted) return text("stopping\n", 503);
    await this.options.repo.head();
    return text("ready\n");
  }
}

function text(body: string, status = 200, type = "text/plain"): Response {
  return new Response(body, { status, headers: { "content-type": type, "cache-control": "no-store" } });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
