/** The sorted entries of a pack: found by interpolation, made by one sort of numbers. */
import { entryWords, fanBitsFor } from "./pack-format.js";

/** Where a block stands in its pack. Several blocks can share 8 bytes of digest, so there may be a next one to try. */
export interface Location {
  /** In the bytes of all frames end to end. */
  readonly offset: number;
  readonly length: number;
  readonly next: Location | undefined;
}

/** The first 4 bytes from `at`, big-endian: the high word of an entry; from `at + 4` it is the low one. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** Looks for a prefix in entries `start` to `end` of `words`, all of which share their first `sharedBits` bits. */
export function findEntry(
  words: Uint32Array,
  start: number,
  end: number,
  sharedBits: number,
  high: number,
  low: number,
): Location | undefined {
  if (start >= end) return undefined;
  let at = guess(start, end, sharedBits, high);
  // Digests are spread evenly, so the guess is a few entries off at most.
  while (at > start && isBelow(high, low, words, (at - 1) * entryWords)) at--;
  while (at > start && words[(at - 1) * entryWords] === high && words[(at - 1) * entryWords + 1] === low) at--;
  while (at < end && isAbove(high, low, words, at * entryWords)) at++;
  return collect(words, at, end, high, low);
}

function guess(start: number, end: number, sharedBits: number, high: number): number {
  const rest = (high << sharedBits) >>> 0;
  return start + Math.floor((rest / 2 ** 32) * (end - start));
}

function isBelow(high: number, low: number, words: Uint32Array, at: number): boolean {
  return high < words[at] || (high === words[at] && low < words[at + 1]);
}

function isAbove(high: number, low: number, words: Uint32Array, at: number): boolean {
  return high > words[at] || (high === words[at] && low > words[at + 1]);
}

function collect(words: Uint32Array, from: number, end: number, high: number, low: number): Location | undefined {
  const at = from * entryWords;
  if (from >= end || words[at] !== high || words[at + 1] !== low) return undefined;
  return { offset: words[at + 2], length: words[at + 3], next: collect(words, from + 1, end, high, low) };
}

/** What the index is made of: members in the order they came, and how to read them. */
export interface Unsorted {
  readonly count: number;
  readonly high: (member: number) => number;
  readonly low: (member: number) => number;
  readonly offset: (member: number) => number;
  readonly length: (member: number) => number;
}

/** More members than this are dealt into 256 heaps by their first byte, each of which fits a core's own cache. */
const manyMembers = 4096;

/** Writes the entries in order, and the fan-out over them, into memory of the right size. */
export function printIndex(unsorted: Unsorted, fan: Uint32Array, entries: Uint32Array): void {
  const ends = deal(unsorted, entries);
  for (let heap = 0, start = 0; heap < ends.length; start = ends[heap++])
    sortEntries(entries.subarray(start * entryWords, ends[heap] * entryWords));
  const fanBits = fanBitsFor(unsorted.count);
  if (fanBits > 0) for (let i = 0; i < unsorted.count; i++) fan[entries[i * entryWords] >>> (32 - fanBits)] = i + 1;
  for (let bucket = 1; bucket < fan.length; bucket++) fan[bucket] = Math.max(fan[bucket], fan[bucket - 1]);
}

/** Writes the entries, heap by heap, and gives where each heap ends. */
function deal({ count, high, low, offset, length }: Unsorted, entries: Uint32Array): Uint32Array {
  const bits = count > manyMembers ? 8 : 0;
  const heapOf = (member: number) => (bits === 0 ? 0 : high(member) >>> (32 - bits));
  const ends = new Uint32Array((1 << bits) + 1);
  for (let member = 0; member < count; member++) ends[heapOf(member) + 1]++;
  for (let heap = 1; heap < ends.length; heap++) ends[heap] += ends[heap - 1];
  for (let member = 0; member < count; member++) {
    const at = ends[heapOf(member)]++ * entryWords;
    entries[at] = high(member);
    entries[at + 1] = low(member);
    entries[at + 2] = offset(member);
    entries[at + 3] = length(member);
  }
  return ends.subarray(0, -1);
}

/**
 * Sorts entries by their prefixes; equal ones stay in order.
 *
 * As much of the prefix as fits before the entry's number makes one number of 64 bits, as an array of such is sorted without calling back.
 */
function sortEntries(entries: Uint32Array): void {
  const before = entries.slice();
  const count = entries.length / entryWords;
  const mask = 2 ** (32 - Math.clz32(count)) - 1;
  const numbers = new BigUint64Array(count);
  const words = new Uint32Array(numbers.buffer);
  for (let i = 0; i < count; i++) {
    words[2 * i] = (before[i * entryWords + 1] & ~mask) | i;
    words[2 * i + 1] = before[i * entryWords];
  }
  numbers.sort();
  for (let i = 0; i < count; i++) {
    const from = (words[2 * i] & mask) * entryWords;
    for (let word = 0; word < entryWords; word++) entries[i * entryWords + word] = before[from + word];
    settle(entries, i);
  }
}

/** Moves entry `i` before those that agree with it in all that was sorted by, and come after it in the rest. */
function settle(entries: Uint32Array, i: number): void {
  for (
    let at = i * entryWords;
    at > 0 && isBelow(entries[at], entries[at + 1], entries, at - entryWords);
    at -= entryWords
  ) {
    const entry = entries.slice(at, at + entryWords);
    entries.copyWithin(at, at - entryWords, at);
    entries.set(entry, at - entryWords);
  }
}
