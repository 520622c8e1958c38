import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromUtf8, utf8 } from "../text.js";
import { Placement } from "./placement.js";
import { longestRun } from "./longest-run.js";

/** Rows that stand somewhere (by the index of their position) in any order, new ones (−1) among them. */
const inputs = fc
  .record({
    positions: fc.array(fc.constantFrom("Zz", "a0", "a0i", "a1", "a2", `a3${"0".repeat(96)}1`, "zzz"), {
      maxLength: 9,
    }),
    keys: fc.array(fc.nat(50), { minLength: 14, maxLength: 14, size: "max" }),
    news: fc.nat(5),
  })
  .map(({ positions, keys, news }) => {
    const sorted = positions.filter(text => text !== "zzz").toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const rows = [...sorted.keys(), ...Array.from({ length: news }, () => -1)];
    const shuffled = rows.map((rank, i) => ({ rank, key: keys[i % 14] })).toSorted((a, b) => a.key - b.key);
    return { positions: sorted, ranks: Int32Array.from(shuffled, ({ rank }) => rank) };
  });

function place(positions: readonly string[], ranks: Int32Array): (string | undefined)[] {
  const placed: (string | undefined)[] = [];
  new Placement(ranks, row => utf8(positions[ranks[row]])).each((_, position) =>
    placed.push(position && fromUtf8(position)),
  );
  return placed;
}

test("rows stand in the order of the input, and where positions differ no more of them move than must", () => {
  fc.assert(
    fc.property(inputs, ({ positions, ranks }) => {
      const placed = place(positions, ranks);
      const stands = placed.map((position, row) => position ?? positions[ranks[row]]);
      // Of two at one position, both stay where they are, and their ids decide as before.
      for (let row = 1; row < stands.length; row++) {
        const isTie = stands[row - 1] === stands[row];
        if (isTie)
          expect([placed[row - 1], placed[row], ranks[row - 1] < ranks[row]]).toEqual([undefined, undefined, true]);
        else expect(stands[row - 1] < stands[row]).toBe(true);
      }
      const moved = placed.filter((position, row) => position !== undefined && ranks[row] >= 0).length;
      const least = ranks.filter(rank => rank >= 0).length - longestRun(ranks).reduce((sum, kept) => sum + kept, 0);
      if (new Set(positions).size === positions.length) expect(moved).toBe(least);
    }),
  );
});

test("nothing moves when all stand in order, at equal positions too", () => {
  expect(place(["a0", "a0", "a0", "a1"], Int32Array.of(0, 1, 2, 3))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a row between two at one position moves the ones behind it, not all", () => {
  expect(place(["Zz", "a0", "a0", "a5"], Int32Array.of(0, 1, -1, 2, 3))).toEqual([
    undefined,
    undefined,
    "a1",
    "a3",
    undefined,
  ]);
});

test("many new rows at the end get consecutive positions", () => {
  const placed = place(["a0"], Int32Array.of(0, ...Array.from({ length: 2000 }, () => -1)));
  expect([placed[1], placed[36], placed[2000]]).toEqual(["a1", "b00", "c0ik"]);
});
