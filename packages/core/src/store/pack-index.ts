/** The sorted entries of a pack: found by interpolation, made by a counting sort. */
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
export function findEntry(words: Uint32Array, start: number, end: number, sharedBits: number, high: number, low: number): Location | undefined {
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

/** What the index is made of: members in the order they came. */
export interface Unsorted {
  readonly count: number;
  high(member: number): number;
  low(member: number): number;
  offset(member: number): number;
  length(member: number): number;
}

/** Writes the entries in order, and the fan-out over them, into memory of the right size: a counting sort, then small mends in place. */
export function printIndex(unsorted: Unsorted, fan: Uint32Array, entries: Uint32Array): void {
  const { count } = unsorted;
  const shift = 32 - Math.max(1, Math.min(20, 30 - Math.clz32(count)));
  const next = new Uint32Array((1 << (32 - shift)) + 1);
  for (let member = 0; member < count; member++) next[(unsorted.high(member) >>> shift) + 1]++;
  for (let bucket = 1; bucket < next.length; bucket++) next[bucket] += next[bucket - 1];
  for (let member = 0; member < count; member++) {
    const high = unsorted.high(member);
    const at = next[high >>> shift]++ * entryWords;
    entries[at] = high;
    entries[at + 1] = unsorted.low(member);
    entries[at + 2] = unsorted.offset(member);
    entries[at + 3] = unsorted.length(member);
  }
  mend(entries);
  printFan(entries, fan, fanBitsFor(count));
}

/** Insertion sort of rows: each is at most a bucket away from its place. */
function mend(entries: Uint32Array): void {
  for (let row = entryWords; row < entries.length; row += entryWords) {
    const high = entries[row];
    const low = entries[row + 1];
    let at = row;
    while (at > 0 && isBelow(high, low, entries, at - entryWords)) at -= entryWords;
    if (at === row) continue;
    const offset = entries[row + 2];
    const length = entries[row + 3];
    entries.copyWithin(at + entryWords, at, row);
    entries[at] = high;
    entries[at + 1] = low;
    entries[at + 2] = offset;
    entries[at + 3] = length;
  }
}

function printFan(entries: Uint32Array, fan: Uint32Array, fanBits: number): void {
  if (fanBits === 0) return;
  for (let at = 0; at < entries.length; at += entryWords) fan[entries[at] >>> (32 - fanBits)] = at / entryWords + 1;
  for (let bucket = 1; bucket < fan.length; bucket++) fan[bucket] = Math.max(fan[bucket], fan[bucket - 1]);
}
