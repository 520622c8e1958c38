/**
 * How Opik says no. Two shapes: `{"errors": […]}` for broken rules, what is missing and what clashes; `{"code", "message", "details"}` for what cannot be read.
 * The SDKs look at the status alone.
 */
import { HttpError, type Problem } from "../../problem.js";
import type { Refusal } from "../dialect.js";

/** Facts of an error that is written as `{"errors": […]}`. */
interface Listed {
  readonly errors: readonly string[];
}

/** A rule about values is broken (422). */
export function invalid(...errors: readonly string[]): HttpError {
  return listed(422, "invalid", errors);
}

export function notFound(what: string): HttpError {
  return listed(404, "not-found", [what]);
}

/** What Opik says of versions that are not there. */
export function noSuchVersion(ref: string): HttpError {
  return new HttpError(404, "not-found", `Version not found: ${ref}`);
}

export function conflict(what: string): HttpError {
  return listed(409, "conflict", [what]);
}

/** A request that cannot be read or makes no sense (400). */
export function badRequest(message: string, details?: string): HttpError {
  return new HttpError(400, "bad-request", message, {}, details === undefined ? undefined : { details });
}

/** A request that breaks a rule, but is status 400 all the same. */
export function refusedRequest(what: string): HttpError {
  return listed(400, "bad-request", [what]);
}

/** Something in the path that can be no name of anything. */
export function noSuchPath(what: string): HttpError {
  return new HttpError(404, "no-such-path", what);
}

function listed(status: number, code: string, errors: readonly string[]): HttpError {
  return new HttpError(status, code, errors.join("; "), {}, { errors });
}

/** Any problem in Opik's shape. */
export function refuse({ status, code, detail, data }: Problem): Refusal {
  if (isListed(data)) return { status, body: { errors: data.errors } };
  if (code === "no-such-dataset") return { status: 404, body: { errors: ["Dataset not found"] } };
  if (status === 409 || status === 412) return { status: 409, body: { errors: [detail] } };
  const details = data && "details" in data ? { details: data.details } : {};
  return { status, body: { code: status, message: detail, ...details } };
}

function isListed(data: object | undefined): data is Listed {
  return data !== undefined && "errors" in data;
}
