import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Value } from "../item/value.js";
import { resolveConflict, resolveConflicts, type Choice } from "./conflict.js";
import { Identities } from "./identity.js";
import { mergeValues } from "./item-merge.js";

const list = fc.array(fc.oneof(fc.nat(5), fc.array(fc.nat(3), { maxLength: 4 })), { maxLength: 6 });
const parts = fc.record({ a: list, b: list, c: fc.nat(2) });
const choices: fc.Arbitrary<Choice> = fc.constantFrom<Choice[]>("ours", "theirs", "base", { remove: true });

describe("resolving conflicts", () => {
  test("one by one, in whatever order, comes to the same as all at once", () => {
    fc.assert(
      fc.property(
        parts,
        parts,
        parts,
        fc.array(choices, { minLength: 12, maxLength: 12 }),
        fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
        (b, o, t, chosen, order) => {
          const merged = mergeValues(b, o, t);
          const left = merged.conflicts.map((_, i) => chosen[i % 12]);
          const atOnce = resolveConflicts(merged, (_, i) => left[i]);
          let now = merged;
          for (let turn = 0; now.conflicts.length > 0; turn++) {
            const index = order[turn % 12] % now.conflicts.length;
            now = resolveConflict(now, index, left.splice(index, 1)[0]);
          }
          expect(new Identities().same(now.value, atOnce.value)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  const two = mergeValues([1, 2, 3, 4], [1, 5, 2, 3, 7, 4], [1, 6, 6, 2, 3, 8, 4]);

  test("pointers of later conflicts follow when elements come and go", () => {
    expect(two.conflicts.map(conflict => conflict.pointer)).toEqual(["/1", "/4"]);
    const { value, conflicts } = resolveConflict(two, 0, "theirs");
    expect(value).toEqual([1, 6, 6, 2, 3, 7, 4]);
    expect(conflicts).toEqual([{ pointer: "/5", run: 1, base: [], ours: [7], theirs: [8] }]);
  });

  test.each<[Choice, Value]>([
    ["ours", [1, 5, 2, 3, 7, 4]],
    ["base", [1, 2, 3, 7, 4]],
    [{ value: ["x", "y"] }, [1, "x", "y", 2, 3, 7, 4]],
    [{ remove: true }, [1, 2, 3, 7, 4]],
  ])("a run of elements becomes %j", (choice, value) => expect(resolveConflict(two, 0, choice).value).toEqual(value));

  test.each<[Choice, Value]>([
    ["ours", { b: 1 }],
    ["theirs", { a: 2, b: 1 }],
    ["base", { a: 1, b: 1 }],
    [{ value: [0] }, { a: [0], b: 1 }],
    [{ remove: true }, { b: 1 }],
  ])("a key that ours deleted becomes %j", (choice, value) => {
    expect(resolveConflict(mergeValues({ a: 1, b: 1 }, { b: 1 }, { a: 2, b: 1 }), 0, choice)).toEqual({
      value,
      conflicts: [],
    });
  });

  test("an element can be removed instead of choosing a side, and later pointers follow", () => {
    const merged = mergeValues([1, 2, 3], [5, 2, 6], [7, 2, 8]);
    expect(resolveConflict(merged, 0, { remove: true })).toEqual({
      value: [2, 6],
      conflicts: [{ pointer: "/1", base: 3, ours: 6, theirs: 8 }],
    });
  });

  test("a whole value can come back or go", () => {
    const merged = mergeValues({ a: 1 }, undefined, { a: 2 });
    expect(resolveConflict(merged, 0, "theirs").value).toEqual({ a: 2 });
    expect(resolveConflict(merged, 0, "ours").value).toBeUndefined();
  });

  test("what makes no sense is refused", () => {
    expect(() => resolveConflict(two, 2, "ours")).toThrow("there is no conflict 2: the merge has 2");
    expect(() => resolveConflict(two, 0, { value: "x" })).toThrow(
      expect.objectContaining({ code: "bad-input", data: { pointer: "/1" } }),
    );
  });

  test("the merged value given stays as it was", () => {
    const before = structuredClone(two);
    resolveConflicts(two, () => "theirs");
    expect(two).toEqual(before);
  });
});
