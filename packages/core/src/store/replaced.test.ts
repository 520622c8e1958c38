import { expect, test } from "vitest";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { utf8 } from "../text.js";
import { BlockStore } from "./blocks.js";
import { repack } from "./repack.js";
import { dropReplaced } from "./replaced.js";

const hour = 3_600_000;

/** A store of three packs with a block each, whose clock stands `later` milliseconds ahead. */
async function threePacks(drive: MemoryDrive, later = 0) {
  const platform = { ...nodePlatform, now: () => nodePlatform.now() + later };
  const store = await BlockStore.open(drive, platform);
  const digests = [];
  for (const text of ["one", "two", "three"]) {
    const transaction = await store.begin();
    digests.push(transaction.put(utf8(text)));
    await transaction.close();
  }
  return { store, digests };
}

async function packNames(drive: MemoryDrive): Promise<string[]> {
  const names: string[] = [];
  for await (const name of drive.list("packs/")) names.push(name);
  return names;
}

test("packs that a repack replaced stay for a while, then go, and every block is still there", async () => {
  const drive = new MemoryDrive();
  const { store, digests } = await threePacks(drive);
  await repack(store);
  await dropReplaced(store);
  expect(await packNames(drive)).toHaveLength(4);
  const later = await BlockStore.open(drive, { ...nodePlatform, now: () => nodePlatform.now() + 2 * hour });
  await dropReplaced(later);
  expect(await packNames(drive)).toHaveLength(1);
  const reopened = await BlockStore.open(drive, nodePlatform);
  for (const digest of digests) expect(await reopened.load(digest)).toBeInstanceOf(Uint8Array);
});

test("a replaced pack that holds a block of its own is left to gc", async () => {
  const drive = new MemoryDrive();
  const { store, digests } = await threePacks(drive);
  const { made } = await repack(store);
  await drive.remove(made[0]);
  const later = await BlockStore.open(drive, { ...nodePlatform, now: () => nodePlatform.now() + 2 * hour });
  await dropReplaced(later);
  expect(await packNames(drive)).toHaveLength(3);
  for (const digest of digests) expect(await later.load(digest)).toBeInstanceOf(Uint8Array);
});
