// Puts the entries of an object in order, once they are written.
//
// A record of 24 bytes stands for an entry: u64 the first eight bytes of its key as a number, u32 where the entry begins and ends in the output,
// u32 where its key begins and ends. Both orders we need (block: head, then bytes; text: bytes) are orders of bytes, so one comparison serves.

import { copy } from "./bytes";

export const RECORD: usize = 24;

/** The first eight bytes of a key, or as many as it has, as a number that sorts like them. */
@inline
export function prefixOf(key: usize, length: usize): u64 {
  const word = bswap<u64>(load<u64>(key));
  return length >= 8 ? word : length == 0 ? 0 : word & ~(u64.MAX_VALUE >> (<u64>length << 3));
}

@inline
export function writeRecord(record: usize, prefix: u64, start: usize, end: usize, key: usize, keyEnd: usize): void {
  store<u64>(record, prefix);
  store<u32>(record, <u32>start, 8);
  store<u32>(record, <u32>end, 12);
  store<u32>(record, <u32>key, 16);
  store<u32>(record, <u32>keyEnd, 20);
}

/** Compares two keys by bytes; a prefix comes first. */
export function compareKeys(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  const aLength = aEnd - a;
  const bLength = bEnd - b;
  const order = memory.compare(a, b, min(aLength, bLength));
  return order != 0 ? order : aLength < bLength ? -1 : aLength > bLength ? 1 : 0;
}

/** Says whether record a stands after record b. */
@inline
function after(a: usize, b: usize): bool {
  const x = load<u64>(a);
  const y = load<u64>(b);
  return x != y ? x > y : afterByRest(a, b);
}

function afterByRest(a: usize, b: usize): bool {
  return compareKeys(load<u32>(a, 16), load<u32>(a, 20), load<u32>(b, 16), load<u32>(b, 20)) > 0;
}

@inline
function move(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  store<u64>(to, load<u64>(from, 16), 16);
}

/** Sorts `n` records; one more must fit behind them. */
export function sort(base: usize, n: usize): void {
  if (n <= 24) insertionSort(base, n);
  else heapSort(base, n);
}

/** Says whether two neighbours of these sorted records have the same key. */
export function hasTwins(base: usize, n: usize): bool {
  const end = base + n * RECORD;
  for (let record = base + RECORD; record < end; record += RECORD) {
    if (load<u64>(record) == load<u64>(record - RECORD) && !afterByRest(record, record - RECORD)) return true;
  }
  return false;
}

function insertionSort(base: usize, n: usize): void {
  const end = base + n * RECORD;
  for (let i = base + RECORD; i < end; i += RECORD) {
    if (!after(i - RECORD, i)) continue;
    move(end, i);
    let j = i;
    while (j > base && after(j - RECORD, end)) {
      move(j, j - RECORD);
      j -= RECORD;
    }
    move(j, end);
  }
}

function heapSort(base: usize, n: usize): void {
  const spare = base + n * RECORD;
  for (let i = n >> 1; i > 0; i--) sift(base, i - 1, n);
  for (let last = n - 1; last > 0; last--) {
    move(spare, base);
    move(base, base + last * RECORD);
    move(base + last * RECORD, spare);
    sift(base, 0, last);
  }
}

function sift(base: usize, root: usize, n: usize): void {
  let child = root * 2 + 1;
  while (child < n) {
    if (child + 1 < n && after(base + (child + 1) * RECORD, base + child * RECORD)) child++;
    const upper = base + root * RECORD;
    const lower = base + child * RECORD;
    if (!after(lower, upper)) return;
    swap(upper, lower);
    root = child;
    child = root * 2 + 1;
  }
}

@inline
function swap(a: usize, b: usize): void {
  const head = v128.load(a);
  const tail = load<u64>(a, 16);
  move(a, b);
  v128.store(b, head);
  store<u64>(b, tail, 16);
}

/** Writes the entries in the order of their records from `to` on, by way of `scratch`; they lie one after another from `from` on. Gives the end. */
export function rearrange(base: usize, n: usize, from: usize, end: usize, to: usize, scratch: usize): usize {
  copy(scratch, from, end - from);
  const shift = scratch - from;
  for (let i: usize = 0; i < n; i++) {
    const record = base + i * RECORD;
    const start = load<u32>(record, 8);
    const length = load<u32>(record, 12) - start;
    copy(to, start + shift, length);
    to += length;
  }
  return to;
}
