/**
 * How Humanloop says no: what is wrong with a request's parts as FastAPI does (422), all else as one detail, whose sentence stands where its docs put it
 * (`message`) and where its SDKs and programs look for it (`description`).
 */
import { isSheafError } from "@sheaf/core";
import { HttpError, type Problem } from "../../problem.js";
import type { Refusal } from "../dialect.js";

/** Where a fault stands: `["body", "datapoints", 3, "target"]`. */
export type Loc = readonly (string | number)[];

/** A fault in a request. */
export function invalid(loc: Loc, msg: string, type = "value_error"): HttpError {
  return new HttpError(422, "bad-input", msg, {}, { faults: [{ loc, msg, type }] });
}

export function missing(what: string): HttpError {
  return new HttpError(404, "no-such-thing", what);
}

/** What the state of things does not allow. */
export function conflict(what: string): HttpError {
  return new HttpError(409, "conflict", what);
}

/** A version is committed once. Humanloop's own programs know this one by its status and by "already been committed" in its description. */
export function alreadyCommitted(): HttpError {
  return new HttpError(422, "committed", "the version with these datapoints has already been committed");
}

/** Gives what a body's part is wrong with its place in the body. */
export async function placed<T>(loc: Loc, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isSheafError(error, "bad-input")) throw error;
    throw invalid(loc, error.message);
  }
}

/** Codes of Sheaf whose status is another one here: what may succeed when it is tried again is 429, which the SDKs do. */
const statuses: Readonly<Record<string, number>> = { "stale-base": 429, busy: 429 };

export function refuse(problem: Problem): Refusal {
  const { code, data = {} } = problem;
  const detail =
    problem.status === 413 ? `${problem.detail}; send less at a time, with the action "add"` : problem.detail;
  const place = data as { faults?: unknown; pointer?: string; line?: number };
  if (place.faults !== undefined) return { status: 422, body: { detail: place.faults } };
  const isSyntax = place.line !== undefined;
  if (code === "bad-input" && !isSyntax) return { status: 422, body: { detail: [faultOf(detail, place.pointer)] } };
  const status = statuses[code] ?? problem.status;
  const type = `${code.replaceAll("-", "_")}_error`;
  return {
    status,
    body: { detail: { type: types[status] ?? type, message: detail, description: detail, code: status, origin } },
  };
}

const origin = "Humanloop";

const types: Readonly<Record<number, string>> = {
  400: "bad_request_error",
  401: "unauthorized_error",
  403: "forbidden_error",
  404: "not_found_error",
  409: "conflict_error",
  413: "payload_too_large_error",
  422: "unprocessable_entity_error",
  429: "too_many_requests_error",
};

/** A fault as the schemas tell it: `the query: expected … at /page`. */
function faultOf(detail: string, pointer = "") {
  const [, part = "body", msg = detail] = /^(?:at \S+: )?the (query|path|body): (.*)$/s.exec(detail) ?? [];
  const steps = pointer.split("/").slice(1);
  const loc = [part, ...steps.map(step => (/^\d+$/.test(step) ? Number(step) : unescaped(step)))];
  return detail.includes("required property")
    ? { loc, msg: "field required", type: "value_error.missing" }
    : { loc, msg, type: "value_error" };
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
