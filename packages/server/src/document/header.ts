/** The request headers that a route listens to, as its method, scope and answers tell. */
import type { Route } from "../route.js";
import type { Parameter } from "./model.js";

/** Tells them as parameters of the document. */
export function headersOf({ method, scope, path, answers }: Route): Parameter[] {
  const writes = method !== "GET" && scope !== "open" && path.includes("{dataset}");
  const sends = Object.values(answers);
  return [
    ...(writes ? [ifMatch] : []),
    ...(304 in answers ? [ifNoneMatch] : []),
    ...(202 in answers && method !== "GET" ? [prefer] : []),
    ...(sends.some(({ events }) => events !== undefined) ? [lastEventId] : []),
  ];
}

function header(name: string, description: string): Parameter {
  return { name, in: "header", required: false, description, schema: { type: "string" } };
}

const ifMatch = header(
  "If-Match",
  "the ETag of the version that the change is based on; 412 where the dataset changed since",
);
const ifNoneMatch = header("If-None-Match", "the ETag of what the client has; 304 where that is the same still");
const prefer = header("Prefer", "`respond-async` answers at once with a job");
const lastEventId = header("Last-Event-ID", "the id of the last event that was seen; those behind it follow");
