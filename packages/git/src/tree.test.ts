import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8, joinBytes } from "@sheaf/core";
import { StockGit } from "../test/git.js";
import { nameFault } from "./entry-name.js";
import { nodeGitPlatform } from "./node.js";
import type { Oid } from "./object.js";
import { oidOf, writeOid } from "./oid.js";
import { modes, parseTree, printTree, type TreeEntry } from "./tree.js";

const oids = fc.stringMatching(/^[0-9a-f]{39}[1-9a-f]$/) as fc.Arbitrary<Oid>;
const names = fc
  .oneof(fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }), fc.stringMatching(/^[a-b./0-]{1,4}$/))
  .filter(name => nameFault(name) === undefined);
const entries: fc.Arbitrary<TreeEntry[]> = fc.uniqueArray(
  fc.record({ mode: fc.constantFrom(...Object.values(modes)), name: names, oid: oids }),
  { selector: ({ name }) => name, maxLength: 12 },
);

/** The body of a tree, whatever it says. */
const rawTree = (...lines: readonly (readonly [head: string | Uint8Array, oid?: string])[]) =>
  joinBytes(
    lines.flatMap(([head, oid = "1".repeat(40)]) => {
      const name = new Uint8Array(20);
      writeOid(oid as Oid, name, 0);
      return [typeof head === "string" ? utf8(head) : head, Uint8Array.of(0), name];
    }),
  );

describe("laws", () => {
  test("what is printed reads back, in git's order", () =>
    fc.assert(
      fc.property(entries, entries => {
        const read = parseTree(printTree(entries));
        expect(new Set(read)).toEqual(new Set(entries));
        expect(printTree(read)).toEqual(printTree(entries.toReversed()));
      }),
    ));

  test("git makes the same tree of the same entries", () => {
    const git = StockGit.init();
    fc.assert(
      fc.property(entries, entries => {
        const lines = entries.map(({ mode, name, oid }) => {
          const type = mode === modes.folder ? "tree" : mode === modes.submodule ? "commit" : "blob";
          return `${mode.toString(8).padStart(6, "0")} ${type} ${oid}\t${name}\0`;
        });
        const oid = git.run(["mktree", "-z", "--missing"], lines.join(""));
        expect(oidOf(nodeGitPlatform, "tree", printTree(entries))).toBe(oid);
      }),
      { numRuns: 8 },
    );
  });
});

describe("what git fsck refuses is refused", () => {
  const refused: [string, Uint8Array][] = [
    ["an empty name", rawTree(["100644 "])],
    ["a dot", rawTree(["40000 ."])],
    ["two dots", rawTree(["40000 .."])],
    ["a slash", rawTree(["100644 a/b"])],
    ...[
      ".git",
      ".GIT",
      ".git ",
      ".git...",
      "git~1",
      "GIT~1. ",
      ".g\u200cit",
      "\ufeff.git",
      ".git:x",
      "a\\.git",
      "a\\git~1\\b",
    ].map((name): [string, Uint8Array] => [JSON.stringify(name), rawTree([`40000 ${name}`])]),
    ["a name twice", rawTree(["100644 a"], ["100644 a"])],
    ["a file and a folder of one name", rawTree(["100644 a"], ["100644 a.b"], ["40000 a"])],
    ["a wrong order", rawTree(["100644 b"], ["100644 a"])],
    ["a folder in a file's place", rawTree(["40000 a"], ["100644 a.b"])],
    ["a mode that is none", rawTree(["100645 a"])],
    ["a zero in front of a mode", rawTree(["040000 a"])],
    ["an old mode", rawTree(["100664 a"])],
    ["nothing named", rawTree(["100644 a", "0".repeat(40)])],
    ["a link for .gitmodules", rawTree(["120000 .gitmodules"])],
    ["a link for .GitModules", rawTree(["120000 .GitModules"])],
  ];

  test.each(refused)("%s", (_, body) => expect(() => parseTree(body)).toThrow(/git tree/));

  test("git agrees on each", () => {
    const git = StockGit.init();
    const write = ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"];
    const oids = new Map(refused.map(([what, body]) => [git.run(write, body), what]));
    const { stderr } = spawnSync("git", ["fsck", "--strict"], { cwd: git.folder, env: git.env, encoding: "utf8" });
    const found = new Set(Array.from(stderr.matchAll(/(?:error|warning) in tree ([0-9a-f]{40})/g), ([, oid]) => oid));
    expect([...oids].filter(([oid]) => !found.has(oid)).map(([, what]) => what)).toEqual([]);
  });

  test("a name that is not UTF-8, which git takes", () =>
    expect(() => parseTree(rawTree([Uint8Array.of(...utf8("100644 a"), 0xff)]))).toThrow(/"a�".*not UTF-8/));

  test.each(["", "100644", "100644 a", "100644 a\0", "100644 a\x001234567890123456789"])("a tree cut off: %j", text =>
    expect(text === "" ? parseTree(utf8(text)) : undefined).toEqual(text === "" ? [] : undefined),
  );

  test("a tree that is cut off", () => {
    const body = rawTree(["100644 a"]);
    for (let end = 1; end < body.length; end++) expect(() => parseTree(body.subarray(0, end))).toThrow(/cut off/);
  });

  test("the error says where", () =>
    expect(() => parseTree(rawTree(["40000 .."]), { place: { commit: "c0ffee", file: "qa" } })).toThrow(
      'commit c0ffee, qa: the name ".." in the git tree leads out of its folder',
    ));
});

test.each([".gitignore", ".gitmodules", "git~2", ".git-x", "x.git", "agit~1", ".gitx:y", "con", "a\\b", "-", "--x"])(
  "%j is a name",
  name => expect(parseTree(rawTree([`100644 ${name}`]))).toEqual([{ mode: modes.file, name, oid: "1".repeat(40) }]),
);

test("old modes are mended where asked", () => {
  const body = rawTree(["100664 a"], ["100775 b"], ["040000 c"]);
  const read = parseTree(body, { oddModes: "mend" });
  expect(read.map(({ mode }) => mode)).toEqual([modes.file, modes.executable, modes.folder]);
  expect(printTree(read)).not.toEqual(body);
  expect(() => parseTree(rawTree(["50000 a"]), { oddModes: "mend" })).toThrow(/mode "50000"/);
});
