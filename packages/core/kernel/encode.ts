// JSON text to canonical dag-cbor, in one pass over the text: a map is written as it is read, then its entries are put in order.
//
// What is refused here (0 comes back) is not thereby wrong: the reference in JavaScript does the row again, and takes it or says what is the matter.
// The text is followed by a byte that no value may hold (a line break, or NUL), so no loop looks where it stands. Every area of memory has
// 64 bytes to spare behind it, so that sixteen bytes may be read or written at once.

import { BACKSLASH, QUOTE, copy, lineEnd, stopBits, validUtf8 } from "./bytes";
import { RECORD, hasTwins, prefixOf, rearrange, sort, writeRecord } from "./order";

/** Reads a number from its text where that takes more than one exact step; NaN when it cannot be kept. */
@external("js", "parseFloat64")
declare function parseFloat64(start: usize, end: usize): f64;

/** Most levels handled here; the reference takes more. */
const MAX_DEPTH: i32 = 200;
/** `meta` as a number. */
const META: u32 = 0x6174656d;
/** Powers of ten that a float64 holds exactly. */
const POWERS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);

/** Where the next byte is written. */
let o: usize = 0;
/** Where the next record is written, and the end of the records. */
let top: usize = 0;
let topEnd: usize = 0;
let scratch: usize = 0;
/** A line break is space in a text, and ends a row in lines. */
let newline: u8 = 0;
/** Whether `@meta` is the user's own key (plain rows). */
let plain: bool = false;

/** What the last call of {@link encodeLines} made, u32 each: rows, lines passed, rows refused, end of the blocks. */
export const ENCODED: usize = memory.data(64);
let rowCount: u32 = 0;
let lineCount: u32 = 0;
let refusedCount: u32 = 0;

/** Sets the areas: blocks are written from `out`, maps are put in order by way of `scratch`, records stand from `records` to `recordsEnd`. */
export function prepareEncode(out: usize, scratchArea: usize, records: usize, recordsEnd: usize): void {
  o = out;
  scratch = scratchArea;
  top = records;
  topEnd = recordsEnd - RECORD * 2;
}

/**
 * Encodes the lines from `p` to `end` (a line break stands at `end`), at most `maxRows` of them that are not blank; gives where the next line begins.
 * For the i-th row, u32 i of `starts` and `ends` says where its block lies, of `lines` how many lines came before, of `refused` where its text begins
 * if it was refused, else 0.
 */
export function encodeLines(p: usize, end: usize, maxRows: u32, starts: usize, ends: usize, lines: usize, refused: usize, isPlain: bool): usize {
  plain = isPlain;
  newline = 0x20;
  rowCount = 0;
  lineCount = 0;
  refusedCount = 0;
  const records = top;
  while (p < end && rowCount < maxRows) {
    const start = skip(p);
    if (load<u8>(start) == 0x0a) {
      p = start + 1;
      lineCount++;
      continue;
    }
    const slot = <usize>rowCount << 2;
    const begin = o;
    top = records;
    let after = row(start);
    if (after == 0) {
      o = begin;
      refusedCount++;
      after = lineEnd(start);
      store<u32>(refused + slot, <u32>p);
    } else store<u32>(refused + slot, 0);
    store<u32>(starts + slot, <u32>begin);
    store<u32>(ends + slot, <u32>o);
    store<u32>(lines + slot, lineCount);
    rowCount++;
    lineCount++;
    p = after + 1;
  }
  store<u32>(ENCODED, rowCount);
  store<u32>(ENCODED, lineCount, 4);
  store<u32>(ENCODED, refusedCount, 8);
  store<u32>(ENCODED, <u32>o, 12);
  return p;
}

/** Encodes one object that fills the text from `p` to `end` (NUL stands there); gives the end of the block, 0 when refused. */
export function encodeText(p: usize, end: usize, isPlain: bool): usize {
  plain = isPlain;
  newline = 0x0a;
  p = skip(p);
  if (load<u8>(p) != 0x7b) return 0;
  p = map(p + 1, 0);
  if (p == 0 || skip(p) != end) return 0;
  return o;
}

function row(p: usize): usize {
  if (load<u8>(p) != 0x7b) return 0;
  p = map(p + 1, 0);
  if (p == 0) return 0;
  p = skip(p);
  return load<u8>(p) == 0x0a ? p : 0;
}

@inline
function skip(p: usize): usize {
  return load<u8>(p) > 0x20 ? p : skipSpace(p);
}

function skipSpace(p: usize): usize {
  let c = load<u8>(p);
  while (c == 0x20 || c == 0x09 || c == 0x0d || c == newline) c = load<u8>(++p);
  return p;
}

/** Writes the value that begins at `p`; gives where it ends, 0 when refused. So do all functions below. */
function value(p: usize, depth: i32): usize {
  p = skip(p);
  const c = load<u8>(p);
  if (c == QUOTE) return text(p + 1);
  if (c == 0x7b) return map(p + 1, depth);
  if (c == 0x5b) return array(p + 1, depth);
  if (c == 0x74) return load<u32>(p) == 0x65757274 ? word(0xf5, p + 4) : 0;
  if (c == 0x6e) return load<u32>(p) == 0x6c6c756e ? word(0xf6, p + 4) : 0;
  if (c == 0x66) return load<u32>(p + 1) == 0x65736c61 ? word(0xf4, p + 5) : 0;
  return number(p);
}

@inline
function word(byte: u8, p: usize): usize {
  store<u8>(o++, byte);
  return p;
}

/** Bytes of a head with this number. */
@inline
function headSize(n: u64): usize {
  return n < 24 ? 1 : n < 0x100 ? 2 : n < 0x10000 ? 3 : n < 0x100000000 ? 5 : 9;
}

/** Writes a head at `to`. */
function head(to: usize, major: u8, n: u64): void {
  if (n < 24) return store<u8>(to, major | <u8>n);
  if (n < 0x100) {
    store<u8>(to, major | 24);
    return store<u8>(to + 1, <u8>n);
  }
  if (n < 0x10000) {
    store<u8>(to, major | 25);
    return store<u16>(to + 1, bswap<u16>(<u16>n));
  }
  if (n < 0x100000000) {
    store<u8>(to, major | 26);
    return store<u32>(to + 1, bswap<u32>(<u32>n));
  }
  store<u8>(to, major | 27);
  store<u64>(to + 1, bswap<u64>(n));
}

/** Writes the text whose first character is at `p`, behind the quote. */
function text(p: usize): usize {
  const first = v128.load(p);
  const stops = stopBits(first);
  if (stops == 0) return longText(p, first);
  const length = ctz(stops);
  if (load<u8>(p + length) != QUOTE) return escapedText(p);
  if (i8x16.bitmask(first) & ((1 << length) - 1) && !validUtf8(p, p + length)) return 0;
  store<u8>(o, <u8>(0x60 | length));
  v128.store(o + 1, first);
  o += 1 + length;
  return p + length + 1;
}

function longText(p: usize, seen: v128): usize {
  let q = p + 16;
  let v = v128.load(q);
  let stops = stopBits(v);
  while (stops == 0) {
    seen = v128.or(seen, v);
    q += 16;
    v = v128.load(q);
    stops = stopBits(v);
  }
  q += ctz(stops);
  if (load<u8>(q) != QUOTE) return escapedText(p);
  if (i8x16.bitmask(v128.or(seen, v)) != 0 && !validUtf8(p, q)) return 0;
  const length = q - p;
  head(o, 0x60, length);
  o += headSize(length);
  copy(o, p, length);
  o += length;
  return q + 1;
}

/** Writes text with escapes; room for the longest head is left, and the text moved up to the head that it turns out to need. */
function escapedText(p: usize): usize {
  const begin = o + 5;
  let w = begin;
  let seen = i8x16.splat(0);
  while (load<u8>(p) != QUOTE) {
    const v = v128.load(p);
    const stops = stopBits(v);
    const plainBytes: usize = stops == 0 ? 16 : ctz(stops);
    seen = v128.or(seen, v);
    v128.store(w, v);
    w += plainBytes;
    p += plainBytes;
    if (stops == 0 || load<u8>(p) == QUOTE) continue;
    if (load<u8>(p) != BACKSLASH) return 0;
    const c = load<u8>(p + 1);
    if (c == 0x75) {
      const unit = hex(p + 2);
      if (unit < 0) return 0;
      if ((unit & 0xf800) == 0xd800) {
        const low = unit < 0xdc00 && load<u16>(p + 6) == 0x755c ? hex(p + 8) : -1;
        if ((low & 0xfc00) != 0xdc00 || low < 0) return 0;
        w = character(w, 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff));
        p += 12;
      } else {
        w = character(w, unit);
        p += 6;
      }
    } else {
      const plainByte = unescape(c);
      if (plainByte == 0) return 0;
      store<u8>(w++, plainByte);
      p += 2;
    }
  }
  const length = w - begin;
  if (i8x16.bitmask(seen) != 0 && !validUtf8(begin, w)) return 0;
  const size = headSize(length);
  memory.copy(o + size, begin, length);
  head(o, 0x60, length);
  o += size + length;
  return p + 1;
}

@inline
function unescape(c: u8): u8 {
  if (c == 0x6e) return 0x0a;
  if (c == QUOTE || c == BACKSLASH || c == 0x2f) return c;
  if (c == 0x74) return 0x09;
  if (c == 0x72) return 0x0d;
  if (c == 0x62) return 0x08;
  return c == 0x66 ? 0x0c : 0;
}

/** The number that four hex digits say; -1 when they are none. */
function hex(p: usize): i32 {
  let n = 0;
  for (let i: usize = 0; i < 4; i++) {
    const c = load<u8>(p + i);
    const letter = c | 0x20;
    if (c >= 0x30 && c <= 0x39) n = (n << 4) | (c - 0x30);
    else if (letter >= 0x61 && letter <= 0x66) n = (n << 4) | (letter - 0x57);
    else return -1;
  }
  return n;
}

/** Writes a character in UTF-8 and gives where it ends. */
function character(w: usize, c: i32): usize {
  if (c < 0x80) {
    store<u8>(w, <u8>c);
    return w + 1;
  }
  if (c < 0x800) {
    store<u8>(w, <u8>(0xc0 | (c >> 6)));
    store<u8>(w + 1, <u8>(0x80 | (c & 63)));
    return w + 2;
  }
  if (c < 0x10000) {
    store<u8>(w, <u8>(0xe0 | (c >> 12)));
    store<u8>(w + 1, <u8>(0x80 | ((c >> 6) & 63)));
    store<u8>(w + 2, <u8>(0x80 | (c & 63)));
    return w + 3;
  }
  store<u8>(w, <u8>(0xf0 | (c >> 18)));
  store<u8>(w + 1, <u8>(0x80 | ((c >> 12) & 63)));
  store<u8>(w + 2, <u8>(0x80 | ((c >> 6) & 63)));
  store<u8>(w + 3, <u8>(0x80 | (c & 63)));
  return w + 4;
}

function number(p: usize): usize {
  const start = p;
  const negative = load<u8>(p) == 0x2d;
  if (negative) p++;
  const whole = p;
  let n: u64 = 0;
  let digit = <u32>load<u8>(p) - 0x30;
  while (digit <= 9) {
    n = n * 10 + digit;
    digit = <u32>load<u8>(++p) - 0x30;
  }
  const count = p - whole;
  if (count == 0 || (count > 1 && load<u8>(whole) == 0x30)) return 0;
  const c = load<u8>(p);
  if (c == 0x2e || (c | 0x20) == 0x65) return fraction(start, whole, p, n, negative);
  // Twenty digits may be one too many for 64 bits, and -2^64 needs 65: rare, and the reference's.
  if (count > 19) return 0;
  if (!negative) integer(0x00, n);
  else if (n != 0) integer(0x20, n - 1);
  else double(-0.0);
  return p;
}

@inline
function integer(major: u8, n: u64): void {
  head(o, major, n);
  o += headSize(n);
}

@inline
function double(n: f64): void {
  store<u8>(o, 0xfb);
  store<u64>(o + 1, bswap<u64>(reinterpret<u64>(n)));
  o += 9;
}

/** Writes a float of which the whole part is read: `n` from `whole` to `p`. */
function fraction(start: usize, whole: usize, p: usize, n: u64, negative: bool): usize {
  let digits = p - whole;
  let exponent: i32 = 0;
  if (load<u8>(p) == 0x2e) {
    const point = ++p;
    let digit = <u32>load<u8>(p) - 0x30;
    while (digit <= 9) {
      n = n * 10 + digit;
      digit = <u32>load<u8>(++p) - 0x30;
    }
    if (p == point) return 0;
    digits += p - point;
    exponent = -(<i32>(p - point));
  }
  if ((load<u8>(p) | 0x20) == 0x65) {
    p++;
    const minus = load<u8>(p) == 0x2d;
    if (minus || load<u8>(p) == 0x2b) p++;
    const first = p;
    let power: i32 = 0;
    let digit = <u32>load<u8>(p) - 0x30;
    while (digit <= 9) {
      if (power < 100000) power = power * 10 + digit;
      digit = <u32>load<u8>(++p) - 0x30;
    }
    if (p == first) return 0;
    exponent += minus ? -power : power;
  }
  if (digits > 19 || n > (1 << 53) || exponent < -22 || exponent > 22) return inexact(start, p);
  const power = load<f64>(POWERS + (<usize>abs(exponent) << 3));
  const size = exponent < 0 ? <f64>n / power : <f64>n * power;
  double(negative ? -size : size);
  return p;
}

function inexact(start: usize, end: usize): usize {
  const n = parseFloat64(start, end);
  if (n != n) return 0;
  double(n);
  return end;
}

/** Moves what was written from `begin` + 1 on, so that a head with this count fits in front, and writes it. */
function closeWith(major: u8, count: u64, begin: usize): void {
  const size = headSize(count);
  if (size > 1) {
    memory.copy(begin + size, begin + 1, o - begin - 1);
    o += size - 1;
  }
  head(begin, major, count);
}

function array(p: usize, depth: i32): usize {
  if (depth >= MAX_DEPTH) return 0;
  const begin = o++;
  let count: u64 = 0;
  p = skip(p);
  let more = load<u8>(p) != 0x5d;
  if (!more) p++;
  while (more) {
    p = value(p, depth + 1);
    if (p == 0) return 0;
    count++;
    p = skip(p);
    const c = load<u8>(p++);
    more = c == 0x2c;
    if (!more && c != 0x5d) return 0;
  }
  closeWith(0x80, count, begin);
  return p;
}

function map(p: usize, depth: i32): usize {
  if (depth >= MAX_DEPTH) return 0;
  const begin = o++;
  const base = top;
  let count: usize = 0;
  let last: u64 = 0;
  let sorted = true;
  p = skip(p);
  let more = load<u8>(p) != 0x7d;
  if (!more) p++;
  while (more) {
    const start = o;
    if (load<u8>(p) != QUOTE) return 0;
    p = text(p + 1);
    if (p == 0) return 0;
    const keyEnd = o;
    const prefix = prefixOf(start, keyEnd - start);
    p = skip(p);
    if (load<u8>(p) != 0x3a) return 0;
    p = skip(p + 1);
    if (depth == 0 && needsReference(start, keyEnd, p)) return 0;
    p = value(p, depth + 1);
    if (p == 0 || top >= topEnd) return 0;
    sorted = sorted && (prefix > last || count == 0);
    last = prefix;
    writeRecord(top, prefix, start, o, start, keyEnd);
    top += RECORD;
    count++;
    p = skip(p);
    const c = load<u8>(p++);
    more = c == 0x2c;
    if (more) p = skip(p);
    else if (c != 0x7d) return 0;
  }
  top = base;
  if (sorted) closeWith(0xa0, count, begin);
  else {
    sort(base, count);
    if (hasTwins(base, count)) return 0;
    o = rearrange(base, count, begin + 1, o, begin + headSize(count), scratch);
    head(begin, 0xa0, count);
  }
  return p;
}

/** Says whether a top-level key ends in `meta` behind an `@`, in a way that is not simply kept; the value begins at `p`. */
@inline
function needsReference(key: usize, keyEnd: usize, p: usize): bool {
  if (load<u32>(keyEnd - 4) != META || keyEnd - key < 6) return false;
  if (plain) return load<u8>(key + 1) == 0x40 || load<u8>(key) >= 0x78;
  return keyEnd - key == 6 && load<u8>(key + 1) == 0x40 && load<u8>(p) != 0x7b;
}
