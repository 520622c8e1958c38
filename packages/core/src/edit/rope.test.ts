import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Rope } from "./rope.js";

const steps = fc.array(
  fc.tuple(
    fc.constantFrom("insert", "remove", "set", "get"),
    fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  ),
  {
    maxLength: 200,
  },
);

test("a rope holds what an array holds after the same steps", () => {
  fc.assert(
    fc.property(fc.nat(5000), steps, (length, list) => {
      const array = Array.from({ length }, (_, i) => i);
      const rope = new Rope(array);
      list.forEach(([step, share], n) => {
        const index = Math.floor(share * (step === "insert" ? array.length + 1 : array.length));
        if (step === "insert") {
          array.splice(index, 0, -n);
          rope.insert(index, -n);
        } else if (array.length === 0) expect(rope.length).toBe(0);
        else if (step === "remove") expect(rope.remove(index)).toBe(array.splice(index, 1)[0]);
        else if (step === "set") rope.set(index, (array[index] = -n));
        else expect(rope.get(index)).toBe(array[index]);
      });
      const whole: number[] = [];
      rope.writeTo(whole);
      expect(whole).toEqual(array);
      expect(rope.length).toBe(array.length);
    }),
  );
});

test("a rope can be emptied from either end and filled again", () => {
  for (const end of [0, 1]) {
    const rope = new Rope(Array.from({ length: 3000 }, (_, i) => i));
    for (let i = 0; i < 3000; i++) expect(rope.remove(end * (rope.length - 1))).toBe(end ? 2999 - i : i);
    for (let i = 0; i < 3000; i++) rope.insert(end * i, i);
    const whole: number[] = [];
    rope.writeTo(whole);
    expect(whole).toEqual(Array.from({ length: 3000 }, (_, i) => (end ? i : 2999 - i)));
  }
});
