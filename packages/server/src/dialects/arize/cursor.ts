/** Cursors: the last key of a page, as text that clients hand back; what is appended meanwhile comes behind it. */
import { parseJson, printJson, utf8 } from "@sheaf/core";
import { parseBase64url, printBase64url } from "../../base64url.js";
import { unreadable } from "./errors.js";

/** The parts of a key, printed as base64url of JSON. */
export function printCursor(parts: readonly string[]): string {
  return printBase64url(utf8(printJson([...parts])));
}

/** Takes back {@link printCursor} of so many parts; `undefined` for no text. Throws 400 for any other. */
export function parseCursor(text: string | undefined, count: number): string[] | undefined {
  if (text === undefined || text === "") return undefined;
  const parts = partsOf(text);
  if (Array.isArray(parts) && parts.length === count && parts.every(part => typeof part === "string")) return parts;
  throw unreadable("this is no cursor of this list; take next_cursor of the page before as it is");
}

function partsOf(text: string): unknown {
  try {
    return parseJson(parseBase64url(text));
  } catch {
    return undefined;
  }
}

/** How a page says whether there are more. */
export function pagination(next: readonly string[] | undefined) {
  return next ? { has_more: true, next_cursor: printCursor(next) } : { has_more: false };
}

/** The first entries behind a cursor of a list that is at hand, and the keys of the last of them where there are more. */
export function pageBehind<T>(
  sorted: readonly T[],
  keyOf: (entry: T) => readonly string[],
  isBehind: (entry: T) => boolean,
  limit: number,
): { page: T[]; next: readonly string[] | undefined } {
  const rest = sorted.filter(isBehind);
  const page = rest.slice(0, limit);
  return { page, next: rest.length > limit ? keyOf(page[page.length - 1]) : undefined };
}

/** As {@link pageBehind} of a list whose order nothing in its entries tells: its cursors are ids, and one that is gone begins the list anew. */
export function pageAfter<T extends { readonly id: string }>(
  listed: readonly T[],
  behind: readonly string[] | undefined,
  limit: number,
): { page: T[]; next: readonly string[] | undefined } {
  const from = behind ? listed.findIndex(({ id }) => id === behind[0]) : -1;
  return pageBehind(
    listed.slice(from + 1),
    ({ id }) => [id],
    () => true,
    limit,
  );
}
