import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RowState } from "./row-edit.js";
import { mergeRow } from "./row-merge.js";

const states: fc.Arbitrary<RowState | undefined> = fc.option(
  fc.record({
    position: fc.constantFrom("a", "b", "c"),
    item: fc.constantFrom(1, 2, 3).map(n => new Uint8Array(32).fill(n)),
  }),
  { nil: undefined },
);
const [a1, b1, c1, a2, a3] = ["a1", "b1", "c1", "a2", "a3"].map(([position, n]): RowState => ({
  position,
  item: new Uint8Array(32).fill(Number(n)),
}));

test("swapping the sides changes nothing", () => {
  fc.assert(
    fc.property(states, states, states, (base, ours, theirs) => {
      expect(mergeRow(base, ours, theirs)).toEqual(mergeRow(base, theirs, ours));
    }),
  );
});

test("a side that changed nothing gives the other side, without a note", () => {
  fc.assert(
    fc.property(states, states, (base, other) => {
      expect(mergeRow(base, other, base)).toEqual({ kind: "clean", state: other });
      expect(mergeRow(base, other, other)).toEqual({ kind: "clean", state: other });
    }),
  );
});

test.each([
  ["one changes, the other moves: both", a1, a2, b1, { kind: "clean", state: { ...b1, item: a2.item } }],
  ["both move: the smaller position", a1, c1, b1, { kind: "clean", state: b1, note: "both-moved" }],
  ["both change: the items are to be merged", a1, a2, a3, { kind: "items", position: "a" }],
  [
    "both add: the items are to be merged, at the smaller position",
    undefined,
    a2,
    b1,
    { kind: "items", position: "a", note: "both-moved" },
  ],
  [
    "one deletes, the other moves: it goes",
    a1,
    undefined,
    b1,
    { kind: "clean", state: undefined, note: "moved-and-deleted" },
  ],
  ["one deletes, the other changes: a conflict", a1, a2, undefined, { kind: "deleted-and-changed", state: a2 }],
])("%s", (_name, base, ours, theirs, verdict) => {
  expect(mergeRow(base, ours, theirs)).toEqual(verdict);
});
