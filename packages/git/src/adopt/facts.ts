/** What a commit or tag says of itself, read as well as Sheaf can hold it; what does not come back so is kept raw beside. */
import { fromUtf8, isObject, isSheafError, parseJson, type Signature, type ValueObject } from "@sheaf/core";
import type { Field } from "../header.js";
import { attributesField, readMark } from "../project/commit-body.js";
import { overlayKey } from "../project/overlay.js";
import { parseSignature } from "../signature.js";

/** Greatest zone offset, in minutes. */
const maxZone = 99 * 60 + 59;

/** Reads text that may be of another encoding: as UTF-8 where it is that, else byte by byte (ISO 8859-1), whatever a header says, so that all clones agree. */
export function readText(bytes: Uint8Array): string {
  try {
    return fromUtf8(bytes);
  } catch {
    return Array.from(bytes, byte => String.fromCharCode(byte)).join("");
  }
}

/** Reads a message without the line feed that ends it; NUL, which Sheaf cannot hold, becomes U+FFFD. */
export function readMessage(bytes: Uint8Array | undefined): string {
  const text = readText(bytes ?? new Uint8Array(0)).replaceAll("\0", "\ufffd");
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** Reads a signature: what is odd in it is left out, and what is missing is empty or 0. */
export function readSignature(bytes: Uint8Array | undefined): Signature {
  const exact = bytes && parseSignature(bytes);
  if (exact && Math.abs(exact.zone) <= maxZone) return exact;
  const text = readText(bytes ?? new Uint8Array(0));
  const open = text.indexOf("<");
  const close = text.lastIndexOf(">");
  const name = open < 0 ? text : text.slice(0, open);
  const email = open < 0 ? "" : text.slice(open + 1, close < open ? undefined : close);
  const [, time = "0", sign = "+", hours = "0", minutes = "0"] =
    /(\d{1,15})(?: ([+-])(\d{2})(\d{2}))?\s*$/.exec(text.slice(close + 1)) ?? [];
  const zone = Math.min(maxZone, Number(hours) * 60 + Number(minutes));
  return {
    name: plain(name),
    email: plain(email),
    time: Number(time),
    zone: sign === "-" && zone > 0 ? -zone : zone,
  };
}

function plain(text: string): string {
  return text.replace(/[<>\0\r\n]/g, "").trim();
}

/** Reads the attributes that Sheaf wrote; empty where the line is not such. */
export function readAttributes(extra: readonly Field[]): ValueObject {
  const value = readLine(extra);
  return Object.hasOwn(value, overlayKey) ? {} : value;
}

/** Reads the attributes of a commit, and whether it is marked to be read against its parents' projections. */
export function readMarked(extra: readonly Field[]): { attributes: ValueObject; isMarked: boolean } {
  const { [overlayKey]: mark, ...attributes } = readLine(extra);
  const isMarked = mark === readMark;
  return { attributes: isMarked || mark === undefined ? attributes : {}, isMarked };
}

function readLine(extra: readonly Field[]): ValueObject {
  const lines = extra.filter(({ name }) => name === attributesField);
  const text = lines.length === 1 ? lines[0].value : undefined;
  if (!text) return {};
  try {
    const value = parseJson(text);
    return isObject(value) ? value : {};
  } catch (error) {
    if (isSheafError(error, "bad-input")) return {};
    throw error;
  }
}
