/** Random values for law tests: every kind that an item may hold, with the keys and texts that code trips over. */
import * as fc from "fast-check";
import { Float, setKey, type Value, type ValueObject } from "../item/value.js";

/** Keys that need escaping, that name JavaScript's own members, that look like indices, or that sort differently in UTF-16. */
export const awkwardKeys = [
  "",
  "/",
  "~",
  "~1",
  "a/b",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "0",
  "01",
  "-",
  "a",
  "b",
  "c",
  "é",
  "\uFFEE",
  "😀",
];

export const keys: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...awkwardKeys) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 4 }) },
);

/** Null, booleans, texts, integers of every size, floats whole and not. */
export const scalars: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.integer({ min: -3, max: 3 }),
  fc.maxSafeInteger(),
  fc.constantFrom(2n ** 53n, 2n ** 64n - 1n, -(2n ** 64n), 2n ** 63n),
  fc.constantFrom(0.5, -1.25, 1e-7),
  fc.constantFrom(1, 0, -0, 3, 2 ** 53, 1e300).map(value => new Float(value)),
);

/** An object with these entries; of two with one key the later stays. */
export function objectOf(entries: readonly (readonly [string, Value])[]): ValueObject {
  const object: ValueObject = {};
  for (const [key, value] of entries) setKey(object, key, value);
  return object;
}

const tied = fc.letrec<{ value: Value; array: Value[]; object: ValueObject }>(tie => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalars, tie("array"), tie("object")),
  array: fc.array(tie("value"), { maxLength: 6 }),
  object: fc.array(fc.tuple(keys, tie("value")), { maxLength: 6 }).map(objectOf),
}));

/** Any value, nested. */
export const values: fc.Arbitrary<Value> = tied.value;
/** Any object: what an item may be. */
export const objects: fc.Arbitrary<ValueObject> = tied.object;
