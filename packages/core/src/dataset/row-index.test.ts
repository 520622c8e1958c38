import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryBlocks } from "../testing/blocks.js";
import { TreeBuilder } from "../tree/builder.js";
import { compareBytes, fromUtf8, utf8 } from "../text.js";
import type { DatasetBlock } from "./dataset.js";
import { linkValue, rowKey } from "./row.js";
import { RowIndex } from "./row-index.js";

const digestOf = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
const memory = () => new MemoryBlocks((bytes, out, at) => out.set(digestOf(bytes), at));
const room = 2 ** 24;

/** A dataset of these rows, ids and positions, its ids left out: the index reads `rows` alone. */
async function datasetOf(blocks: MemoryBlocks, rows: readonly (readonly [id: string, position: string])[]) {
  const builder = new TreeBuilder(blocks);
  const sorted = rows
    .map(([id, position]) => ({ key: rowKey(position, id), value: linkValue(digestOf(utf8(id))) }))
    .sort((a, b) => compareBytes(a.key, b.key));
  for (const { key, value } of sorted) builder.add(key, value);
  const { root } = builder.finish();
  return { id: "", meta: {}, rows: root, ids: root, count: rows.length } satisfies DatasetBlock;
}

async function whole(index: RowIndex): Promise<boolean> {
  while (!index.isWhole) if (!(await index.grow(1))) return false;
  return true;
}

describe("law: the index finds what is there, and nothing else", () => {
  test("for ids of every length and kind", async () => {
    const id = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
      fc.string({ minLength: 200, maxLength: 500 }),
    );
    const law = fc.asyncProperty(fc.uniqueArray(id, { maxLength: 80 }), fc.array(id), async (ids, others) => {
      const blocks = memory();
      const rows = ids.map((name, n) => [name, `b0${n % 7}1`] as const);
      const index = new RowIndex(blocks, await datasetOf(blocks, rows), room);
      expect(await whole(index)).toBe(true);
      for (const [name, position] of rows) {
        const found = index.find(utf8(name));
        expect(found && fromUtf8(found.position)).toBe(position);
        expect(found?.item).toEqual(digestOf(utf8(name)));
      }
      for (const other of others) if (!ids.includes(other)) expect(index.find(utf8(other))).toBeUndefined();
    });
    await fc.assert(law);
  });
});

describe("an index", () => {
  const many = Array.from({ length: 30_000 }, (_, n) => [`row ${n}`, `c${String(n).padStart(5, "0")}1`] as const);

  test("of many rows spans its chunks, and reads each leaf once", async () => {
    const blocks = memory();
    const dataset = await datasetOf(blocks, many);
    blocks.reset();
    const index = new RowIndex(blocks, dataset, room);
    expect(await whole(index)).toBe(true);
    expect(blocks.counts.loads).toBeLessThan(blocks.blocks.size + 1);
    const isFound = (id: string) => compareBytes(index.find(utf8(id))?.item ?? utf8(""), digestOf(utf8(id))) === 0;
    expect(many.filter(([id]) => !isFound(id))).toEqual([]);
    expect(index.find(utf8("row 30000"))).toBeUndefined();
  });

  test("that would be too large does not become whole", async () => {
    const blocks = memory();
    expect(await whole(new RowIndex(blocks, await datasetOf(blocks, many), 2 ** 20 + 2 ** 19))).toBe(false);
  });

  test("does not become whole where an id stands twice", async () => {
    const blocks = memory();
    expect(await whole(new RowIndex(blocks, await datasetOf(blocks, [["a", "a1"], ["a", "a2"]]), room))).toBe(false); // prettier-ignore
  });
});
