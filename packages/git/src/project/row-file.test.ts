import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compareText } from "@sheaf/core";
import { nameAt, positionAt } from "./row-file.js";

const digits = "0123456789abcdefghijklmnopqrstuvwxyz";
const positions = fc
  .tuple(
    fc.constantFrom("a", "c", "Z", "Y", "b"),
    fc.string({ unit: fc.constantFrom(...digits), minLength: 3, maxLength: 3 }),
    fc.string({ unit: fc.constantFrom(...digits), maxLength: 4 }),
  )
  .map(([head, whole, fraction]) => {
    const length = head < "a" ? 91 - head.charCodeAt(0) : head.charCodeAt(0) - 96;
    return head + whole.slice(0, length).padEnd(length, "0") + fraction.replace(/0+$/, "");
  });

test("the name gives back the position", () =>
  fc.assert(fc.property(fc.oneof(positions, fc.constant("")), at => void expect(positionAt(nameAt(at))).toBe(at))));

test("names stand in the order of positions, as files and as folders, and have no capitals", () =>
  fc.assert(
    fc.property(positions, positions, (a, b) => {
      const order = Math.sign(compareText(a, b));
      for (const ending of ["", "/", ".jsonl"])
        expect(Math.sign(compareText(nameAt(a) + ending, nameAt(b) + ending))).toBe(order);
      expect(nameAt(a)).toMatch(/^[0-9a-z]+-?$/);
    }),
  ));

test.each([
  ["", "0"],
  ["a0", "a0"],
  ["Zz", "0zz"],
  ["aux", "aux-"],
  ["com0", "com0-"],
  ["com0i", "com0i"],
])("what begins at %j is called %s", (position, name) => expect(nameAt(position)).toBe(name));
