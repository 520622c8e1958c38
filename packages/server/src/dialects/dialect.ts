/**
 * A dialect: one vendor's words for the same edits.
 *
 * Its routes are as the native ones, with paths as the vendor writes them; the app serves them below each prefix, and at the root for requests that are meant
 * for this vendor. A refusal is in the vendor's own shape, and the token stands where the vendor's SDK puts its key. What a query holds beyond the schema is
 * ignored, as the SDKs send more than they need.
 */
import type { Asked } from "../asked.js";
import type { Problem } from "../problem.js";
import type { Route } from "../route.js";

/** An error as the vendor writes it. */
export interface Refusal {
  readonly status: number;
  /** JSON: plain values, or exact ones. */
  readonly body: unknown;
  /** Default: `application/json`. */
  readonly mediaType?: string;
}

/** What a gRPC call is answered with: one message, or why it is not served. */
export type GrpcAnswer = { readonly message: Uint8Array } | { readonly refusal: string };

export interface Dialect {
  /** One lower-case word: in the page of compatibility, in attributes, in logs. */
  readonly name: string;
  /** Such as `/opik/api`: without a slash at the end. */
  readonly prefixes: readonly string[];
  /** What may stand before the paths of requests without a prefix. Default: nothing (`[""]`). */
  readonly roots?: readonly string[];
  /** Says whether a request without a prefix is meant for this vendor, by its headers. Of several dialects with one path the first that says so has it. */
  readonly claims: (request: Asked) => boolean;
  /** In the order in which they are tried: `/datasets/query` before `/datasets/{id}`. */
  readonly routes: readonly Route[];
  /** The Authorization header (`Bearer …`, `Basic …`) for what the SDK sends as its key; `undefined` where it sends none. */
  readonly authorization: (headers: Headers) => string | undefined;
  readonly refuse: (problem: Problem) => Refusal;
  /** Says why there is nothing at a path, written as those of routes, where the vendor has something: a sentence for whoever calls it. */
  readonly absence?: (path: string) => string | undefined;
  /** What the vendor's SDK hears to a gRPC call, by its path; `undefined` for what is none of the vendor's. Nothing is read or changed by it. */
  readonly grpc?: (path: string) => GrpcAnswer | undefined;
}
