import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffWords } from "./words.js";

const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc
    .array(
      fc.constantFrom(
        "the ",
        "cat",
        " sat, ",
        "on ",
        "mat",
        ".\n",
        "日本語",
        "abc漢字",
        "👩‍💻",
        "🇫🇷",
        "e\u0301",
        "\u0301",
      ),
      { maxLength: 15 },
    )
    .map(parts => parts.join("")),
);

describe("the words that changed", () => {
  test("same and removed runs are the text before, same and added ones the text after", () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const runs = diffWords(before, after);
        const without = (kind: string) =>
          runs
            .filter(run => run.kind !== kind)
            .map(run => run.text)
            .join("");
        expect([without("added"), without("removed")]).toEqual([before, after]);
        expect(runs.every(run => run.text !== "")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("equal texts are one run, and no run follows one of its kind", () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(diffWords(before, before)).toEqual(before === "" ? [] : [{ kind: "same", text: before }]);
        const kinds = diffWords(before, after).map(run => run.kind);
        kinds.slice(1).forEach((kind, i) => expect(kind).not.toBe(kinds[i]));
      }),
    );
  });

  test.each([
    ["What is 2+2?", "What is 2+3?", ["same What is 2+", "removed 2", "added 3", "same ?"]],
    ["a red car", "a very red car", ["same a ", "added very ", "same red car"]],
    ["one two three", "uno dos three", ["removed one two", "added uno dos", "same  three"]],
    ["私は猫が好き", "私は犬が好き", ["same 私は", "removed 猫", "added 犬", "same が好き"]],
    ["hi 👩‍💻!", "hi 👩!", ["same hi ", "removed 👩‍💻", "added 👩", "same !"]],
    ["", "new", ["added new"]],
  ])("%j to %j", (before, after, runs) =>
    expect(diffWords(before, after).map(({ kind, text }) => `${kind} ${text}`)).toEqual(runs),
  );

  test("a megabyte of text", () => {
    const words = Array.from({ length: 200_000 }, (_, i) => `w${i % 977}`);
    const runs = diffWords(words.join(" "), words.with(100_000, "changed").join(" "));
    expect(runs.map(run => run.kind)).toEqual(["same", "removed", "added", "same"]);
  });
});
