import fc from "fast-check";
import { expect, test } from "vitest";
import { numberedDigest } from "../testing/trees.js";
import { Tally } from "./tally.js";

test("a tally says how often each digest came before", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1500, maxLength: 4000 }), numbers => {
      const tally = new Tally();
      const seen = new Map<number, number>();
      for (const number of numbers) {
        const before = seen.get(number) ?? 0;
        expect(tally.next(numberedDigest(number))).toBe(before);
        seen.set(number, before + 1);
      }
    }),
    { numRuns: 20 },
  );
});
