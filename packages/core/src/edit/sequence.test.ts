import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hunks, matchSequences } from "./sequence.js";

const sequences = fc.array(fc.nat(4), { maxLength: 30 });

/** Length of a longest common subsequence, by the book. */
function longestCommon(a: readonly number[], b: readonly number[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Int32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table[0][0];
}

function check(a: readonly number[], b: readonly number[], partners: Int32Array): number {
  const matched = [...partners.keys()].filter(i => partners[i] >= 0);
  for (const i of matched) expect(b[partners[i]]).toBe(a[i]);
  matched.slice(1).forEach((i, n) => expect(partners[i]).toBeGreaterThan(partners[matched[n]]));
  return matched.length;
}

describe("matching two sequences", () => {
  test("finds a longest common subsequence", () => {
    fc.assert(
      fc.property(
        sequences,
        sequences,
        (a, b) => void expect(check(a, b, matchSequences(a, b))).toBe(longestCommon(a, b)),
      ),
      { numRuns: 500 },
    );
  });

  test("finds it in longer sequences of few and of many kinds", () => {
    for (const kinds of [2, 10, 300]) {
      const [a, b] = [1, 7].map(seed =>
        Array.from({ length: 300 }, (_, i) => (i * i * seed + (i >> 2) * seed) % kinds),
      );
      expect(check(a, b, matchSequences(a, b))).toBe(longestCommon(a, b));
    }
  });

  test("the hunks are what lies between, and together with the matches they are both sequences", () => {
    fc.assert(
      fc.property(sequences, sequences, (a, b) => {
        const rebuilt: number[] = [];
        let at = 0;
        for (const { start, end, afterStart, afterEnd } of hunks(matchSequences(a, b), b.length)) {
          expect(end - start + afterEnd - afterStart).toBeGreaterThan(0);
          rebuilt.push(...a.slice(at, start), ...b.slice(afterStart, afterEnd));
          at = end;
        }
        expect([...rebuilt, ...a.slice(at)]).toEqual(b);
      }),
    );
  });

  test("long and very different sequences are still matched, within the bound", () => {
    const length = 100_000;
    const stir = (i: number, by: number) => Math.imul(i ^ (i >>> 7), by) >>> 12;
    const [a, b] = [0x9e3779b1, 0x85ebca6b].map(by => Array.from({ length }, (_, i) => stir(i + by, by) % 1000));
    expect(check(a, b, matchSequences(a, b))).toBeGreaterThan(1000);
  });

  test("one insertion in a hundred thousand is one hunk", () => {
    const a = Array.from({ length: 100_000 }, (_, i) => i);
    const b = a.toSpliced(70_000, 1, -1, -2);
    expect(hunks(matchSequences(a, b), b.length)).toEqual([
      { start: 70_000, end: 70_001, afterStart: 70_000, afterEnd: 70_002 },
    ]);
  });
});
