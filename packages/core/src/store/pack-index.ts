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

/** The order of the members by prefix. Counting sort on the first bits, then insertion sort in buckets of about eight. */
export function sortByPrefix(unsorted: Unsorted): Uint32Array {
  const { count } = unsorted;
  const bits = Math.max(1, Math.min(20, 29 - Math.clz32(count)));
  const ends = new Uint32Array((1 << bits) + 1);
  for (let member = 0; member < count; member++) ends[(unsorted.high(member) >>> (32 - bits)) + 1]++;
  for (let bucket = 1; bucket < ends.length; bucket++) ends[bucket] += ends[bucket - 1];
  const order = new Uint32Array(count);
  for (let member = 0; member < count; member++) order[ends[unsorted.high(member) >>> (32 - bits)]++] = member;
  insertionSort(order, unsorted);
  return order;
}

/** Sorts what is nearly sorted: members are at most a bucket away from their place. */
function insertionSort(order: Uint32Array, unsorted: Unsorted): void {
  for (let i = 1; i < order.length; i++) {
    const member = order[i];
    const high = unsorted.high(member);
    const low = unsorted.low(member);
    let at = i;
    for (; at > 0; at--) {
      const other = order[at - 1];
      const otherHigh = unsorted.high(other);
      if (otherHigh < high || (otherHigh === high && unsorted.low(other) <= low)) break;
      order[at] = other;
    }
    order[at] = member;
  }
}

/** Writes the entries in order, and the fan-out over them, into memory of the right size. */
export function printIndex(unsorted: Unsorted, fan: Uint32Array, entries: Uint32Array): void {
  const fanBits = fanBitsFor(unsorted.count);
  sortByPrefix(unsorted).forEach((member, i) => {
    const at = i * entryWords;
    entries[at] = unsorted.high(member);
    entries[at + 1] = unsorted.low(member);
    entries[at + 2] = unsorted.offset(member);
    entries[at + 3] = unsorted.length(member);
    if (fanBits > 0) fan[entries[at] >>> (32 - fanBits)] = i + 1;
  });
  for (let bucket = 1; bucket < fan.length; bucket++) fan[bucket] = Math.max(fan[bucket], fan[bucket - 1]);
}
