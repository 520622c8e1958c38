/**
 * A route: where it is, what it takes and gives, who may call it, and what it does.
 *
 * Step of the walk: the outermost one, a face. A route knows HTTP and the repository's façade, no storage. From the list of routes come the
 * router (`app.ts`), the OpenAPI document (`openapi.ts`) and the client's types, so that none can say what another does not.
 */
import type { Repository } from "@sheaf/core";
import type { Call, Scope } from "./call.js";
import type { Desk } from "./desk.js";
import type { Static, TSchema } from "./schema.js";
import type { AnswerShape, BodyShape } from "./shape.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** By status. */
export type Answers = Readonly<Record<number, AnswerShape>>;

export interface RouteSpec<
  Id extends string = string,
  M extends Method = Method,
  Path extends string = string,
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends BodyShape | undefined = BodyShape | undefined,
  A extends Answers = Answers,
> {
  readonly method: M;
  /** With parameters in braces, as OpenAPI writes them: `/datasets/{dataset}/rows/{id}`. A parameter is one segment, percent-encoded. */
  readonly path: Path;
  /** Unique; the name of the client's function. */
  readonly operationId: Id;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: Scope;
  /**
   * The handler asks the call ({@link Call.permit}, {@link Call.sees}) about every dataset that it touches and the path does not name.
   *
   * Without it, a token for some datasets reaches only routes whose path names a `dataset`, and that one alone is judged.
   */
  readonly isJudged?: boolean;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answers: A;
  /** Statuses of problems beside those that `openapi.ts` sees from the rest. */
  readonly problems?: readonly number[];
}

/** What JSON a body of this shape is. */
export type BodyOf<B> = B extends { readonly json: infer S extends TSchema } ? Static<S> : undefined;

export interface Route extends RouteSpec {
  readonly handle: (call: Call, repo: Repository, desk: Desk) => Promise<Response>;
}

/** A route that its type tells all about, for the client: lists of routes are written `[…] as const`, so that none is lost. */
export interface TypedRoute<
  Id extends string,
  M extends Method,
  Path extends string,
  P extends TSchema,
  Q extends TSchema,
  B extends BodyShape | undefined,
  A extends Answers,
> extends RouteSpec<Id, M, Path, P, Q, B, A> {
  readonly handle: Route["handle"];
}

/** Makes a route whose handler is typed by its schemas. */
export function route<
  const Id extends string,
  const M extends Method,
  const Path extends string,
  P extends TSchema,
  Q extends TSchema,
  const B extends BodyShape | undefined,
  const A extends Answers,
>(
  spec: RouteSpec<Id, M, Path, P, Q, B, A>,
  handle: (call: Call<Static<P>, Static<Q>, BodyOf<B>>, repo: Repository, desk: Desk) => Promise<Response>,
): TypedRoute<Id, M, Path, P, Q, B, A> {
  return { ...spec, handle: handle as unknown as Route["handle"] };
}
