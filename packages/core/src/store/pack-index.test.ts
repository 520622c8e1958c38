import fc from "fast-check";
import { expect, test } from "vitest";
import { entryWords, fanBitsFor } from "./pack-format.js";
import { findEntry, printIndex, type Unsorted } from "./pack-index.js";

interface Member {
  readonly high: number;
  readonly low: number;
  readonly offset: number;
}

function printed(members: readonly Member[]): { fan: Uint32Array; entries: Uint32Array } {
  const unsorted: Unsorted = {
    count: members.length,
    high: i => members[i].high,
    low: i => members[i].low,
    offset: i => members[i].offset,
    length: i => i,
  };
  const fanBits = fanBitsFor(members.length);
  const fan = new Uint32Array(fanBits === 0 ? 0 : 1 << fanBits);
  const entries = new Uint32Array(members.length * entryWords);
  printIndex(unsorted, fan, entries);
  return { fan, entries };
}

/** What an index must be: sorted by both words, members of one prefix in the order they came. */
function naive(members: readonly Member[]): number[] {
  return members
    .map((member, i) => ({ ...member, i }))
    .sort((a, b) => a.high - b.high || a.low - b.low || a.i - b.i)
    .flatMap(({ high, low, offset, i }) => [high, low, offset, i]);
}

const word = fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1));
const member = fc.record({ high: word, low: word, offset: word });

/** Like digests, but of few kinds, so that many share their first bits. */
function numbered(count: number): Member[] {
  const mixed = (n: number) => Math.imul(n ^ (n >>> 7), 0x9e3779b1) >>> 0;
  return Array.from({ length: count }, (_, i) => ({
    high: mixed(i % 1777),
    low: (mixed((i * 7919) % 5003) & ~0xff0) >>> 0,
    offset: i,
  }));
}

test("an index is sorted by the prefix, equal prefixes in the order they came", () => {
  fc.assert(
    fc.property(fc.array(member, { maxLength: 300 }), members => {
      expect(Array.from(printed(members).entries)).toEqual(naive(members));
    }),
  );
});

test("so it is when there are enough to be dealt into heaps", () => {
  const members = numbered(20_000);
  expect(Array.from(printed(members).entries)).toEqual(naive(members));
});

test("every member is found by its prefix, in the bucket that the fan-out names", () => {
  const members = numbered(6000);
  const { fan, entries } = printed(members);
  const bits = fanBitsFor(members.length);
  for (const { high, low, offset } of members) {
    const bucket = high >>> (32 - bits);
    const found: number[] = [];
    let location = findEntry(entries, bucket === 0 ? 0 : fan[bucket - 1], fan[bucket], bits, high, low);
    for (; location; location = location.next) found.push(location.offset);
    expect(found).toContain(offset);
  }
});
