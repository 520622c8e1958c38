/**
 * Positions: short texts whose byte order is the order of rows, with room between any two of them.
 *
 * A position is a whole number and perhaps a fraction, in base 36 with the digits `0-9a-z`. Its first letter says how many digits the whole number has, so
 * that longer numbers sort behind shorter ones: `a` one digit, `b` two, … `z` 26; and below zero `Z` one, `Y` two, … `A` 26:
 *
 *     … Yzz  Z0 … Zz  a0  a1 … az  b00 … bzz  c000 …         a1  a1i (one and a half)  a2
 *
 * Without gaps: `b00` follows `az`. A fraction never ends in `0`, so each number has one text. The least whole number (`A` and 26 zeros) is no position,
 * so that there is room before every position. Idea: fractional indexing, as rocicorp and Figma have it; here numbers are spread evenly and kept short.
 */
import { badInput } from "../errors.js";

const base = 36n;
const mostDigits = 26;
/** Longest position. */
export const maxPositionBytes = 100;
const letterA = 97;

/** `beyond[m]`: how many whole numbers of up to `m` digits there are on each side of zero, zero counting as the first one above. */
const beyond: bigint[] = [0n];
for (let digits = 1; digits <= mostDigits; digits++) beyond.push(beyond[digits - 1] + base ** BigInt(digits));
const least = -beyond[mostDigits];

/** Number of digits that the head letter announces; 0 when it is no head letter. */
function digitsAfter(head: number): number {
  if (head >= 97 && head <= 122) return head - 96;
  return head >= 65 && head <= 90 ? 91 - head : 0;
}

/** Says whether a text is a position, in its one spelling. */
export function isPosition(text: string): boolean {
  const digits = text.length > 0 && text.length <= maxPositionBytes ? digitsAfter(text.charCodeAt(0)) : 0;
  if (digits === 0 || text.length <= digits) return false;
  for (let i = 1; i < text.length; i++) if (!isDigit(text.charCodeAt(i))) return false;
  if (text.length > digits + 1) return !text.endsWith("0");
  return !text.startsWith("A") || !/^A0*$/.test(text);
}

function isDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122);
}

/**
 * A position between two others, short and near the middle; `undefined` on a side means no bound there: then it is the next whole number.
 *
 * `undefined` when there is none of at most 100 bytes, or `a` is not less than `b`. Throws bad-input when a bound is not a position.
 */
export function between(a: string | undefined, b: string | undefined): string | undefined {
  return manyBetween(a, b, 1)?.[0];
}

/** `count` ascending positions between two others, evenly spread and as short as their number allows; otherwise like {@link between}. */
export function manyBetween(a: string | undefined, b: string | undefined, count: number): string[] | undefined {
  const low = a === undefined ? undefined : parse(a);
  const high = b === undefined ? undefined : parse(b);
  if (a !== undefined && b !== undefined && a >= b) return undefined;
  if (count < 1) return [];
  return neighbours(low, high, BigInt(count)) ?? spread(low, high, BigInt(count));
}

interface Parsed {
  readonly whole: bigint;
  /** Digits of the fraction, and their value as a number. */
  readonly digits: number;
  readonly fraction: bigint;
}

function parse(text: string): Parsed {
  if (!isPosition(text)) throw badInput(`${JSON.stringify(text)} is not a position`);
  const digits = digitsAfter(text.charCodeAt(0));
  const number = digitsToNumber(text, 1, digits + 1);
  const whole = text.charCodeAt(0) >= letterA ? beyond[digits - 1] + number : number - beyond[digits];
  return { whole, digits: text.length - digits - 1, fraction: digitsToNumber(text, digits + 1, text.length) };
}

function digitsToNumber(text: string, from: number, to: number): bigint {
  let number = 0n;
  for (let at = from; at < to; at += 8)
    number = number * base ** BigInt(Math.min(8, to - at)) + BigInt(parseInt(text.slice(at, Math.min(at + 8, to)), 36));
  return number;
}

/** The next whole numbers on an open side, or zero and up when both are open; `undefined` when a bound stands on either side, or they are used up. */
function neighbours(low: Parsed | undefined, high: Parsed | undefined, count: bigint): string[] | undefined {
  if (low !== undefined && high !== undefined) return undefined;
  const aboveLow = low === undefined ? 0n : low.whole + 1n;
  const first = high === undefined ? aboveLow : ceiling(high) - count;
  if (first <= least || first + count > -least) return undefined;
  return print(count, 0, n => first + n);
}

function ceiling({ whole, digits }: Parsed): bigint {
  return digits > 0 ? whole + 1n : whole;
}

/** Evenly spread numbers of the least size that leaves room for `count` of them: first whole ones near zero, then with ever more digits of fraction. */
function spread(low: Parsed | undefined, high: Parsed | undefined, count: bigint): string[] | undefined {
  const bottom = low === undefined ? least : low.whole;
  const top = high === undefined ? -least : ceiling(high);
  for (let digits = 1; digits <= mostDigits; digits++) {
    const from = bottom > -beyond[digits] - 1n ? bottom : -beyond[digits] - 1n;
    const to = top < beyond[digits] ? top : beyond[digits];
    if (to - from > count) return evenly(from, to, count, 0);
  }
  for (let places = 1; places < maxPositionBytes - 1; places++) {
    const from = low === undefined ? least * base ** BigInt(places) : scaled(low, places, false);
    const to = high === undefined ? -least * base ** BigInt(places) : scaled(high, places, true);
    if (to - from > count) return evenly(from, to, count, places);
  }
  return undefined;
}

/** The number in units of the last of `places` digits of fraction, rounded down or up. */
function scaled({ whole, digits, fraction }: Parsed, places: number, up: boolean): bigint {
  if (places >= digits) return whole * base ** BigInt(places) + fraction * base ** BigInt(places - digits);
  const cut = base ** BigInt(digits - places);
  const isExact = fraction % cut === 0n;
  return whole * base ** BigInt(places) + fraction / cut + (up && !isExact ? 1n : 0n);
}

function evenly(from: bigint, to: bigint, count: bigint, places: number): string[] | undefined {
  return print(count, places, n => from + ((to - from) * (n + 1n)) / (count + 1n));
}

/** Prints numbers in units of the last of `places` digits of fraction; `undefined` when one is too long. */
function print(count: bigint, places: number, number: (n: bigint) => bigint): string[] | undefined {
  const unit = base ** BigInt(places);
  const texts: string[] = [];
  for (let n = 0n; n < count; n++) {
    const value = number(n);
    // Division of bigints rounds towards zero; the whole part is the number below.
    const fraction = ((value % unit) + unit) % unit;
    const text = printWhole((value - fraction) / unit) + trimmed(fraction, places);
    if (text.length > maxPositionBytes) return undefined;
    texts.push(text);
  }
  return texts;
}

function trimmed(fraction: bigint, places: number): string {
  return fraction === 0n ? "" : fraction.toString(36).padStart(places, "0").replace(/0+$/, "");
}

function printWhole(whole: bigint): string {
  let digits = 1;
  if (whole >= 0n) {
    while (whole >= beyond[digits]) digits++;
    return String.fromCharCode(96 + digits) + (whole - beyond[digits - 1]).toString(36).padStart(digits, "0");
  }
  while (whole < -beyond[digits]) digits++;
  return String.fromCharCode(91 - digits) + (whole + beyond[digits]).toString(36).padStart(digits, "0");
}

/** Writes what {@link PositionSequence} gives as its `n`-th position, from 0, when it begins with the first; gives its length. */
export function writePosition(n: number, out: Uint8Array): number {
  let digits = 1;
  let rest = n;
  for (let numbers = 36; rest >= numbers; numbers *= 36) {
    rest -= numbers;
    digits++;
  }
  out[0] = 96 + digits;
  for (let i = digits; i > 0; i--) {
    const digit = rest % 36;
    out[i] = digit < 10 ? 48 + digit : 87 + digit;
    rest = (rest - digit) / 36;
  }
  return digits + 1;
}

/** Counts up through the whole numbers behind a position: the positions of rows that are appended in bulk. */
export class PositionSequence {
  #bytes: Uint8Array;
  #isFirst: boolean;

  /** Begins behind `after`, or with the first position, `a0`. Throws bad-input when `after` is not a position. */
  constructor(after?: string) {
    const start = after === undefined ? "a0" : after.slice(0, digitsAfter(after.charCodeAt(0)) + 1);
    if (after !== undefined && !isPosition(after)) throw badInput(`${JSON.stringify(after)} is not a position`);
    this.#bytes = Uint8Array.from(start, letter => letter.charCodeAt(0));
    this.#isFirst = after === undefined;
  }

  /** The next position as UTF-8: the same bytes are changed by the next call, so use or copy them first. */
  next(): Uint8Array {
    if (this.#isFirst) this.#isFirst = false;
    else this.#advance();
    return this.#bytes;
  }

  #advance(): void {
    const bytes = this.#bytes;
    for (let i = bytes.length - 1; i > 0; i--) {
      const digit = bytes[i];
      if (digit !== 122) {
        bytes[i] = digit === 57 ? letterA : digit + 1;
        return;
      }
      bytes[i] = 48;
    }
    this.#lengthen();
  }

  /** All digits ran over, and are zeros now: goes on with the first number behind the next head letter. */
  #lengthen(): void {
    const head = this.#bytes[0];
    if (head === 122) throw badInput("there is no position behind the last one");
    const next = head === 90 ? letterA : head + 1;
    this.#bytes = new Uint8Array(digitsAfter(next) + 1).fill(48);
    this.#bytes[0] = next;
  }
}
