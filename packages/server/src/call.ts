/** One request as a handler sees it: its parameters and body by their schemas, exact numbers kept, sizes bounded, and who is calling. */
import type { Asked } from "./asked.js";
import { badInput, parseJson, type Signature, joinBytes } from "@sheaf/core";
import { HttpError } from "./problem.js";
import { exactly } from "./schema.js";
import type { BodyShape } from "./shape.js";

/** What a caller may do: each holds what stands before it. `open` is for what tells nothing of the repository, and needs no token. */
export type Scope = "open" | "read" | "write" | "admin";

/** What is needed of a caller for a request: a scope, perhaps on one dataset. */
export interface Need {
  readonly scope: Scope;
  /** The dataset that the path names. Without it the route touches the whole repository, unless its handler judges what it touches. */
  readonly dataset?: string;
  /** The handler asks about every dataset that it touches beside that of the path. */
  readonly isJudged?: boolean;
  /** The key is what a vendor's SDK was given: it always sends one, so where no tokens are needed it is not looked at. */
  readonly isVendors?: boolean;
}

/** Who is calling. Every commit that comes of it carries their name. */
export interface Caller {
  /** For logs; the id of the token, or `local` where no tokens are needed. */
  readonly id: string;
  readonly name?: string;
  readonly email?: string;
  /** Says whether they may touch a dataset; absent for who may touch all. */
  readonly mayTouch?: (dataset: string) => boolean;
}

/** Bounds of one request. */
export interface Limits {
  /** Most bytes of a JSON body, after decompression. */
  readonly jsonBytes: number;
  /** Most bytes of an upload, after decompression. */
  readonly uploadBytes: number;
}

export const defaultLimits: Limits = { jsonBytes: 32 * 2 ** 20, uploadBytes: 64 * 2 ** 30 };

export class Call<P = unknown, Q = unknown, B = unknown> {
  constructor(
    readonly request: Asked,
    readonly params: P,
    readonly query: Q,
    readonly caller: Caller,
    readonly limits: Limits,
    readonly shape: BodyShape | undefined,
    /** Throws a problem unless the caller may do this too: for what only the body names. With an Authorization that the body holds, whoever that is. */
    readonly permit: (need: Need, authorization?: string) => Promise<void>,
    /** Aborts when the server shuts down: for streams that would never end. */
    readonly closing?: AbortSignal,
  ) {}

  /** Aborts when the client has gone, or the server shuts down. */
  get signal(): AbortSignal {
    return this.request.signal;
  }

  /** Says whether the caller may touch this dataset. */
  sees(dataset: string): boolean {
    return this.caller.mayTouch?.(dataset) ?? true;
  }

  /** The author of what this request commits. */
  get author(): Partial<Signature> {
    const { name, email } = this.caller;
    return { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) };
  }

  /** The body as exact values, of the shape that the route says. Throws bad-input with line, column or pointer. */
  async json(): Promise<B> {
    const { shape } = this;
    if (shape === undefined || !("json" in shape)) return undefined as B;
    const text = await this.#gather(this.limits.jsonBytes);
    if (text.length === 0 && shape.optional === true) return undefined as B;
    return exactly(shape.json, parseJson(text), "the body") as B;
  }

  /** The body as bytes, decompressed, as they come in. Throws `too-large` behind the bound. */
  bytes(): AsyncIterable<Uint8Array> {
    return this.#bounded(this.limits.uploadBytes);
  }

  /** The versions that If-Match names, unquoted; `undefined` without that header or for `*`. */
  get ifMatch(): string | undefined {
    const header = this.request.headers.get("if-match");
    if (header === null || header.trim() === "*") return undefined;
    const match = /^\s*"([\x21\x23-\x7e]*)"\s*$/.exec(header);
    if (match) return match[1];
    throw badInput(`If-Match must be one ETag as the server gave it, in quotes, and not ${JSON.stringify(header)}`);
  }

  async #gather(most: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of this.#bounded(most)) parts.push(part);
    return joinBytes(parts);
  }

  async *#bounded(most: number): AsyncGenerator<Uint8Array> {
    let length = 0;
    for await (const part of bodyOf(this.request)) {
      length += part.length;
      if (length > most) throw new HttpError(413, "too-large", `the body is larger than ${most} bytes`);
      yield part;
    }
  }
}

async function* bodyOf(request: Asked): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const coding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  const body = request.body as unknown as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>;
  if (coding === "identity") {
    yield* body;
    return;
  }
  if (coding !== "gzip" && coding !== "deflate")
    throw new HttpError(
      415,
      "unsupported-encoding",
      `the body's encoding ${coding} is not understood; send gzip or none`,
    );
  try {
    yield* request.body.pipeThrough(new DecompressionStream(coding)) as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (isDamage(error)) throw badInput(`the body is not ${coding}, as its Content-Encoding says`);
    throw error;
  }
}

/** What inflating says of bytes that it cannot make sense of: a TypeError by the standard, zlib's own error in some versions of Node. */
function isDamage(error: unknown): boolean {
  return (
    error instanceof TypeError || (error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))
  );
}
