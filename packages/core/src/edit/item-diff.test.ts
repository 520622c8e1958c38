import * as fc from "fast-check";
import fastJsonPatch from "fast-json-patch";
import { describe, expect, test } from "vitest";
import { Float, sameValue, setKey, type Value, type ValueObject } from "../item/value.js";
import { awkwardKeys, objectOf, scalars, values } from "../testing/values.js";
import { diffValues } from "./item-diff.js";
import { applyPatch, parsePatch, type Operation } from "./patch.js";

/** A value and one made from it by a few edits, so that there is much to find in common. */
const edited: fc.Arbitrary<[Value, Value]> = fc
  .tuple(values, fc.array(fc.tuple(fc.nat(), fc.nat(), values), { maxLength: 4 }))
  .map(([value, edits]) => [
    value,
    edits.reduce<Value>((now, [where, how, other]) => edit(now, where, how, other), value),
  ]);

function edit(value: Value, where: number, how: number, other: Value): Value {
  if (Array.isArray(value)) {
    const at = where % (value.length + 1);
    if (how % 3 === 0 || at === value.length) return value.toSpliced(at, 0, other);
    return how % 3 === 1 ? value.toSpliced(at, 1) : value.with(at, edit(value[at], where >> 2, how >> 2, other));
  }
  if (typeof value !== "object" || value === null || value instanceof Float) return other;
  const copy: ValueObject = { ...value };
  const names = Object.keys(copy);
  const key = names[where % (names.length + 1)] ?? awkwardKeys[how % awkwardKeys.length];
  if (how % 3 === 1) delete copy[key];
  else
    setKey(
      copy,
      key,
      how % 3 === 0 || !Object.hasOwn(copy, key) ? other : edit(copy[key], where >> 2, how >> 2, other),
    );
  return copy;
}

describe("the difference of two values", () => {
  test("applied to the first gives the second, to the bit", () => {
    const law = (a: Value, b: Value) => expect(sameValue(applyPatch(a, diffValues(a, b)), b)).toBe(true);
    fc.assert(
      fc.property(values, values, (a, b) => void law(a, b)),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(edited, ([a, b]) => void law(a, b)),
      { numRuns: 500 },
    );
  });

  test("is empty exactly for the same value", () => {
    fc.assert(fc.property(edited, ([a, b]) => void expect(diffValues(a, b).length === 0).toBe(sameValue(a, b))));
  });

  test("is a patch document that reads back, and changes neither value", () => {
    fc.assert(
      fc.property(edited, ([a, b]) => {
        const before = structuredClone([a, b]);
        const patch = diffValues(a, b);
        expect(parsePatch(patch as unknown as Value)).toEqual(patch);
        expect([a, b]).toEqual(before);
      }),
    );
  });

  test("is understood by fast-json-patch", () => {
    const plain = fc.jsonValue({ maxDepth: 3 }).filter(value => !JSON.stringify(value).includes("__proto__"));
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        const patch = structuredClone(diffValues(a as Value, b as Value)) as never;
        expect(fastJsonPatch.applyPatch(structuredClone(a), patch, true).newDocument).toEqual(b);
      }),
    );
  });

  test.each<[string, Value, Value, Operation[]]>([
    [
      "an insertion in an array is one add",
      ["a", "b", "c"],
      ["a", "x", "b", "c"],
      [{ op: "add", path: "/1", value: "x" }],
    ],
    ["a deletion from an array is one remove", ["aa", "bb", "cc"], ["aa", "cc"], [{ op: "remove", path: "/1" }]],
    ["a changed element is one replace", [1, 2, 3], [1, 9, 3], [{ op: "replace", path: "/1", value: 9 }]],
    ["1 to 1.0 is a replace", { a: 1 }, { a: new Float(1) }, [{ op: "replace", path: "/a", value: new Float(1) }]],
    [
      "0.0 to -0.0 is a replace",
      [new Float(0), 1],
      [new Float(-0), 1],
      [{ op: "replace", path: "/0", value: new Float(-0) }],
    ],
    [
      "an element that changed is found beside one that came",
      [
        { role: "user", content: "hello there" },
        { role: "bot", content: "hi" },
      ],
      [
        { role: "system", content: "be kind" },
        { role: "user", content: "hello" },
        { role: "bot", content: "hi" },
      ],
      [
        { op: "add", path: "/0", value: { role: "system", content: "be kind" } },
        { op: "replace", path: "/1/content", value: "hello" },
      ],
    ],
    [
      "keys come in UTF-8 order, escaped",
      { "a/b": "1111", "😀": "2222", "\uFFEE": "3333", same: "a text that both have and that is long" },
      { "~": "4444", "\uFFEE": "5555", "😀": "6666", same: "a text that both have and that is long" },
      [
        { op: "remove", path: "/a~1b" },
        { op: "add", path: "/~0", value: "4444" },
        { op: "replace", path: "/\uFFEE", value: "5555" },
        { op: "replace", path: "/😀", value: "6666" },
      ],
    ],
    [
      "what changed altogether is replaced as a whole",
      { a: { x: 1, y: 2, z: 3 } },
      { a: { p: 1 } },
      [{ op: "replace", path: "/a", value: { p: 1 } }],
    ],
    ["another kind is a replace", { a: [] }, { a: {} }, [{ op: "replace", path: "/a", value: {} }]],
    ["a scalar is replaced at the root", 1, 2, [{ op: "replace", path: "", value: 2 }]],
  ])("%s", (_, a, b, patch) => expect(diffValues(a, b)).toEqual(patch));
});

describe("large values", () => {
  const rows = Array.from({ length: 100_000 }, (_, i): Value => ({ id: i, text: `row ${i}`, score: i % 7 }));

  test("a hundred thousand elements, some changed, some gone, some new", () => {
    const after = rows.flatMap((row, i) =>
      i % 1000 === 3
        ? []
        : i % 1000 === 5
          ? [{ ...(row as ValueObject), score: -1 }]
          : i % 1000 === 7
            ? ["new", row]
            : [row],
    );
    const patch = diffValues(rows, after);
    expect(patch).toHaveLength(300);
    expect(sameValue(applyPatch(rows, patch), after)).toBe(true);
  });

  test("a hundred thousand elements, all changed and one new, pair up", () => {
    const after = [{ id: -1 } as Value, ...rows.map(row => ({ ...(row as ValueObject), score: 9 }))];
    const patch = diffValues(rows, after);
    expect(patch).toHaveLength(rows.length + 1);
    expect(sameValue(applyPatch(rows, patch), after)).toBe(true);
  });

  test("a hundred thousand elements in quite another order", () => {
    const numbers = Array.from({ length: 100_000 }, (_, i) => i);
    const after = numbers.map(i => (i * 7919) % 100_000);
    expect(sameValue(applyPatch(numbers, diffValues(numbers, after)), after)).toBe(true);
  });

  test("a thousand levels", () => {
    const deep = (leaf: Value): Value =>
      Array.from({ length: 999 }).reduce<Value>((value, _, i) => (i % 2 ? [value, 1] : objectOf([["a", value]])), leaf);
    const patch = diffValues(deep("x"), deep("y"));
    expect(patch).toHaveLength(1);
    expect(sameValue(applyPatch(deep("x"), patch), deep("y"))).toBe(true);
  });

  test("scalars of every kind", () => {
    fc.assert(fc.property(scalars, scalars, (a, b) => diffValues(a, b).length === (sameValue(a, b) ? 0 : 1)));
  });
});
