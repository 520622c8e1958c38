import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Float, sameValue, type Value } from "../item/value.js";
import { values } from "../testing/values.js";
import { Identities } from "./identity.js";

test("two values have one number exactly if they are the same value", () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 2, maxLength: 6 }), list => {
      const identities = new Identities();
      for (const a of list) for (const b of list) expect(identities.of(a) === identities.of(b)).toBe(sameValue(a, b));
    }),
  );
});

test("a copy has the number of its origin", () => {
  const clone = (value: Value): Value => {
    if (value instanceof Float) return new Float(value.value);
    if (Array.isArray(value)) return value.map(clone);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, child]) => [key, clone(child)]),
    );
  };
  fc.assert(
    fc.property(values, value => {
      const identities = new Identities();
      expect(identities.same(value, clone(value))).toBe(true);
    }),
  );
});

test.each<[Value, Value]>([
  [1, new Float(1)],
  [new Float(0), new Float(-0)],
  [1, "1"],
  [2n ** 53n, 2 ** 53],
  [[1, 2], [12]],
  [["1,2"], ["1", "2"]],
  [[], {}],
  [
    { a: 1, b: 2 },
    { a: 2, b: 1 },
  ],
  [
    [[1], 2],
    [1, [2]],
  ],
  ["f1", new Float(1)],
  [null, "null"],
])("what looks alike is told apart, pair %#", (a, b) => expect(new Identities().same(a, b)).toBe(false));
