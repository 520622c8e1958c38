/** How Galileo says no: a list of faults for a body that cannot be taken (422), a text else. */
import { HttpError, type Problem } from "../../problem.js";
import type { Refusal } from "../dialect.js";

/** Where a fault stands in a request: `["body", "edits", 0, "row_id"]`. */
export type Loc = readonly (string | number)[];

/** A request that is understood and cannot be done as it stands. */
export function unprocessable(loc: Loc, msg: string): HttpError {
  return new HttpError(422, "bad-input", msg, {}, { loc });
}

export function notFound(what: string): HttpError {
  return new HttpError(404, "no-such-dataset", what);
}

/** Both clients of the vendor read 422 as a list, and every other status as a text. */
export function refuse({ status, code, detail, data }: Problem): Refusal {
  const given = status === 400 || status === 422 ? 422 : status;
  if (given !== 422) return { status: given, body: { detail } };
  return { status: given, body: { detail: [{ loc: locOf(detail, data), msg: detail, type: typeOf(code) }] } };
}

function typeOf(code: string): string {
  return code === "bad-input" ? "value_error" : code;
}

/** Shapes are checked by `schema.ts`, which says what it read (`the body: …`) and points into it. */
function locOf(detail: string, data: object | undefined): Loc {
  const { loc, pointer } = (data ?? {}) as { loc?: Loc; pointer?: unknown };
  if (loc) return loc;
  const place = /^the (body|query|path)\b/.exec(detail)?.[1] ?? "body";
  const steps = typeof pointer === "string" ? pointer.split("/").slice(1) : [];
  return [place, ...steps.map(step => (/^\d{1,9}$/.test(step) ? Number(step) : step))];
}
