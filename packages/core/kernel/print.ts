// Blocks of items to JSON text, keys in byte order: a member is written as it is read, then the members of each object are put in order.
//
// As strict as the reference on what it takes (canonical dag-cbor without links or byte strings). What is refused, JavaScript does again. A block may
// be damaged on purpose, so every length is held against the end of the block.

import { BACKSLASH, QUOTE, copy, stopBits, validUtf8 } from "./bytes";
import { next, size } from "./head";
import { RECORD, compareKeys, prefixOf, rearrange, sort, writeRecord } from "./order";

/** Writes the text of a float at `to` and gives its length. */
@external("js", "printFloat64")
declare function printFloat64(n: f64, to: usize): usize;

const MAX_DEPTH: i32 = 200;
/** The forms: the user's (attributes left out), the block's, and the projection's lines, which begin with id and position. */
const PLAIN = 0;
const ROWS = 2;
/** Decimal digits are written from the end of this, backwards. */
const DIGITS: usize = memory.data(64);
const NAMES: usize = memory.data<u8>([0x22, 0x40, 0x69, 0x64, 0x22, 0x3a, 0x20, 0x20, 0x22, 0x40, 0x70, 0x6f, 0x73, 0x22, 0x3a, 0x20, 0, 0, 0, 0, 0, 0, 0, 0]);
const LETTERS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0x62, 0x74, 0x6e, 0, 0x66, 0x72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

let o: usize = 0;
let top: usize = 0;
let topEnd: usize = 0;
let scratch: usize = 0;
let limit: usize = 0;
let form: i32 = 0;

/**
 * What the last call of {@link printBlocks} made, u32 each: end of the text, blocks refused, whether an integer is beyond what a JavaScript number
 * holds, whether attributes were left out.
 */
export const PRINTED: usize = memory.data(64);
let refusedBlocks: u32 = 0;
let wide: bool = false;
let leftOut: bool = false;

/**
 * Prints blocks, each as a line. u32 i of `bounds` and i + 1 say where the i-th lies (in rows form: behind its id and its position, both as CBOR text);
 * u32 i of `ends` says where its line ends, which is where it began if it was refused.
 */
export function printBlocks(
  bounds: usize, count: u32, out: usize, scratchArea: usize, records: usize, recordsEnd: usize, ends: usize, asForm: i32,
): void {
  o = out;
  scratch = scratchArea;
  topEnd = recordsEnd - RECORD * 4;
  form = asForm;
  refusedBlocks = 0;
  wide = false;
  leftOut = false;
  for (let i: usize = 0; i < <usize>count; i++) {
    const begin = o;
    top = records;
    limit = load<u32>(bounds + (i << 2) + 4);
    if (block(load<u32>(bounds + (i << 2)))) store<u8>(o++, 0x0a);
    else {
      o = begin;
      refusedBlocks++;
    }
    store<u32>(ends + (i << 2), <u32>o);
  }
  store<u32>(PRINTED, <u32>o);
  store<u32>(PRINTED, refusedBlocks, 4);
  store<u32>(PRINTED, wide, 8);
  store<u32>(PRINTED, leftOut, 12);
}

function block(p: usize): bool {
  const begin = o++;
  if (form == ROWS) {
    p = rowName(p, NAMES, 6);
    if (p == 0) return false;
    p = rowName(p, NAMES + 8, 7);
    if (p == 0) return false;
  }
  if (p >= limit || load<u8>(p) >> 5 != 5) return false;
  const count = size(p);
  if (next == 0) return false;
  return map(next, count, 0, begin) == limit;
}

/** Writes `"@id":` or `"@pos":` and the CBOR text at `p`, as the first members of a row. */
function rowName(p: usize, name: usize, length: usize): usize {
  const start = o;
  copy(o, name, length);
  o += length;
  if (p >= limit || load<u8>(p) >> 5 != 3) return 0;
  p = value(p, 1);
  if (p == 0) return 0;
  store<u8>(o++, 0x2c);
  writeRecord(top, prefixOf(name + 1, length - 3), start, o, name + 1, name + length - 2);
  top += RECORD;
  return p;
}

/** Prints the value at `p`; gives where it ends, 0 when refused. */
function value(p: usize, depth: i32): usize {
  if (p >= limit) return 0;
  const first = load<u8>(p);
  const major = first >> 5;
  if (major == 3) {
    const length = size(p);
    if (next == 0 || next > limit || length > <u64>(limit - next)) return 0;
    return text(next, <usize>length);
  }
  if (major == 7) return simple(first, p);
  const n = size(p);
  if (next == 0) return 0;
  if (major == 0) return integer(n, false);
  if (major == 1) return integer(n, true);
  if (major == 4) return array(next, n, depth);
  if (major == 5) return map(next, n, depth, o++);
  return 0;
}

function simple(first: u8, p: usize): usize {
  if (first == 0xf6) return word(0x6c6c756e, 4, p);
  if (first == 0xf5) return word(0x65757274, 4, p);
  if (first == 0xf4) {
    store<u8>(o + 4, 0x65);
    return word(0x736c6166, 5, p);
  }
  if (first != 0xfb) return 0;
  return float(reinterpret<f64>(bswap<u64>(load<u64>(p + 1)))) ? p + 9 : 0;
}

@inline
function word(letters: u32, length: usize, p: usize): usize {
  store<u32>(o, letters);
  o += length;
  return p + 1;
}

function integer(n: u64, negative: bool): usize {
  const after = next;
  if (n > 0x1ffffffffffffe) {
    if (negative || n > 0x1fffffffffffff) wide = true;
    if (negative && n == u64.MAX_VALUE) return 0;
  }
  if (negative) {
    store<u8>(o++, 0x2d);
    n++;
  }
  digits(n);
  return after;
}

function digits(n: u64): void {
  let at = DIGITS + 32;
  while (n > 0xffffffff) {
    store<u8>(--at, <u8>(0x30 + (n % 10)));
    n /= 10;
  }
  let small = <u32>n;
  do {
    const rest = small / 10;
    store<u8>(--at, <u8>(0x30 + (small - rest * 10)));
    small = rest;
  } while (small != 0);
  const length = DIGITS + 32 - at;
  v128.store(o, v128.load(at));
  v128.store(o + 16, v128.load(at + 16));
  o += length;
}

/** Prints a float; says whether it is one that JSON holds. */
function float(n: f64): bool {
  const size = Math.abs(n);
  if (size == 0 || size < 1e-3 || !(size < 1e9)) return otherFloat(n);
  let power: f64 = 1;
  let power10: u64 = 1;
  // The fewest decimals that read back are the shortest form: below 10^15 a decimal has a float of its own.
  for (let k = 0; k < 10; k++) {
    const scaled = nearest(size * power);
    if (scaled >= 1e15) return otherFloat(n);
    if (scaled / power == size) return decimal(<u64>scaled, power10, n < 0);
    power *= 10;
    power10 *= 10;
  }
  return otherFloat(n);
}

function decimal(scaled: u64, power: u64, negative: bool): bool {
  if (negative) store<u8>(o++, 0x2d);
  const whole = scaled / power;
  digits(whole);
  const point = o;
  // Printed with a 1 in front, which keeps the zeros and gives its place to the point.
  if (power == 1) {
    store<u16>(o, 0x302e);
    o += 2;
  } else {
    digits(power + (scaled - whole * power));
    store<u8>(point, 0x2e);
  }
  return true;
}

function otherFloat(n: f64): bool {
  if (!isFinite(n)) return false;
  o += printFloat64(n, o);
  return true;
}

/** Prints a text of `length` bytes at `p`. */
@inline
function text(p: usize, length: usize): usize {
  if (length > 16) return longText(p, length);
  const v = v128.load(p);
  const behind = 1 << (<i32>length);
  if (((stopBits(v) | i8x16.bitmask(v)) & (behind - 1)) != 0) return longText(p, length);
  store<u8>(o, QUOTE);
  v128.store(o + 1, v);
  store<u8>(o + 1 + length, QUOTE);
  o += length + 2;
  return p + length;
}

function longText(p: usize, length: usize): usize {
  const start = p;
  const end = p + length;
  let all = i8x16.splat(0);
  let w = o + 1;
  store<u8>(o, QUOTE);
  while (p < end) {
    const v = v128.load(p);
    v128.store(w, v);
    const stops = stopBits(v);
    const left = end - p;
    if (stops == 0 && left >= 16) {
      all = v128.or(all, v);
      p += 16;
      w += 16;
      continue;
    }
    const plainBytes: usize = ctz(stops | (left < 16 ? 1 << (<i32>left) : 0x10000));
    all = v128.or(all, v);
    p += plainBytes;
    w += plainBytes;
    if (p < end && plainBytes < 16) w = escape(w, load<u8>(p++));
  }
  store<u8>(w, QUOTE);
  o = w + 1;
  return i8x16.bitmask(all) != 0 && !validUtf8(start, end) ? 0 : end;
}

/** Writes an escape at `w` and gives where it ends. */
function escape(w: usize, c: u8): usize {
  store<u8>(w, BACKSLASH);
  const letter = c >= 0x20 ? c : load<u8>(LETTERS + c);
  if (letter != 0) {
    store<u8>(w + 1, letter);
    return w + 2;
  }
  store<u32>(w + 1, 0x30303075);
  store<u8>(w + 4, 0x30 + (c >> 4));
  const low = c & 15;
  store<u8>(w + 5, low < 10 ? 0x30 + low : 0x57 + low);
  return w + 6;
}

function array(p: usize, count: u64, depth: i32): usize {
  if (depth >= MAX_DEPTH) return 0;
  store<u8>(o++, 0x5b);
  for (let i: u64 = 0; i < count; i++) {
    p = value(p, depth + 1);
    if (p == 0) return 0;
    store<u8>(o++, 0x2c);
  }
  if (count != 0) o--;
  store<u8>(o++, 0x5d);
  return p;
}

/** Prints a map of which the head is read; `begin` is where its brace goes, which may have members behind it already (id and position). */
function map(p: usize, count: u64, depth: i32, begin: usize): usize {
  if (depth >= MAX_DEPTH) return 0;
  const given: usize = depth == 0 && form == ROWS ? 2 : 0;
  const base = top - given * RECORD;
  let last: u64 = given != 0 ? load<u64>(top - RECORD) : 0;
  let members = given;
  let sorted = true;
  // No key's rank is 0: its head is not.
  let lastRank: u64 = 0;
  let lastHead: usize = 0;
  let lastEnd: usize = 0;
  for (let i: u64 = 0; i < count; i++) {
    if (p >= limit || load<u8>(p) >> 5 != 3) return 0;
    const length = size(p);
    const key = next;
    if (key == 0 || key > limit || length > <u64>(limit - key)) return 0;
    const keyEnd = key + <usize>length;
    const rank = prefixOf(p, keyEnd - p);
    if (rank <= lastRank && (rank < lastRank || compareKeys(lastHead, lastEnd, p, keyEnd) >= 0)) return 0;
    lastRank = rank;
    lastHead = p;
    lastEnd = keyEnd;
    const start = o;
    if (text(key, <usize>length) == 0) return 0;
    store<u8>(o++, 0x3a);
    p = value(keyEnd, depth + 1);
    if (p == 0 || top >= topEnd) return 0;
    if (depth == 0 && length != 0 && load<u8>(key) == 0x40) {
      const kind = reserved(key, <usize>length);
      if (kind < 0 || (kind > 0 && load<u8>(keyEnd) >> 5 != 5)) return 0;
      if (kind > 0 && form == PLAIN) {
        o = start;
        leftOut = true;
        continue;
      }
    }
    store<u8>(o++, 0x2c);
    const prefix = prefixOf(key, <usize>length);
    sorted = sorted && (prefix > last || members == 0);
    last = prefix;
    writeRecord(top, prefix, start, o, key, keyEnd);
    top += RECORD;
    members++;
  }
  top = base;
  store<u8>(begin, 0x7b);
  if (!sorted) {
    sort(base, members);
    o = rearrange(base, members, begin + 1, o, begin + 1, scratch);
  }
  if (members != 0) o--;
  store<u8>(o++, 0x7d);
  return p;
}

/** 1: this is `@meta`; -1: a key behind `@` that this form writes otherwise (left to the reference); 0: a key like any other. */
function reserved(key: usize, length: usize): i32 {
  if (length == 5 && load<u32>(key + 1) == 0x6174656d) return 1;
  if (form == PLAIN) return length > 5 && load<u32>(key + length - 4) == 0x6174656d ? -1 : 0;
  if (form != ROWS) return 0;
  const id = length >= 3 && load<u16>(key + length - 2) == 0x6469;
  const pos = length >= 4 && load<u16>(key + length - 3) == 0x6f70 && load<u8>(key + length - 1) == 0x73;
  return id || pos ? -1 : 0;
}
