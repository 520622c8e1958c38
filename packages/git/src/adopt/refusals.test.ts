import { describe, expect, test } from "vitest";
import { isSheafError, utf8, type Place } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import type { Oid } from "../object.js";
import { CommitObjects, Folders } from "./objects.js";
import { RowFiles } from "./row-files.js";
import { Survey } from "./survey.js";
import { GitBox, lines, Town, type Files } from "./testing.js";

/** What is said, and where, when a commit of these files cannot be adopted; what was there before stays. */
async function refusal(files: Files | ((git: GitBox) => Oid), ...before: readonly Files[]): Promise<string> {
  const git = new GitBox();
  let parents: Oid[] = [];
  for (const own of before) parents = [git.commit(own, parents)];
  const oid = git.commit(typeof files === "function" ? files(git) : files, parents);
  const town = new Town(new MemoryDrive(), git);
  try {
    await town.adopt([oid]);
  } catch (error) {
    if (!isSheafError(error, "bad-input")) throw error;
    expect(error.data.commit).toBe(oid);
    const { file, line }: Place = error.data;
    const words = error.message.replaceAll(`commit ${oid}`, "").replace(/^[ :,]+/, "");
    expect(words.startsWith([file, line].filter(part => part !== undefined).join(":"))).toBe(true);
    return words;
  }
  return "adopted";
}

/** A tree of entries as they stand, mode and name, each naming an empty file. */
const rawTree =
  (...heads: readonly string[]) =>
  (git: GitBox) =>
    git.raw(heads.map(head => [head, git.put("blob", new Uint8Array(0))]));

const row = '{"@id":"q1","@pos":"a0","a":1}';

describe("refused, with commit, file and line", () => {
  test.each<[what: string, files: Files | ((git: GitBox) => Oid), words: string]>([
    [
      "a line that is not JSON",
      { "qa/rows/0.jsonl": lines("{}", "", "{a}") },
      "qa/rows/0.jsonl:3:2, at the root: expected",
    ],
    ["a line that is no object", { "qa/rows/0.jsonl": "[]" }, "qa/rows/0.jsonl:1, at the root: an item must be"],
    [
      "bytes that are not UTF-8",
      { "qa/rows/0.jsonl": Uint8Array.of(0x7b, 0xff, 0x7d) },
      "qa/rows/0.jsonl:1:2, at the root: bytes",
    ],
    ["a key twice", { "qa/rows/0.jsonl": '{"a":1,"a":2}' }, "qa/rows/0.jsonl:1:8, at /a: the key"],
    ["a number that cannot be kept", { "qa/rows/0.jsonl": '{"a":1e999}' }, "qa/rows/0.jsonl:1:6, at /a:"],
    ["an id that is no text", { "qa/rows/0.jsonl": '{"@id":7}' }, "qa/rows/0.jsonl:1, at /@id: @id must be a text"],
    ["an id that is none", { "qa/rows/0.jsonl": '{"@id":"-"}' }, "qa/rows/0.jsonl:1, at /@id: an id cannot be -"],
    ["an empty id", { "qa/rows/0.jsonl": '{"@id":""}' }, "qa/rows/0.jsonl:1, at /@id: an id cannot be empty"],
    [
      "a position that is none",
      { "qa/rows/0.jsonl": '{"@pos":"a10"}' },
      'qa/rows/0.jsonl:1, at /@pos: "a10" is not a position',
    ],
    [
      "an id twice in one file",
      { "qa/rows/0.jsonl": lines(row, "{}", row.replace("a0", "a1")) },
      'qa/rows/0.jsonl:3, id "q1": the id stands twice (first at , qa/rows/0.jsonl:1)',
    ],
    [
      "an id twice in two files",
      { "qa/rows/0.jsonl": row, "qa/rows/1.jsonl": row.replace("a0", "a1") },
      'qa/rows/1.jsonl:1, id "q1": the id stands twice (first at , qa/rows/0.jsonl:1)',
    ],
    [
      "a dataset.json that is not JSON",
      { "qa/rows/0.jsonl": row, "qa/dataset.json": '{\n"id"' },
      "qa/dataset.json:2:5",
    ],
    [
      "a dataset.json that is no object",
      { "qa/rows/0.jsonl": row, "qa/dataset.json": "[]" },
      "qa/dataset.json: what is known",
    ],
    [
      "metadata that are none",
      { "qa/rows/0.jsonl": row, "qa/dataset.json": '{"meta":1}' },
      "qa/dataset.json, at /meta: meta must",
    ],
    ["another format", { "sheaf.json": '{"format":2}' }, "sheaf.json: this is not the format"],
    ["a sheaf.json that is not JSON", { "sheaf.json": "?" }, "sheaf.json:1:1, at the root: expected"],
    ["a folder in place of sheaf.json", { "sheaf.json/a": "" }, "sheaf.json: this is not the format"],
    ["a link in place of rows", { "qa/rows/0.jsonl": { mode: 0o120000, text: "x" } }, "qa/rows/0.jsonl: a link stands"],
    [
      "a link in place of dataset.json",
      { "qa/rows/0.jsonl": row, "qa/dataset.json": { mode: 0o120000, text: "x" } },
      "qa/dataset.json: a link stands",
    ],
    ["a submodule", rawTree("160000 lib"), "lib: a submodule cannot be adopted"],
    ["a path that leads out", rawTree("100644 .."), 'the name ".." in the git tree leads out'],
    ["git's own folder", rawTree("100644 .git"), 'the name ".git" in the git tree is git\'s own'],
    ["git's own folder in other letters", rawTree("100644 .GIT"), "is git's own"],
    ["a name that is not UTF-8", rawTree("100644 \xff"), "not UTF-8"],
    ["a name twice", rawTree("100644 a", "100644 a"), "stands twice"],
    ["names out of order", rawTree("100644 b", "100644 a"), "out of order"],
    [
      "two folders of one path",
      { "a%/rows/0.jsonl": row, "a%25/rows/0.jsonl": row },
      "a%25: another folder stands for the dataset a% too",
    ],
    ["a long path", { [`${"x".repeat(1200)}/y`]: "" }, `${"x".repeat(60)}…: its path is longer than 1200 bytes`],
  ])("%s", async (_, files, words) => expect(await refusal(files)).toContain(words));

  test("an id that stands in an unchanged file, with both places", async () => {
    const base = { "qa/rows/0.jsonl": row, "qa/rows/1.jsonl": '{"@id":"q2","@pos":"a1"}' };
    const next = { ...base, "qa/rows/2.jsonl": lines("{}", '{"@id":"q1"}') };
    expect(await refusal(next, base)).toContain(
      'qa/rows/2.jsonl:2, id "q1": the id stands twice (first at , qa/rows/0.jsonl:1)',
    );
  });

  test("a file in a dataset's way", async () =>
    expect(await refusal({ "con/rows/0.jsonl": row, "%63on/dataset.json/x": "" })).toContain("%63on/dataset.json"));

  test("a line of 100 MB", async () => {
    const body = new Uint8Array(100 * 2 ** 20).fill(0x20);
    body.set(utf8('{"a":"'));
    expect(await refusal({ "qa/rows/0.jsonl": body })).toContain("qa/rows/0.jsonl:1: a row of more than 64 MiB");
  });

  test("a tree that pretends to hold a billion files", async () => {
    const git = new GitBox();
    let tree = git.tree({ a: "" });
    for (let depth = 0; depth < 9; depth++) {
      const below = tree;
      tree = git.raw(Array.from({ length: 10 }, (_, i) => [`40000 ${i}`, below]));
    }
    const objects = new CommitObjects(git, git.commit(tree), new Folders(10_000));
    const comparing = new Survey(new RowFiles()).compare({ objects, tree: undefined }, { objects, tree });
    await expect(comparing).rejects.toThrow("its trees show more than 10000 files");
  });
});

test("what a tag names must be a commit", async () => {
  const town = new Town(new MemoryDrive());
  const blob = town.git.put("blob", utf8("x"));
  const tag = town.git.put("tag", utf8(`object ${blob}\ntype blob\ntag v\ntagger A <a@b> 1 +0000\n\nx\n`));
  await expect(town.adopt([tag])).rejects.toThrow("a tag of a blob; Sheaf holds tags of commits only");
  await expect(town.adopt([blob])).rejects.toThrow("a blob stands where a commit is wanted");
});

test("what is missing is named", async () => {
  const town = new Town(new MemoryDrive());
  const oid = town.git.commit("1".repeat(40) as Oid);
  await expect(town.adopt([oid])).rejects.toThrow(`commit ${oid}: the git tree ${"1".repeat(40)} is missing`);
});

test("what helps against a refused commit is said: to rewrite it, as a later one does not mend it", async () => {
  const words = await refusal({ "qa/rows/0.jsonl": "[]" });
  expect(words).toMatch(/until it is rewritten on the host.*git rebase -i [0-9a-f]{12}~ .*--force-with-lease$/);
});

test("an object that did not come is asked for again, and the commit is not blamed", async () => {
  const words = await refusal(git => git.raw([["100644 x", "1".repeat(40) as Oid]]));
  expect(words).toMatch(/is missing; fetch anew$/);
});
