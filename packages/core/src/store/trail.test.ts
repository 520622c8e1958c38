import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../block/cid.js";
import { encode } from "../item/cbor.js";
import { CountingDrive } from "../testing/counting-drive.js";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { BlockStore } from "./blocks.js";
import type { Span } from "./drive.js";
import { joinBytes } from "../text.js";
import { repack } from "./repack.js";
import { Trail } from "./trail.js";

/** Uses memory that is offered, as a folder does. */
class RoomyDrive extends MemoryDrive {
  override read(name: string, span?: Span, room?: Uint8Array): Uint8Array | undefined {
    const bytes = super.read(name, span);
    if (!bytes || !room || room.length < bytes.length) return bytes;
    room.fill(0).set(bytes);
    return room.subarray(0, bytes.length);
  }
}

/** Items that differ by number and version; every seventh is long. */
function itemOf(n: number, version = 0): Uint8Array {
  return encode({ n, version, text: "word ".repeat(n % 7 === 0 ? 400 : n % 30) });
}

function digestOf(bytes: Uint8Array): Digest {
  const digest = new Uint8Array(32);
  nodePlatform.digestInto(bytes, digest, 0);
  return digest;
}

async function write(store: BlockStore, blocks: readonly Uint8Array[]): Promise<void> {
  const transaction = await store.begin();
  for (const bytes of blocks) transaction.put(bytes);
  await transaction.close();
}

/** Reads the blocks in batches of these sizes, again and again, each batch copied before the next is read. */
async function readAll(trail: Trail, blocks: readonly Uint8Array[], sizes: readonly number[]): Promise<Uint8Array[]> {
  const read: Uint8Array[] = [];
  for (let n = 0; read.length < blocks.length; n++) {
    const part = blocks.slice(read.length, read.length + sizes[n % sizes.length]);
    const { bytes, count, starts, ends } = await trail.read(joinBytes(part.map(digestOf)), part.length);
    expect(count).toBe(part.length);
    for (let i = 0; i < count; i++) {
      expect(starts[i]).toBe(i === 0 ? 0 : ends[i - 1]);
      read.push(bytes.slice(starts[i], ends[i]));
    }
  }
  return read;
}

function expectSame(read: readonly Uint8Array[], wanted: readonly Uint8Array[]): void {
  expect(read.length).toBe(wanted.length);
  expect(read.findIndex((bytes, i) => Buffer.compare(bytes, wanted[i]) !== 0)).toBe(-1);
}

const count = 200;
const numbers = Array.from({ length: count }, (_, n) => n);
/** Which rows are wanted: in order, with some gone, some edited, some from anywhere. */
const wantedRows = fc.oneof(
  fc.constant(numbers),
  fc.array(fc.nat(count - 1), { minLength: 1, maxLength: 300 }),
  fc.array(fc.nat(count - 1), { maxLength: 40 }).map(gone => numbers.filter(n => !gone.includes(n))),
  fc.array(fc.nat(count - 1), { maxLength: 40 }).map(twice => [...numbers, ...twice].sort((a, b) => a - b)),
);
const edits = fc.array(fc.uniqueArray(fc.nat(count - 1), { maxLength: 60 }), { maxLength: 3 });

test.each([
  ["as they were written", false],
  ["compressed", true],
])("law: a trail reads the blocks that are asked for, in any order, from packs %s", async (_, isPacked) => {
  await fc.assert(
    fc.asyncProperty(
      wantedRows,
      edits,
      fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (rows, rounds, sizes, isFleeting) => {
        const drive = new RoomyDrive();
        const writer = await BlockStore.open(drive, nodePlatform);
        const now = numbers.map(n => itemOf(n));
        await write(writer, now);
        for (const [version, round] of rounds.entries()) {
          for (const n of round) now[n] = itemOf(n, version + 1);
          await write(
            writer,
            round.map(n => now[n]),
          );
        }
        if (isPacked) await repack(writer, { isFull: true });
        const store = await BlockStore.open(drive, nodePlatform);
        const wanted = rows.map(n => now[n]);
        expectSame(await readAll(new Trail(store, isFleeting), wanted, sizes), wanted);
      },
    ),
    { numRuns: 20 },
  );
});

describe("a trail", () => {
  test("keeps what it gave, unless that is fleeting", async () => {
    const store = await BlockStore.open(new MemoryDrive(), nodePlatform);
    const blocks = numbers.map(n => itemOf(n));
    await write(store, blocks);
    const trail = new Trail(store);
    const digests = blocks.map(digestOf);
    const first = await trail.read(joinBytes(digests.slice(0, 90)), 90);
    await trail.read(joinBytes(digests.slice(90)), count - 90);
    expectSame(
      blocks.slice(0, 90).map((_, i) => first.bytes.slice(first.starts[i], first.ends[i])),
      blocks.slice(0, 90),
    );
  });

  test("gives no wrong bytes and names the damage, wherever a bit is flipped", async () => {
    const drive = new MemoryDrive();
    const blocks = numbers.slice(0, 60).map(n => itemOf(n));
    await write(await BlockStore.open(drive, nodePlatform), blocks);
    const file = await firstName(drive);
    const whole = await drive.read(file);
    if (!whole) throw new Error("the pack is gone");
    const size = blocks.reduce((sum, { length }) => sum + length, 0);
    for (let at = 8; at < 8 + size; at += 97) {
      const bytes = whole.slice();
      bytes[at] ^= 1 << (at % 8);
      const broken = new MemoryDrive();
      await broken.create(file, bytes);
      const trail = new Trail(await BlockStore.open(broken, nodePlatform));
      await expect(readAll(trail, blocks, [25])).rejects.toMatchObject({ code: "corrupt-block", data: { file } });
    }
  });

  test("a block that is nowhere is missing", async () => {
    const store = await BlockStore.open(new MemoryDrive(), nodePlatform);
    await write(
      store,
      numbers.slice(0, 9).map(n => itemOf(n)),
    );
    const wanted = [itemOf(0), itemOf(1), itemOf(77), itemOf(2)];
    await expect(readAll(new Trail(store), wanted, [4])).rejects.toMatchObject({ code: "missing-block" });
  });

  test("goes through a pack with few reads, each byte once, and asks its index once a gap", async () => {
    const below = new MemoryDrive();
    const blocks = Array.from({ length: 20_000 }, (_, n) => itemOf(n));
    await write(await BlockStore.open(below, nodePlatform), blocks);
    const drive = new CountingDrive(below);
    const store = await BlockStore.open(drive, nodePlatform);
    const size = blocks.reduce((sum, { length }) => sum + length, 0);
    drive.reset();
    expectSame(await readAll(new Trail(store, true), blocks, [250]), blocks);
    expect(drive.counts.reads).toBeLessThan(size / 2 ** 18 + 20);
    expect(drive.counts.readBytes).toBeLessThan(1.1 * size);
  });

  test("reads little more than it is asked for, where that is little", async () => {
    const below = new MemoryDrive();
    const blocks = Array.from({ length: 20_000 }, (_, n) => itemOf(n));
    await write(await BlockStore.open(below, nodePlatform), blocks);
    const drive = new CountingDrive(below);
    const store = await BlockStore.open(drive, nodePlatform);
    drive.reset();
    const page = blocks.slice(9000, 9020);
    expectSame(await readAll(new Trail(store), page, [20]), page);
    expect(drive.counts.reads).toBeLessThan(6);
    expect(drive.counts.readBytes).toBeLessThan(65_536);
  });
});

async function firstName(drive: MemoryDrive): Promise<string> {
  for await (const name of drive.list("packs/")) return name;
  throw new Error("there is no pack");
}
