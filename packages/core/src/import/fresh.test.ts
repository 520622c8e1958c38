import { nodePlatform } from "../../../drives/src/node.js";
import { expect, test } from "vitest";
import { emptyDataset } from "../dataset/dataset.js";
import { IdMaker } from "../dataset/made-id.js";
import { splitRowKey } from "../dataset/row.js";
import { encodeView } from "../item/encode-view.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { fromUtf8 } from "../text.js";
import { entries } from "../tree/read.js";
import { FreshImport } from "./fresh.js";
import { IdChooser } from "./id.js";
import { LineBook, type RowBatch } from "./row-batch.js";

/** Rows that stand one on each line. */
function batchOf(items: readonly object[], ids?: readonly (string | undefined)[]): RowBatch {
  const blocks = items.map(item => encodeView(item));
  const ends = Uint32Array.from(blocks, (_, i) => blocks.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
  const starts = Uint32Array.from(blocks, ({ length }, i) => ends[i] - length);
  const bytes = Uint8Array.from(blocks.flatMap(block => [...block]));
  const lines = Uint32Array.from(blocks, (_, i) => i + 1);
  return {
    count: items.length,
    items: { bytes, count: items.length, starts, ends },
    lines,
    ...(ids ? { ids } : {}),
    place: i => ({ line: i + 1 }),
  };
}

async function imported(batches: readonly RowBatch[], key?: string) {
  const blocks = new MemoryBlocks(nodePlatform.digestInto);
  const chooser = new IdChooser(nodePlatform, key, new LineBook());
  const fresh = new FreshImport(blocks, chooser);
  for (const batch of batches) fresh.add(batch);
  const dataset = fresh.finish(emptyDataset(blocks, "d"));
  const rows: string[] = [];
  for await (const entry of entries(blocks, dataset.rows)) rows.push(splitRowKey(entry.key).id);
  const ids: string[] = [];
  for await (const entry of entries(blocks, dataset.ids)) ids.push(fromUtf8(entry.key));
  return { rows, ids };
}

function madeFor(item: object, ordinal: number): string {
  const digest = new Uint8Array(32);
  nodePlatform.digestInto(encodeView(item), digest, 0);
  return new IdMaker(nodePlatform).make(digest, ordinal);
}

test("rows without ids get them from content and ordinal, across batches", async () => {
  const { rows, ids } = await imported([batchOf([{ a: 1 }, { a: 1 }]), batchOf([{ a: 2 }, { a: 1 }])]);
  expect(rows).toEqual([madeFor({ a: 1 }, 0), madeFor({ a: 1 }, 1), madeFor({ a: 2 }, 0), madeFor({ a: 1 }, 2)]);
  expect(ids).toEqual([...rows].sort());
});

test("ids may be given after others were made", async () => {
  const { rows, ids } = await imported([batchOf([{ a: 1 }]), batchOf([{ a: 2 }, { a: 3 }], ["zebra", undefined])]);
  expect(rows).toEqual([madeFor({ a: 1 }, 0), "zebra", madeFor({ a: 3 }, 0)]);
  expect(ids).toEqual([...rows].sort());
});

test("a key may be text of any length or an integer", async () => {
  const keys = ["x", "ü".repeat(200), 7, "seven"];
  const { rows } = await imported([batchOf(keys.map(id => ({ id })))], "id");
  expect(rows).toEqual(keys.map(String));
});

test("what is no id is refused with its line", async () => {
  for (const id of ["", "-", "x".repeat(513)])
    await expect(imported([batchOf([{ id: "fine" }, { id }])], "id")).rejects.toMatchObject({
      code: "bad-input",
      data: { line: 2 },
    });
});

test("an id that stands twice is refused with both lines", async () => {
  const twice = imported([batchOf([{ id: "one", n: 1 }, { id: "two" }]), batchOf([{ id: "one", n: 2 }])], "id");
  await expect(twice).rejects.toThrow(/stands twice.*line 1/);
});
