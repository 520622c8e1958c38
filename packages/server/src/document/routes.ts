/** The routes that tell of the others: the OpenAPI document, and a page of it for people. */
import { printJson, type Value } from "@sheaf/core";
import { route, type Route } from "../route.js";
import { t } from "../schema.js";
import { openApi } from "./openapi.js";
import type { About, OpenApi } from "./model.js";
import { printPage } from "./page.js";

/** What the document says of the server where nothing else is given. */
export const about: About = {
  title: "Sheaf",
  version: "1",
  description:
    "A repository of versioned datasets over HTTP. Numbers and text are exact both ways: integers from −2⁶⁴ to 2⁶⁴−1 keep every digit, `1.0` stays a float. " +
    "Every write makes one commit by the token's person. A dataset's `ETag` names the version that was read; sent back as `If-Match` it guards a write. " +
    "What cannot be done is answered with a problem (RFC 9457) whose `code` is from a closed set. Names in paths are one percent-encoded segment.",
};

/** The routes of a list, and the two that tell of them all. */
export function withDocument(routes: readonly Route[], told: About = about, publicUrl?: URL): Route[] {
  const document = once(() => documentOf(routes, told, publicUrl));
  const json = once(() => `${printJson(document() as unknown as Value)}\n`);
  const page = once(() => printPage(document()));
  return [...routes, ...documentRoutes(json, page)];
}

/** The document of an app that has these routes, and that others reach there. */
export function documentOf(routes: readonly Route[], told: About = about, publicUrl?: URL): OpenApi {
  return openApi([...routes, ...documentRoutes(nothing, nothing)], told, publicUrl);
}

/** Makes something when it is asked for first: few ask, and a server that starts has other things to do. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function nothing(): string {
  return "";
}

function documentRoutes(document: () => string, page: () => string) {
  return [
    route(
      {
        method: "GET",
        path: "/api/v1/openapi.json",
        operationId: "getDocument",
        tag: "document",
        summary: "Gives the OpenAPI 3.1 document of this server.",
        scope: "open",
        answers: { 200: { description: "the document", json: t.Record(t.String(), t.Unknown()) } },
      },
      async () => text(document(), "application/json"),
    ),
    route(
      {
        method: "GET",
        path: "/api/docs",
        operationId: "getPage",
        tag: "document",
        summary: "Gives the document as a page for people.",
        scope: "open",
        answers: { 200: { description: "the page", bytes: ["text/html"] } },
      },
      async () => text(page(), "text/html; charset=utf-8"),
    ),
  ] as const;
}

/** Nothing but its own style, no frame around it. */
const security = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

function text(body: string, type: string): Response {
  return new Response(body, { headers: { "content-type": type, "content-security-policy": security } });
}
