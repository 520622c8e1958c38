/** How routes say no, for the document: the shape of a problem, and which statuses may come of which route. */
import type { Route } from "../route.js";
import type { Answer, Schema } from "./model.js";

export const problemSchema: Schema = {
  type: "object",
  description: "Why a request was refused (RFC 9457).",
  required: ["status", "code", "title", "detail", "requestId"],
  properties: {
    status: { type: "integer" },
    code: { type: "string", description: "from a closed set: `bad-input`, `stale-base`, `no-such-ref`, …" },
    title: { type: "string" },
    detail: { type: "string", description: "one sentence: what, where, what to do" },
    data: { type: "object", description: "the facts, by code: a place in the input, the two heads, a name" },
    requestId: { type: "string", description: "names the request in the server's log" },
  },
  examples: [
    {
      code: "no-such-dataset",
      data: { dataset: "qa" },
      detail: "there is no dataset qa in main; datasets are listed at /api/v1/datasets",
      requestId: "5f2b0c1e",
      status: 404,
      title: "no-such-dataset",
    },
  ],
};

const reasons: Readonly<Record<number, string>> = {
  400: "the request is not what the route takes; `data` says where",
  401: "a token is needed, or this one is not known",
  403: "the token may not do this, or the request comes from a page of another host",
  404: "no such ref, dataset, row or thing",
  408: "the request took too long to arrive or to be answered",
  409: "it cannot be done in this state: it is there already, or would lose something",
  412: "the dataset changed since the version that If-Match names; `data` names both heads",
  413: "the body is too large",
  415: "the body's media type or encoding is not understood",
  424: "only a part of the repository was cloned here, and this needs the rest: fetch it there (`sheaf fetch --dataset`)",
  421: "the Host is none that this server answers for",
  429: "too many requests at once; Retry-After says when to try again",
  502: "another repository could not be reached, or did not answer as it should",
  503: "the storage failed, or the server is busy or shutting down",
};

/** The statuses of the problems that may come of a route, lowest first. */
export function problemsOf({ scope, method, body, problems = [], query, params, answers }: Route): number[] {
  if (scope === "open") return [...problems];
  const statuses = new Set([
    400,
    401,
    403,
    409,
    421,
    424,
    429,
    503,
    ...(params === undefined && query === undefined ? [] : [404]),
    ...(method === "GET" ? [] : [404, 412]),
    ...(body === undefined ? [] : [408, 413, 415]),
    ...problems,
  ]);
  return [...statuses].filter(status => !(status in answers)).sort((a, b) => a - b);
}

/** An answer that says no. */
export function problemAnswer(description: string): Answer {
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return { description, content };
}

/** The answers to refer to, by name: `Problem` and `Problem404`. */
export function problemAnswers(statuses: ReadonlySet<number>): Record<string, Answer> {
  const named = [...statuses].sort((a, b) => a - b).map(status => [`Problem${status}`, reasonOf(status)] as const);
  return Object.fromEntries(
    [...named, ["Problem", "refused for another reason"] as const].map(([name, description]) => [
      name,
      problemAnswer(description),
    ]),
  );
}

function reasonOf(status: number): string {
  return reasons[status] ?? "refused";
}
