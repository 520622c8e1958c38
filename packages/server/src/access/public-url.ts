/**
 * The address that others reach a server by through a reverse proxy, where that is another than the one that it listens at.
 *
 * It is told to the server and never read from a request: `Forwarded` and `X-Forwarded-*` say what whoever sends them likes.
 */
import { badInput } from "@sheaf/core";
import type { Asked } from "../asked.js";

/** Reads one, such as `https://data.example.org/evals`. Throws bad-input unless it is an http(s) URL without user, query, fragment and `//` in its path. */
export function readPublicUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.href === `${url?.origin}${url?.pathname}` && !url.pathname.includes("//");
  if (!url || !/^https?:$/.test(url.protocol) || !isPlain)
    throw badInput(
      `${JSON.stringify(text.slice(0, 200))} is no address that a server can be reached by; give one such as https://data.example.org/evals`,
    );
  return url;
}

/** Such an address without the `/` at its end, for paths to follow. */
export function baseOf({ href }: URL): string {
  return href.replace(/\/+$/, "");
}

/** Where a `Location` leads, as others see it. What leads to another server stays. */
export function outward(location: string, request: Asked, publicUrl: URL): string {
  const base = baseOf(publicUrl);
  const path = base.slice(publicUrl.origin.length);
  if (location.startsWith("/")) return path + location;
  const { origin } = new URL(request.url);
  return location.startsWith(`${origin}/`) ? base + location.slice(origin.length) : location;
}
