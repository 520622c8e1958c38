/**
 * The door: refuses requests that a web page of somebody else made the browser send, before anything is looked at.
 *
 * The Host header must name this server (a page that points its own name at 127.0.0.1 cannot), and an Origin must be the server's own, or one that was
 * allowed (CORS). Programs send no Origin.
 */
import type { Asked } from "../asked.js";
import { HttpError } from "../problem.js";

export interface DoorOptions {
  /** Host names, without ports, that the server is called by; `undefined`: any, for ports that only tokens open. */
  readonly hosts: ReadonlySet<string> | undefined;
  /** Origins of pages that may call, as `https://tools.example.org`. */
  readonly origins: ReadonlySet<string>;
}

/** Names of this machine for itself. */
export const loopbackHosts: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Says whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

const exposed = "etag, location, x-request-id, content-range, www-authenticate";
const methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
const maxAge = "600";

/**
 * Throws 421 for a Host that is not this server's, 403 for an Origin that may not call; gives the headers that let the page read the answer.
 *
 * @param own  the server's own origin, where a reverse proxy gives it another than the `Host` of requests says
 */
export function passDoor(
  request: Asked,
  { hosts, origins }: DoorOptions,
  own?: string,
): Readonly<Record<string, string>> {
  const url = new URL(request.url);
  if (hosts && !hosts.has(url.hostname))
    throw new HttpError(
      421,
      "wrong-host",
      `this server is not called ${url.hostname}; start it with --allow-host ${url.hostname} if it should be`,
    );
  const origin = request.headers.get("origin");
  if (origin === null) return {};
  if (origins.has(origin))
    return { "access-control-allow-origin": origin, "access-control-expose-headers": exposed, vary: "Origin" };
  if (origin === own || sameOrigin(origin, url)) return {};
  throw new HttpError(403, "wrong-origin", `pages of ${JSON.stringify(origin.slice(0, 200))} may not call this server`);
}

/** Answers what a browser asks before it sends a request of a page; `undefined` for any other request. Behind the door only. */
export function preflight(request: Asked, cors: Readonly<Record<string, string>>): Response | undefined {
  if (request.method !== "OPTIONS" || request.headers.get("access-control-request-method") === null) return undefined;
  if (cors["access-control-allow-origin"] === undefined) return undefined;
  const wanted = request.headers.get("access-control-request-headers") ?? "";
  const headers = /^[\w\s,-]{0,1000}$/.test(wanted) ? wanted : "";
  return new Response(null, {
    status: 204,
    headers: {
      ...cors,
      "access-control-allow-methods": methods,
      ...(headers === "" ? {} : { "access-control-allow-headers": headers }),
      "access-control-max-age": maxAge,
    },
  });
}

/** Behind a proxy that ends TLS the scheme differs. */
function sameOrigin(origin: string, { host }: URL): boolean {
  return URL.canParse(origin) && new URL(origin).host === host && /^https?:/.test(origin);
}
