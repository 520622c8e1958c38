import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { MemoryBlocks } from "../testing/blocks.js";
import { fromHex, linkTo, numberedDigest, numberedKey, numberedTree, toHex, treeOf } from "../testing/trees.js";
import { emptyTree, type Tree } from "./builder.js";
import { diffTrees, type DiffOptions } from "./diff.js";
import { editTree } from "./edit.js";
import { mergeTrees } from "./merge.js";
import { leavesFrom } from "./read.js";

const memory = (slow = false) =>
  new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at), { slow });

/** Keys long and of many lengths, so that the tree of a few hundred entries is deep and boundaries move. */
const keyOf = (n: number) => (n * 2).toString(16).padStart(4, "0") + "cd".repeat(((n * 37) % 7) * 90);
const model = fc
  .record({ numbers: fc.uniqueArray(fc.nat(400), { maxLength: 300 }), whole: fc.boolean() })
  .map(
    ({ numbers, whole }) =>
      new Map((whole ? Array.from({ length: 400 }, (_, n) => n) : numbers).map(n => [n, 0] as const)),
  );
const changes = fc.array(
  fc.record({ from: fc.nat(400), length: fc.constantFrom(1, 1, 1, 60), value: fc.constantFrom(undefined, 1, 2) }),
  { maxLength: 6 },
);

type Model = ReadonlyMap<number, number>;

function changed(base: Model, list: { from: number; length: number; value: number | undefined }[]): Model {
  const result = new Map(base);
  for (const { from, length, value } of list)
    for (let n = from; n < from + length; n++) {
      if (value === undefined) result.delete(n);
      else result.set(n, value);
    }
  return result;
}

const rootOf = (blocks: MemoryBlocks, one: Model) =>
  treeOf(
    blocks,
    [...one].toSorted(([a], [b]) => a - b).map(([n, value]) => [keyOf(n), `0${value}`] as const),
  ).root;

const keysOf = (...models: Model[]) => [...new Set(models.flatMap(one => [...one.keys()]))].toSorted((a, b) => a - b);
const plain = (value: Uint8Array | undefined) => value && Number(toHex(value));

async function diff(blocks: MemoryBlocks, a: Uint8Array, b: Uint8Array, options?: DiffOptions) {
  const found: unknown[] = [];
  for await (const { key, before, after } of diffTrees(blocks, a, b, options))
    found.push([toHex(key), plain(before), plain(after)]);
  return found;
}

describe("law: the diff is that of two maps", () => {
  test("in order, complete, and within bounds", async () => {
    const bound = fc.option(fc.nat(420), { nil: undefined });
    const law = fc.asyncProperty(model, changes, fc.boolean(), bound, bound, async (base, list, slow, from, to) => {
      const blocks = memory(slow);
      const other = changed(base, list);
      const expected = keysOf(base, other)
        .filter(n => base.get(n) !== other.get(n))
        .filter(n => (from === undefined || n >= from) && (to === undefined || n < to))
        .map(n => [keyOf(n), base.get(n), other.get(n)]);
      const keyAt = (n: number | undefined) => (n === undefined ? undefined : fromHex(keyOf(n)));
      expect(
        await diff(blocks, rootOf(blocks, base), rootOf(blocks, other), { from: keyAt(from), to: keyAt(to) }),
      ).toEqual(expected);
    });
    await fc.assert(law, { numRuns: 60 });
  });

  test("also between trees that have nothing to do with each other, of any depths", async () => {
    const law = fc.asyncProperty(model, model, changes, async (a, b, list) => {
      const blocks = memory();
      const other = changed(b, list);
      const expected = keysOf(a, other)
        .filter(n => a.get(n) !== other.get(n))
        .map(n => [keyOf(n), a.get(n), other.get(n)]);
      expect(await diff(blocks, rootOf(blocks, a), rootOf(blocks, other))).toEqual(expected);
    });
    await fc.assert(law, { numRuns: 25 });
  });

  test("applied to the one tree it gives the other", async () => {
    const law = fc.asyncProperty(model, changes, async (base, list) => {
      const blocks = memory();
      const a = rootOf(blocks, base);
      const b = rootOf(blocks, changed(base, list));
      const patch = async function* () {
        for await (const { key, after } of diffTrees(blocks, a, b)) yield { key, value: after };
      };
      expect((await editTree(blocks, a, patch())).root).toEqual(b);
    });
    await fc.assert(law, { numRuns: 30 });
  });
});

test("law: a three-way walk tells base, ours and theirs of every key that either side changed", async () => {
  const law = fc.asyncProperty(model, changes, changes, fc.boolean(), async (base, left, right, slow) => {
    const blocks = memory(slow);
    const ours = changed(base, left);
    const theirs = changed(base, right);
    const expected = keysOf(base, ours, theirs)
      .filter(n => base.get(n) !== ours.get(n) || base.get(n) !== theirs.get(n))
      .map(n => [keyOf(n), base.get(n), ours.get(n), theirs.get(n)]);
    const found: unknown[] = [];
    for await (const one of mergeTrees(blocks, rootOf(blocks, base), rootOf(blocks, ours), rootOf(blocks, theirs)))
      found.push([toHex(one.key), plain(one.base), plain(one.ours), plain(one.theirs)]);
    expect(found).toEqual(expected);
  });
  await fc.assert(law, { numRuns: 30 });
});

describe.each([
  [1000, 2],
  [100_000, 3],
  [300_000, 4],
])("counted in trees of %i rows, %i levels deep", (size, levels) => {
  const blocks = memory();
  let base: Tree;
  const count = Math.min(100, size / 100);
  const scattered = (salt: number, shift: number) =>
    Array.from({ length: count }, (_, i) => ({
      key: numberedKey(Math.floor(((i + 0.5) * size) / count) + shift),
      value: linkTo(numberedDigest(i, salt)),
    }));
  const cost = async (iterable: AsyncIterable<unknown>) => {
    blocks.reset();
    let yielded = 0;
    for await (const _ of iterable) yielded++;
    return { ...blocks.reset(), yielded };
  };

  beforeAll(() => {
    base = numberedTree(blocks, size);
  });

  test("equal trees are not read at all", async () => {
    expect(await cost(diffTrees(blocks, base.root, base.root))).toMatchObject({ loads: 0, yielded: 0 });
  });

  test("one change reads two paths", async () => {
    const other = await editTree(blocks, base.root, scattered(1, 0).slice(0, 1));
    expect(await cost(diffTrees(blocks, base.root, other.root))).toMatchObject({ loads: 2 * levels, yielded: 1 });
  });

  test("scattered changes read the changed leaves and their ancestors on both sides, in batches", async () => {
    blocks.reset();
    const other = await editTree(blocks, base.root, scattered(1, 0));
    const { loads: path } = blocks.reset();
    const { loads, batches, yielded } = await cost(diffTrees(blocks, base.root, other.root));
    expect(yielded).toBe(count);
    expect(loads).toBe(2 * path);
    expect(batches).toBeLessThan(loads / 1.9);
  });

  test("scattered inserts and removals, which move boundaries, read little more", async () => {
    const moved = scattered(2, 0).flatMap(({ key, value }) => [
      { key, value: undefined },
      { key: Uint8Array.of(...key, 1), value },
    ]);
    blocks.reset();
    const other = await editTree(blocks, base.root, moved);
    const { loads: read, created } = blocks.reset();
    const { loads, yielded } = await cost(diffTrees(blocks, base.root, other.root));
    expect(yielded).toBe(2 * count);
    expect(loads).toBeLessThanOrEqual(read + created + 2 * levels);
  });

  test("a stretch of removed or inserted rows reads the stretch on one side only", async () => {
    const gone = Array.from({ length: size / 4 }, (_, i) => ({ key: numberedKey(size / 2 + i), value: undefined }));
    const other = await editTree(blocks, base.root, gone);
    const whole = blocks.blocks.size;
    for (const [a, b] of [
      [base.root, other.root],
      [other.root, base.root],
    ] as const) {
      const { loads, yielded } = await cost(diffTrees(blocks, a, b));
      expect(yielded).toBe(size / 4);
      expect(loads).toBeLessThan(size / 4 / 40 + 8 * levels);
      expect(loads).toBeLessThan(whole);
    }
  });

  /** The second leaf of the tree. */
  const secondLeaf = async () => {
    for await (const slice of leavesFrom(blocks, base.root)) if (slice.index > 0) return slice;
    throw new Error("the tree has one leaf");
  };

  test("a leaf that only one side has is read on that side, and none of its neighbours", async () => {
    const { leaf } = await secondLeaf();
    const gone = Array.from({ length: leaf.count }, (_, i) => ({ key: leaf.key(i), value: undefined }));
    const other = await editTree(blocks, base.root, gone);
    for (const [a, b] of [
      [base.root, other.root],
      [other.root, base.root],
    ] as const)
      expect(await cost(diffTrees(blocks, a, b))).toMatchObject({ loads: 2 * levels - 1, yielded: leaf.count });
  });

  test("what lies outside the bounds is not read", async () => {
    const { leaf } = await secondLeaf();
    const other = await editTree(blocks, base.root, [{ key: leaf.key(0), value: linkTo(numberedDigest(0, 9)) }]);
    const [first, second, end] = [numberedKey(1), leaf.key(0), leaf.key(1)];
    expect(await cost(diffTrees(blocks, base.root, other.root, { to: first }))).toMatchObject({
      loads: 2 * (levels - 1),
      yielded: 0,
    });
    expect(await cost(diffTrees(blocks, base.root, other.root, { from: second, to: end }))).toMatchObject({
      loads: 2 * levels,
      yielded: 1,
    });
    const beyond = await cost(diffTrees(blocks, base.root, other.root, { from: numberedKey(size / 2) }));
    expect([beyond.yielded, beyond.loads <= 2 * (levels - 1)]).toEqual([0, true]);
  });

  test("a three-way walk reads each side's changes, the base once", async () => {
    const ours = await editTree(blocks, base.root, scattered(3, 0));
    const theirs = await editTree(blocks, base.root, scattered(4, 3));
    const { loads: left } = await cost(diffTrees(blocks, base.root, ours.root));
    const { loads: right } = await cost(diffTrees(blocks, base.root, theirs.root));
    const { loads, yielded } = await cost(mergeTrees(blocks, base.root, ours.root, theirs.root));
    expect(yielded).toBe(2 * count);
    expect(loads).toBeLessThanOrEqual(left + right - left / 3);
  });
});

test("against the empty tree all entries come, each leaf read once", async () => {
  const blocks = memory();
  const { root } = numberedTree(blocks, 5000);
  const nodes = blocks.blocks.size;
  const none = emptyTree(blocks);
  blocks.reset();
  let added = 0;
  for await (const { before } of diffTrees(blocks, none, root)) if (before === undefined) added++;
  expect(added).toBe(5000);
  expect(blocks.reset().loads).toBe(nodes + 1);
});
