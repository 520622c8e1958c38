/**
 * Cursors: where a page ended, as text that clients hand back and do not look into.
 *
 * A cursor names the commit, so that pages agree though the branch moves meanwhile, and what the page was asked for, so that it is not used for another one.
 */
import { badInput, isObject, parseJson, printJson, utf8, type Value } from "@sheaf/core";
import { parseBase64url, printBase64url } from "../base64url.js";

/** Where to go on: behind a row, or after so many. */
export interface Cursor {
  readonly commit: string;
  /** What was asked for, in one text. */
  readonly query: string;
  readonly after?: { readonly position: string; readonly id: string };
  readonly offset?: number;
}

/** Prints a cursor: base64url of JSON. */
export function printCursor({ commit, query, after, offset }: Cursor): string {
  const value: Value = after ? [commit, query, after.position, after.id] : [commit, query, offset ?? 0];
  return printBase64url(utf8(printJson(value)));
}

/** Reads a cursor of the same query. Throws bad-input for any other text. */
export function parseCursor(text: string, query: string): Cursor {
  const parts = partsOf(text);
  const [commit, asked, third, id] = parts ?? [];
  if (typeof commit !== "string" || typeof asked !== "string") throw foreign();
  if (asked !== query)
    throw badInput(
      "the cursor is of another query: ask with the parameters that its page was asked with, or without the cursor",
    );
  if (typeof third === "string" && typeof id === "string") return { commit, query, after: { position: third, id } };
  if (typeof third === "number" && Number.isSafeInteger(third) && third >= 0) return { commit, query, offset: third };
  throw foreign();
}

function partsOf(text: string): Value[] | undefined {
  try {
    const value = parseJson(parseBase64url(text));
    return Array.isArray(value) && !isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function foreign() {
  return badInput("this is no cursor of this server; take `next` of the page before as it is");
}
