import { describe, expect, test } from "vitest";
import { encodeSnapshot, encodeDataset, linkValue, utf8, type Digest } from "@sheaf/core";
import { putDataset, putTree, type MemoryBlocks, type PlainDataset } from "@sheaf/core/testing";
import { projectSnapshot } from "./snapshot.js";
import { freshBlocks, making, manyRows, MemoryObjects } from "./testing.js";

/** A snapshot of this dataset and of so many others that do not change. */
function put(blocks: MemoryBlocks, dataset: PlainDataset, others: number): Digest {
  const block = (id: string, of: PlainDataset) =>
    linkValue(blocks.put(encodeDataset({ ...putDataset(blocks, of), id })));
  const empty = { id: "0", meta: {}, rows: new Map() };
  const datasets = [[utf8("qa"), block("qa", dataset)] as const].concat(
    Array.from({ length: others }, (_, n) => [utf8(`other/${n}`), block(`o${n}`, empty)] as const),
  );
  return blocks.put(encodeSnapshot({ datasets: putTree(blocks, datasets), files: putTree(blocks, []) }));
}

async function costOfOneRow(count: number, others: number) {
  const blocks = freshBlocks();
  const objects = new MemoryObjects();
  const work = making(blocks, objects);
  const rows = manyRows(count, 300);
  const before = { id: "1", meta: {}, rows };
  const changed = new Map(rows).set(`r${count >> 1}`, {
    ...(rows.get(`r${count >> 1}`) ?? { position: "" }),
    item: { text: "new" },
  });
  const a = put(blocks, before, others);
  const b = put(blocks, { ...before, rows: changed }, others);
  const tree = await projectSnapshot(work, a);
  objects.take();
  blocks.reset();
  await projectSnapshot(work, b, { snapshot: a, tree });
  const sent = objects.take();
  return {
    blobs: sent.filter(({ type }) => type === "blob").length,
    trees: sent.filter(({ type }) => type === "tree").length,
    alone: sent.filter(({ like }) => !like).length,
    loads: blocks.reset().loads,
  };
}

describe("cost of one changed row", () => {
  test.each([1000, 10_000])("in %d rows: a file or two, the folders above, and the blocks around it", async count => {
    const { blobs, trees, alone, loads } = await costOfOneRow(count, 0);
    expect(blobs).toBeLessThanOrEqual(2);
    expect(trees).toBeLessThanOrEqual(5);
    expect(alone).toBe(0);
    // The rows of about two files, before and after, and the way to them.
    expect(loads).toBeLessThan(2500);
  });

  test("beside two thousand datasets that stay as they are: no block of theirs is read twice", async () => {
    const { blobs, trees, loads } = await costOfOneRow(100, 2000);
    expect({ blobs, trees }).toEqual({ blobs: 1, trees: 3 });
    expect(loads).toBeLessThan(400);
  });
});
