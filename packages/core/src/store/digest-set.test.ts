import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBytes } from "../text.js";
import { DigestSet } from "./digest-set.js";

/** Digests that agree in much: only these places differ, among them those that a set looks at first. */
const digest = fc
  .tuple(fc.constantFrom(0, 3, 4, 7, 8, 31), fc.integer({ min: 0, max: 255 }))
  .map(([at, value]) => new Uint8Array(32).fill(value, at, at + 1));

test("a set numbers its members in the order they came, and knows each again", () => {
  fc.assert(
    fc.property(fc.array(digest, { minLength: 400, maxLength: 700 }), digests => {
      const set = new DigestSet();
      const known = new Map<string, number>();
      // Looked at together, as a hundred thousand expectations take longer than all sets.
      const [said, wanted]: [unknown[], unknown[]] = [[], []];
      for (const bytes of digests) {
        const name = bytes.join();
        const before = known.get(name);
        said.push(set.find(bytes), set.add(bytes));
        wanted.push(before ?? -1, before === undefined ? known.size : -1 - before);
        if (before === undefined) known.set(name, known.size);
        said.push(compareBytes(set.digest(known.get(name) ?? -1), bytes));
        wanted.push(0);
      }
      expect(said).toEqual(wanted);
      expect(set.size).toBe(known.size);
    }),
  );
});

test("a prefix is there when a member begins with it", () => {
  const set = new DigestSet();
  set.add(new Uint8Array(32).fill(7));
  expect(set.hasPrefix(new Uint8Array(8).fill(7), 0)).toBe(true);
  expect(set.hasPrefix(new Uint8Array(8).fill(8), 0)).toBe(false);
});
