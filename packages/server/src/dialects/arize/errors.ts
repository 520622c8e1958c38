/**
 * How Arize says no: problem details (RFC 9457). Its SDK for TypeScript picks the class of the error by `status` in the body, so that is always there.
 *
 * 400 is for what cannot be read: JSON that is none, a field that is missing or of another type, a bad value in the query. 422 is for a rule that is broken.
 */
import { HttpError, type Problem } from "../../problem.js";
import type { Refusal } from "../dialect.js";

/** A request that is understood and breaks a rule (422). */
export function invalid(what: string): HttpError {
  return new HttpError(422, "invalid", what);
}

/** A request that cannot be read (400). */
export function unreadable(what: string): HttpError {
  return new HttpError(400, "bad-input", what);
}

export function forbidden(what: string): HttpError {
  return new HttpError(403, "forbidden", what);
}

export function missing(what: string): HttpError {
  return new HttpError(404, "no-such-thing", what);
}

/** What the state of things does not allow. */
export function conflict(what: string): HttpError {
  return new HttpError(409, "conflict", what);
}

/** Most elements of a list in a request. */
const maxCount = 1000;

/** Throws 422 for a list that is empty or too long. */
export function checkCount(name: string, count: number): void {
  if (count < 1 || count > maxCount) throw invalid(`${name} must have 1 to ${maxCount} elements`);
}

/** By status: the title, and the end of the type. */
const kinds: Readonly<Record<number, readonly [title: string, type: string]>> = {
  400: ["Invalid request", "invalid-request"],
  401: ["Authentication required", "authentication-required"],
  403: ["Access forbidden", "access-forbidden"],
  404: ["Resource not found", "resource-not-found"],
  409: ["Resource conflict", "resource-conflict"],
  413: ["Payload too large", "invalid-request"],
  415: ["Unsupported media type", "invalid-request"],
  422: ["Unprocessable entity", "unprocessable-entity"],
  429: ["Rate limit exceeded", "rate-limit-exceeded"],
  503: ["Service unavailable", "service-unavailable"],
};
const types = "https://arize.com/docs/ax/rest-reference/errors#";

/** Codes of Sheaf whose status is another one here: what may succeed when it is tried again. */
const statuses: Readonly<Record<string, number>> = { "stale-base": 409, busy: 429 };

export function refuse({ status: given, code, detail }: Problem): Refusal {
  const status = statuses[code] ?? given;
  const [title, type] = kinds[status] ?? ["Error", undefined];
  return {
    status,
    mediaType: "application/problem+json",
    body: { ...(type === undefined ? {} : { type: types + type }), title, status, detail },
  };
}
