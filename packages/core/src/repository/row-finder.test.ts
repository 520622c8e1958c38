import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { DatasetBlock } from "../dataset/dataset.js";
import { linkValue, rowKey, textValue } from "../dataset/row.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { fromUtf8, utf8 } from "../text.js";
import { TreeBuilder } from "../tree/builder.js";
import { RecentNodes } from "../tree/cache.js";
import { RowFinder } from "./row-finder.js";

const digestOf = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
const memory = (slow: boolean) => new MemoryBlocks((bytes, out, at) => out.set(digestOf(bytes), at), { slow });
const idOf = (n: number) => `row-${String(n).padStart(5, "0")}`;
const positionOf = (n: number) => `c${String(n).padStart(5, "0")}1`;

/** Rows whose items are named after their ids and a version. */
function datasetOf(blocks: MemoryBlocks, count: number, version: string): DatasetBlock {
  const [rows, ids] = [new TreeBuilder(blocks), new TreeBuilder(blocks)];
  for (let n = 0; n < count; n++) {
    rows.add(rowKey(positionOf(n), idOf(n)), linkValue(digestOf(utf8(version + idOf(n)))));
    ids.add(utf8(idOf(n)), textValue(positionOf(n)));
  }
  return { id: "", meta: {}, rows: rows.finish().root, ids: ids.finish().root, count };
}

test.each([false, true])(
  "rows are found before, while and after an index is made, in the version that is asked (slow: %s)",
  async slow => {
    const blocks = memory(slow);
    const [a, b] = [datasetOf(blocks, 9000, "a"), datasetOf(blocks, 9000, "b")];
    const finder = new RowFinder(blocks, new RecentNodes(1000));
    const look = async (dataset: DatasetBlock, version: string, n: number) => {
      const found = await finder.find(dataset, idOf(n));
      expect(found && [fromUtf8(found.position), found.item]).toEqual([
        positionOf(n),
        digestOf(utf8(version + idOf(n))),
      ]);
    };
    for (let n = 0; n < 2500; n++) await look(a, "a", (n * 7) % 9000);
    blocks.reset();
    for (let n = 0; n < 9000; n += 100) await look(a, "a", n);
    expect(await finder.find(a, idOf(9000))).toBeUndefined();
    expect(blocks.counts.loads).toBe(0);
    for (let n = 0; n < 2500; n++) await look(b, "b", (n * 11) % 9000);
    await look(a, "a", 5);
  },
);
