import { expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { printCid } from "../block/cid.js";
import { Scene, textsOf } from "../testing/scene.js";
import type { Drive } from "./drive.js";
import { verify, type Finding, type Verified, type VerifyOptions } from "./verify.js";

async function check(drive: Drive, options?: VerifyOptions): Promise<{ findings: Finding[]; summary: Verified }> {
  const scene = await Scene.open(drive, nodePlatform);
  const work = verify(scene.store, scene.logs, options);
  const findings: Finding[] = [];
  for (;;) {
    const step = await work.next();
    if (step.done) return { findings, summary: step.value };
    findings.push(step.value);
  }
}

/** A repository of two branches in two packs. */
async function drawn() {
  const drive = new MemoryDrive();
  const scene = await Scene.open(drive, nodePlatform);
  const main = await scene.commit("refs/heads/main", textsOf("main", 12));
  const names: string[] = [];
  for await (const name of drive.list("packs/")) names.push(name);
  const side = await scene.commit("refs/heads/side", textsOf("side", 12));
  return { drive, main, side, mainPack: names[0] };
}

async function replace(drive: Drive, name: string, change: (bytes: Uint8Array) => Uint8Array): Promise<MemoryDrive> {
  const copy = new MemoryDrive();
  for await (const other of drive.list("")) {
    const bytes = (await drive.read(other)) as Uint8Array;
    await copy.create(other, other === name ? change(bytes) : bytes);
  }
  return copy;
}

test("a whole repository has no findings, and everything was counted", async () => {
  const { drive, main, side } = await drawn();
  const { findings, summary } = await check(drive);
  expect(findings).toEqual([]);
  expect(summary).toMatchObject({
    packs: 2,
    logs: 2,
    blocks: main.blocks.length + side.blocks.length,
    reachable: main.blocks.length + side.blocks.length,
  });
});

test("every flipped bit and every cut in a pack is found and named, and what stands in the other pack is not blamed", async () => {
  const { drive, mainPack } = await drawn();
  const length = ((await drive.read(mainPack)) as Uint8Array).length;
  for (let at = 0; at < length; at += 5) {
    const flipped = await replace(drive, mainPack, bytes =>
      bytes.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)),
    );
    const cut = await replace(drive, mainPack, bytes => bytes.slice(0, at));
    for (const broken of [flipped, cut]) {
      const { findings } = await check(broken);
      expect(findings.some(({ file }) => file === mainPack)).toBe(true);
      expect(findings.every(({ log }) => log !== "refs/heads/side")).toBe(true);
    }
  }
});

test("a missing pack is told as the blocks that are missing, with the ref that needs them", async () => {
  const { drive, main, mainPack } = await drawn();
  await drive.remove(mainPack);
  const { findings, summary } = await check(drive);
  expect(findings).toEqual([
    {
      kind: "missing",
      cid: printCid(main.commit),
      log: "refs/heads/main",
      path: [],
      message: expect.stringContaining("is not here"),
    },
  ]);
  expect(summary.findings).toBe(1);
});

test("a missing item is told with the way that leads to it", async () => {
  const drive = new MemoryDrive();
  const scene = await Scene.open(drive, nodePlatform);
  const whole = await scene.draw(textsOf("row", 3));
  const copy = new MemoryDrive();
  const other = await Scene.open(copy, nodePlatform);
  const transaction = await other.store.begin();
  for (const digest of whole.blocks.slice(1)) transaction.put(await scene.store.load(digest));
  await transaction.close();
  await other.move("refs/heads/main", whole.commit);
  const { findings } = await check(copy);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ kind: "missing", cid: printCid(whole.blocks[0]), log: "refs/heads/main" });
  expect(findings[0].path?.[0]).toBe(printCid(whole.commit));
  expect(findings[0].path).toHaveLength(4);
});

test("a damaged entry of a log is named, and the others are followed", async () => {
  const { drive } = await drawn();
  const file = "refs/heads/main/~99999999";
  const broken = await replace(drive, file, bytes => bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte)));
  const { findings, summary } = await check(broken);
  expect(findings).toEqual([{ kind: "file", file, log: "refs/heads/main", message: expect.stringContaining(file) }]);
  expect(summary.logs).toBe(2);
});

test("a hook can judge what blocks mean", async () => {
  const { drive, main } = await drawn();
  const { findings } = await check(drive, {
    check: (_, digest) => (printCid(digest) === printCid(main.commit) ? "says nothing" : undefined),
  });
  expect(findings).toMatchObject([{ kind: "meaning", cid: printCid(main.commit), log: "refs/heads/main" }]);
});
