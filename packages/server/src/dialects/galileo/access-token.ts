/**
 * Access tokens as Galileo's clients want them: JWTs that say until when they are good.
 *
 * Its Python client takes none that it cannot read. Such a token holds the key, which is a token of this server, and proves nothing by itself: the key within
 * is what is judged, at every request.
 */
import { isObject, isSheafError, parseJson, utf8, type Value } from "@sheaf/core";
import { parseBase64url, printBase64url } from "../../base64url.js";

/** So long a client believes its token before it logs in again. */
const lastsSeconds = 30 * 24 * 60 * 60;

/** Wraps a key. */
export function printAccessToken(key: string, nowMs: number): string {
  const parts = [
    { alg: "none", typ: "JWT" },
    { exp: Math.floor(nowMs / 1000) + lastsSeconds, sheaf_key: key },
  ];
  return [...parts.map(part => printBase64url(utf8(JSON.stringify(part)))), printBase64url(utf8("sheaf"))].join(".");
}

/** The key in an access token; `undefined` for anything else. */
export function keyIn(token: string): string | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]+$/.exec(token)?.[1];
  if (payload === undefined) return undefined;
  try {
    const value: Value = parseJson(parseBase64url(payload));
    return isObject(value) && typeof value["sheaf_key"] === "string" ? value["sheaf_key"] : undefined;
  } catch (error) {
    if (isSheafError(error, "bad-input") || error instanceof DOMException) return undefined;
    throw error;
  }
}
