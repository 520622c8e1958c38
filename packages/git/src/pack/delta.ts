/**
 * Git's differences between two bodies: `apply` reads them, `encode` writes them.
 *
 * A difference is both sizes, then pieces: bytes to insert, or a span of the base to copy. Format: git's Documentation/gitformat-pack.
 */
import { badInput } from "@sheaf/core";
import { DeltaBuffer } from "./delta-buffer.js";

/** Bytes in a window that is looked for in the base: what a copy costs at most, twice. */
const windowBytes = 16;
const multiplier = 0x01000193;
/** The multiplier to the power of the window less one: what the byte that leaves the window weighs. */
const leavingWeight = Array.from({ length: windowBytes - 1 }).reduce<number>(
  weight => Math.imul(weight, multiplier),
  1,
);

/**
 * Writes how `target` is made from `base`; `undefined` when that takes more than `limit` bytes.
 *
 * What is equal at both ends is copied; between, windows of the base at every 16th byte are found again by a rolling hash. Takes time in proportion
 * to both lengths, whatever they hold.
 */
export function encodeDelta(base: Uint8Array, target: Uint8Array, limit = Infinity): Uint8Array | undefined {
  const out = new DeltaBuffer(limit);
  out.size(base.length);
  out.size(target.length);
  const prefix = sharedPrefix(base, target);
  const suffix = sharedSuffix(base, target, Math.min(base.length, target.length) - prefix);
  out.copy(0, prefix, target, 0);
  encodeMiddle(base, prefix, base.length - suffix, target, prefix, target.length - suffix, out);
  out.copy(base.length - suffix, suffix, target, target.length - suffix);
  return out.bytes();
}

function encodeMiddle(
  base: Uint8Array,
  baseFrom: number,
  baseTo: number,
  target: Uint8Array,
  from: number,
  to: number,
  out: DeltaBuffer,
): void {
  const windows = windowTable(base, baseFrom, baseTo);
  const mask = windows.length - 1;
  let pending = from;
  let at = from;
  let hash = 0;
  while (!out.isFull && at + windowBytes <= to) {
    hash = at === pending ? hashAt(target, at) : roll(hash, target[at - 1], target[at + windowBytes - 1]);
    const found = windows[(hash ^ (hash >>> 15)) & mask] - 1;
    const length = found < 0 ? 0 : matchLength(base, found, baseTo, target, at, to);
    if (length < windowBytes) {
      at++;
      continue;
    }
    let back = 0;
    while (at - back > pending && found - back > baseFrom && base[found - back - 1] === target[at - back - 1]) back++;
    out.insert(target, pending, at - back);
    out.copy(found - back, length + back, target, at - back);
    at += length;
    pending = at;
  }
  out.insert(target, pending, to);
}

/** Makes the target; throws bad-input when the difference is damaged, is of another base, or makes more than `maxBytes`. */
export function applyDelta(base: Uint8Array, delta: Uint8Array, maxBytes = Infinity): Uint8Array {
  const sizes = deltaSizes(delta);
  if (sizes.base !== base.length) throw badDelta(`is from a base of ${sizes.base} bytes and not ${base.length}`);
  if (sizes.target > maxBytes) throw badDelta(`makes ${sizes.target} bytes, more than the ${maxBytes} that are taken`);
  const target = new Uint8Array(sizes.target);
  let at = sizes.end;
  let made = 0;
  while (at < delta.length) {
    const head = delta[at++];
    let from = 0;
    let length = 0;
    if (head & 0x80) {
      for (let i = 0; i < 4; i++) if (head & (1 << i)) from += delta[at++] * 2 ** (8 * i);
      for (let i = 0; i < 3; i++) if (head & (0x10 << i)) length |= delta[at++] << (8 * i);
      if (length === 0) length = 0x10000;
    } else {
      length = head;
      from = at;
      at += length;
    }
    const source = head & 0x80 ? base : delta;
    // What is cut off reads as `undefined` and makes `from` NaN, which no comparison lets pass.
    if (head === 0 || !(from + length <= source.length) || at > delta.length || made + length > target.length)
      throw badDelta("leads outside of what it is made from");
    target.set(source.subarray(from, from + length), made);
    made += length;
  }
  if (made !== target.length) throw badDelta(`makes ${made} bytes and not ${target.length}`);
  return target;
}

/** Reads what a difference says of itself: bytes of its base and of what it makes, and where its pieces begin. */
export function deltaSizes(delta: Uint8Array): { base: number; target: number; end: number } {
  let at = 0;
  const size = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = delta[at++];
      if (byte === undefined || scale > 2 ** 42) throw badDelta("is cut off");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  return { base: size(), target: size(), end: at };
}

function badDelta(what: string) {
  return badInput(`the git pack is damaged: a difference in it ${what}`);
}

function sharedPrefix(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}

function sharedSuffix(a: Uint8Array, b: Uint8Array, most: number): number {
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

/** Where windows of the base stand (+ 1), by their hash; of equal ones the first. */
function windowTable(base: Uint8Array, from: number, to: number): Int32Array {
  const count = Math.max(0, Math.floor((to - from) / windowBytes));
  const table = new Int32Array(1 << Math.max(4, 33 - Math.clz32(count)));
  for (let i = count - 1; i >= 0; i--) {
    const hash = hashAt(base, from + i * windowBytes);
    table[(hash ^ (hash >>> 15)) & (table.length - 1)] = from + i * windowBytes + 1;
  }
  return table;
}

function hashAt(bytes: Uint8Array, at: number): number {
  let hash = 0;
  for (let i = at; i < at + windowBytes; i++) hash = (Math.imul(hash, multiplier) + bytes[i]) | 0;
  return hash;
}

function roll(hash: number, leaving: number, entering: number): number {
  return (Math.imul(hash - Math.imul(leaving, leavingWeight), multiplier) + entering) | 0;
}

function matchLength(
  base: Uint8Array,
  baseAt: number,
  baseTo: number,
  target: Uint8Array,
  at: number,
  to: number,
): number {
  const most = Math.min(baseTo - baseAt, to - at);
  let length = 0;
  while (length < most && base[baseAt + length] === target[at + length]) length++;
  return length;
}
