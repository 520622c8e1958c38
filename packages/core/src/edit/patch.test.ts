import * as fc from "fast-check";
import fastJsonPatch from "fast-json-patch";
import { describe, expect, test } from "vitest";
import { isSheafError } from "../errors.js";
import { Float, sameValue, setKey, type Value, type ValueObject } from "../item/value.js";
import { objectOf, values } from "../testing/values.js";
import { applyPatch, FailedTest, parsePatch, type Operation } from "./patch.js";

const bad = Symbol("bad input");

describe("exact values", () => {
  test.each<[Value, Value]>([
    [1, new Float(1)],
    [new Float(-0), 0],
    [2n ** 60n, new Float(2 ** 60)],
    [
      [1, { a: new Float(2) }],
      [new Float(1), { a: 2 }],
    ],
  ])("test counts numbers by what they are worth, pair %#", (a, b) => {
    expect(applyPatch([a], [{ op: "test", path: "/0", value: b }])).toEqual([a]);
    expect(applyPatch([b], [{ op: "test", path: "/0", value: a }])).toEqual([b]);
  });

  test.each<[Value, Value]>([
    [2n ** 60n + 1n, new Float(2 ** 60)],
    [2n ** 53n, 2n ** 53n + 1n],
    [1, "1"],
    [0, false],
    [0, null],
    [new Float(1), {}],
  ])("test tells apart what differs, pair %#", (a, b) => {
    expect(() => applyPatch([a], [{ op: "test", path: "/0", value: b }])).toThrow(FailedTest);
  });

  test("what is put in is what is there, to the bit", () => {
    fc.assert(
      fc.property(values, values, (a, b) =>
        sameValue(applyPatch({ a }, [{ op: "add", path: "/b", value: b }]), { a, b }),
      ),
    );
  });
});

describe("errors", () => {
  const errorOf = (run: () => unknown): unknown => {
    try {
      run();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  test("bad input names the operation and the pointer", () => {
    const error = errorOf(() =>
      applyPatch({ a: [1] }, [
        { op: "remove", path: "/a/0" },
        { op: "remove", path: "/a/0" },
      ]),
    );
    expect(isSheafError(error, "bad-input") && error.data).toEqual({ operation: 1, pointer: "/a/0" });
    expect((error as Error).message).toBe("operation 1, at /a/0: index 0 is out of range: the array has 0 elements");
  });

  test("a failed test is told apart, with what was expected and what is there", () => {
    const error = errorOf(() => applyPatch({ a: 1 }, [{ op: "test", path: "/a", value: "x" }]));
    expect(error).toBeInstanceOf(FailedTest);
    expect(error).toMatchObject({ code: "refused", expected: "x", found: 1, data: { operation: 0, pointer: "/a" } });
    expect((error as Error).message).toBe('operation 0, at /a: the test failed: "x" was expected, 1 is there');
  });

  test("a single operation instead of a list says what to do", () => {
    expect(() => parsePatch({ op: "remove", path: "/a" })).toThrow("put this one operation in [ ]");
    expect(() => parsePatch("x")).toThrow("a patch is a list");
  });

  test("a patch that copies itself huge is refused", () => {
    const doubling = Array.from({ length: 64 }, (_, i): Operation => ({ op: "copy", from: "", path: `/k${i}` }));
    expect(() => applyPatch({ a: 1 }, doubling)).toThrow("copies too much");
  });
});

describe("sharing", () => {
  test("what a patch does not touch is the very same object in the result", () => {
    const document = { a: { x: {} }, b: { y: {} } };
    const result = applyPatch(document, [{ op: "add", path: "/a/z", value: 1 }]) as typeof document;
    expect(result.b).toBe(document.b);
    expect(result.a.x).toBe(document.a.x);
    expect(document.a).toEqual({ x: {} });
  });

  test("values given in operations stay as they were", () => {
    const value: Value = { list: [1] };
    const result = applyPatch({}, [
      { op: "add", path: "/a", value },
      { op: "add", path: "/a/list/-", value: 2 },
      { op: "add", path: "/b", value },
    ]);
    expect(result).toEqual({ a: { list: [1, 2] }, b: { list: [1] } });
    expect(value).toEqual({ list: [1] });
  });

  test("frozen documents can be patched", () => {
    expect(
      applyPatch(Object.freeze({ a: Object.freeze([1]) }) as unknown as Value, [{ op: "add", path: "/a/-", value: 2 }]),
    ).toEqual({ a: [1, 2] });
  });
});

describe("keys that name JavaScript's own members", () => {
  test("__proto__ is a key like any other, and no prototype changes", () => {
    const result = applyPatch({}, [
      { op: "add", path: "/__proto__", value: { polluted: 1 } },
      { op: "add", path: "/__proto__/more", value: 2 },
      { op: "add", path: "/constructor", value: { prototype: {} } },
      { op: "add", path: "/constructor/prototype/polluted", value: 3 },
      { op: "copy", from: "/__proto__", path: "/copy" },
    ]) as ValueObject;
    expect(Object.keys(result)).toEqual(["__proto__", "constructor", "copy"]);
    expect(Object.getOwnPropertyDescriptor(result, "__proto__")?.value).toEqual({ polluted: 1, more: 2 });
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("__proto__ can be removed, and is missing where it is not an own key", () => {
    const document: ValueObject = {};
    setKey(document, "__proto__", 1);
    expect(Object.keys(applyPatch(document, [{ op: "remove", path: "/__proto__" }]) as ValueObject)).toEqual([]);
    expect(() => applyPatch({}, [{ op: "remove", path: "/__proto__" }])).toThrow("there is no key");
    expect(() => applyPatch({}, [{ op: "add", path: "/__proto__/x", value: 1 }])).toThrow("there is no key");
  });
});

const plain: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  value: fc.oneof({ depthSize: "small" }, fc.constantFrom(null, true, 0, 1, 2.5), tie("array"), tie("object")),
  array: fc.array(tie("value"), { maxLength: 4 }),
  object: fc.dictionary(fc.constantFrom("", "a", "b", "0", "~", "/"), tie("value"), { maxKeys: 4 }),
})).value;
const paths = fc
  .array(fc.constantFrom("a", "b", "0", "1", "a", "b", "0", "", "2", "-", "~0", "~1", "01"), { maxLength: 2 })
  .map(list => list.map(token => `/${token}`).join(""));
const plainOperations = fc.oneof(
  fc.record({ op: fc.constantFrom("add", "replace", "test"), path: paths, value: plain }),
  fc.record({ op: fc.constant("remove"), path: paths }),
  fc.record({ op: fc.constantFrom("move", "copy"), from: paths, path: paths }),
);

/**
 * fast-json-patch takes more than RFC 6902 allows at the root, below a scalar root, for the indices "", "01" and "-", and for moves and copies: where
 * they go is not validated as for an `add`.
 */
function isStrict(document: unknown, operation: { op: string; path: string; from?: string }): boolean {
  if (operation.op === "move" || operation.op === "copy") return false;
  const pointers = [operation.path, operation.from ?? operation.path];
  return typeof document === "object" && document !== null && !pointers.some(path => /^$|\/(\/|$|01|-)/.test(path));
}

test("agrees with fast-json-patch: what we take it takes alike, what it refuses we refuse, and the reverse where it is strict", () => {
  const counts = { applied: 0, refused: 0 };
  fc.assert(
    fc.property(plain, fc.array(plainOperations, { minLength: 1, maxLength: 3 }), (document, patch) => {
      const theirs = outcome(
        () => fastJsonPatch.applyPatch(structuredClone(document), structuredClone(patch) as never, true).newDocument,
      );
      const ours = outcome(() => applyPatch(document as Value, patch as Operation[]));
      // It checks where a move goes before the element is taken out, when the path may mean another one.
      if (theirs === bad && patch.some(({ op }) => op === "move")) return;
      if (ours === bad && !patch.every(operation => isStrict(document, operation))) return;
      expect(ours).toEqual(theirs);
      counts[ours === bad ? "refused" : "applied"]++;
    }),
    { numRuns: 5000 },
  );
  expect(counts.applied).toBeGreaterThan(300);
  expect(counts.refused).toBeGreaterThan(300);
});

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch {
    return bad;
  }
}

describe("large patches", () => {
  const count = 100_000;

  test("a hundred thousand insertions at the front, and removals from the middle", () => {
    const grow = Array.from({ length: count }, (_, i): Operation => ({ op: "add", path: "/list/0", value: i }));
    const shrink = Array.from({ length: count - 1 }, (_, i): Operation => ({
      op: "remove",
      path: `/list/${(count - i) >>> 1}`,
    }));
    expect(applyPatch({ list: [] }, grow)).toEqual({ list: Array.from({ length: count }, (_, i) => count - 1 - i) });
    expect((applyPatch({ list: [] }, [...grow, ...shrink]) as { list: Value[] }).list).toHaveLength(1);
  });

  test("a hundred thousand keys come and go", () => {
    const grow = Array.from({ length: count }, (_, i): Operation => ({ op: "add", path: `/k${i}`, value: i }));
    const shrink = Array.from({ length: count }, (_, i): Operation => ({ op: "remove", path: `/k${i}` }));
    expect(applyPatch({}, [...grow, ...shrink])).toEqual({});
  });

  test("copies and tests of a long list that changes in the middle see it whole", () => {
    const list = Array.from({ length: 5000 }, (_, i) => i);
    const after = [0, -1, ...list.slice(1)];
    const result = applyPatch({ list }, [
      { op: "add", path: "/list/1", value: -1 },
      { op: "test", path: "/list", value: after },
      { op: "add", path: "/list/0", value: -2 },
      { op: "copy", from: "/list", path: "/copy" },
      { op: "remove", path: "/list/0" },
      { op: "move", from: "/list", path: "/moved" },
      { op: "remove", path: "/moved/0" },
    ]);
    expect(result).toEqual({ copy: [-2, ...after], moved: after.slice(1) });
  });

  test("a value a thousand levels deep", () => {
    const path = "/a".repeat(999);
    const deep = (leaf: Value): Value =>
      Array.from({ length: 999 }).reduce<Value>(value => objectOf([["a", value]]), leaf);
    const result = applyPatch(deep(1), [
      { op: "test", path, value: 1 },
      { op: "replace", path, value: 2 },
      { op: "test", path: "", value: deep(2) },
    ]);
    expect(sameValue(result, deep(2))).toBe(true);
  });
});
