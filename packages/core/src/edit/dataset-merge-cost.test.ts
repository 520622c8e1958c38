import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { DatasetBlock } from "../dataset/dataset.js";
import { encode } from "../item/cbor.js";
import type { ValueObject } from "../item/value.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { plainDataset, putDataset } from "../testing/history.js";
import { diffRows } from "./dataset-diff.js";
import { mergeContext, mergeDatasets } from "./dataset-merge.js";
import { changeRows, type RowChange } from "./row-edit.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

async function merge(blocks: MemoryBlocks, base: DatasetBlock, ours: DatasetBlock, theirs: DatasetBlock) {
  const context = mergeContext(blocks);
  const merged = await mergeDatasets(context, "qa", base, ours, theirs);
  return { merged, conflicts: context.conflicts };
}

describe("cost", () => {
  const size = 30_000;
  const row = (i: number): [string, string, ValueObject] => [
    `id-${(i * 7919) % size}`,
    `a${i.toString(36).padStart(5, "0")}`,
    { n: i % 1000, a: 0, b: 0 },
  ];
  const blocks = fresh();
  const base = putDataset(
    blocks,
    plainDataset(
      "d",
      Array.from({ length: size }, (_, i) => row(i)),
    ),
  );

  async function edited(indexes: readonly number[], field: string): Promise<DatasetBlock> {
    const states = new Map<string, RowChange["after"]>();
    for await (const { id, after } of diffRows(blocks, undefined, base)) states.set(id, after);
    return changeRows(
      blocks,
      base,
      indexes.map(i => {
        const [id, position, item] = row(i);
        return { id, before: states.get(id), after: { position, item: blocks.put(encode({ ...item, [field]: 1 })) } };
      }),
    );
  }
  const every = (step: number, from: number, count: number) => Array.from({ length: count }, (_, i) => i * step + from);

  test("a hundred changes here and a hundred there read and write a few hundred nodes", async () => {
    const ours = await edited(every(300, 3, 100), "a");
    const theirs = await edited(every(300, 150, 100), "b");
    blocks.reset();
    const { merged, conflicts } = await merge(blocks, base, ours, theirs);
    const { loads, created } = blocks.reset();
    expect(conflicts).toEqual([]);
    expect(loads).toBeLessThan(900);
    expect(created).toBeLessThan(250);
    expect(merged.count).toBe(size);
  });

  test("both sides of the same rows: their items are read too, and written", async () => {
    const [ours, theirs] = [await edited(every(300, 3, 100), "a"), await edited(every(300, 3, 100), "b")];
    blocks.reset();
    const { conflicts } = await merge(blocks, base, ours, theirs);
    const { loads, created } = blocks.reset();
    expect(conflicts).toEqual([]);
    expect(loads).toBeLessThan(1300);
    expect(created).toBeLessThan(350);
  });

  test("a side that changed every row is not walked when the other changed few", async () => {
    const [ours, theirs] = [await edited(every(1000, 500, 10), "b"), await edited(every(1, 0, size), "a")];
    blocks.reset();
    const { merged, conflicts } = await merge(blocks, base, ours, theirs);
    expect(conflicts).toEqual([]);
    expect(merged.count).toBe(size);
    // About 16,000 changes are seen before the other side is tried.
    expect(blocks.reset().loads).toBeLessThan(1500);
  });
});
