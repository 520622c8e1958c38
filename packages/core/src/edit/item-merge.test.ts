import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getKey, isObject, sameValue, setKey, type Value, type ValueObject } from "../item/value.js";
import { objectOf, values } from "../testing/values.js";
import { resolveConflicts, type Conflict, type Merged } from "./conflict.js";
import { Identities } from "./identity.js";
import { mergeValues } from "./item-merge.js";

type Maybe = Value | undefined;
const same = (a: Maybe, b: Maybe) => new Identities().same(a, b);
const maybe = (value: fc.Arbitrary<Value>): fc.Arbitrary<Maybe> => fc.option(value, { nil: undefined, freq: 8 });

/** Values from few parts, so that three of them share much: objects in objects, lists of numbers and of small objects, texts of lines. */
const small: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { depthSize: "medium", maxDepth: 4 },
    fc.constantFrom<Value>(0, 1, 2, "x\ny\nz\n", "X\ny\nz\n", "x\ny\nZ\n"),
    fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "__proto__"), tie("value")), { maxLength: 4 }).map(objectOf),
    fc.array(tie("value"), { maxLength: 5 }),
  ),
})).value;
const lists = fc.array(fc.oneof(fc.nat(5), fc.record({ id: fc.nat(3), n: fc.nat(2), m: fc.nat(1) })), { maxLength: 7 });
const triples = fc.oneof(
  fc.tuple(maybe(small), maybe(small), maybe(small)),
  fc.tuple(lists, lists, lists),
  fc.tuple(maybe(values), maybe(values), maybe(values)),
);

/** The merge as its law says it, without arrays and long texts: a conflict is the word that says so. */
function naive(base: Maybe, ours: Maybe, theirs: Maybe): Maybe {
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  if (!isObject(ours) || !isObject(theirs) || !(base === undefined || isObject(base))) return "conflict";
  const merged: ValueObject = {};
  for (const key of [...Object.keys(base ?? {}), ...Object.keys(ours), ...Object.keys(theirs)]) {
    const value = naive(base && getKey(base, key), getKey(ours, key), getKey(theirs, key));
    if (value !== undefined) setKey(merged, key, value);
  }
  return merged;
}

const swapped = ({ base, ours, theirs, run }: Conflict) => ({
  base,
  ours: theirs,
  theirs: ours,
  isRun: run !== undefined,
});
const facts = ({ base, ours, theirs, run }: Conflict) => ({ base, ours, theirs, isRun: run !== undefined });
const all = (merged: Merged, choice: "ours" | "theirs" | "base") => resolveConflicts(merged, () => choice);

describe("merging values", () => {
  test("an unchanged side gives way to the other, and the same change on both sides is one", () => {
    fc.assert(
      fc.property(triples, ([b, x]) => {
        for (const [ours, theirs] of [
          [b, x],
          [x, b],
          [x, x],
        ]) {
          const { value, conflicts } = mergeValues(b, ours, theirs);
          expect(conflicts).toEqual([]);
          expect(same(value, x)).toBe(true);
        }
      }),
    );
  });

  test("swapping the sides gives the same conflicts with the sides swapped, and the same value elsewhere", () => {
    fc.assert(
      fc.property(triples, ([b, o, t]) => {
        const [forth, back] = [mergeValues(b, o, t), mergeValues(b, t, o)];
        expect(back.conflicts.map(swapped)).toEqual(forth.conflicts.map(facts));
        for (const [one, other] of [
          ["ours", "theirs"],
          ["theirs", "ours"],
          ["base", "base"],
        ] as const) {
          expect(same(all(forth, one).value, all(back, other).value)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("conflicted places hold ours, and all resolved leave no conflict", () => {
    fc.assert(
      fc.property(triples, ([b, o, t]) => {
        const merged = mergeValues(b, o, t);
        expect(same(all(merged, "ours").value, merged.value)).toBe(true);
        expect(all(merged, "theirs").conflicts).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("objects agree with a naive merge", () => {
    const nested = fc.letrec<{ value: Value }>(tie => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.nat(2),
        fc.array(fc.tuple(fc.constantFrom("a", "b", "__proto__"), tie("value")), { maxLength: 3 }).map(objectOf),
      ),
    })).value;
    fc.assert(
      fc.property(maybe(nested), maybe(nested), maybe(nested), (b, o, t) => {
        const merged = resolveConflicts(mergeValues(b, o, t), () => ({ value: "conflict" }));
        expect(same(merged.value, naive(b, o, t))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("edits of different fields combine, at any depth", () => {
    fc.assert(
      fc.property(values, values, values, (x, y, z) => {
        const base: Value = { a: { b: [x, { c: 1 }] }, d: { e: z } };
        const merged = mergeValues(
          base,
          { a: { b: [x, { c: 1, n: y }] }, d: { e: z } },
          { a: { b: [x, { c: 1 }] }, d: { e: z, f: y } },
        );
        expect(merged).toEqual({ value: { a: { b: [x, { c: 1, n: y }] }, d: { e: z, f: y } }, conflicts: [] });
      }),
    );
  });

  test("changes of different elements of a list of distinct elements combine", () => {
    const edits = fc.uniqueArray(fc.tuple(fc.nat(29), fc.constantFrom("change", "remove", "insert")), {
      selector: ([at]) => at,
      maxLength: 10,
    });
    fc.assert(
      fc.property(edits, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (list, side) => {
        const base: Value[] = Array.from({ length: 60 }, (_, i) => ({ id: i, text: "t", n: i % 5 }));
        const make = (wanted: (n: number) => boolean): Value[] =>
          base.flatMap((element, i) => {
            const n = list.findIndex(([at]) => 2 * at === i);
            if (n < 0 || !wanted(n)) return [element];
            const what = list[n][1];
            return what === "remove"
              ? []
              : what === "insert"
                ? [`new ${i}`, element]
                : [{ ...(element as ValueObject), text: `changed ${i}` }];
          });
        const merged = mergeValues(
          base,
          make(n => side[n]),
          make(n => !side[n]),
        );
        expect(merged.conflicts).toEqual([]);
        expect(
          sameValue(
            merged.value as Value,
            make(() => true),
          ),
        ).toBe(true);
      }),
    );
  });
});
