import { expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import type { Digest } from "../block/cid.js";
import type { Platform } from "../platform.js";
import { CountingDrive } from "../testing/counting-drive.js";
import { Scene, textsOf } from "../testing/scene.js";
import { BlockStore } from "./blocks.js";
import type { Drive } from "./drive.js";
import { repack } from "./repack.js";
import { sweep } from "./sweep.js";

async function expectAll(drive: Drive, digests: readonly Digest[]): Promise<void> {
  const store = await BlockStore.open(drive, nodePlatform);
  expect(await store.loadMany(digests)).toHaveLength(digests.length);
  for (const digest of digests.slice(0, 50)) await store.load(digest);
}

async function packs(drive: Drive): Promise<string[]> {
  const names: string[] = [];
  for await (const name of drive.list("packs/")) names.push(name);
  return names;
}

test("every block can be read after every repack, and packs stay few while a block moves a few times", async () => {
  const drive = new CountingDrive(new MemoryDrive());
  const scene = await Scene.open(drive, nodePlatform);
  const all: Digest[] = [];
  for (let i = 0; i < 64; i++) {
    all.push(...(await scene.commit("refs/heads/main", textsOf(`commit ${i}`, 10))).blocks);
    await repack(scene.store);
    await sweep(scene.store, scene.logs, { graceMs: 0 });
    expect((await packs(drive)).length).toBeLessThanOrEqual(8);
  }
  await expectAll(drive, all);
  const bytes = scene.store.shelf.packs.reduce((sum, pack) => sum + pack.trailer.rawBytes, 0);
  expect(drive.counts.createdBytes).toBeLessThan(bytes * 8);
});

test("a large uncompressed pack is compressed, once", async () => {
  const scene = await Scene.open(new MemoryDrive(), nodePlatform);
  const { blocks } = await scene.commit("refs/heads/main", textsOf("import", 12_000));
  const done = await repack(scene.store);
  expect(done.replaced).toHaveLength(1);
  expect(done.bytesBefore).toBeGreaterThan(1 << 20);
  expect(done.bytesAfter).toBeLessThan(done.bytesBefore * 0.7);
  expect((await repack(scene.store)).made).toEqual([]);
  await expectAll(scene.store.drive, blocks);
});

test("versions of one node lie side by side and cost little", async () => {
  const scene = await Scene.open(new MemoryDrive(), nodePlatform);
  const texts = textsOf("row", 200);
  for (let i = 0; i < 30; i++) {
    texts[i] = `changed ${i}`;
    await scene.commit("refs/heads/main", texts);
  }
  const { bytesAfter, bytesBefore } = await repack(scene.store, { isFull: true });
  expect(bytesAfter).toBeLessThan(bytesBefore * 0.55);
});

test("what was replaced stays readable for the grace, and then goes", async () => {
  let now = 1_000_000_000;
  const platform: Platform = { ...nodePlatform, now: () => now };
  const drive = new MemoryDrive();
  const scene = await Scene.open(drive, platform);
  const { blocks } = await scene.commit("refs/heads/main", textsOf("a", 20));
  await scene.commit("refs/heads/main", textsOf("b", 20));
  const { replaced, made } = await repack(scene.store, { isFull: true });
  await sweep(scene.store, scene.logs);
  expect((await packs(drive)).sort()).toEqual([...replaced, ...made].sort());
  now += 3_600_001;
  const swept = await sweep(scene.store, scene.logs);
  expect([...swept.removed].sort()).toEqual([...replaced].sort());
  expect(await packs(drive)).toEqual(made);
  await expectAll(drive, blocks);
});

test("a reader and a writer of another process go on while packs are merged and removed under them", async () => {
  const drive = new MemoryDrive();
  const scene = await Scene.open(drive, nodePlatform);
  const reader = await BlockStore.open(drive, nodePlatform);
  const writer = await Scene.open(drive, nodePlatform);
  const all: Digest[] = [];
  for (let i = 0; i < 20; i++) {
    all.push(...(await writer.commit("refs/heads/main", textsOf(`commit ${i}`, 5))).blocks);
    const tidy = repack(scene.store, { isFull: i % 3 === 0 }).then(() =>
      sweep(scene.store, scene.logs, { graceMs: 3_600_000, replacedGraceMs: 0 }),
    );
    for (const digest of all) await reader.load(digest);
    expect(await reader.loadMany(all)).toHaveLength(all.length);
    await tidy;
  }
});

test("a pack with a damaged block is left as it is, and its whole blocks are in the new pack too", async () => {
  const drive = new MemoryDrive();
  const scene = await Scene.open(drive, nodePlatform);
  await scene.commit("refs/heads/main", textsOf("a", 20));
  const [name] = await packs(drive);
  const bytes = (await drive.read(name)) as Uint8Array;
  bytes[30] ^= 1;
  await drive.remove(name);
  await drive.create(name, bytes);
  await scene.commit("refs/heads/main", textsOf("b", 20));
  const done = await repack(await BlockStore.open(drive, nodePlatform), { isFull: true });
  expect(done.damaged).toEqual([name]);
  expect(done.replaced).toHaveLength(1);
  expect(await packs(drive)).toContain(name);
});
