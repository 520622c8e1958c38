/** Bytes looked at in place, without copies or views: order of keys, equality, and the ends of dag-cbor values. */
import { fromUtf8 } from "../text.js";

/** Bytes of a link in dag-cbor: tag 42 around a binary CID with a zero in front. */
export const linkBytes = 41;
/** Where in an encoded link its digest begins. */
export const digestInLink = 9;
const deepest = 256;

/** Compares `a[aFrom, aTo)` with `b[bFrom, bTo)` as unsigned bytes; a prefix comes first. */
export function compareSpans(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): number {
  const shared = Math.min(aTo - aFrom, bTo - bFrom);
  for (let i = 0; i < shared; i++) {
    const difference = a[aFrom + i] - b[bFrom + i];
    if (difference !== 0) return difference;
  }
  return aTo - aFrom - (bTo - bFrom);
}

/** Four bytes from `from` on as a number; zeros stand in for those at or beyond `to`. */
export function headAt(bytes: Uint8Array, from: number, to: number): number {
  if (from + 4 <= to)
    return ((bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3]) >>> 0;
  let head = 0;
  for (let i = 0; i < 4; i++) head = head * 256 + (from + i < to ? bytes[from + i] : 0);
  return head;
}

/** Says whether `a[aFrom, aTo)` and `b[bFrom, bTo)` hold the same bytes. */
export function sameSpan(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): boolean {
  const length = aTo - aFrom;
  if (length !== bTo - bFrom) return false;
  for (let i = 0; i < length; i++) if (a[aFrom + i] !== b[bFrom + i]) return false;
  return true;
}

/** Says whether a link to one of our blocks (CIDv1, dag-cbor or raw, sha2-256) stands at `at`. */
export function isLink(bytes: Uint8Array, at: number): boolean {
  return (
    at + linkBytes <= bytes.length &&
    bytes[at] === 0xd8 &&
    bytes[at + 1] === 42 &&
    bytes[at + 2] === 0x58 &&
    bytes[at + 3] === 37 &&
    bytes[at + 4] === 0 &&
    bytes[at + 5] === 1 &&
    (bytes[at + 6] === 0x71 || bytes[at + 6] === 0x55) &&
    bytes[at + 7] === 0x12 &&
    bytes[at + 8] === 0x20
  );
}

/** Writes a link to the digest at `digests[from, from + 32)`, with this codec, and gives the place behind it. */
export function writeLink(out: Uint8Array, at: number, digests: Uint8Array, from: number, codec: number): number {
  out[at] = 0xd8;
  out[at + 1] = 42;
  out[at + 2] = 0x58;
  out[at + 3] = 37;
  out[at + 4] = 0;
  out[at + 5] = 1;
  out[at + 6] = codec;
  out[at + 7] = 0x12;
  out[at + 8] = 0x20;
  for (let i = 0; i < 32; i++) out[at + digestInLink + i] = digests[from + i];
  return at + linkBytes;
}

/** Bytes that the head of a value takes whose argument is `argument`: 1, 2, 3, 5 or 9. */
export function headBytes(argument: number): number {
  if (argument < 24) return 1;
  if (argument < 0x100) return 2;
  if (argument < 0x10000) return 3;
  return argument < 0x100000000 ? 5 : 9;
}

/** Writes the head of a value in its shortest form and gives the place behind it; `argument` is at most 2⁵³−1. */
export function writeHead(out: Uint8Array, at: number, major: number, argument: number): number {
  const length = headBytes(argument);
  if (length === 1) {
    out[at] = (major << 5) | argument;
    return at + 1;
  }
  out[at] = (major << 5) | (length === 2 ? 24 : length === 3 ? 25 : length === 5 ? 26 : 27);
  let rest = argument;
  for (let i = length - 1; i > 0; i--) {
    out[at + i] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
  return at + length;
}

/**
 * Reads the argument of the head at `at` (its length is {@link headBytes} of it); −1 when it is cut short, not in shortest form, or beyond 2⁵³−1.
 */
export function readArgument(bytes: Uint8Array, at: number): number {
  const info = bytes[at] & 31;
  if (info < 24) return at < bytes.length ? info : -1;
  if (info > 27) return -1;
  const length = 1 << (info - 24);
  if (at + length >= bytes.length) return -1;
  let argument = 0;
  for (let i = 1; i <= length; i++) argument = argument * 256 + bytes[at + i];
  return headBytes(argument) === length + 1 && argument <= Number.MAX_SAFE_INTEGER ? argument : -1;
}

/**
 * Finds where the dag-cbor value at `at` ends; −1 when what stands there is not one whole value in canonical form, or nests deeper than 256.
 *
 * Links are ours only: CIDv1, sha2-256, dag-cbor or raw.
 */
export function skipValue(bytes: Uint8Array, at: number, depth = 0): number {
  if (at >= bytes.length || depth > deepest) return -1;
  const major = bytes[at] >> 5;
  if (major === 6) return isLink(bytes, at) ? at + linkBytes : -1;
  if (major === 7) return skipSimple(bytes, at);
  if (major < 2) return skipInteger(bytes, at);
  const argument = readArgument(bytes, at);
  if (argument < 0) return -1;
  const start = at + headBytes(argument);
  if (major === 4) return skipList(bytes, start, argument, depth);
  if (major === 5) return skipMap(bytes, start, argument, depth);
  const end = start + argument;
  if (end > bytes.length) return -1;
  return major === 2 || isUtf8(bytes, start, end) ? end : -1;
}

function skipInteger(bytes: Uint8Array, at: number): number {
  const argument = readArgument(bytes, at);
  if (argument >= 0) return at + headBytes(argument);
  const beyondSafe = (bytes[at] & 31) === 27 && at + 9 <= bytes.length && bytes[at + 1] * 256 + bytes[at + 2] >= 32;
  return beyondSafe ? at + 9 : -1;
}

function skipSimple(bytes: Uint8Array, at: number): number {
  const head = bytes[at];
  if (head >= 0xf4 && head <= 0xf6) return at + 1;
  if (head !== 0xfb || at + 9 > bytes.length) return -1;
  const finite = (bytes[at + 1] & 0x7f) !== 0x7f || (bytes[at + 2] & 0xf0) !== 0xf0;
  return finite ? at + 9 : -1;
}

function skipList(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let at = start;
  for (let i = 0; i < count && at >= 0; i++) at = skipValue(bytes, at, depth + 1);
  return at;
}

function skipMap(bytes: Uint8Array, start: number, count: number, depth: number): number {
  let at = start;
  let before = -1;
  let beforeEnd = -1;
  for (let i = 0; i < count; i++) {
    if (at >= bytes.length || bytes[at] >> 5 !== 3) return -1;
    const keyEnd = skipValue(bytes, at, depth + 1);
    // A longer key has a greater head, so the order of the encoded bytes is dag-cbor's order: by length, then by bytes.
    if (keyEnd < 0 || (i > 0 && compareSpans(bytes, before, beforeEnd, bytes, at, keyEnd) >= 0)) return -1;
    before = at;
    beforeEnd = keyEnd;
    at = skipValue(bytes, keyEnd, depth + 1);
    if (at < 0) return -1;
  }
  return at;
}

function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] < 0x80) at++;
  if (at === end) return true;
  try {
    fromUtf8(bytes.subarray(at, end));
    return true;
  } catch {
    return false;
  }
}
