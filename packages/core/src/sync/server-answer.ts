/** What a server answers, read with distrust. */
import { parseCid, type Cid } from "../block/cid.js";
import { isSheafError, SheafError } from "../errors.js";
import { parseJson } from "../item/json.js";
import { isObject, type Value, type ValueObject } from "../item/value.js";
import type { RefOutcome, RefUpdate, RemoteRef, RemoteRefs } from "./remote.js";

export function faultAt(remote: string, reason: string): SheafError<"remote-failed"> {
  return new SheafError(
    "remote-failed",
    { remote, reason },
    `the server at ${remote} does not answer as it should: ${reason}`,
  );
}

export function tryParse(bytes: Uint8Array): Value {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (isSheafError(error)) return null;
    throw error;
  }
}

export function refsOf({ head, refs }: ValueObject, url: string): RemoteRefs {
  if (!Array.isArray(refs)) throw faultAt(url, "it lists no refs");
  const listed = refs.map((ref): RemoteRef => {
    const { name, cid } = isObject(ref) ? ref : {};
    if (typeof name !== "string" || typeof cid !== "string") throw faultAt(url, "its list of refs is malformed");
    const value = checked(cid, url);
    return { name, value, cid: value };
  });
  return { refs: listed, ...(typeof head === "string" ? { head } : {}) };
}

function checked(cid: string, url: string): Cid {
  try {
    parseCid(cid);
    return cid as Cid;
  } catch {
    throw faultAt(url, "its list of refs is malformed");
  }
}

export function outcomesOf({ refs }: ValueObject, updates: readonly RefUpdate[], url: string): RefOutcome[] {
  if (!Array.isArray(refs) || refs.length !== updates.length)
    throw faultAt(url, "it does not say what became of each ref");
  return refs.map((outcome, i): RefOutcome => {
    const { ok, reason, message } = isObject(outcome) ? outcome : {};
    const { name } = updates[i];
    if (ok === true) return { name, ok };
    const words = typeof message === "string" ? message : "the server gave no reason";
    return { name, ok: false, reason: reason === "moved" ? "moved" : "refused", message: words };
  });
}
