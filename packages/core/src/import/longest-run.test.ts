import fc from "fast-check";
import { expect, test } from "vitest";
import { longestRun } from "./longest-run.js";

/** The length of a longest increasing run, by trying all pairs. */
function naiveLength(ranks: number[]): number {
  const best: number[] = [];
  for (const [i, rank] of ranks.entries())
    best[i] = rank < 0 ? 0 : 1 + Math.max(0, ...ranks.slice(0, i).map((r, j) => (r >= 0 && r < rank ? best[j] : 0)));
  return Math.max(0, ...best);
}

test("what stays is increasing and as long as can be; rows without a place never stay", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 30 }), { maxLength: 40 }), ranks => {
      const kept = longestRun(Int32Array.from(ranks));
      const run = ranks.filter((_, i) => kept[i]);
      expect(run.every((rank, i) => rank >= 0 && (i === 0 || run[i - 1] < rank))).toBe(true);
      expect(run).toHaveLength(naiveLength(ranks));
    }),
  );
});
