/** A small repository's commits have the git names that they had, and stock git finds nothing wrong with them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import {
  encode,
  encodeCommit,
  encodeSnapshot,
  encodeTag,
  Link,
  parseJson,
  utf8,
  type Commit,
  type Digest,
  type ValueObject,
} from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { nodeGitPlatform } from "../../packages/git/src/node.js";
import { plainDataset, putSnapshot, putTree, type PlainSnapshot } from "../../packages/core/src/testing/history.js";
import { openProjector } from "../../packages/git/src/project/projection.js";
import { freshBlocks, manyRows, MemoryObjects } from "../../packages/git/src/project/testing.js";
import { awkwardItems } from "./grow.js";

const ids = ["a/b", " ", ".", "..", "a\tb", "😀", "é", "-x", "\u0000", "x".repeat(512), "__proto__"];
const items = [...awkwardItems, '{"@id":"own","@pos":1,"@@id":2}'].map(text => parseJson(text) as ValueObject);
const awkward = ids.map((id, n) => [id, ["a0", "Zz", "a0i"][n % 3], items[n % items.length]] as const);
const ada = { name: "Ada Lovelace", email: "ada@example.org", time: 1_750_000_000, zone: 90 };
const bo = { name: "Bo", email: "", time: 4_102_444_800, zone: -(99 * 60 + 59) };

const first: PlainSnapshot = {
  datasets: new Map([
    ["qa", plainDataset("11".repeat(16), awkward, { description: "odd", columns: ["b", "a"] })],
    ["QA", plainDataset("22".repeat(16), [["q", "a0", {}]])],
    ["a/Rows/.git/con.txt", plainDataset("33".repeat(16), [])],
    [`a/${"é".repeat(150)}`, plainDataset("44".repeat(16), [["aux", "aux", {}]])],
    ["large", { id: "55".repeat(16), meta: {}, rows: manyRows(1500, 300) }],
  ]),
  files: new Map([
    ["README.md", { mode: 0o100644, text: "# Golden\r\n" }],
    ["bin/run", { mode: 0o100755, text: "#!/bin/sh\n" }],
    ["bin/link", { mode: 0o120000, text: "../README.md" }],
    ["large/notes.txt", { mode: 0o100644, text: "" }],
  ]),
};
const second: PlainSnapshot = {
  files: first.files,
  datasets: new Map([...first.datasets].filter(([path]) => path !== "qa")).set("large", {
    id: "55".repeat(16),
    meta: { readme: "less" },
    rows: new Map([...manyRows(1500, 300)].filter(([id]) => id !== "r700")),
  }),
};

const blocks = freshBlocks();
const put = (snapshot: PlainSnapshot) => blocks.put(encodeSnapshot(putSnapshot(blocks, snapshot)));
const commit = (snapshot: PlainSnapshot, parents: Digest[], more: Partial<Commit> = {}) =>
  blocks.put(encodeCommit({ snapshot: put(snapshot), parents, author: ada, committer: ada, message: "", attributes: {}, ...more }));

const a = commit(first, [], { message: "begin" });
const b = commit(second, [a], { message: "less\n\n  and more\n", attributes: { run: { score: parseJson("1.0") } }, committer: bo });
const c = commit(first, [a], { message: "é😀" });
const merge = commit(second, [b, c]);
const tag = blocks.put(
  encodeTag({ target: merge, name: "v1", tagger: bo, message: "first", attributes: { by: "golden" } }),
);
const projector = await openProjector({ reader: blocks, platform: nodePlatform, git: nodeGitPlatform, drive: new MemoryDrive() });

/** A commit as adoption makes it: one file with CRLF, one left out, and a signature. */
async function adopted(): Promise<Digest> {
  const link = (bytes: Uint8Array) => new Link(blocks.put(bytes), 0x55);
  const files = putTree(blocks, [
    [utf8("%51%41/rows/0.jsonl"), encode([0o100644, link(utf8('{"@id":"q","@pos":"a0"}\r\n'))])],
    [utf8("%51%41/dataset.json"), encode(null)],
  ]);
  const kept = (more: object) => ({ git: { files: new Link(files), ...more } }) as unknown as ValueObject;
  const tree = await projector.treeOfCommit(commit(first, [merge], { attributes: kept({}) }));
  const raw = [
    `tree ${tree}`,
    `parent ${await projector.oidOf(merge)}`,
    "author Ada <ada@example.org> 1750000000 -0000",
    "committer Ada <ada@example.org> 1750000000 +0000",
    "gpgsig -----BEGIN PGP SIGNATURE-----",
    " ",
    " -----END PGP SIGNATURE-----",
    "",
    "by the button",
  ].join("\n");
  return commit(first, [merge], { message: "by the button", attributes: kept({ commit: link(utf8(raw)) }) });
}

/** Writes the objects as a repository of git with these refs; gives what runs git in it. */
function asRepository(objects: MemoryObjects, refs: Record<string, string>): (...args: string[]) => string {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-golden-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const env = { PATH: process.env["PATH"], HOME: folder, GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" };
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  git("init", "-q", "--bare", "-b", "main");
  for (const [oid, { type, body }] of objects.objects) {
    const file = join(folder, "objects", oid.slice(0, 2), oid.slice(2));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, deflateSync(Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body])));
  }
  for (const [ref, oid] of Object.entries(refs)) git("update-ref", ref, oid);
  return git;
}

test("the git names are what they were", async () => {
  const last = await adopted();
  const oids: string[] = [];
  for (const digest of [a, b, c, merge, tag, last]) oids.push(await projector.oidOf(digest));
  expect(oids).toMatchInlineSnapshot(`
    [
      "a0514220c755ae248419d53704a99cfd893c6316",
      "cf59fd80047ea6c7f0be9e767a7365e291792a42",
      "755dad087bc99ce135ca188a5ce31683c5505a6c",
      "f1b5d9887d3da1193992b2f3bb590200a053570c",
      "bd04ea474d1111ea8aa1b366c8213ea3bcf37b23",
      "93d6ad5a78dc9e110e94afc4e206db2d81bbfa99",
    ]
  `);
});

test("stock git finds it whole, and reads the rows", async () => {
  const last = await adopted();
  const objects = new MemoryObjects();
  await projector.send([tag, last], { isKnown: () => false, isEmpty: true }, objects);
  const oids = { tag: await projector.oidOf(tag), last: await projector.oidOf(last) };
  const git = asRepository(objects, { "refs/heads/main": oids.last, "refs/tags/v1": oids.tag });
  expect(git("fsck", "--full", "--strict")).toBe("");
  expect(git("ls-tree", "-r", "--name-only", "-z", "main~1^2").split("\0").filter(Boolean)).toMatchInlineSnapshot(`
    [
      "%51%41/dataset.json",
      "%51%41/rows/0.jsonl",
      "README.md",
      "a/%52ows/%2egit/%63on.txt/dataset.json",
      "a/%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9/dataset.json",
      "a/%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%/_%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9%c3%a9/rows/0.jsonl",
      "bin/link",
      "bin/run",
      "large/dataset.json",
      "large/notes.txt",
      "large/rows/0.jsonl",
      "large/rows/d0091.jsonl",
      "large/rows/d00cz.jsonl",
      "large/rows/d00if.jsonl",
      "large/rows/d00lr.jsonl",
      "large/rows/d00r9.jsonl",
      "large/rows/d00yv.jsonl",
      "qa/dataset.json",
      "qa/rows/0.jsonl",
      "sheaf.json",
    ]
  `);
  expect(git("cat-file", "-p", "v1")).toMatchInlineSnapshot(`
    "object f1b5d9887d3da1193992b2f3bb590200a053570c
    type commit
    tag v1
    tagger Bo <> 4102444800 -9959
    sheaf {"by":"golden"}

    first
    "
  `);
  expect(git("log", "-1", "--format=%B%ct %cI", "main~2").trimEnd()).toMatchInlineSnapshot(`
    "less

      and more

    4102444800 2099-12-27T20:01:00-99:59"
  `);
  const rows = git("show", "main:qa/rows/0.jsonl").trimEnd().split("\n").map(line => parseJson(line) as ValueObject);
  expect(rows.map(row => row["@id"]).toSorted()).toEqual(ids.toSorted());
  const large = git("ls-tree", "-r", "--name-only", "main~2^1", "large/rows").trimEnd().split("\n");
  expect(large.map(path => git("show", `main~2^1:${path}`)).join("").split("\n").length - 1).toBe(1500);
  expect(git("cat-file", "commit", "main")).toContain("gpgsig");
});

