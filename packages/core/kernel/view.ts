// Blocks of items to what JavaScript makes objects of: a tape of tokens, and beside it the texts in the encodings that an engine keeps.
//
// A token is a u32: kind in the low three bits, number above. Texts of up to SHORT characters lie one after another per block, so that one
// string is cut into all of them; each longer text is a string of its own. As strict as `print.ts`, and what is refused, JavaScript does again.

import { validUtf8 } from "./bytes";
import { next, size } from "./head";
import { shapeRoot, step } from "./shape";

const MAX_DEPTH: i32 = 200;
/** null, false, true. */
const SIMPLE: u32 = 0;
/** A small integer, signed. */
const SMALL: u32 = 1;
/** The next one in the table of numbers. */
const NUMBER: u32 = 2;
/** So many characters more of the short texts. */
const PIECE: u32 = 3;
/** A text of so many characters up to U+00FF, a byte each, at the place that the next u32 says. */
const NARROW: u32 = 4;
/** The same in UTF-16. */
const WIDE: u32 = 5;
/** A list of so many values. */
const LIST: u32 = 6;
/** A map of so many members; the next u32 says its shape. */
const MAP: u32 = 7;

/** A longer text is no piece: JavaScript would make it a view into the whole string, which it then kept in memory. */
const SHORT: usize = 12;
const SMALL_LIMIT: u64 = 0x10000000;

let tape: usize = 0;
let numbers: usize = 0;
let pieces: usize = 0;
let texts: usize = 0;
let limit: usize = 0;

/**
 * Views blocks. u32 i of `bounds` and i + 1 say where the i-th lies; of `tokens`, where its tokens begin (0: refused), and of `cuts` and i + 1, where its
 * short texts lie. The tokens of a block take at most eight times its bytes, numbers and texts each two times, short texts one.
 */
export function viewBlocks(
  bounds: usize, count: u32, tapeArea: usize, numberArea: usize, pieceArea: usize, textArea: usize, tokens: usize, cuts: usize,
): void {
  tape = tapeArea;
  numbers = numberArea;
  pieces = pieceArea;
  texts = textArea;
  store<u32>(cuts, <u32>pieces);
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = i << 2;
    const begin = tape;
    const numbersBegin = numbers;
    const piecesBegin = pieces;
    limit = load<u32>(bounds + at + 4);
    const isViewed = block(load<u32>(bounds + at));
    store<u32>(tokens + at, isViewed ? <u32>begin : 0);
    if (!isViewed) {
      tape = begin;
      numbers = numbersBegin;
      pieces = piecesBegin;
    }
    store<u32>(cuts + at + 4, <u32>pieces);
  }
}

function block(p: usize): bool {
  if (p >= limit || load<u8>(p) >> 5 != 5) return false;
  const count = size(p);
  return next != 0 && map(next, count, 0) == limit;
}

@inline
function token(kind: u32, n: u32): void {
  store<u32>(tape, kind | (n << 3));
  tape += 4;
}

function number(n: f64): void {
  token(NUMBER, 0);
  store<f64>(numbers, n);
  numbers += 8;
}

/** Views the value at `p`; gives where it ends, 0 when refused. */
function value(p: usize, depth: i32): usize {
  if (p >= limit) return 0;
  const first = load<u8>(p);
  const major = first >> 5;
  if (major == 7) return simple(first, p);
  const n = size(p);
  const behind = next;
  if (behind == 0 || behind > limit) return 0;
  if (major == 3) return n > <u64>(limit - behind) ? 0 : text(behind, <usize>n);
  if (major == 0) {
    if (n > 0x1fffffffffffff) return 0;
    if (n < SMALL_LIMIT) token(SMALL, <u32>n);
    else number(<f64>n);
    return behind;
  }
  if (major == 1) {
    if (n > 0x1ffffffffffffe) return 0;
    if (n < SMALL_LIMIT) token(SMALL, ~(<u32>n));
    else number(-1 - <f64>n);
    return behind;
  }
  if (major == 4) return list(behind, n, depth);
  return major == 5 ? map(behind, n, depth) : 0;
}

function simple(first: u8, p: usize): usize {
  if (first == 0xf6) token(SIMPLE, 0);
  else if (first == 0xf5) token(SIMPLE, 2);
  else if (first == 0xf4) token(SIMPLE, 1);
  else {
    const n = reinterpret<f64>(bswap<u64>(load<u64>(p + 1)));
    if (first != 0xfb || p + 9 > limit || !isFinite(n)) return 0;
    number(n);
    return p + 9;
  }
  return p + 1;
}

function list(p: usize, count: u64, depth: i32): usize {
  // Each value takes a byte or more.
  if (depth >= MAX_DEPTH || count > <u64>(limit - p)) return 0;
  token(LIST, <u32>count);
  for (let i: u64 = 0; i < count; i++) {
    p = value(p, depth + 1);
    if (p == 0) return 0;
  }
  return p;
}

function map(p: usize, count: u64, depth: i32): usize {
  if (depth >= MAX_DEPTH || count > <u64>(limit - p)) return 0;
  token(MAP, <u32>count);
  const shapeAt = tape;
  tape += 4;
  let shape = shapeRoot();
  for (let i: u64 = 0; i < count; i++) {
    if (p >= limit || load<u8>(p) >> 5 != 3) return 0;
    const length = size(p);
    const key = next;
    if (key == 0 || key > limit || length > <u64>(limit - key)) return 0;
    // A key that begins with @ may stand for another: left to the reference.
    if (depth == 0 && length >= 5 && load<u8>(key) == 0x40) return 0;
    shape = step(shape, key, <usize>length);
    if (shape == 0) return 0;
    p = value(key + <usize>length, depth + 1);
    if (p == 0) return 0;
  }
  store<u32>(shapeAt, <u32>shape);
  return p;
}

/** Views a text of `length` bytes at `p`. */
function text(p: usize, length: usize): usize {
  const end = p + length;
  if (length <= SHORT) {
    const v = v128.load(p);
    if ((i8x16.bitmask(v) & ((1 << (<i32>length)) - 1)) == 0) {
      v128.store(pieces, v);
      pieces += length;
      token(PIECE, <u32>length);
      return end;
    }
  }
  const begin = texts;
  const top = narrow(p, end);
  if (top != 0) {
    finish(begin, top);
    return end;
  }
  if (!validUtf8(p, end)) return 0;
  texts = (begin + 1) & ~1;
  token(WIDE, <u32>((widen(p, end, texts) - texts) >> 1));
  store<u32>(tape, <u32>texts);
  tape += 4;
  texts = widenedTo;
  return end;
}

/** Makes a token of the narrow text that was written; a short one moves to the others. */
function finish(begin: usize, end: usize): void {
  const length = end - begin;
  if (length <= SHORT) {
    v128.store(pieces, v128.load(begin));
    pieces += length;
    token(PIECE, <u32>length);
    return;
  }
  token(NARROW, <u32>length);
  store<u32>(tape, <u32>begin);
  tape += 4;
  texts = end;
}

/** Writes a text in Latin-1 behind the others and gives its end; 0 when a character has no place there, or it is no UTF-8. */
function narrow(p: usize, end: usize): usize {
  let out = texts;
  while (p < end) {
    const v = v128.load(p);
    v128.store(out, v);
    const high: usize = ctz(i8x16.bitmask(v) | 0x10000);
    const left = end - p;
    if (high >= left) return out + left;
    p += high;
    out += high;
    if (high == 16) continue;
    const first = load<u8>(p);
    const second = load<u8>(p + 1);
    if ((first & 0xfe) != 0xc2 || (second & 0xc0) != 0x80 || p + 2 > end) return 0;
    store<u8>(out++, ((first & 3) << 6) | (second & 0x3f));
    p += 2;
  }
  return out;
}

let widenedTo: usize = 0;

/** Writes a text that is UTF-8 as UTF-16 and gives its end. */
function widen(p: usize, end: usize, out: usize): usize {
  while (p < end) {
    const first = load<u8>(p);
    if (first < 0x80) {
      const v = v128.load(p);
      v128.store(out, i16x8.extend_low_i8x16_u(v));
      v128.store(out + 16, i16x8.extend_high_i8x16_u(v));
      const plain = min<usize>(ctz(i8x16.bitmask(v) | 0x10000), end - p);
      p += plain;
      out += plain << 1;
    } else if (first < 0xe0) {
      store<u16>(out, ((<u16>first & 0x1f) << 6) | (load<u8>(p + 1) & 0x3f));
      p += 2;
      out += 2;
    } else if (first < 0xf0) {
      store<u16>(out, (<u16>first << 12) | ((<u16>load<u8>(p + 1) & 0x3f) << 6) | (load<u8>(p + 2) & 0x3f));
      p += 3;
      out += 2;
    } else {
      const high = ((<u32>first & 7) << 18) | ((<u32>load<u8>(p + 1) & 0x3f) << 12);
      const c = (high | ((<u32>load<u8>(p + 2) & 0x3f) << 6) | (<u32>load<u8>(p + 3) & 0x3f)) - 0x10000;
      store<u16>(out, <u16>(0xd800 | (c >> 10)));
      store<u16>(out + 2, <u16>(0xdc00 | (c & 0x3ff)));
      p += 4;
      out += 4;
    }
  }
  widenedTo = out;
  return out;
}
