/** Every page of documentation does what it says: its blocks run, and print what it shows. The convention is in `docs/page.ts`. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { filesBelow } from "./code-base/source.js";
import { runPage } from "./docs/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = [join(root, "README.md"), ...filesBelow(join(root, "docs"), ".md")];

test.each(pages.map(page => relative(root, page)))("%s does what it says", async page => {
  expect(await runPage(page, readFileSync(join(root, page), "utf8"))).toEqual([]);
});

describe("running a page", () => {
  const fence = (language: string, code: string) => `\`\`\`${language}\n${code}\n\`\`\`\n`;

  test("steps share a folder, and go where cd leads", async () => {
    const page =
      fence("sh", "mkdir a; cd a; echo 1 > b") + fence("sh", "cat b") + "\n<!-- output -->\n" + fence("text", "1");
    expect(await runPage("page.md", page)).toEqual([]);
  });

  test("a failing command, a wrong output, a type error and a failing program are told with their line", async () => {
    const told = await runPage(
      "page.md",
      fence("sh", "echo oops; false") +
        fence("sh", "echo 2") +
        "<!-- output -->\n" +
        fence("text", "1") +
        fence("ts", 'import "node:fs"; const n: number = "one";') +
        fence("ts", 'import "node:fs"; throw new Error("thrown");'),
    );
    expect(told.map(sentence => sentence.split("\n")[0])).toEqual([
      "page.md:1: this block failed with exit code 1:",
      "page.md:4: this block does not print what the page shows, but:",
      "page.md:11: this block failed with exit code 2:",
      "page.md:14: this block failed with exit code 1:",
    ]);
    expect(told[0]).toContain("oops");
    expect(told[2]).toContain("TS2322");
    expect(told[3]).toContain("thrown");
  });
});
