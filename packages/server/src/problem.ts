/** How the server says no: every error as a problem (RFC 9457) with Sheaf's code, facts and sentence. Nothing of the inside is told. */
import { EditConflicts, isSheafError, printJson, type SheafError, type ErrorCode, type Value, utf8 } from "@sheaf/core";
import { WholeResponse } from "./whole-response.js";

/**
 * The HTTP status of every error that Sheaf throws on purpose.
 *
 * What a client can bring about is 4xx. 500 is left for a store that lacks or damaged what it should have, 503 for a drive that fails, 502 for another
 * repository that does.
 */
export const statuses = {
  "bad-input": 400,
  refused: 409,
  "already-exists": 409,
  "no-such-ref": 404,
  "no-such-dataset": 404,
  "no-such-item": 404,
  "no-such-repository": 404,
  "stale-base": 412,
  "missing-block": 500,
  "corrupt-block": 500,
  "drive-failed": 503,
  "remote-failed": 502,
} satisfies Record<ErrorCode, number>;

/** What only a server says. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  constructor(
    readonly status: number,
    /** A word for programs: `unauthorized`, `too-large`, … */
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** Facts for programs; of a dialect's errors, what its shape wants. */
    readonly data?: object,
  ) {
    super(message);
  }
}

/** A problem as it is sent. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly data?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Judges what was thrown; what nobody foresaw is status 500, and its words stay inside. */
export function judge(error: unknown): Problem {
  if (error instanceof HttpError) {
    const { status, code, message, headers, data } = error;
    return { status, code, detail: message, headers, ...(data === undefined ? {} : { data }) };
  }
  if (error instanceof EditConflicts)
    return {
      status: 409,
      code: "conflict",
      detail: error.message,
      data: { ...error.data, conflicts: error.conflicts },
    };
  if (isSheafError(error))
    return { status: statusOf(error), code: error.code, detail: error.message, data: error.data };
  if (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError"))
    return {
      status: 503,
      code: "stopped",
      detail:
        "the work was stopped before it was done: the client went away, it took too long, or the server is shutting down",
    };
  return { status: 500, code: "internal", detail: "something went wrong inside; the log of the server says more" };
}

/** What was never cloned is no fault of the store: it can be fetched. */
function statusOf(error: SheafError): number {
  if (isSheafError(error, "missing-block") && error.data.isLeftOut === true) return 424;
  return statuses[error.code];
}

/** The response of a problem. */
export function problemResponse({ status, code, detail, data, headers }: Problem, requestId: string): Response {
  const body = { code, detail, requestId, status, title: code, ...(data === undefined ? {} : { data }) };
  const bytes = utf8(`${printJson(body as unknown as Value)}\n`);
  return new WholeResponse(bytes, {
    status,
    headers: {
      "content-type": "application/problem+json",
      "content-length": String(bytes.length),
      "cache-control": "no-store",
      ...headers,
    },
  });
}
