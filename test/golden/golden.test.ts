/** The golden repository of each format version still reads, and what is made today has the CIDs that it had. `grow.ts` says how they are made. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe as group, expect, onTestFinished, test } from "vitest";
import { decode, encode, encodeItem, parseCid, parseJson, printCid, Repository, type Ipld } from "@sheaf/core";
import { FolderDrive } from "@sheaf/drives/folder";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { decodeCommit } from "../../packages/core/src/history/commit.js";
import { MemoryBlocks } from "../../packages/core/src/testing/blocks.js";
import { numberedTree } from "../../packages/core/src/testing/trees.js";
import { bytesOf } from "../laws/rows.js";
import { awkwardItems, describe, grow } from "./grow.js";

const here = import.meta.dirname;
const folder = join(here, "format-1");
const blocksFolder = join(here, "blocks-1");
const json = (value: unknown) => `${JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? `${member}n` : member), 1)}\n`;
const readJson = (name: string) => JSON.parse(readFileSync(join(here, name), "utf8")) as unknown;

/** The items, and the roots of trees with so many numbered entries. */
function vectors() {
  const digestInto = (bytes: Uint8Array, out: Uint8Array, at: number) => out.set(createHash("sha256").update(bytes).digest(), at);
  const items = awkwardItems.map(text => [text, cidOf(encodeItem(parseJson(text), "plain"))]);
  const trees = [0, 1, 100, 10_000, 50_000].map(count => [count, printCid(numberedTree(new MemoryBlocks(digestInto), count).root)]);
  return { items, trees };
}

function cidOf(block: Uint8Array): string {
  return printCid(createHash("sha256").update(block).digest());
}

/** One block of each kind, by CID: an annotated tag, its commit, snapshot, a dataset, the roots of its trees, an item, and the waiting merge. */
async function oneOfEach(repo: Repository): Promise<Map<string, Uint8Array>> {
  const blocks = new Map<string, Uint8Array>();
  const add = async (cid: string) => {
    const block = await bytesOf(repo, cid);
    blocks.set(cid, block);
    return block;
  };
  const tag = (await repo.context.logs.read("refs/tags/v2"))?.value as string;
  await add(tag);
  const { snapshot } = decodeCommit(await add(await repo.resolve("v2")));
  await add(printCid(snapshot));
  for (const path of ["qa", "awkward"]) {
    const { digest, rows, ids } = (await repo.dataset(path).at("v2")).block;
    for (const one of [digest, rows, ids]) await add(printCid(one));
  }
  for (const id of ["q7", "q0"]) await add((await repo.dataset("qa").cid(id, { at: "v2" })) as string);
  const merging = (await repo.context.logs.read("merges/main"))?.value;
  if (merging) await add(merging);
  return blocks;
}

beforeAll(async () => {
  if (process.env["SHEAF_REGROW"] === undefined) return;
  for (const path of [folder, blocksFolder]) rmSync(path, { recursive: true, force: true });
  const repo = await grow(FolderDrive.open(folder, { create: true }));
  rmSync(join(folder, ".tmp"), { recursive: true, force: true });
  writeFileSync(join(here, "format-1.json"), json(await describe(repo)));
  writeFileSync(join(here, "vectors-1.json"), json(vectors()));
  mkdirSync(blocksFolder);
  for (const [cid, block] of await oneOfEach(repo)) writeFileSync(join(blocksFolder, cid), block);
});

group("format 1", () => {
  /** A copy, so that nothing writes where the golden one rests. */
  async function openCopy(): Promise<Repository> {
    const copy = mkdtempSync(join(tmpdir(), "sheaf-golden-"));
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    cpSync(folder, copy, { recursive: true });
    const drive = FolderDrive.open(copy);
    onTestFinished(() => drive.close());
    return Repository.open(drive, { platform: nodePlatform });
  }

  test("the golden repository reads as it did: every ref, commit, dataset and row", async () => {
    const repo = await openCopy();
    expect(JSON.parse(json(await describe(repo)))).toEqual(readJson("format-1.json"));
    for await (const { message } of repo.verify()) expect.fail(message);
  });

  test("it can be worked on: the waiting merge is finished, and the author comes from its configuration", async () => {
    const repo = await openCopy();
    expect(existsSync(join(folder, ".tmp"))).toBe(false);
    await expect(repo.finishMerge()).rejects.toMatchObject({ code: "refused" });
    await repo.config.set("user.email", "ada@example.org");
    await repo.resolveConflicts(() => "theirs");
    await repo.finishMerge();
    expect((await repo.dataset("qa").get("q7"))?.item).toMatchObject({ answer: "XIV", checked: true });
    expect((await repo.show("HEAD")).author).toMatchObject({ name: "Ada Lovelace", email: "ada@example.org" });
    for await (const { message } of repo.verify()) expect.fail(message);
  });

  test("growing it today makes the same commits, and the same everything", async () => {
    const repo = await grow(new MemoryDrive());
    expect(JSON.parse(json(await describe(repo)))).toEqual(readJson("format-1.json"));
  });

  test("items and trees have the CIDs that they had", () => {
    expect(vectors()).toEqual(readJson("vectors-1.json"));
  });

  test.each(process.env["SHEAF_REGROW"] === undefined ? readdirSync(blocksFolder) : [])("block %s is what its name says, to any IPLD tool, and is printed as it was", name => {
    const block = new Uint8Array(readFileSync(join(blocksFolder, name)));
    expect(cidOf(block)).toBe(name);
    expect(Buffer.from(parseCid(name).digest).toString("hex")).toBe(createHash("sha256").update(block).digest("hex"));
    expect(encode(decode(block) as Ipld)).toEqual(block);
  });
});
