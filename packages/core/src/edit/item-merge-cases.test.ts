import { describe, expect, test } from "vitest";
import type { Value, ValueObject } from "../item/value.js";
import type { Conflict } from "./conflict.js";
import { mergeValues } from "./item-merge.js";

type Maybe = Value | undefined;

describe("what conflicts and what does not", () => {
  test.each<[string, Maybe, Maybe, Maybe, Maybe, Conflict[]]>([
    [
      "two changes of a field",
      { a: 1, b: 1 },
      { a: 2, b: 1 },
      { a: 3, b: 2 },
      { a: 2, b: 2 },
      [{ pointer: "/a", base: 1, ours: 2, theirs: 3 }],
    ],
    ["ours deleted, theirs changed", { a: 1 }, {}, { a: 2 }, {}, [{ pointer: "/a", base: 1, theirs: 2 }]],
    ["ours changed, theirs deleted", { a: 1 }, { a: 2 }, {}, { a: 2 }, [{ pointer: "/a", base: 1, ours: 2 }]],
    ["both deleted", { a: 1, b: 1 }, { b: 1 }, { b: 2 }, { b: 2 }, []],
    [
      "both added differently",
      {},
      { "a/b": 1 },
      { "a/b": 2 },
      { "a/b": 1 },
      [{ pointer: "/a~1b", ours: 1, theirs: 2 }],
    ],
    ["both added objects", {}, { m: { x: 1, z: 1 } }, { m: { y: 2, z: 1 } }, { m: { x: 1, y: 2, z: 1 } }, []],
    [
      "a whole item deleted against a change",
      { a: 1 },
      undefined,
      { a: 2 },
      undefined,
      [{ pointer: "", base: { a: 1 }, theirs: { a: 2 } }],
    ],
    [
      "an item that both added",
      undefined,
      { a: 1 },
      { a: 2, b: 1 },
      { a: 1, b: 1 },
      [{ pointer: "/a", ours: 1, theirs: 2 }],
    ],
    [
      "kinds changed on both sides",
      { a: 1 },
      { a: [1] },
      { a: { b: 1 } },
      { a: [1] },
      [{ pointer: "/a", base: 1, ours: [1], theirs: { b: 1 } }],
    ],
    ["lists that both added", {}, { a: [1] }, { a: [2] }, { a: [1] }, [{ pointer: "/a", ours: [1], theirs: [2] }]],
    ["different elements changed", [1, 2, 3], [1, 9, 3], [1, 2, 8], [1, 9, 8], []],
    [
      "one element changed twice",
      [1, 2, 3],
      [1, 9, 3],
      [1, 8, 3],
      [1, 9, 3],
      [{ pointer: "/1", base: 2, ours: 9, theirs: 8 }],
    ],
    ["insertions at two places", [1, 2], [0, 1, 2], [1, 2, 3], [0, 1, 2, 3], []],
    ["one insertion on both sides", [1, 2], [1, 5, 2], [1, 5, 2, 3], [1, 5, 2, 3], []],
    [
      "two insertions at one place",
      [1, 2],
      [1, 5, 2],
      [1, 6, 7, 2],
      [1, 5, 2],
      [{ pointer: "/1", run: 1, base: [], ours: [5], theirs: [6, 7] }],
    ],
    [
      "a deletion and a change elsewhere",
      ["aaa", "bbb", "ccc"],
      ["bbb", "ccc"],
      ["aaa", "bbb", "ccd"],
      ["bbb", "ccd"],
      [],
    ],
    [
      "a deletion against a change",
      ["aaa", "bbb", "ccc"],
      ["aaa", "ccc"],
      ["aaa", "bbd", "ccc"],
      ["aaa", "ccc"],
      [{ pointer: "/1", run: 0, base: ["bbb"], ours: [], theirs: ["bbd"] }],
    ],
    [
      "a rewritten stretch against another",
      [1, 2, 3, 4],
      [1, 7, 8, 9, 4],
      [1, 5, 4],
      [1, 7, 8, 9, 4],
      [{ pointer: "/1", run: 3, base: [2, 3], ours: [7, 8, 9], theirs: [5] }],
    ],
    [
      "one insertion on both sides beside a deletion against a change",
      ["start", "aaa bbb ccc", "end"],
      ["start", 7, 8, "end"],
      ["start", "aaa bbb ccX", 7, 8, "end"],
      ["start", 7, 8, "end"],
      [{ pointer: "/1", run: 2, base: ["aaa bbb ccc"], ours: [7, 8], theirs: ["aaa bbb ccX", 7, 8] }],
    ],
    [
      "a field in an element, and an element before it",
      [{ id: "a", n: 1 }],
      [{ id: "a", n: 2 }],
      ["new", { id: "a", n: 1 }],
      ["new", { id: "a", n: 2 }],
      [],
    ],
    [
      "a field in an element that moved down",
      [{ id: "a", n: 1 }],
      [{ id: "a", n: 2 }],
      ["new", { id: "a", n: 3 }],
      ["new", { id: "a", n: 2 }],
      [{ pointer: "/1/n", base: 1, ours: 2, theirs: 3 }],
    ],
    ["lines of a long text", { t: "a\nb\nc\n" }, { t: "A\nb\nc\n" }, { t: "a\nb\nC\n" }, { t: "A\nb\nC\n" }, []],
    [
      "one line of a long text",
      { t: "a\nb\n" },
      { t: "A\nb\n" },
      { t: "x\nb\n" },
      { t: "A\nb\n" },
      [{ pointer: "/t", base: "a\nb\n", ours: "A\nb\n", theirs: "x\nb\n" }],
    ],
    [
      "a text of one line",
      "a b c",
      "A b c",
      "a b C",
      "A b c",
      [{ pointer: "", base: "a b c", ours: "A b c", theirs: "a b C" }],
    ],
  ])("%s", (_, base, ours, theirs, value, conflicts) =>
    expect(mergeValues(base, ours, theirs)).toEqual({ value, conflicts }),
  );
});

describe("large values", () => {
  test("a hundred thousand elements, edited all over on both sides", () => {
    const base: Value[] = Array.from({ length: 100_000 }, (_, i) => ({ id: i, a: 0, b: 0 }));
    const edit = (key: string, first: number) =>
      base.map((row, i) => (i % 100 === first ? { ...(row as ValueObject), [key]: i } : row));
    const { value, conflicts } = mergeValues(base, edit("a", 0), edit("b", 50));
    expect(conflicts).toEqual([]);
    expect((value as ValueObject[]).filter(row => row["a"] !== 0 || row["b"] !== 0)).toHaveLength(1999);
  });

  test("elements that all changed in place, none like before, conflict only where both sides changed one", () => {
    const base = Array.from({ length: 200 }, (_, i) => i);
    const ours = base.map(i => 1000 + i);
    expect(mergeValues(base, ours, base.with(77, -1))).toEqual({
      value: ours,
      conflicts: [{ pointer: "/77", base: 77, ours: 1077, theirs: -1 }],
    });
  });

  test("a thousand levels, with a conflict at the bottom", () => {
    const deep = (leaf: Value): Value =>
      Array.from({ length: 999 }).reduce<Value>((value, _, i) => (i % 2 ? [value, 1] : { a: value, b: 1 }), leaf);
    const { conflicts } = mergeValues(deep("x"), deep("y"), deep("z"));
    expect(conflicts).toHaveLength(1);
    expect(conflicts[0]).toMatchObject({ base: "x", ours: "y", theirs: "z" });
  });
});
