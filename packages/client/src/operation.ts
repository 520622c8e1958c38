/** What every operation takes and gives, read off the routes' types: nothing is written twice, and nothing generated. */
import type { NativeRoute, Static, TSchema, TypedRoute } from "@sheaf/server";

/** One server-sent event; `data` is its JSON. */
export interface ServerEvent<T> {
  /** Where a stream goes on that broke off. */
  readonly id?: string;
  readonly event: string;
  readonly data: T;
}

/** Bytes to send: at once, or as they come. */
export type Bytes = string | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What every operation takes beside its own parameters. */
export interface CallOptions {
  /** Aborts the request, or the stream that it answers with. */
  readonly signal?: AbortSignal;
  /** The ETag of the version that a write is based on; stale-base is thrown where the dataset changed since. */
  readonly ifMatch?: string;
  /** The ETag of what is known already; the answer is `undefined` where that is the same still. */
  readonly ifNoneMatch?: string;
  /** More headers, such as `accept` and `prefer`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer with what its headers tell. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
  /** The version of what was answered, for `ifMatch` and `ifNoneMatch`. */
  readonly etag?: string;
}

export type OperationId = NativeRoute["operationId"];

type RouteOf<Id extends OperationId> = Extract<NativeRoute, { readonly operationId: Id }>;

/** The parameters of an operation's path and query, and its `body`, in one object. */
export type ArgumentsOf<Id extends OperationId> =
  RouteOf<Id> extends TypedRoute<infer _Id, infer _M, infer _Path, infer P, infer Q, infer B, infer _A>
    ? Flat<Given<P> & Given<Q> & BodyArgument<B> & CallOptions>
    : never;

/** What an operation answers with. */
export type AnswerOf<Id extends OperationId> =
  RouteOf<Id> extends TypedRoute<infer _Id, infer _M, infer _Path, infer _P, infer _Q, infer _B, infer A>
    ? BodyOfShape<A[keyof A & Done]>
    : never;

/** One function for every operation. */
export type Operations = {
  readonly [Id in OperationId]: Partial<ArgumentsOf<Id>> extends ArgumentsOf<Id>
    ? object extends ArgumentsOf<Id>
      ? (args?: ArgumentsOf<Id>) => Promise<AnswerOf<Id>>
      : (args: ArgumentsOf<Id>) => Promise<AnswerOf<Id>>
    : (args: ArgumentsOf<Id>) => Promise<AnswerOf<Id>>;
};

/** Statuses whose answers are results; others are thrown, or say that nothing is new. */
type Done = 200 | 201 | 202 | 204 | 206;

type Flat<T> = { [K in keyof T]: T[K] };

/** A route that has no such schema is inferred with the widest one. */
type Given<S> = S extends TSchema ? (TSchema extends S ? unknown : Static<S>) : unknown;

type BodyArgument<B> = B extends { readonly json: infer S extends TSchema }
  ? B extends { readonly optional: true }
    ? { readonly body?: Static<S> }
    : { readonly body: Static<S> }
  : B extends { readonly bytes: readonly (infer Type)[] }
    ? unknown extends Type
      ? unknown
      : { readonly body: Bytes; readonly type?: Type }
    : unknown;

type BodyOfShape<S> =
  | (S extends { readonly json: infer J extends TSchema } ? Static<J> : never)
  | (S extends { readonly lines: infer L extends TSchema } ? AsyncIterable<Static<L>> : never)
  | (S extends { readonly events: infer E extends TSchema } ? AsyncIterable<ServerEvent<Static<E>>> : never)
  | (S extends { readonly bytes: readonly string[] } ? AsyncIterable<Uint8Array> : never)
  | (keyof S extends "description" | "headers" ? undefined : never);
