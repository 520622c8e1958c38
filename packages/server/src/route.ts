/**
 * A route: where it is, what it takes and gives, who may call it, and what it does.
 *
 * Step of the walk: the outermost one, a face. A route knows HTTP and the repository's façade, no storage. From the list of routes come the
 * router (`app.ts`), the OpenAPI document (`openapi.ts`) and the client's types, so that none can say what another does not.
 */
import type { Repository } from "@sheaf/core";
import type { Call } from "./call.js";
import type { Static, TSchema } from "./schema.js";
import type { AnswerShape, BodyShape } from "./shape.js";

/** What a caller may do: each holds what stands before it. */
export type Scope = "read" | "write" | "admin";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface RouteSpec<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends BodyShape | undefined = BodyShape | undefined,
> {
  readonly method: Method;
  /** With parameters in braces, as OpenAPI writes them: `/datasets/{dataset}/rows/{id}`. A parameter is one segment, percent-encoded. */
  readonly path: string;
  /** Unique; the name of the client's function. */
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: Scope;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answers: Readonly<Record<number, AnswerShape>>;
}

/** What JSON a body of this shape is. */
export type BodyOf<B> = B extends { readonly json: infer S extends TSchema } ? Static<S> : undefined;

export interface Route extends RouteSpec {
  readonly handle: (call: Call, repo: Repository) => Promise<Response>;
}

/** Makes a route whose handler is typed by its schemas. */
export function route<P extends TSchema, Q extends TSchema, const B extends BodyShape | undefined>(
  spec: RouteSpec<P, Q, B>,
  handle: (call: Call<Static<P>, Static<Q>, BodyOf<B>>, repo: Repository) => Promise<Response>,
): Route {
  return { ...spec, handle } as unknown as Route;
}
