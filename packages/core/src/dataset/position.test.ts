import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareBytes, compareText, fromUtf8 } from "../text.js";
import { between, isPosition, manyBetween, PositionSequence, writePosition } from "./position.js";

/** Positions of every kind: of all lengths of the whole number, with and without fraction, up to the longest. */
const position: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(..."AABMXYZabcdmyzz"),
    fc.infiniteStream(fc.constantFrom(..."00012izz")),
    fc.constantFrom(0, 0, 0, 1, 2, 5, 60, 98),
  )
  .map(([head, digits, places]) => {
    const whole = head >= "a" ? head.charCodeAt(0) - 96 : 91 - head.charCodeAt(0);
    const text = Array.from({ length: whole + places }, () => digits.next().value as string).join("");
    return (head + text)
      .slice(0, 100)
      .replace(/(?<fraction>.*)/, one => one.slice(0, whole + 1) + one.slice(whole + 1).replace(/0+$/, ""));
  })
  .filter(isPosition);

describe("laws", () => {
  test("what comes between lies between, in byte order, and is a position", () => {
    fc.assert(
      fc.property(position, position, fc.integer({ min: 1, max: 50 }), (one, other, count) => {
        const [a, b] = [one, other].toSorted(compareText) as [string, string];
        for (const [low, high] of [
          [a, b],
          [a, undefined],
          [undefined, b],
          [undefined, undefined],
        ] as const) {
          const many = manyBetween(low, high, count);
          if (low !== undefined && low === high) expect(many).toBeUndefined();
          if (many === undefined)
            expect([a, b].some(text => text.length > 90 || /^(z{26}|A0{26})/.test(text)) || a === b).toBe(true);
          const chain = [...(low === undefined ? [] : [low]), ...(many ?? []), ...(high === undefined ? [] : [high])];
          if (many !== undefined) {
            expect(many).toHaveLength(count);
            expect(many.every(isPosition)).toBe(true);
            for (let i = 1; i < chain.length; i++) expect(compareText(chain[i - 1], chain[i])).toBeLessThan(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("one between is no longer than it must be", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^a[0-2]([012z]{0,2}[12z])?$/),
        fc.stringMatching(/^a[0-2]([012z]{0,2}[12z])?$/),
        (one, other) => {
          fc.pre(one !== other);
          const [a, b] = [one, other].toSorted(compareText) as [string, string];
          const found = between(a, b) as string;
          const digits = "0123456789abcdefghijklmnopqrstuvwxyz";
          const shorter = (text: string): boolean =>
            text.length < found.length &&
            ((isPosition(text) && text > a && text < b) ||
              Array.from(digits).some(digit => text.length < 4 && shorter(text + digit)));
          expect(shorter("a")).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("examples", () => {
  test.each<[string | undefined, string | undefined, string | undefined]>([
    [undefined, undefined, "a0"],
    ["a0", undefined, "a1"],
    ["a9", undefined, "aa"],
    ["az", undefined, "b00"],
    ["bzz", undefined, "c000"],
    ["a0i", undefined, "a1"],
    [undefined, "a0", "Zz"],
    [undefined, "Z0", "Yzz"],
    [undefined, "a0i", "a0"],
    [undefined, "Y00", "Xzzz"],
    ["a0", "a1", "a0i"],
    ["a0", "a2", "a1"],
    ["a0", "a0i", "a09"],
    ["a0", "a01", "a00i"],
    ["Zz", "a1", "a0"],
    ["a0z", "a1", "a0zi"],
    ["a0", "a0", undefined],
    ["a1", "a0", undefined],
    ["z" + "z".repeat(26), undefined, "z" + "z".repeat(26) + "i"],
    [undefined, "A" + "0".repeat(25) + "1", "A" + "0".repeat(26) + "i"],
    ["a0" + "0".repeat(97) + "1", "a0" + "0".repeat(97) + "2", undefined],
  ])("between %s and %s comes %s", (a, b, expected) => expect(between(a, b)).toBe(expected));

  test("many are spread evenly", () => {
    expect(manyBetween("a0", "a1", 3)).toEqual(["a09", "a0i", "a0r"]);
    expect(manyBetween("a0", undefined, 3)).toEqual(["a1", "a2", "a3"]);
    expect(manyBetween(undefined, "a0", 3)).toEqual(["Zx", "Zy", "Zz"]);
    expect(manyBetween(undefined, undefined, 3)).toEqual(["a0", "a1", "a2"]);
    expect(manyBetween("a0", "a1", 0)).toEqual([]);
    const many = manyBetween("a0", "a1", 100_000) as string[];
    expect(new Set(many).size).toBe(100_000);
    expect(Math.max(...many.map(text => text.length))).toBe(2 + 4);
  });

  test.each([
    "",
    "a",
    "a00",
    "b0",
    "a0!",
    "A0",
    "A" + "0".repeat(26),
    "aA",
    "0a",
    "a0\0",
    "a0é",
    "a0" + "1".repeat(99),
    "a0 ",
    "a010",
  ])("%j is no position", text => {
    expect(isPosition(text)).toBe(false);
    expect(() => between(text, undefined)).toThrow("is not a position");
  });

  test.each(["a0", "az", "b00", "Zz", "A" + "0".repeat(25) + "1", "A" + "0".repeat(26) + "1", "a0" + "1".repeat(98)])(
    "%j is one",
    text => expect(isPosition(text)).toBe(true),
  );
});

test("law: the n-th position can be written without those before it", () => {
  const sequence = new PositionSequence();
  const out = new Uint8Array(20);
  for (let n = 0; n < 70_000; n++) {
    const length = writePosition(n, out);
    if (compareBytes(out.subarray(0, length), sequence.next()) !== 0) throw new Error(`position ${n}`);
  }
  const upToSeven = [1, 2, 3, 4, 5, 6, 7].reduce((sum, digits) => sum + 36 ** digits, 0);
  expect(fromUtf8(out.slice(0, writePosition(upToSeven, out)))).toBe(between("gzzzzzzz", undefined));
});

describe("growth", () => {
  test("a million appended rows stay within 5 bytes, in order", () => {
    const sequence = new PositionSequence();
    let before = sequence.next().slice();
    let longest = 0;
    for (let n = 1; n < 1_000_000; n++) {
      const position = sequence.next();
      if (n % 997 === 0 || position.length !== before.length) {
        const text = fromUtf8(position);
        if (!isPosition(text) || compareText(fromUtf8(before), text) >= 0) throw new Error(text);
        before = position.slice();
      }
      longest = Math.max(longest, position.length);
    }
    expect(longest).toBe(5);
    expect(fromUtf8(sequence.next())).toBe(manyBetween(undefined, undefined, 1_000_001)?.at(-1));
  });

  test("rows put before the first one, one by one, stay short too", () => {
    let first = "a0";
    for (let n = 0; n < 50_000; n++) first = between(undefined, first) as string;
    expect(first.length).toBeLessThanOrEqual(5);
    expect(manyBetween(undefined, "a0", 1_000_000)?.[0]).toHaveLength(5);
  });

  test("a sequence goes on behind any position as between does", () => {
    fc.assert(
      fc.property(
        position.filter(text => !text.startsWith("z".repeat(20))),
        after => {
          const sequence = new PositionSequence(after);
          let expected: string | undefined = after;
          for (let n = 0; n < 80; n++)
            expect(fromUtf8(sequence.next())).toBe((expected = between(expected, undefined)));
        },
      ),
    );
    expect(() => new PositionSequence("a00")).toThrow("is not a position");
    expect(() => new PositionSequence("z".repeat(27)).next()).toThrow("no position behind");
  });

  test("inserts at one place have room for hundreds of rows", () => {
    for (const side of ["low", "high"] as const) {
      let [low, high] = ["a0", "a1"];
      let count = 0;
      for (let middle = between(low, high); middle !== undefined; middle = between(low, high), count++) {
        if (side === "low") low = middle;
        else high = middle;
      }
      expect(count).toBeGreaterThan(480);
    }
  });
});
