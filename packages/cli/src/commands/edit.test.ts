import { applyPatch, Float, fromBlockForm, sameValue, toBlockForm, type Value, type ValueObject } from "@sheaf/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { changes } from "./edit.js";

/** Few keys, so that sides share them; among them one that is escaped in blocks and two that pointers escape. */
const key = fc.constantFrom("a", "b", "@meta", "x/y", "~");
const scalar = fc.oneof(
  fc.integer(),
  fc.constant(new Float(1)),
  fc.string({ unit: "grapheme" }),
  fc.constant(null),
  fc.boolean(),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 4 }),
  fc.dictionary(key, scalar, { noNullPrototype: true }),
);
const item: fc.Arbitrary<ValueObject> = fc.dictionary(key, value, { noNullPrototype: true });

/** Applies the edit to the row q/1, whose item also has attributes, and gives the row's block. */
function edited(before: ValueObject, after: ValueObject): ValueObject {
  const document = { items: { "q/1": toBlockForm(before, { kept: true }) } };
  const result = applyPatch(document, changes("q/1", before, after)) as { items: { "q/1": ValueObject } };
  return result.items["q/1"];
}

test("law: the edit makes of the item what was saved, and keeps its attributes", () => {
  fc.assert(
    fc.property(item, item, (before, after) => {
      const { item: made, meta } = fromBlockForm(edited(before, after));
      expect(sameValue(made, after)).toBe(true);
      expect(meta).toEqual({ kept: true });
    }),
  );
});

test("an item saved as it was needs no operation", () => {
  fc.assert(
    fc.property(item, same => {
      expect(changes("q1", same, { ...same })).toEqual([]);
    }),
  );
});

test("a field that somebody else changed meanwhile refuses the edit", () => {
  const document = { items: { q1: { answer: "five" } } };
  expect(() => applyPatch(document, changes("q1", { answer: "4" }, { answer: "four" }))).toThrow("test");
});
