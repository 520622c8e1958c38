import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryBlocks } from "../testing/blocks.js";
import {
  fromHex,
  linkTo,
  numberedDigest,
  numberedKey,
  numberedTree,
  toHex,
  treeOf,
  type PlainEntry,
} from "../testing/trees.js";
import { emptyTree, type Tree } from "./builder.js";
import { RecentNodes } from "./cache.js";
import { at, count, entries, get, getMany, leavesFrom, rank, type ScanOptions } from "./read.js";

const memory = (slow = false) =>
  new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at), { slow });

/** A sorted list of entries with long keys, so that the tree of a few hundred is deep; and keys to ask for, half of them absent. */
const list = fc
  .uniqueArray(fc.nat(600), { maxLength: 250 })
  .map(numbers =>
    numbers.toSorted((a, b) => a - b).map((n): PlainEntry => [keyOf(n), `18${(24 + (n % 200)).toString(16)}`]),
  );
const keyOf = (n: number) => (n * 2).toString(16).padStart(4, "0") + "ab".repeat(200 + (n % 5) * 100);

describe("law: reads agree with a sorted array", () => {
  test("get, getMany, at, rank and count", async () => {
    const sought = fc.array(fc.nat(620), { maxLength: 40 });
    const law = fc.asyncProperty(list, sought, fc.boolean(), fc.boolean(), async (plain, numbers, slow, cached) => {
      const blocks = memory(slow);
      const { root } = treeOf(blocks, plain);
      const cache = cached ? new RecentNodes(50_000) : undefined;
      const model = new Map(plain);
      const keys = numbers.toSorted((a, b) => a - b).map(keyOf);
      const many = await getMany(blocks, root, keys.map(fromHex), cache);
      expect(many.map(value => value && toHex(value))).toEqual(keys.map(key => model.get(key)));
      for (const key of keys) {
        const value = await get(blocks, root, fromHex(key), cache);
        expect(value && toHex(value)).toBe(model.get(key));
        expect(await rank(blocks, root, fromHex(key), cache)).toBe(plain.filter(([other]) => other < key).length);
      }
      for (const index of [-1, 0, 1, ...numbers, plain.length - 1, plain.length, 0.5]) {
        const entry = await at(blocks, root, index, cache);
        expect(entry && [toHex(entry.key), toHex(entry.value)]).toEqual(plain[index]);
      }
      expect(await count(blocks, root, cache)).toBe(plain.length);
    });
    await fc.assert(law, { numRuns: 40 });
  });

  test("scans from an index or a key, forwards and backwards, with and without a limit", async () => {
    const options = fc.record({
      from: fc.oneof(fc.constant(undefined), fc.integer({ min: -1, max: 260 }), fc.nat(620).map(keyOf)),
      reverse: fc.boolean(),
      limit: fc.constantFrom(undefined, 0, 1, 7, 1000),
      ahead: fc.constantFrom(undefined, 1, 3, 16),
    });
    const law = fc.asyncProperty(
      list,
      fc.array(options, { minLength: 5, maxLength: 5 }),
      fc.boolean(),
      async (plain, scans, slow) => {
        const blocks = memory(slow);
        const { root } = treeOf(blocks, plain);
        for (const { from, reverse, limit, ahead } of scans) {
          const scan: ScanOptions = { reverse, limit, ahead, from: typeof from === "string" ? fromHex(from) : from };
          const read: PlainEntry[] = [];
          for await (const { key, value } of entries(blocks, root, scan)) read.push([toHex(key), toHex(value)]);
          expect(read).toEqual(scanned(plain, from, reverse, limit));
          let index = -1;
          for await (const slice of leavesFrom(blocks, root, { ...scan, reverse: false })) {
            if (index >= 0) expect(slice.index).toBe(index);
            expect(toHex(slice.leaf.key(slice.start))).toBe(plain[slice.index]![0]);
            index = slice.index + slice.end - slice.start;
          }
        }
      },
    );
    await fc.assert(law, { numRuns: 40 });
  });
});

function scanned(
  plain: PlainEntry[],
  from: number | string | undefined,
  reverse: boolean,
  limit = Infinity,
): PlainEntry[] {
  if (typeof from === "number" && (from < 0 || from >= plain.length)) return [];
  const isMeant = ([key]: PlainEntry, i: number) =>
    from === undefined ||
    (typeof from === "number" ? (reverse ? i <= from : i >= from) : reverse ? key <= from : key >= from);
  const meant = plain.filter(isMeant);
  return (reverse ? meant.toReversed() : meant).slice(0, limit);
}

describe.each([
  [1000, 2],
  [100_000, 3],
  [1_000_000, 4],
])("counted in a tree of %i rows, %i levels deep", (size, levels) => {
  const blocks = memory();
  let tree: Tree;
  const cost = async (read: () => unknown) => {
    blocks.reset();
    await read();
    return blocks.reset();
  };

  beforeAll(() => {
    tree = numberedTree(blocks, size);
  });

  test("one path is read for a key, an index, a rank", async () => {
    for (const n of [0, 17, size / 2, size - 1]) {
      const key = numberedKey(n);
      expect(await get(blocks, tree.root, key)).toEqual(linkTo(numberedDigest(n)));
      expect((await at(blocks, tree.root, n))?.key).toEqual(key);
      expect(await rank(blocks, tree.root, key)).toBe(n);
      for (const read of [
        () => get(blocks, tree.root, key),
        () => at(blocks, tree.root, n),
        () => rank(blocks, tree.root, key),
      ])
        expect((await cost(read)).loads).toBe(levels);
    }
    expect((await cost(() => count(blocks, tree.root))).loads).toBe(1);
    expect((await cost(() => get(blocks, tree.root, Uint8Array.of(0xff)))).loads).toBe(1);
  });

  test("a page by offset reads the path and the leaves that hold it", async () => {
    for (const from of [0, 333, size - 60]) {
      const leaves: number[] = [];
      const { loads } = await cost(async () => {
        for await (const { start, end } of leavesFrom(blocks, tree.root, { from, limit: 50, ahead: 16 }))
          leaves.push(end - start);
      });
      expect(leaves.reduce((sum, n) => sum + n, 0)).toBe(50);
      expect(loads).toBeLessThanOrEqual(2 * (levels - 1) - 1 + leaves.length);
      expect(leaves.length).toBeLessThanOrEqual(5);
    }
  });

  test("who stops a scan early has read one path", async () => {
    for (const from of [undefined, 500, numberedKey(500)])
      for (const reverse of [false, true])
        expect(
          (await cost(async () => (await leavesFrom(blocks, tree.root, { from, reverse }).next()).done)).loads,
        ).toBe(levels);
  });

  test("many keys are read level by level, each node once", async () => {
    const keys = Array.from({ length: 200 }, (_, i) => numberedKey(Math.floor((i * size) / 200)));
    const { loads, batches } = await cost(async () => {
      expect(await getMany(blocks, tree.root, keys)).toEqual(
        keys.map((_, i) => linkTo(numberedDigest(Math.floor((i * size) / 200)))),
      );
    });
    expect(batches).toBe(levels - 1);
    const parents = new Set(keys.map(String)).size;
    expect(loads).toBeLessThanOrEqual(parents * (levels - 1) + 1);
  });
});

test("with all nodes cached, nothing is loaded and the value comes at once", async () => {
  const blocks = memory(true);
  const { root } = numberedTree(blocks, 20_000);
  const cache = new RecentNodes(2 ** 23);
  for await (const _ of leavesFrom(blocks, root, { cache }));
  blocks.reset();
  for (let n = 0; n < 20_000; n += 61)
    expect(get(blocks, root, numberedKey(n), cache)).toEqual(linkTo(numberedDigest(n)));
  expect(blocks.reset().loads).toBe(0);
});

test("the empty tree has nothing", async () => {
  const blocks = memory();
  const root = emptyTree(blocks);
  expect(await get(blocks, root, fromHex("00"))).toBeUndefined();
  expect(await getMany(blocks, root, [fromHex("00")])).toEqual([undefined]);
  expect(await at(blocks, root, 0)).toBeUndefined();
  expect((await entries(blocks, root).next()).done).toBe(true);
  expect((await entries(blocks, root, { reverse: true, from: fromHex("00") }).next()).done).toBe(true);
});

test("a missing node is named", async () => {
  const blocks = memory();
  await expect(async () => await get(blocks, numberedDigest(1), fromHex("00"))).rejects.toMatchObject({
    code: "missing-block",
  });
});
