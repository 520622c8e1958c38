/** Requests before they are sent: well-formed ones by the document, and what is done to them to make them worse. */
import { printJson, type Value } from "@sheaf/core";
import { values } from "@sheaf/core/testing";
import type { OpenApi } from "@sheaf/server";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { patches, valid } from "./sample.js";

type Operation = OpenApi["paths"][string][string];

/** One operation and where it is. */
export interface Target {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export interface Draft {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export function targetsOf(document: OpenApi): Target[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** Makes well-formed requests of an operation. */
export function wellFormed(document: OpenApi, target: Target): fc.Arbitrary<Draft> {
  const { method, path, operation } = target;
  const drawn = operation.parameters.map(({ name, required, schema, in: place }) => {
    const value = place === "header" ? headerValues : valid(document, schema, name);
    return fc.tuple(
      fc.constant(name),
      fc.constant(place),
      required ? value : fc.option(value, { freq: 2, nil: undefined }),
    );
  });
  return fc
    .record({ parameters: fc.tuple(...drawn), body: bodyOf(document, operation) })
    .map(({ parameters, body }) => {
      const query = new URLSearchParams();
      const headers: Record<string, string> = { ...body?.headers };
      let filled = path;
      for (const [name, place, value] of parameters) {
        if (value === undefined) continue;
        const text = typeof value === "string" ? value.toWellFormed() : printJson(value as Value);
        if (place === "path") filled = filled.replace(`{${name}}`, () => encodeURIComponent(text));
        else if (place === "query") query.append(name, text);
        else headers[name] = text;
      }
      const url = query.size === 0 ? filled : `${filled}?${query.toString()}`;
      return { method, url, headers, ...(body === undefined ? {} : { body: body.bytes }) };
    });
}

const headerValues = fc.constantFrom(
  '"x"',
  "*",
  "respond-async",
  '"b.b"',
  'W/"a"',
  "1",
  '"bafy.bafyreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"',
);

interface DraftBody {
  readonly bytes: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

const uploads = fc.constantFrom('{"id":"q9","a":1.0}\n{"id":"q8","a":2}\n', "id,a\nq9,1\n", '[{"id":"q7"}]', "");

function bodyOf(document: OpenApi, { requestBody }: Operation): fc.Arbitrary<DraftBody | undefined> {
  if (requestBody === undefined) return fc.constant(undefined);
  const media = Object.entries(requestBody.content).map(([type, { schema = {} }]) => {
    const headers = { "content-type": type };
    if (schema["contentMediaType"] !== undefined) return uploads.map(bytes => ({ bytes, headers }));
    const value = type === "application/json-patch+json" ? patches : valid(document, schema);
    return value.map(json => ({ bytes: printJson(json), headers }));
  });
  return fc.oneof(...media);
}

type Change = (draft: Draft) => Draft;

const bodies: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  values.map(value => printJson(value)),
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(
    "",
    "null",
    "5",
    "[]",
    "{}",
    '"x"',
    "{",
    '{"path":"a","path":"b"}',
    '{"path":"\\ud800"}',
    '{"path":"a\\u0000"}',
    "\ufeff{}",
    '{"a":1e999}',
    '{"a":1e-999}',
    '{"__proto__":{"x":1}}',
    `{"path":"x","meta":{"n":${"9".repeat(400)}}}`,
    "[".repeat(100_000),
    `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`,
    '[{"op":"add","path":"/items/__proto__","value":{}}]',
    '[{"op":"add","path":"/items/x","value":{"a":"\\udfff"}}]',
    `[{"op":"add","path":"/items/x","value":{"a":"${"y".repeat(200_000)}"}}]`,
    "NaN",
    "{'a':1}",
    "{} {}",
    new Uint8Array([0xff, 0xfe, 0x7b]),
  ),
);

const headers: fc.Arbitrary<Record<string, string>> = fc.constantFrom(
  { authorization: "Bearer wrong" },
  { authorization: "" },
  { authorization: "Basic YTpi" },
  { authorization: `Bearer ${"x".repeat(9000)}` },
  { "content-encoding": "gzip" },
  { "content-encoding": "br" },
  { "content-encoding": "gzip, gzip" },
  { "content-encoding": "deflate" },
  { "content-type": "text/html" },
  { "content-type": "application/json; charset=utf-16" },
  { "content-type": "" },
  { "if-match": "x" },
  { "if-match": '"' },
  { "if-match": '""' },
  { "if-match": '"a", "b"' },
  { "if-match": `"${"b".repeat(9000)}"` },
  { "if-none-match": "*" },
  { "if-none-match": ",,,W/" },
  { range: "bytes=0-0" },
  { range: "bytes=9-1,x" },
  { accept: "nonsense" },
  { accept: "application/x-ndjson" },
  { accept: "text/csv;q=2" },
  { prefer: "respond-async, wait=x" },
  { "last-event-id": "-1" },
  { "last-event-id": "bafy" },
  { "x-request-id": "a\tb" },
  { "accept-encoding": "gzip;q=x" },
);

const pathTricks: fc.Arbitrary<(url: string) => string> = fc.constantFrom(
  url => url.replace(/\/[^/?]+(\?|$)/, "/%00$1"),
  url => url.replace(/\/[^/?]+(\?|$)/, "/%ff%fe$1"),
  url => url.replace(/\/[^/?]+(\?|$)/, "/%2e%2e%2f%2e%2e$1"),
  url => url.replace(/\/[^/?]+(\?|$)/, "/%zz$1"),
  url => url.replace("/api", "//api"),
  url => `${url.split("?")[0]}/`,
  url => url.replace(/\/[^/?]+(\?|$)/, `/${"a%2F".repeat(2000)}$1`),
  url => url.replace(/\/[^/?]+(\?|$)/, "/%F0%9F%98%80$1"),
  url => url.toUpperCase(),
  url => url.replace(/\/[^/?]+(\?|$)/, "/__proto__$1"),
  url => url.replace(/\/[^/?]+(\?|$)/, "/%ed%a0%80$1"),
  url => url.replace(/\/[^/?]+(\?|$)/, "/a;b=c$1"),
);

const queries = fc.constantFrom(
  "unknown=1",
  "limit=99999999999999999999",
  "limit=-1",
  "limit=NaN",
  "limit=1e3",
  "limit=",
  "limit=1&limit=2",
  "offset=1.5",
  "__proto__=1",
  "at=",
  "at=%00",
  "at=%ff",
  `at=${"~1".repeat(500)}`,
  "at=main~99999999999",
  "at=main%5E%7Bcommit%7D",
  "branch=..",
  "merge=maybe",
  "job=true",
  "cursor=AAAA",
  "constructor=1",
  "at=a&at=b",
);

/** Zip bombs and half streams. */
const packed: fc.Arbitrary<Uint8Array> = fc.constantFrom(
  gzipSync(Buffer.alloc(8 * 2 ** 20, 0x20)),
  gzipSync("{}"),
  gzipSync('{"path":"zipped"}').subarray(0, 12),
  Buffer.concat([gzipSync("{}"), Buffer.from("rest")]),
);

const changes: fc.Arbitrary<Change> = fc.oneof(
  bodies.map<Change>(body => draft => withBody(draft, body)),
  headers.map<Change>(more => draft => ({ ...draft, headers: { ...draft.headers, ...more } })),
  pathTricks.map<Change>(trick => draft => ({ ...draft, url: trick(draft.url) })),
  queries.map<Change>(more => draft => ({
    ...draft,
    url: `${draft.url}${draft.url.includes("?") ? "&" : "?"}${more}`,
  })),
  packed.map<Change>(body => draft => ({
    ...withBody(draft, body),
    headers: { ...draft.headers, "content-encoding": "gzip" },
  })),
  fc
    .constantFrom("PUT", "DELETE", "OPTIONS", "HEAD", "FOO", "POST", "PATCH", "GET")
    .map<Change>(method => draft => ({ ...draft, method })),
);

/** A body stands where the method may have one. */
function withBody(draft: Draft, body: string | Uint8Array): Draft {
  return draft.method === "GET" || draft.method === "HEAD" ? draft : { ...draft, body };
}

/** Requests of an operation, half of them worse than the document allows. */
export function drafts(document: OpenApi, target: Target): fc.Arbitrary<Draft> {
  return fc
    .tuple(wellFormed(document, target), fc.oneof(fc.constant([]), fc.array(changes, { minLength: 1, maxLength: 3 })))
    .map(([draft, all]) => all.reduce((worse, change) => change(worse), draft));
}

/** The request itself; `undefined` for what no client could send, a URL or a header that is none. */
export function requestOf({ method, url, headers: sent, body }: Draft): Request | undefined {
  try {
    const carries = body !== undefined && method !== "GET" && method !== "HEAD";
    return new Request(`http://localhost${url}`, {
      method,
      headers: sent,
      ...(carries ? { body: body as BodyInit } : {}),
    });
  } catch {
    return undefined;
  }
}
