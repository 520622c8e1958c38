/** How pages are taken apart: see `page.ts` for the convention. */
import { describe, expect, test } from "vitest";
import { blocksOf, matchesOutput, stepsOf } from "./page.js";

const page = (...blocks: string[]) => blocks.join("\n\n") + "\n";
const block = (language: string, ...lines: string[]) => ["```" + language, ...lines, "```"].join("\n");

describe("steps", () => {
  test("sh and ts blocks run in order, others do not", () => {
    const steps = stepsOf(page("# A", block("sh", "sheaf init"), block("json", "{}"), block("ts", 'import "sheaf";')));
    expect(steps).toEqual([
      { language: "sh", code: "sheaf init\n", line: 3, output: undefined },
      { language: "ts", code: 'import "sheaf";\n', line: 11, output: undefined },
    ]);
  });

  test("a block with a reason above it is not run, one without a reason is refused", () => {
    expect(stepsOf(page("<!-- not run: needs a network -->", block("sh", "false")))).toEqual([]);
    expect(() => stepsOf(page("<!-- not run: -->", block("sh", "false")))).toThrow("line 3: say why");
  });

  test("output belongs to the block before it", () => {
    const [step] = stepsOf(page(block("sh", "echo hi"), "It prints:", "<!-- output -->", block("text", "hi")));
    expect(step?.output).toBe("hi\n");
    expect(() => stepsOf(page("<!-- output -->", block("text", "hi")))).toThrow(
      "line 3: this is the output of nothing",
    );
  });

  test("a ts block without an import goes on with the program before it, in the place of the last", () => {
    const steps = stepsOf(
      page(block("ts", 'import "a";'), block("sh", "x"), block("ts", "b();"), block("ts", 'import "c";')),
    );
    expect(steps.map(({ code }) => code)).toEqual(["x\n", 'import "a";\nb();\n', 'import "c";\n']);
  });

  test("a fence inside a longer fence is text, a fence without an end is refused", () => {
    expect(blocksOf("````text\n```sh\nfalse\n```\n````\n")).toHaveLength(1);
    expect(() => blocksOf("```sh\nfalse\n")).toThrow("line 1: this code block has no end");
  });
});

describe("output", () => {
  test.each([
    ["a\nb\n", "a \nb"],
    ["commit …\n", "commit bafy1\n"],
    ["a\n…\nz\n", "a\nb\nc\nz\n"],
    ["a\n…\nz\n", "a\nz\n"],
    ["(1+1)*\n", "(1+1)*\n"],
  ])("%j shows %j", (shown, printed) => expect(matchesOutput(shown, printed)).toBe(true));

  test.each([
    ["a\n", "a\nb\n"],
    ["a\nb\n", "a\n"],
    ["commit …\n", "merge bafy1\n"],
    ["a…c\n", "a\nc\n"],
    ["a.c\n", "abc\n"],
  ])("%j does not show %j", (shown, printed) => expect(matchesOutput(shown, printed)).toBe(false));
});
