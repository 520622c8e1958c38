import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHash } from "node:crypto";
import { codecs, type Platform } from "../platform.js";
import { isSheafError } from "../errors.js";
import { CountingDrive } from "../testing/counting-drive.js";
import { FaultyDrive } from "../testing/faulty-drive.js";
import type { Digest } from "../block/cid.js";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { BlockStore } from "./blocks.js";
import { compareBytes, utf8 } from "../text.js";
import { packedShape, type PackShape } from "./pack-shape.js";
import type { Drive } from "./drive.js";

const compressed: PackShape = {
  itemCodec: codecs.deflate,
  nodeCodec: codecs.brotli,
  itemFrame: 4096,
  nodeFrame: 16_384,
  itemGain: 0.9,
  nodeGain: 0.9,
  nodeShare: 0.3,
};
const shapes: Record<string, PackShape | undefined> = {
  plain: undefined,
  compressed,
  primed: { ...packedShape, dictionary: utf8("block of word word word ") },
};

const digestOf = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()) as Digest;
const block = fc.uint8Array({ maxLength: 300 }).map(bytes => Uint8Array.from(bytes));
/** Compares without the test runner's eye for detail, which takes its time. */
const expectSame = (read: readonly Uint8Array[], wanted: readonly Uint8Array[]) =>
  expect(read.findIndex((bytes, i) => compareBytes(bytes, wanted[i]) !== 0) + (read.length - wanted.length)).toBe(-1);
const plain = (bytes: Uint8Array) => Uint8Array.from(bytes);

async function write(store: BlockStore, blocks: readonly Uint8Array[], shape?: PackShape): Promise<Digest[]> {
  const transaction = await store.begin(shape ? { shape } : {});
  const digests = blocks.map(bytes => transaction.put(bytes));
  await transaction.close();
  return digests;
}

/** Many blocks that differ, some alike, of the sizes that items and nodes have. */
function manyBlocks(count: number, seed = 1): Uint8Array[] {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0);
  return Array.from({ length: count }, (_, i) => {
    const text = `block ${i} of ${seed} ${"word ".repeat(next() % 50)} ${next()}`;
    const bytes = new TextEncoder().encode(text);
    if (i % 10 === 0) bytes[0] = 0x82;
    return bytes;
  });
}

describe.each(Object.keys(shapes))("laws of blocks in %s packs", name => {
  const shape = shapes[name];

  test("what was put is loaded, before and after it is durable, by this store and by others", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(block, { maxLength: 12 }), { maxLength: 4 }), async commits => {
        const drive = new MemoryDrive();
        const store = await BlockStore.open(drive, nodePlatform);
        for (const blocks of commits) {
          const transaction = await store.begin(shape ? { shape } : {});
          for (const bytes of blocks) {
            const digest = transaction.put(bytes);
            expect(digest).toEqual(digestOf(bytes));
            expect(plain(await transaction.load(digest))).toEqual(bytes);
            expect(await transaction.has(digest)).toBe(true);
          }
          await transaction.close();
        }
        const all = commits.flat();
        for (const reader of [store, await BlockStore.open(drive, nodePlatform)]) {
          for (const bytes of all) expect(plain(await reader.load(digestOf(bytes)))).toEqual(bytes);
          const many = await reader.loadMany(all.map(digestOf));
          expect(many.map(plain)).toEqual(all);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a flipped bit or a cut anywhere in a pack never gives wrong bytes, and is named as damage", async () => {
    const drive = new MemoryDrive();
    const blocks = manyBlocks(40);
    const digests = await write(await BlockStore.open(drive, nodePlatform), blocks, shape);
    const [file] = await names(drive, "packs/");
    const whole = await readAll(drive, file);
    let found = 0;
    for (let i = 0; i < 200; i++) {
      const at = Math.floor((i * whole.length) / 200);
      const bytes = i % 4 === 3 ? whole.slice(0, at) : whole.slice();
      if (i % 4 !== 3) bytes[at] ^= 1 << (i % 8);
      const broken = new MemoryDrive();
      await broken.create(file, bytes);
      found += await countDamage(broken, digests, blocks, file);
    }
    expect(found).toBeGreaterThan(194);
  });
});

/** Loads everything: right bytes or an error that names the file; 1 if there was an error. */
async function countDamage(drive: Drive, digests: Digest[], blocks: Uint8Array[], file: string): Promise<number> {
  const store = await BlockStore.open(drive, nodePlatform);
  let damage = 0;
  for (const [i, digest] of digests.entries()) {
    try {
      expectSame([await store.load(digest)], [blocks[i]]);
    } catch (error) {
      if (!isSheafError(error, "corrupt-block")) throw error;
      expect(error.data.file).toBe(file);
      damage = 1;
    }
  }
  // The header's first eight bytes are for people and for verify.
  return damage;
}

describe("a store", () => {
  test("says missing-block for what is nowhere", async () => {
    const store = await BlockStore.open(new MemoryDrive(), nodePlatform);
    const digest = digestOf(new Uint8Array(3));
    await expect((async () => store.load(digest))()).rejects.toSatisfy(error => isSheafError(error, "missing-block"));
    expect(await store.has(digest)).toBe(false);
  });

  test("finds what another process committed after it was opened", async () => {
    const drive = new MemoryDrive();
    const reader = await BlockStore.open(drive, nodePlatform);
    const [digest] = await write(await BlockStore.open(drive, nodePlatform), [new Uint8Array([7])]);
    expect(plain(await reader.load(digest))).toEqual(new Uint8Array([7]));
  });

  test("finds a block whose pack was replaced by another under its hands", async () => {
    const drive = new MemoryDrive();
    const blocks = manyBlocks(5000);
    const reader = await BlockStore.open(drive, nodePlatform);
    const digests = await write(reader, blocks);
    const [old] = await names(drive, "packs/");
    const copy = new MemoryDrive();
    await write(await BlockStore.open(copy, nodePlatform), blocks, compressed);
    const [made] = await names(copy, "packs/");
    await drive.create(made, await readAll(copy, made));
    await drive.remove(old);
    expect(plain(await reader.load(digests[3]))).toEqual(blocks[3]);
    expectSame(await reader.loadMany(digests), blocks);
  });

  test("stores a block once, whatever transaction it comes in", async () => {
    const drive = new MemoryDrive();
    const store = await BlockStore.open(drive, nodePlatform);
    const blocks = manyBlocks(100);
    await write(store, [...blocks, ...blocks]);
    await write(store, blocks);
    await write(await BlockStore.open(drive, nodePlatform), blocks.slice(50));
    expect(store.shelf.packs.map(pack => pack.blocks)).toEqual([100]);
  });

  test("writes a block anew that rests only in a condemned or a damaged pack", async () => {
    const drive = new MemoryDrive();
    const [bytes] = manyBlocks(1);
    await write(await BlockStore.open(drive, nodePlatform), [bytes]);
    const [file] = await names(drive, "packs/");
    await drive.create(
      "gc/verdict",
      new TextEncoder().encode(JSON.stringify({ time: 0, why: "unreachable", packs: [file] })),
    );
    await write(await BlockStore.open(drive, nodePlatform), [bytes]);
    expect(await names(drive, "packs/")).toHaveLength(2);
  });

  test("a commit of a few blocks is one create, with little around the blocks", async () => {
    const drive = new CountingDrive(new MemoryDrive());
    const store = await BlockStore.open(drive, nodePlatform);
    const blocks = manyBlocks(6);
    drive.reset();
    await write(store, blocks);
    expect(drive.counts.creates).toBe(1);
    const raw = blocks.reduce((sum, { length }) => sum + length, 0);
    expect(drive.counts.createdBytes - raw).toBeLessThanOrEqual(8 + 2 * 12 + 6 * 16 + 80);
  });

  test("a pack that is durable though the reply was lost counts as written", async () => {
    const below = new MemoryDrive();
    const count = new FaultyDrive(below);
    await (await BlockStore.open(count, nodePlatform)).begin();
    const drive = new FaultyDrive(below, count.operations + 1, "loses");
    const [digest] = await write(await BlockStore.open(drive, nodePlatform), manyBlocks(1));
    expect(drive.operations).toBeGreaterThan(count.operations);
    expectSame([await (await BlockStore.open(below, nodePlatform)).load(digest)], manyBlocks(1));
  });

  test("a transaction without blocks, or given up, writes nothing", async () => {
    const drive = new CountingDrive(new MemoryDrive());
    const store = await BlockStore.open(drive, nodePlatform);
    await (await store.begin()).close();
    const transaction = await store.begin();
    for (const bytes of manyBlocks(50)) transaction.put(bytes);
    await transaction.abort();
    expect(drive.counts.creates).toBe(0);
  });

  test("a large transaction streams, and gives back blocks that have left memory", async () => {
    const drive = new MemoryDrive();
    const store = await BlockStore.open(drive, nodePlatform);
    const transaction = await store.begin();
    const blocks = Array.from({ length: 400 }, (_, i) => new Uint8Array(100_000).fill(i));
    const digests: Digest[] = [];
    for (const bytes of blocks) {
      digests.push(transaction.put(bytes));
      await transaction.drain();
    }
    expectSame([await transaction.load(digests[0])], [blocks[0]]);
    expect(transaction.packs).toHaveLength(1);
    digests.push(transaction.put(new Uint8Array([1, 2, 3])));
    await transaction.close();
    expect(await names(drive, "packs/")).toHaveLength(2);
    expectSame(await store.loadMany(digests.slice(0, 400)), blocks);
  });

  test("a stream that is given up leaves nothing", async () => {
    const drive = new MemoryDrive();
    const store = await BlockStore.open(drive, nodePlatform);
    const transaction = await store.begin();
    for (let i = 0; i < 100; i++) {
      transaction.put(new Uint8Array(100_000).fill(i));
      await transaction.drain();
    }
    await transaction.abort();
    expect(await names(drive, "")).toEqual([]);
  });

  test("a transaction that took longer than half the grace is refused", async () => {
    let now = 1_000_000;
    const platform: Platform = { ...nodePlatform, now: () => now };
    const store = await BlockStore.open(new MemoryDrive(), platform, { graceMs: 1000 });
    const transaction = await store.begin();
    transaction.put(new Uint8Array([1]));
    now += 501;
    await expect(transaction.close()).rejects.toSatisfy(error => isSheafError(error, "refused"));
  });

  test("two blocks that share eight bytes of digest are told apart", async () => {
    const short: Platform = {
      ...nodePlatform,
      digestInto: (bytes, out, at) => (nodePlatform.digestInto(bytes, out, at), out.fill(7, at, at + 8)) as never,
      hashesTo(bytes, digest, at) {
        const own = new Uint8Array(32);
        short.digestInto(bytes, own, 0);
        return own.every((byte, i) => byte === digest[at + i]);
      },
    };
    const drive = new MemoryDrive();
    const store = await BlockStore.open(drive, short);
    const blocks = manyBlocks(20);
    const first = await write(store, blocks.slice(0, 10));
    const second = await write(store, blocks.slice(5));
    for (const [i, digest] of [...first, ...second.slice(5)].entries())
      expect(plain(await store.load(digest))).toEqual(blocks[i]);
    expect(store.shelf.packs.map(pack => pack.blocks).sort()).toEqual([10, 10]);
  });

  test("neighbours are read together: many blocks cost few reads", async () => {
    const drive = new CountingDrive(new MemoryDrive());
    const store = await BlockStore.open(drive, nodePlatform);
    const blocks = manyBlocks(10_000);
    const digests = await write(store, blocks);
    drive.reset();
    expectSame(await store.loadMany(digests), blocks);
    expect(drive.counts.reads).toBeLessThan(10);
  });

  test("a large pack is opened by its end and its fan-out alone, and a look-up reads one bucket", async () => {
    const below = new MemoryDrive();
    const blocks = manyBlocks(20_000);
    const digests = await write(await BlockStore.open(below, nodePlatform), blocks);
    const drive = new CountingDrive(below);
    const store = await BlockStore.open(drive, nodePlatform);
    expect(drive.counts.readBytes).toBeLessThan(16_384);
    drive.reset();
    expect(plain(await store.load(digests[77]))).toEqual(blocks[77]);
    expect(drive.counts.reads).toBe(2);
    expect(drive.counts.readBytes).toBeLessThan(3000);
  });
});

async function names(drive: Drive, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of drive.list(prefix)) found.push(name);
  return found;
}

async function readAll(drive: Drive, name: string): Promise<Uint8Array> {
  return plain((await drive.read(name)) ?? new Uint8Array());
}
