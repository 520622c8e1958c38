/** What each rule on the code base refuses, and what it lets pass, on a few lines each. */
import { describe, expect, test } from "vitest";
import * as checks from "./checks.js";
import type { Source } from "./source.js";
import { parseRooms, roomOf } from "./table.js";

const rooms = parseRooms(`
| folder | step of the walk | may import |
| --- | --- | --- |
| \`core/text.ts\` | ground | |
| \`core/tree/\` | tree | the ground |
| \`core/store/\` | store | the ground, \`core/tree/\` |
| \`core/testing/\` | tests | \`core/\` |
| \`drives/\` | drives | \`core/\` |

| not | a | row |
`);

const source = (path: string, ...lines: string[]): Source => ({
  path: `packages/${path}`,
  text: lines.join("\n") + "\n",
});
const imports = (path: string, specifier: string) => source(path, `import { x } from "${specifier}";`);

describe("the table of rooms", () => {
  test("the longest path that covers a file is its room", () => {
    const nested = parseRooms(
      "| folder | step of the walk | may import |\n|-|-|-|\n| `core/a/` | | |\n| `core/a/b.ts` | | |",
    );
    expect(roomOf(nested, "core/a/b.ts")?.paths).toEqual(["core/a/b.ts"]);
    expect(roomOf(nested, "core/a/c.ts")?.paths).toEqual(["core/a/"]);
    expect(roomOf(nested, "core/ab.ts")).toBeUndefined();
  });

  test("a page without the table, and a row without a folder, are refused", () => {
    expect(() => parseRooms("# Rooms\n")).toThrow("has no table");
    expect(() => parseRooms("| folder | step of the walk | may import |\n|-|-|-|\n| core | | |")).toThrow(
      "names no folder",
    );
  });
});

describe("imports", () => {
  const wrong = (...sources: Source[]) => checks.wrongImports(sources, rooms);

  test.each([
    ["core/src/store/pack.ts", "../tree/node.js"],
    ["core/src/store/pack.ts", "../text.js"],
    ["core/src/tree/node.ts", "./split.js"],
    ["core/src/tree/node.test.ts", "../store/pack.js"],
    ["core/src/tree/node.test.ts", "node:fs"],
    ["core/src/laws.test.ts", "./store/pack.js"],
    ["drives/src/folder.test.ts", "../test/race.js"],
    ["drives/src/folder.ts", "@sheaf/core"],
    ["drives/src/folder.ts", "node:fs"],
    ["drives/src/folder.test.ts", "@sheaf/core/testing"],
  ])("%s may import %s", (path, specifier) => expect(wrong(imports(path, specifier))).toEqual([]));

  test.each([
    ["core/src/tree/node.ts", "../store/pack.js", "core/tree/ may not import core/store/pack.ts"],
    ["core/src/text.ts", "./tree/node.js", "core/text.ts may not import core/tree/node.ts"],
    ["core/src/store/pack.ts", "@sheaf/drives/folder", "core/store/ may not import drives/folder.ts"],
    ["core/src/store/pack.test.ts", "@sheaf/formats", "tests of core may not import formats/index.ts"],
    ["core/src/store/pack.ts", "node:fs", "core is pure and may not import node:fs"],
    ["drives/src/folder.ts", "../test/race.js", "drives/ may not import test/race.ts"],
    ["core/src/store/pack.ts", "../index.js", "imports its own package's index.ts, which is for others"],
    ["core/src/store/pack.ts", "@sheaf/core", "imports its own package by name, @sheaf/core"],
    ["core/src/elsewhere.ts", "./text.js", "has no room in the table of docs/architecture.md"],
  ])("%s may not import %s", (path, specifier, sentence) => {
    expect(wrong(imports(path, specifier))).toEqual([`packages/${path}:1: ${sentence}`]);
  });

  test.each([
    'import "../store/pack.js";',
    'import type { Pack } from "../store/pack.js";',
    'export { pack } from "../store/pack.js";',
    'export * from "../store/pack.js";',
    'const pack = await import("../store/pack.js");',
    'let pack: import("../store/pack.js").Pack;',
  ])("every way of writing an import is seen: %s", line => {
    expect(wrong(source("core/src/tree/node.ts", "", line))).toEqual([
      "packages/core/src/tree/node.ts:2: core/tree/ may not import core/store/pack.ts",
    ]);
  });
});

test("circles are found, of types too, and told once", () => {
  const circle = [
    source("core/src/tree/a.ts", 'import { b } from "./b.js";'),
    source("core/src/tree/b.ts", 'import type { C } from "../store/c.js";'),
    source("core/src/store/c.ts", 'import { a } from "../tree/a.js";'),
  ];
  expect(checks.importCircles(circle)).toEqual([
    "core/store/c.ts → core/tree/a.ts → core/tree/b.ts → core/store/c.ts: imports in a circle",
  ]);
  expect(checks.importCircles(circle.slice(1))).toEqual([]);
});

describe("foreign libraries", () => {
  const cid = imports("core/src/tree/cid.ts", "multiformats/cid");
  const listed = new Map([["core", ["multiformats"]]]);

  test("one importing file that the manifest knows of is right", () => {
    const forTests = [imports("core/src/tree/cid.test.ts", "multiformats"), imports("core/src/testing/a.ts", "vitest")];
    expect(checks.strayLibraries([cid, ...forTests], listed)).toEqual([]);
  });

  test("a second importing file, an unlisted library and an unused one are told", () => {
    const second = imports("core/src/store/link.ts", "multiformats");
    expect(checks.strayLibraries([cid, second], listed)).toEqual([
      "multiformats is imported by packages/core/src/tree/cid.ts and packages/core/src/store/link.ts: one file each",
    ]);
    expect(checks.strayLibraries([cid], new Map([["core", []]]))).toEqual([
      "packages/core/src/tree/cid.ts:1: packages/core/package.json does not list multiformats",
    ]);
    expect(checks.strayLibraries([], listed)).toEqual([
      "packages/core/package.json lists multiformats, which no source imports",
    ]);
  });
});

describe("length", () => {
  const body = (lines: number) => Array.from({ length: lines }, () => "  x;");

  test("300 lines and 40 in a function pass, one more of each does not", () => {
    const right = [source("core/src/a.ts", ...body(300)), source("core/src/b.ts", "function f() {", ...body(38), "}")];
    expect(checks.tooLong(right)).toEqual([]);
    expect(checks.tooLong([source("core/src/a.ts", ...body(301))])).toEqual([
      "packages/core/src/a.ts:1: has 301 lines, at most 300",
    ]);
  });

  test.each([
    ["f", "function f() {", "}"],
    ["f", "const f = () => {", "};"],
    ["f", "class C { f() {", "} }"],
    ["a function", "g(async () => {", "});"],
  ])("%s is measured when written as %s", (name, first, last) => {
    const lines = [first, ...body(39), last];
    expect(checks.tooLong([source("core/src/a.ts", "", ...lines)])).toEqual([
      `packages/core/src/a.ts:2: ${name} has 41 lines, at most 40`,
    ]);
    expect(checks.tooLong([source("core/src/a.test.ts", ...lines)])).toEqual([]);
  });
});

test("file names are one noun of ours in kebab case", () => {
  expect(
    checks.badNames(["tree/node.ts", "tree/made-id.test.ts", "test/pack.real.test.ts", "dataset/dataset.ts"]),
  ).toEqual([]);
  expect(checks.badNames(["tree/utils.ts", "tree/merge-helper.ts", "tree/madeId.ts", "tree/tree-node.ts"])).toEqual([
    "tree/utils.ts: says nothing about what is in it",
    "tree/merge-helper.ts: says nothing about what is in it",
    "tree/madeId.ts: is not in kebab case",
    "tree/tree-node.ts: repeats the word of its folder",
  ]);
});

describe("purity", () => {
  test.each([
    "Date.now()",
    "new Date()",
    "Math.random()",
    "Buffer.from(x)",
    "process.env",
    "fetch(url)",
    "setTimeout(f, 1)",
    "crypto",
  ])("the engine may not use %s", use => {
    const name = use.replace(/\(.*/, "").replace(/(process|Buffer)\..*/, "$1");
    expect(checks.impurities([source("core/src/a.ts", `const a = ${use};`)])).toEqual([
      `packages/core/src/a.ts:1: core is pure and may not use ${name}`,
    ]);
    expect(checks.impurities([source("core/src/a.test.ts", use), source("cli/src/a.ts", use)])).toEqual([]);
  });

  test("a member, a method or a comment of such a name is fine", () => {
    const fine = source(
      "core/src/a.ts",
      "// fetch",
      "class A { fetch() { return this.process; } }",
      "const at = new Date(5);",
    );
    expect(checks.impurities([fine])).toEqual([]);
  });
});

test("a test that runs alone, or is left out without a reason, is told", () => {
  const told = (...lines: string[]) => checks.focusedOrSkipped([source("core/src/a.test.ts", ...lines)]);
  expect(told('test("a", f);', 'test.each([1])("b", f);', "// needs root", "test.skipIf(!root)('c', f);")).toEqual([]);
  expect(told('test.only("a", f);', "describe.skip('b', f);", 'test("c", () => describe.each([]).only);')).toEqual([
    "packages/core/src/a.test.ts:1: test.only keeps every other test from running",
    "packages/core/src/a.test.ts:2: describe.skip without a reason in a comment above it",
  ]);
});

test("a note to self is told", () => {
  expect(checks.leftovers([source("core/src/a.ts", "x;", "// TODO: y")])).toEqual([
    "packages/core/src/a.ts:2: TODO left in the code",
  ]);
});
