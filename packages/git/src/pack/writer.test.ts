import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { utf8, joinBytes } from "@sheaf/core";
import { StockGit } from "../../test/git.js";
import { printCommit } from "../commit.js";
import { nodeGitPlatform } from "../node.js";
import type { Oid } from "../object.js";
import { oidOf } from "../oid.js";
import { modes, printTree } from "../tree.js";
import { MemoryScratch } from "./scratch.js";
import { PackWriter } from "./writer.js";

const author = utf8("Ada <ada@example.org> 1700000000 +0000");
const text = (version: number) =>
  utf8(Array.from({ length: 300 }, (_, i) => `{"row":${i},"value":${i === 100 ? version : i * 7919}}\n`).join(""));

async function packed(writer: PackWriter): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writer.stream()) chunks.push(chunk);
  return joinBytes(chunks);
}

/** Puts one version of a file, its tree and its commit in, as differences from the version before. */
function putVersion(writer: PackWriter, version: number, parent?: Oid): Oid {
  const before = version > 0 ? text(version - 1) : undefined;
  const like = before && { type: "blob" as const, body: before, oid: oidOf(nodeGitPlatform, "blob", before) };
  const blob = writer.put("blob", text(version), like);
  const tree = writer.put("tree", printTree([{ mode: modes.file, name: "rows.jsonl", oid: blob }]));
  const message = utf8(`version ${version}\n`);
  return writer.put(
    "commit",
    printCommit({ tree, parents: parent ? [parent] : [], author, committer: author, extra: [], message }),
  );
}

const open = (thin = false) => new PackWriter(nodeGitPlatform, new MemoryScratch(), { thin });

describe("stock git takes it", () => {
  test("whole objects and differences, strictly checked", async () => {
    const writer = open();
    let head: Oid | undefined;
    for (let version = 0; version < 120; version++) {
      head = putVersion(writer, version, head);
      if (version % 10 === 0) await writer.drain();
    }
    const pack = await packed(writer);
    expect(pack.length).toBe(writer.bytes);
    const git = StockGit.init();
    git.run(["index-pack", "--strict", "--stdin"], pack);
    git.run(["update-ref", "refs/heads/main", head!]);
    git.run(["fsck", "--full", "--strict"]);
    expect(git.run(["rev-list", "--count", "main"])).toBe("120");
    expect(git.bytes(["show", "main~50:rows.jsonl"])).toEqual(text(69));
    expect(git.run(["rev-list", "--objects", "--count", "main"])).toBe(String(writer.count));
    expect(pack.length).toBeLessThan(60_000);
    const depths = git.run(["verify-pack", "-sv", ...packFiles(git)]);
    expect(depths).toContain("chain length = 50:");
    expect(depths).not.toContain("chain length = 51:");
  });

  test("a thin pack, where its base is there", async () => {
    const whole = open();
    const base = putVersion(whole, 0);
    const git = StockGit.init();
    git.run(["index-pack", "--strict", "--stdin"], await packed(whole));
    git.run(["update-ref", "refs/heads/main", base]);
    const thin = open(true);
    const next = putVersion(thin, 1, base);
    const pack = await packed(thin);
    git.run(["index-pack", "--strict", "--fix-thin", "--stdin"], pack);
    git.run(["update-ref", "refs/heads/main", next]);
    git.run(["fsck", "--full", "--strict"]);
    expect(git.bytes(["show", "main:rows.jsonl"])).toEqual(text(1));
    expect(pack.length).toBeLessThan(400);
  });

  test("an empty pack", async () => {
    const git = StockGit.init();
    const args = ["index-pack", "--stdin"];
    const input = await packed(open());
    expect(spawnSync("git", args, { cwd: git.folder, env: git.env, input }).status).toBe(0);
  });
});

test("an object is written once, whatever it is like", async () => {
  const writer = open();
  const oid = writer.put("blob", text(0));
  expect(writer.put("blob", text(0), { type: "blob", body: text(1), oid })).toBe(oid);
  expect(writer.count).toBe(1);
});

test("a pack for those who want none thin holds all that it needs", async () => {
  const writer = open();
  putVersion(writer, 1);
  const git = StockGit.init();
  git.run(["index-pack", "--stdin"], await packed(writer));
});

test("it can be sent twice", async () => {
  const writer = open();
  putVersion(writer, 0);
  expect(await packed(writer)).toEqual(await packed(writer));
});

function packFiles(git: StockGit): string[] {
  const folder = join(git.folder, ".git/objects/pack");
  return readdirSync(folder)
    .filter(name => name.endsWith(".idx"))
    .map(name => join(folder, name));
}
