// Sixteen bytes at a time: what ends a run of plain text, copying, and the check that text is UTF-8.

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;

/** One bit for each of sixteen bytes that JSON text cannot hold as it is: quote, backslash, control characters. */
@inline
export function stopBits(v: v128): i32 {
  const marks = v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c)));
  return i8x16.bitmask(v128.or(marks, i8x16.lt_u(v, i8x16.splat(0x20))));
}

/** Copies `n` bytes; up to 15 more are written behind them. */
@inline
export function copy(to: usize, from: usize, n: usize): void {
  if (n > 256) {
    memory.copy(to, from, n);
  } else {
    let i: usize = 0;
    do {
      v128.store(to + i, v128.load(from + i));
      i += 16;
    } while (i < n);
  }
}

/** Finds the line break at or after `p`; there must be one. */
export function lineEnd(p: usize): usize {
  let bits = 0;
  while ((bits = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)))) == 0) p += 16;
  return p + ctz(bits);
}

@inline
function continues(p: usize): bool {
  return (load<u8>(p) & 0xc0) == 0x80;
}

/** Says whether the bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF, nothing cut off. */
export function validUtf8(p: usize, end: usize): bool {
  while (p < end) {
    const high = i8x16.bitmask(v128.load(p));
    if (high == 0) {
      p += 16;
      continue;
    }
    p += ctz(high);
    if (p >= end) return true;
    const length = sequenceLength(p);
    if (length == 0) return false;
    p += length;
    if (p > end) return false;
  }
  return true;
}

/** Bytes of the character that begins here with a byte from 0x80 on; 0 when it is none. */
function sequenceLength(p: usize): usize {
  const first = load<u8>(p);
  if (first < 0xc2 || first > 0xf4 || !continues(p + 1)) return 0;
  if (first < 0xe0) return 2;
  if (!continues(p + 2)) return 0;
  const second = load<u8>(p + 1);
  if (first < 0xf0) return (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ? 0 : 3;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) return 0;
  return continues(p + 3) ? 4 : 0;
}
