/** Reads one member of a block without reading the rest. */
import { CborReader } from "./cbor-reader.js";
import { utf8 } from "../text.js";
import type { Value } from "./value.js";

/** The key asked for last, as a caller asks for the same in every row. */
let lastKey = "";
let lastBytes: Uint8Array = new Uint8Array(0);

/**
 * Gives the top-level member of an item's block with this key (in the block's form), or `undefined` when it has none.
 *
 * Decodes that member alone; the rest is stepped over, and checked only as far as stepping needs. Keys stand shortest first, so it stops early.
 * Throws bad-input when the block is no map, or is damaged on the way.
 */
export function fieldOf(block: Uint8Array, key: string): Value | undefined {
  const wanted = key === lastKey ? lastBytes : (lastBytes = utf8((lastKey = key)));
  const reader = new CborReader(block, "json");
  let left = reader.entries();
  while (left-- > 0) {
    const length = reader.textLength();
    if (length > wanted.length) return undefined;
    if (length === wanted.length && holds(block, reader.at, wanted)) {
      reader.at += length;
      return reader.value(1) as Value;
    }
    reader.at += length;
    reader.skip();
  }
  return undefined;
}

/** Where a text stands in some bytes: what {@link findText} found. */
export interface TextSpan {
  start: number;
  end: number;
}

/**
 * Finds the top-level member with this key where it is text: writes the span of its UTF-8 into `found` and says whether it is there.
 *
 * The way for millions of rows: nothing is made. The block `bytes[start, end)` must be one that an encoder just made; it is not checked.
 */
export function findText(bytes: Uint8Array, start: number, end: number, key: Uint8Array, found: TextSpan): boolean {
  if (bytes[start] >= 0xb8) return false; // 24 members or more: left to `fieldOf`
  let at = start + 1;
  for (let left = bytes[start] & 31; left > 0 && at < end; left--) {
    const length = bytes[at] & 31;
    if (length >= 24 || length > key.length) return false;
    const isIt = length === key.length && holds(bytes, at + 1, key);
    at += 1 + length;
    if (isIt) return textAt(bytes, at, found);
    at = skipped(bytes, at);
    if (at < 0) return false;
  }
  return false;
}

function textAt(bytes: Uint8Array, at: number, found: TextSpan): boolean {
  const head = bytes[at];
  if (head >> 5 !== 3 || head > 0x79) return false;
  found.start = at + (head < 0x78 ? 1 : head === 0x78 ? 2 : 3);
  found.end =
    found.start + (head < 0x78 ? head & 31 : head === 0x78 ? bytes[at + 1] : bytes[at + 1] * 256 + bytes[at + 2]);
  return true;
}

/** Where the value at `at` ends; −1 for lists, maps and long texts. */
function skipped(bytes: Uint8Array, at: number): number {
  const head = bytes[at];
  const info = head & 31;
  const major = head >> 5;
  if (major === 7) return at + (info === 27 ? 9 : 1);
  if (major < 2) return at + (info < 24 ? 1 : 1 + (1 << (info - 24)));
  if (major === 3 && textAt(bytes, at, skippedText)) return skippedText.end;
  return -1;
}

const skippedText: TextSpan = { start: 0, end: 0 };

function holds(block: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (block[at + i] !== wanted[i]) return false;
  return true;
}
