/** Packs stay few while a repository is used, and nobody who commits waits for that. */
import { expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { BlockStore } from "../store/blocks.js";
import type { Drive } from "../store/drive.js";
import type { Pack } from "../store/pack.js";
import { plainShape } from "../store/pack-shape.js";
import { CountingDrive } from "../testing/counting-drive.js";
import { dueMerge, Keeper } from "./keeper.js";
import { Repository } from "./repository.js";

const rows = 300;
const mib = 1 << 20;

const open = (drive: Drive) =>
  Repository.open(drive, {
    platform: nodePlatform,
    create: true,
    author: async () => ({ name: "Ada", email: "ada@example.org" }),
  });

/** A repository of some rows, and a commit that changes as many of them as are asked for. */
async function begun(drive: Drive) {
  const repository = await open(drive);
  const qa = repository.dataset("qa");
  const textOf = (i: number) => `row ${i} `.repeat(40);
  const add = (i: number) => ({ op: "add" as const, path: `/items/r${i}`, value: { n: i, text: textOf(i) } });
  await repository.createDataset("qa");
  await qa.patch(Array.from({ length: rows }, (_, i) => add(i)));
  const change = (version: number, count = 1) =>
    qa.patch(
      Array.from({ length: count }, (_, i) => ({
        op: "replace" as const,
        path: `/items/r${(version + i * 37) % rows}/n`,
        value: -version,
      })),
    );
  return { repository, qa, change };
}

async function packs(drive: Drive): Promise<number> {
  let count = 0;
  for await (const _ of drive.list("packs/")) count++;
  return count;
}

test("a commit is answered before the packs are merged that it makes too many", async () => {
  const drive = new CountingDrive(new MemoryDrive());
  const { repository, change } = await begun(drive);
  for (let i = 0; i < 40; i++) {
    await repository.context.keeper.settled();
    drive.reset();
    await change(i);
    // Its own pack, and the entry of the branch.
    expect(drive.counts.creates).toBe(2);
    expect(drive.counts.createdBytes).toBeLessThan(30_000);
  }
});

test("after any number of commits there are few packs, and what was written for that is a few times what the commits wrote", async () => {
  const drive = new CountingDrive(new MemoryDrive());
  const { repository, qa, change } = await begun(drive);
  const { keeper, store } = repository.context;
  let own = 0;
  let all = 0;
  for (let i = 0; i < 100; i++) {
    drive.reset();
    await change(i);
    own += drive.counts.createdBytes;
    await keeper.settled();
    all += drive.counts.createdBytes;
    expect(store.shelf.standing.length).toBeLessThanOrEqual(16);
  }
  expect(all).toBeLessThan(own * 4);
  expect(await qa.info()).toMatchObject({ count: rows });
  for await (const finding of repository.verify()) expect(finding).toBeUndefined();
});

test("where commits follow one another without a rest, one in many waits, and packs stay few all the same", async () => {
  const drive = new CountingDrive(new MemoryDrive());
  const { repository, change } = await begun(drive);
  const { shelf } = repository.context.store;
  for (let i = 0; i < 80; i++) {
    await change(i);
    expect(shelf.standing.length).toBeLessThanOrEqual(64);
  }
});

test("two merges never run at once, and what users ask for waits for the one under way", async () => {
  const { repository, change } = await begun(new MemoryDrive());
  const { keeper } = repository.context;
  let running = 0;
  const work = async () => {
    expect(++running).toBe(1);
    await nodePlatform.pause();
    running--;
  };
  for (let i = 0; i < 20; i++) await change(i);
  await Promise.all([keeper.alone(work), repository.repack({ all: true }), keeper.alone(work), repository.gc({})]);
  await expect(keeper.alone(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await keeper.alone(work);
});

test("a merge that fails is nobody's failure, and is made up for after the next commit", async () => {
  const memory = new MemoryDrive();
  let isFull = false;
  const drive: Drive = {
    read: (name, span) => memory.read(name, span),
    list: (prefix, after) => memory.list(prefix, after),
    remove: name => memory.remove(name),
    create: (name, bytes) => (isFull ? Promise.reject(new Error("the disk is full")) : memory.create(name, bytes)),
  };
  const { repository, change } = await begun(drive);
  const { keeper, store } = repository.context;
  for (let i = 0; store.shelf.standing.length < 15; i++) await change(i);
  await change(100);
  isFull = true;
  await keeper.settled();
  expect(store.shelf.standing.length).toBe(16);
  isFull = false;
  await change(101);
  await keeper.settled();
  expect(store.shelf.standing.length).toBeLessThan(5);
});

test("a program that ends waits for a short merge, and the next one finds few packs", async () => {
  const memory = new MemoryDrive();
  await (await begun(memory)).repository.close();
  for (let i = 0; i < 40; i++) {
    const repository = await open(memory);
    await repository.dataset("qa").patch([{ op: "replace", path: "/items/r7/n", value: -i }]);
    await repository.close();
    expect(repository.context.store.shelf.standing.length).toBeLessThanOrEqual(16);
  }
  expect(await packs(memory)).toBeLessThan(64);
});

test("larger commits are copied as they are, whole", async () => {
  const { repository, qa, change } = await begun(new MemoryDrive());
  for (let i = 0; i < 15; i++) await change(i, rows);
  await repository.context.keeper.settled();
  const [merged] = repository.context.store.shelf.standing;
  expect(merged.trailer).toMatchObject({ isPlain: true, isPacked: false });
  expect(merged.trailer.rawBytes).toBeGreaterThan(mib);
  expect(await qa.get("r3")).toMatchObject({ id: "r3" });
  for await (const finding of repository.verify()) expect(finding).toBeUndefined();
});

test("a long merge is for processes that go on, and who leaves breaks it off", async () => {
  const store = await BlockStore.open(new MemoryDrive(), nodePlatform);
  for (let pack = 0; pack < 16; pack++) {
    const transaction = await store.begin();
    for (let i = 0; i < 12; i++) transaction.put(new Uint8Array(100_000).fill(pack * 16 + i));
    await transaction.close();
  }
  const keeper = new Keeper(store);
  await keeper.wake();
  await keeper.settled();
  expect(store.shelf.standing).toHaveLength(16);
  await keeper.wake();
  await nodePlatform.pause();
  await nodePlatform.pause();
  await keeper.leave();
  expect(store.shelf.standing).toHaveLength(16);
  await keeper.wake();
  await keeper.wake();
  await keeper.settled();
  expect(store.shelf.standing).toHaveLength(1);
  expect(store.shelf.standing[0].trailer.isPacked).toBe(true);
});

/** Packs as `dueMerge` sees them. */
function sized(...sizes: readonly number[]): Pack[] {
  return sizes.map((rawBytes, made) => ({ trailer: { rawBytes, made, isPacked: false } }) as unknown as Pack);
}

const times = (count: number, bytes: number) => Array.from({ length: count }, () => bytes);

test.each([
  ["few packs are left alone", sized(...times(15, 1000)), undefined],
  ["small ones are merged and compressed", sized(...times(16, 1000)), { isLong: false, bytes: 16_000 }],
  ["more bytes are copied as they are", sized(...times(16, mib)), { isLong: false, bytes: 16 * mib, isPlain: true }],
  [
    "no short merge takes more than 32 MiB",
    sized(...times(90, mib)),
    { isLong: false, bytes: 32 * mib, isPlain: true },
  ],
  ["middling ones take longer", sized(...times(16, 2 * mib)), { isLong: true, bytes: 32 * mib }],
  ["no long merge takes more than 64 MiB", sized(...times(20, 32 * mib)), { isLong: true, bytes: 64 * mib }],
  ["many middling ones are copied", sized(...times(64, 2 * mib)), { isLong: false, bytes: 64 * mib, isPlain: true }],
  ["large ones are left alone", sized(...times(100, 33 * mib)), undefined],
])("%s", (_, given, expected) => {
  const merge = dueMerge(given);
  const found = merge && {
    isLong: merge.isLong,
    bytes: merge.packs.reduce((total, { trailer }) => total + trailer.rawBytes, 0),
    ...(merge.shape === plainShape ? { isPlain: true } : {}),
  };
  expect(found).toEqual(expected);
});
