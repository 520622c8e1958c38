import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fromUtf8, utf8 } from "@sheaf/core";
import { StockGit } from "../test/git.js";
import { parseCommit, parseTag, printCommit, printTag, type GitCommit } from "./commit.js";
import { parseHeaded, printHeaded } from "./header.js";
import { nodeGitPlatform } from "./node.js";
import type { Oid } from "./object.js";
import { oidOf } from "./oid.js";
import { parseSignature, printSignature } from "./signature.js";

const oids = fc.stringMatching(/^[0-9a-f]{40}$/) as fc.Arbitrary<Oid>;
const lines = fc.uint8Array({ maxLength: 30 }).map(bytes => bytes.filter(byte => byte !== 0));
const line = lines.map(bytes => bytes.filter(byte => byte !== 10));
const field = fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), value: lines });
const commits: fc.Arbitrary<GitCommit> = fc.record(
  {
    tree: oids,
    parents: fc.array(oids, { maxLength: 3 }),
    author: line,
    committer: line,
    extra: fc.array(field, { maxLength: 3 }),
    message: fc.uint8Array({ maxLength: 40 }),
  },
  { requiredKeys: ["tree", "parents", "author", "committer", "extra"] },
);

describe("laws", () => {
  test("commits read back as they were printed, and print back as they were read", () =>
    fc.assert(
      fc.property(commits, commit => {
        const body = printCommit(commit);
        const read = parseCommit(body);
        expect(read).toEqual(commit);
        expect(printCommit(read)).toEqual(body);
      }),
    ));

  test("any head that is accepted prints back byte for byte", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[a \n]{0,24}$/), text => {
        let read;
        try {
          read = parseHeaded(utf8(text));
        } catch (error) {
          expect(String(error)).toMatch(/the head of the git object/);
          return;
        }
        expect(fromUtf8(printHeaded(read))).toBe(text);
      }),
    ));

  test("signatures read back", () =>
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }).map(text => text.replace(/[<>\0\r\n]/g, "")),
        fc.nat({ max: 2 ** 40 }),
        fc.integer({ min: -5999, max: 5999 }),
        (name, time, zone) => {
          const signature = { name, email: "a@b", time, zone };
          expect(parseSignature(utf8(printSignature(signature)))).toEqual(signature);
        },
      ),
    ));
});

test("what stock git makes prints back under the same name", () => {
  const git = StockGit.init();
  git.run(["commit", "--allow-empty", "-m", "one"]);
  git.run(["-c", "i18n.commitEncoding=latin1", "commit", "--allow-empty", "-m", "two\n\nlines"]);
  git.run(["checkout", "-q", "-b", "side", "HEAD~1"]);
  git.run(["commit", "--allow-empty", "-m", "three"]);
  git.run(["tag", "-m", "a tag", "v1"]);
  git.run(["merge", "main", "-m", "merge"]);
  const signed = git.run(["cat-file", "commit", "HEAD"]).replace("\n\n", "\ngpgsig -----BEGIN\n \n x\n -----END\n\n");
  const odd = git.run(["hash-object", "-t", "commit", "-w", "--stdin"], signed);
  for (const oid of [...git.run(["rev-list", "--all"]).split("\n"), odd]) {
    const commit = parseCommit(git.bytes(["cat-file", "commit", oid]));
    expect(oidOf(nodeGitPlatform, "commit", printCommit(commit))).toBe(oid);
    expect(commit.parents.join(" ")).toBe(git.run(["log", "-1", "--format=%P", oid]));
  }
  const tag = parseTag(git.bytes(["cat-file", "tag", "v1"]));
  expect(oidOf(nodeGitPlatform, "tag", printTag(tag))).toBe(git.run(["rev-parse", "v1"]));
  expect(tag).toMatchObject({ type: "commit", object: git.run(["rev-parse", "v1^{commit}"]), name: utf8("v1") });
  expect(parseCommit(git.bytes(["cat-file", "commit", odd])).extra).toEqual([
    { name: "gpgsig", value: utf8("-----BEGIN\n\nx\n-----END") },
  ]);
});

test.each([
  ["no tree", "author a <b> 1 +0000\n"],
  ["a short tree", "tree abc\nauthor a <b> 1 +0000\ncommitter a <b> 1 +0000\n\n"],
  ["a parent behind the author", `tree ${"a".repeat(40)}\nauthor a\nparent ${"a".repeat(40)}\ncommitter a\n\n`],
  ["no line feed", `tree ${"a".repeat(40)}\nauthor a\ncommitter a`],
  ["a NUL", `tree ${"a".repeat(40)}\nauthor a\0\ncommitter a\n\n`],
])("a commit with %s is refused", (_, body) => expect(() => parseCommit(utf8(body))).toThrow(/git (commit|object)/));

test("a tag of no kind of object is refused", () =>
  expect(() => parseTag(utf8(`object ${"a".repeat(40)}\ntype cat\ntag v\n\n`))).toThrow('"cat"'));

test.each([
  ["<a@b> 5 +0000", { name: "", email: "a@b", time: 5, zone: 0 }],
  ["A B <> 5 -0130", { name: "A B", email: "", time: 5, zone: -90 }],
  ["A <a@b> 5 -0000", { name: "A", email: "a@b", time: 5, zone: 0 }],
  ["A <a@b> 5", undefined],
  ["A <a@b> -5 +0000", undefined],
  ["A <a<b> 5 +0000", undefined],
  ["A <a@b> 5 +01000", undefined],
])("the signature %j is read as %j", (text, signature) => expect(parseSignature(utf8(text))).toEqual(signature));
