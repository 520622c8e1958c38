import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeTexts, splitLines } from "./text-merge.js";

const texts = fc
  .array(fc.constantFrom("a", "b", "c", "d\r", "", "é"), { maxLength: 12 })
  .map(lines => lines.join("\n"));
/** Lines all of one kind of their own, so that every change stands where it was made. */
const base = Array.from({ length: 12 }, (_, i) => `line ${i}`);

function changed(at: number, ...lines: string[]): string {
  return base.toSpliced(at, 1, ...lines).join("\n");
}

describe("merging texts by line", () => {
  test("lines joined are the text", () => {
    fc.assert(fc.property(texts, text => splitLines(text).join("") === text));
  });

  test("an unchanged side gives way, the same change is one, and sides may be swapped", () => {
    fc.assert(
      fc.property(texts, texts, texts, (b, x, y) => {
        expect(mergeTexts(b, b, x)).toBe(x);
        expect(mergeTexts(b, x, b)).toBe(x);
        expect(mergeTexts(b, x, x)).toBe(x);
        expect(mergeTexts(b, x, y)).toBe(mergeTexts(b, y, x));
      }),
    );
  });

  test("changes of different lines combine when a line lies between, else they meet", () => {
    const lines = fc.array(fc.constantFrom("X", "Y", "Z"), { maxLength: 3 });
    fc.assert(
      fc.property(fc.nat(11), fc.nat(11), lines, lines, (i, j, ours, theirs) => {
        fc.pre(Math.abs(i - j) > 1);
        const [first, second] =
          i > j
            ? [
                { at: i, lines: ours },
                { at: j, lines: theirs },
              ]
            : [
                { at: j, lines: theirs },
                { at: i, lines: ours },
              ];
        const both = base.toSpliced(first.at, 1, ...first.lines).toSpliced(second.at, 1, ...second.lines);
        // The last line loses its line feed with its successor, which changes the line before it as well.
        fc.pre(first.at < 11);
        expect(mergeTexts(base.join("\n"), changed(i, ...ours), changed(j, ...theirs))).toBe(both.join("\n"));
      }),
    );
  });

  test.each([
    ["the same line", changed(3, "X"), changed(3, "Y")],
    ["neighbouring lines", changed(3, "X"), changed(4, "Y")],
    ["insertions at one place", changed(3, "line 3", "X"), changed(3, "line 3", "Y")],
    ["an insertion beside a change", changed(3, "line 3", "X"), changed(3, "Y")],
    ["a deletion against a change", changed(3), changed(3, "Y")],
  ])("%s: no merge", (_, ours, theirs) => expect(mergeTexts(base.join("\n"), ours, theirs)).toBeUndefined());

  test("the same insertion beside different changes elsewhere is one", () => {
    const both = (line: number) => base.with(line, "X").toSpliced(6, 0, "new").join("\n");
    expect(mergeTexts(base.join("\n"), both(1), both(3))).toBe(
      base.with(1, "X").with(3, "X").toSpliced(6, 0, "new").join("\n"),
    );
  });
});
