import { expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import type { Digest } from "../block/cid.js";
import { isSheafError } from "../errors.js";
import type { Platform } from "../platform.js";
import { Scene, textsOf } from "../testing/scene.js";
import { BlockStore } from "./blocks.js";
import { sweep } from "./sweep.js";

const hour = 3_600_000;
const graceMs = 24 * hour;

async function fresh() {
  const clock = { now: 1_700_000_000_000 };
  const platform: Platform = { ...nodePlatform, now: () => clock.now };
  const drive = new MemoryDrive();
  const open = () => Scene.open(drive, platform, { graceMs });
  return { clock, platform, drive, open, scene: await open() };
}

async function holds(drive: MemoryDrive, digests: readonly Digest[]): Promise<number> {
  const store = await BlockStore.open(drive, nodePlatform);
  let count = 0;
  for (const digest of digests) if (await store.has(digest)) count++;
  return count;
}

test("what a ref reaches stays, what nothing reaches goes, a grace after it was condemned", async () => {
  const { clock, drive, scene } = await fresh();
  const kept = await scene.commit("refs/heads/main", textsOf("kept", 30));
  const lost = await scene.draw(textsOf("lost", 30));
  clock.now += graceMs;
  const first = await sweep(scene.store, scene.logs);
  expect(first).toMatchObject({ condemned: [expect.any(String)], removed: [], copied: 0 });
  clock.now += graceMs - 1;
  expect((await sweep(scene.store, scene.logs)).removed).toEqual([]);
  clock.now += 1;
  expect((await sweep(scene.store, scene.logs)).removed).toEqual(first.condemned);
  expect(await holds(drive, kept.blocks)).toBe(kept.blocks.length);
  expect(await holds(drive, lost.blocks)).toBe(0);
  for await (const name of drive.list("gc/")) expect(name).toBe("no verdict is left");
});

test("of a pack that is needed in part, that part is copied before it goes", async () => {
  const { clock, drive, scene } = await fresh();
  const transaction = await scene.store.begin();
  const lost = transaction.put(new Uint8Array([1, 2, 3]));
  await transaction.close();
  const kept = await scene.commit("refs/heads/main", textsOf("kept", 10));
  clock.now += graceMs;
  const { repack } = await import("./repack.js");
  await repack(scene.store, { isFull: true });
  clock.now += hour;
  expect((await sweep(scene.store, scene.logs)).removed).toHaveLength(2);
  clock.now += graceMs;
  expect(await sweep(scene.store, scene.logs)).toMatchObject({ copied: kept.blocks.length, removed: [] });
  // From the moment of the verdict the needed part rests in a pack that stays.
  const { standing } = (await BlockStore.open(drive, nodePlatform)).shelf;
  expect(standing.map(pack => pack.blocks)).toEqual([kept.blocks.length]);
  clock.now += graceMs;
  await sweep(scene.store, scene.logs);
  expect(await holds(drive, kept.blocks)).toBe(kept.blocks.length);
  expect(await holds(drive, [lost])).toBe(0);
});

test("blocks that are needed again after they were condemned are copied, and stay", async () => {
  const { clock, drive, scene } = await fresh();
  const back = await scene.draw(textsOf("back", 30));
  clock.now += graceMs;
  await sweep(scene.store, scene.logs);
  await scene.move("refs/heads/back", back.commit);
  clock.now += graceMs;
  const swept = await sweep(scene.store, scene.logs);
  expect(swept).toMatchObject({ copied: back.blocks.length, removed: [expect.any(String)] });
  expect(await holds(drive, back.blocks)).toBe(back.blocks.length);
});

test("a writer that meets a block in a condemned pack writes it anew", async () => {
  const { clock, drive, scene, open } = await fresh();
  await scene.draw(textsOf("same", 30));
  clock.now += graceMs;
  await sweep(scene.store, scene.logs);
  clock.now += graceMs - hour;
  const again = await (await open()).commit("refs/heads/main", textsOf("same", 30));
  clock.now += hour;
  expect((await sweep(scene.store, scene.logs)).copied).toBe(0);
  expect(await holds(drive, again.blocks)).toBe(again.blocks.length);
});

test("a pack of a writer that has not moved its ref yet is left alone", async () => {
  const { clock, scene, open } = await fresh();
  const writer = await open();
  const drawn = await writer.draw(textsOf("soon", 30));
  clock.now += graceMs / 2 - 1;
  expect((await sweep(scene.store, scene.logs)).condemned).toEqual([]);
  await writer.move("refs/heads/main", drawn.commit);
});

test("a commit that was undone stays while the log remembers it, and goes with its entry", async () => {
  const { clock, drive, scene } = await fresh();
  const undone = await scene.commit("refs/heads/main", textsOf("undone", 10));
  const now = await scene.commit("refs/heads/main", textsOf("now", 10));
  clock.now += 80 * 24 * hour;
  expect(await sweep(scene.store, scene.logs)).toMatchObject({ trimmed: 0, condemned: [] });
  clock.now += 11 * 24 * hour;
  expect((await sweep(scene.store, scene.logs)).trimmed).toBe(1);
  clock.now += graceMs;
  await sweep(scene.store, scene.logs);
  expect(await holds(drive, undone.blocks)).toBe(0);
  expect(await holds(drive, now.blocks)).toBe(now.blocks.length);
});

test("entries go oldest first, so that a reader who knows an old one is never misled", async () => {
  const { clock, drive, scene } = await fresh();
  for (let i = 0; i < 6; i++) await scene.commit("refs/heads/main", [`commit ${i}`]);
  clock.now += 91 * 24 * hour;
  const removed: string[] = [];
  const remove = drive.remove.bind(drive);
  drive.remove = async name => {
    if (name.startsWith("refs/")) removed.push(name);
    return remove(name);
  };
  await sweep(scene.store, scene.logs);
  expect(removed).toEqual([99, 98, 97, 96, 95].map(end => `refs/heads/main/~999999${end}`));
});

test("a deleted ref is forgotten, and its name is free for a new life", async () => {
  const { clock, drive, scene } = await fresh();
  await scene.commit("refs/heads/gone", textsOf("gone", 10));
  await scene.move("refs/heads/gone", undefined);
  clock.now += 91 * 24 * hour;
  await sweep(scene.store, scene.logs, { graceMs: 0 });
  const left: string[] = [];
  for await (const name of drive.list("")) left.push(name);
  expect(left).toEqual([]);
  expect(await scene.move("refs/heads/gone", (await scene.draw(["new"])).commit)).toBe(true);
});

test("a dry run counts and changes nothing", async () => {
  const { clock, drive, scene } = await fresh();
  await scene.commit("refs/heads/main", textsOf("kept", 30));
  await scene.draw(textsOf("lost", 30));
  clock.now += graceMs;
  const list = async () => {
    const names: string[] = [];
    for await (const name of drive.list("")) names.push(name);
    return names;
  };
  const before = await list();
  expect((await sweep(scene.store, scene.logs, { isDryRun: true })).condemned).toHaveLength(1);
  expect(await list()).toEqual(before);
});

test("nothing is removed when a needed block is missing", async () => {
  const { clock, drive, scene } = await fresh();
  await scene.commit("refs/heads/main", textsOf("kept", 30));
  for await (const name of drive.list("packs/")) await drive.remove(name);
  await scene.draw(textsOf("lost", 30));
  clock.now += graceMs;
  await expect(sweep(scene.store, scene.logs)).rejects.toSatisfy(error => isSheafError(error, "missing-block"));
});

test("items are marked without being read", async () => {
  const { CountingDrive } = await import("../testing/counting-drive.js");
  const { drive, platform, scene } = await fresh();
  await scene.commit("refs/heads/main", textsOf("row", 3000));
  const counting = new CountingDrive(drive);
  const other = await Scene.open(counting, platform);
  counting.reset();
  const { reachable } = await sweep(other.store, other.logs);
  expect(reachable).toBe(3000 + 300 + 3);
  const raw = other.store.shelf.packs[0].trailer.rawBytes;
  expect(counting.counts.readBytes).toBeLessThan(raw);
});
