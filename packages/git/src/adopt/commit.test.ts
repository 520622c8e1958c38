import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeCommit,
  decodeTag,
  encodeCommit,
  encodeSnapshot,
  printCid,
  TreeBuilder,
  type Commit,
  type Digest,
  type Tag,
} from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { StockGit } from "../../test/git.js";
import type { ObjectType, Oid } from "../object.js";
import { lines, Town, type GitBox } from "./testing.js";

const utf8 = (text: string) => new Uint8Array(Buffer.from(text, "utf8"));
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

/** Adopts a commit with this head and text below `tree …`, and checks that another clone finds its name again. */
async function adopt(rest: Uint8Array): Promise<Commit> {
  const town = new Town(new MemoryDrive());
  const tree = town.git.tree({ "qa/rows/0.jsonl": lines("{}") });
  const oid = town.git.put("commit", Uint8Array.from([...utf8(`tree ${tree}\n`), ...rest]));
  const digest = (await town.adopt([oid])).get(oid) as Digest;
  expect(await new Town(new MemoryDrive(), town.git, town.blocks).oidOf(digest)).toBe(oid);
  return decodeCommit(await town.blocks.load(digest));
}

const who = "Ada <ada@example.org> 1700000000 +0130";
const ada = { name: "Ada", email: "ada@example.org", time: 1_700_000_000, zone: 90 };
const head = (author = who, more = "") => `author ${author}\ncommitter ${who}\n${more}\n`;
const isRaw = ({ attributes }: Pick<Commit | Tag, "attributes">) =>
  Object.keys((attributes["git"] ?? {}) as object).filter(key => key !== "files");

describe("what a commit says of itself", () => {
  test.each<[what: string, rest: string, read: Partial<Commit>, raw: boolean]>([
    ["as Sheaf writes it", `${head()}m\n`, { author: ada, committer: ada, message: "m" }, false],
    ["no line feed at the end", `${head()}m`, { message: "m" }, true],
    ["no message", head(), { message: "" }, false],
    ["no empty line", head().slice(0, -1), { message: "" }, true],
    ["line feeds at the end", `${head()}m\n\n`, { message: "m\n" }, false],
    ["a NUL in the message", `${head()}a\0b\n`, { message: "a\ufffdb" }, true],
    ["attributes", `${head(who, 'sheaf {"a":1}\n')}m\n`, { attributes: { a: 1 } }, false],
    ["attributes with spaces", `${head(who, 'sheaf { "a": 1 }\n')}m\n`, { message: "m" }, true],
    ["attributes that are none", `${head(who, "sheaf [\n")}m\n`, { message: "m" }, true],
    ["attributes that nobody may use", `${head(who, 'sheaf {"git":{}}\n')}m\n`, { message: "m" }, true],
    ["a signature", `${head(who, "gpgsig -----BEGIN\n \n x\n -----END\n")}m\n`, { message: "m" }, true],
    [
      "a tag that was merged",
      `${head(who, `mergetag object ${"1".repeat(40)}\n type commit\n`)}m\n`,
      { message: "m" },
      true,
    ],
    [
      "an author without a name",
      `${head("<a@b> 5 +0000")}m\n`,
      { author: { name: "", email: "a@b", time: 5, zone: 0 } },
      true,
    ],
    ["an author without anything", `${head("")}m\n`, { author: { name: "", email: "", time: 0, zone: 0 } }, true],
    [
      "an author without an e-mail",
      `${head("Ada 5 +0000")}m\n`,
      { author: { name: "Ada 5 +0000", email: "", time: 5, zone: 0 } },
      true,
    ],
    [
      "brackets in a name",
      `${head("A <b> C <a@b> 5 +0100")}m\n`,
      { author: { name: "A", email: "b C a@b", time: 5, zone: 60 } },
      true,
    ],
    [
      "a zone of nowhere",
      `${head("A <a@b> 5 -0000")}m\n`,
      { author: { name: "A", email: "a@b", time: 5, zone: 0 } },
      true,
    ],
    [
      "a time before 1970",
      `${head("A <a@b> -5 +0000")}m\n`,
      { author: { name: "A", email: "a@b", time: 5, zone: 0 } },
      true,
    ],
    [
      "a long zone",
      `${head("A <a@b> 5 +051800")}m\n`,
      { author: { name: "A", email: "a@b", time: 51_800, zone: 0 } },
      true,
    ],
  ])("%s", async (_, rest, read, raw) => {
    const commit = await adopt(utf8(rest));
    expect(commit).toMatchObject(read);
    expect(isRaw(commit)).toEqual(raw ? ["commit"] : []);
  });

  test("another encoding", async () => {
    const rest = `${head("J\xf6rg <j@b> 5 +0000", "encoding ISO-8859-1\n")}na\xefve\n`;
    const commit = await adopt(latin1(rest));
    expect(commit).toMatchObject({ author: { name: "Jörg" }, message: "naïve" });
    expect(isRaw(commit)).toEqual(["commit"]);
  });
});

const words = fc.string({ unit: "grapheme", maxLength: 12 });
const names = fc.oneof(words, fc.constantFrom(" ", "", " a  ", "\ufeff", "\u2028"));
const signatures = fc.record({
  name: names.map(name => name.replace(/[<>\0\r\n]/g, "")),
  email: names.map(email => email.replace(/[<>\0\r\n]/g, "")),
  time: fc.oneof(fc.nat(), fc.constantFrom(0, 999_999_999_999_999)),
  zone: fc.integer({ min: -5999, max: 5999 }),
});
const plainValues = fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null), fc.array(words, { maxLength: 2 }));
const attributes = fc
  .dictionary(words, plainValues, { maxKeys: 3, noNullPrototype: true })
  .filter(own => !Object.hasOwn(own, "git"));
const messages = fc.oneof(words, fc.constantFrom("\n", "\n\na", " ", "a\n", "a\r\n", "\ufeff"));

describe("what a commit of Sheaf's says of itself", () => {
  test("it comes back, whatever it is", () =>
    fc.assert(
      fc.asyncProperty(signatures, signatures, messages, attributes, async (author, committer, message, own) => {
        const town = new Town(new MemoryDrive());
        const none = new TreeBuilder(town.blocks).finish().root;
        const snapshot = town.blocks.put(encodeSnapshot({ datasets: none, files: none }));
        const made = {
          snapshot,
          parents: [],
          author,
          committer,
          message: message.replaceAll("\0", ""),
          attributes: own,
        };
        const digest = town.blocks.put(encodeCommit(made));
        const [oid] = await town.push([digest]);
        const adopted = await new Town(new MemoryDrive(), town.git).adopt([oid]);
        expect(printCid(adopted.get(oid) as Digest)).toBe(printCid(digest));
      }),
    ));

  test("a time of more than 15 digits is refused", () => {
    const none = new Uint8Array(32);
    const late = { ...ada, time: 1e15 };
    const made = { snapshot: none, parents: [], author: late, committer: ada, message: "", attributes: {} };
    expect(() => encodeCommit(made)).toThrow("15 digits");
  });
});

/** Everything that stock git has, by name. */
function copyObjects(git: StockGit, box: GitBox): void {
  for (const line of git
    .run(["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"])
    .split("\n")) {
    const [oid, type] = line.split(" ");
    expect(box.put(type as ObjectType, git.bytes(["cat-file", type, oid]))).toBe(oid);
  }
}

describe("stock git", () => {
  test("a history of merges, moves, modes and tags comes back under its names, in every clone", async () => {
    const git = StockGit.init();
    const write = (path: string, text: string) => {
      mkdirSync(join(git.folder, dirname(path)), { recursive: true });
      writeFileSync(join(git.folder, path), text);
    };
    const commit = (message: string) => {
      git.run(["add", "-A"]);
      git.run(["commit", "-q", "-m", message]);
    };
    write("qa/rows/0.jsonl", lines('{"a":1}', '{"a":2}', '{"a":3}'));
    write("README.md", "# data\r\n");
    commit("one");
    git.run(["checkout", "-q", "-b", "side"]);
    write("qa/rows/0.jsonl", lines('{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}'));
    commit("side");
    git.run(["checkout", "-q", "main"]);
    write("qa/rows/0.jsonl", lines('{"a":9}', '{"a":2}', '{"a":3}'));
    git.run(["update-index", "--chmod=+x", "README.md"]);
    commit("two");
    git.run(["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    git.run(["mv", "qa", "moved"]);
    commit("moved");
    git.run(["merge", "-q", "--squash", "--allow-unrelated-histories", "side~1"]);
    git.run(["tag", "-m", "a tag", "v1"]);
    git.run(["tag", "-m", "of a tag", "v2", "v1"]);
    const tips = git.run(["for-each-ref", "--format=%(objectname)"]).split("\n") as Oid[];
    const here = new Town(new MemoryDrive());
    copyObjects(git, here.git);
    const adopted = await here.adopt(tips);
    const there = new Town(new MemoryDrive(), here.git);
    for (const tip of tips) await there.adopt([tip]);
    const again = await there.adopt(tips);
    for (const [oid, digest] of adopted) {
      expect(printCid(again.get(oid) as Digest)).toBe(printCid(digest));
      expect(await new Town(new MemoryDrive(), here.git, there.blocks).oidOf(digest)).toBe(oid);
    }
    const tag = decodeTag(await here.blocks.load(adopted.get(git.run(["rev-parse", "v1"]) as Oid) as Digest));
    expect(tag).toMatchObject({ name: "v1", message: "a tag", tagger: ada });
    expect(isRaw(tag)).toEqual([]);
  });
});

describe("trees that git does not write", () => {
  test.each<[what: string, tree: (git: GitBox) => Oid]>([
    [
      "an empty folder",
      git =>
        git.raw([
          ["40000 empty", git.raw([])],
          ["100644 x", git.put("blob", utf8("x"))],
        ]),
    ],
    ["zeros in front of modes", git => git.raw([["040000 d", git.tree({ x: "" })]])],
    ["an old mode", git => git.raw([["40000 d", git.raw([["100664 x", git.put("blob", utf8("x"))]])]])],
    ["nothing at all", git => git.raw([])],
    ["a file for a folder", git => git.tree({ qa: "x" })],
  ])("%s comes back", async (_, treeOf) => {
    const town = new Town(new MemoryDrive());
    const first = town.git.commit(treeOf(town.git));
    const second = town.git.commit({ "qa/rows/0.jsonl": lines("{}") }, [first]);
    const third = town.git.commit(treeOf(town.git), [second]);
    const adopted = await town.adopt([first, second, third]);
    for (const [oid, digest] of adopted)
      expect(await new Town(new MemoryDrive(), town.git, town.blocks).oidOf(digest)).toBe(oid);
  });
});

test("golden: a fixed history of others has fixed CIDs", async () => {
  const town = new Town(new MemoryDrive());
  const first = town.git.commit({ "qa/rows/a.jsonl": lines('{"a":1}', '{"a":2.0}', '{"a":1}'), "README.md": "x\r\n" });
  const second = town.git.commit(
    { "qa/rows/a.jsonl": lines('{"a":1}', '{"b": 2}', '{"a":1}', '{"a":1}') },
    [first],
    "m",
  );
  const third = town.git.commit({ "b/rows/x/y.jsonl": lines('{"@id":"q","@pos":"a3","é":[null]}') }, [first]);
  const merged = town.git.commit({ "qa/rows/a.jsonl": lines('{"a":1}', '{"b": 2}') }, [second, third]);
  const adopted = await town.adopt([merged]);
  expect([merged, ...Array.from(adopted.values(), digest => printCid(digest))]).toMatchInlineSnapshot(`
    [
      "669416799c019113fe7eb66e9922f7fe94685982",
      "bafyreidsdhwuqos2kqxup2flieir6kin5e2j6qo2wp7fuvybmd4kf6hag4",
    ]
  `);
});
