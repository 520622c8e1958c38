import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ValueObject } from "../item/value.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { plainSnapshots, snapshotChanges } from "../testing/documents.js";
import {
  plainDataset,
  putSnapshot,
  type PlainDataset,
  type PlainFile,
  type PlainSnapshot,
} from "../testing/history.js";
import type { Difference } from "./difference.js";
import { applyPatch } from "./patch.js";
import { countDifferences, diffSnapshots } from "./snapshot-diff.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

async function differences(before: PlainSnapshot, after: PlainSnapshot, dataset?: string): Promise<Difference[]> {
  const blocks = fresh();
  const list: Difference[] = [];
  for await (const difference of diffSnapshots(blocks, putSnapshot(blocks, before), putSnapshot(blocks, after), {
    dataset,
  }))
    list.push(difference);
  return list;
}

/** Does to plain documents what the differences say. */
function applied(before: PlainSnapshot, list: readonly Difference[]): Map<string, Omit<PlainDataset, "id">> {
  const datasets = new Map<
    string,
    Omit<PlainDataset, "id"> & { rows: Map<string, { position: string; item: ValueObject }> }
  >();
  const renamed = new Map(list.flatMap(each => (each.kind === "dataset-renamed" ? [[each.from, each.dataset]] : [])));
  // A path may be left by one dataset and taken by another, so what goes has rows of its own to be taken from.
  const going = new Map<string, number>();
  const gone = new Set(list.flatMap(each => (each.kind === "dataset-removed" ? [each.dataset] : [])));
  for (const [path, { meta, rows }] of before.datasets) {
    if (gone.has(path)) going.set(path, rows.size);
    else datasets.set(renamed.get(path) ?? path, { meta, rows: new Map(rows) });
  }
  for (const each of list) {
    if (each.kind === "dataset-added") datasets.set(each.dataset, { meta: {}, rows: new Map() });
    if (each.kind === "removed" && (going.get(each.dataset) ?? 0) > 0) {
      going.set(each.dataset, (going.get(each.dataset) ?? 0) - 1);
      continue;
    }
    const dataset = "dataset" in each ? datasets.get(each.dataset) : undefined;
    if (!dataset) continue;
    if (each.kind === "meta-changed")
      datasets.set(each.dataset, { ...dataset, meta: applyPatch(dataset.meta, each.patch) as ValueObject });
    if (each.kind === "added") dataset.rows.set(each.id, { position: each.position, item: each.item as ValueObject });
    if (each.kind === "removed") dataset.rows.delete(each.id);
    if (each.kind === "moved")
      dataset.rows.set(each.id, { position: each.to, item: dataset.rows.get(each.id)?.item ?? {} });
    if (each.kind === "changed") {
      const row = dataset.rows.get(each.id);
      expect(row?.item).toEqual(each.before);
      expect(applyPatch(each.before, each.patch)).toEqual(each.after);
      dataset.rows.set(each.id, { position: each.moved?.to ?? row?.position ?? "", item: each.after as ValueObject });
    }
  }
  return datasets;
}

describe("laws", () => {
  test("doing what the differences say gives the other snapshot's datasets", async () => {
    await fc.assert(
      fc.asyncProperty(plainSnapshots, snapshotChanges, async (before, change) => {
        const after = change(before);
        const result = applied(before, await differences(before, after));
        const expected = new Map(Array.from(after.datasets, ([path, { meta, rows }]) => [path, { meta, rows }]));
        expect(isDeepStrictEqual(result, expected) || [result, expected]).toBe(true);
      }),
    );
  });

  test("the counts are those of the differences", async () => {
    await fc.assert(
      fc.asyncProperty(plainSnapshots, snapshotChanges, async (before, change) => {
        const blocks = fresh();
        const after = change(before);
        const stat = await countDifferences(blocks, putSnapshot(blocks, before), putSnapshot(blocks, after));
        const list = await differences(before, after);
        for (const kind of ["added", "removed", "changed", "moved"] as const) {
          const counted = Object.values(stat).reduce((sum, counts) => sum + counts[kind], 0);
          expect(counted).toBe(
            list.filter(each => each.kind === kind || (kind === "moved" && each.kind === "changed" && each.moved))
              .length,
          );
        }
      }),
    );
  });

  test("where a dataset went and another took its path, the rows of both are counted", async () => {
    const row = { position: "a0", item: {} };
    const old = { id: "4", meta: {}, rows: new Map([["a", row]]) };
    const other = { id: "5", meta: {}, rows: new Map([["b", row]]) };
    const before = {
      datasets: new Map([
        ["qa", old],
        ["qa-new", other],
      ]),
      files: new Map(),
    };
    const after = { datasets: new Map([["qa", { ...other, rows: new Map() }]]), files: new Map() };
    const blocks = fresh();
    expect(await countDifferences(blocks, putSnapshot(blocks, before), putSnapshot(blocks, after))).toEqual({
      qa: { added: 0, removed: 2, changed: 0, moved: 0 },
    });
  });

  test("files differ where their text or mode does", async () => {
    const same = (a: PlainFile | undefined, b: PlainFile | undefined) => isDeepStrictEqual(a, b);
    await fc.assert(
      fc.asyncProperty(plainSnapshots, snapshotChanges, async (before, change) => {
        const after = change(before);
        const expected = ["LICENSE", "README.md"].filter(name => !same(before.files.get(name), after.files.get(name)));
        const list = await differences(before, after);
        expect(list.flatMap(each => ("file" in each ? each.file : []))).toEqual(expected);
      }),
    );
  });
});

describe("examples", () => {
  const qa = plainDataset("1", [["q1", "a", { n: 1 }]], { description: "old" });
  const snapshot = (datasets: Record<string, PlainDataset>): PlainSnapshot => ({
    datasets: new Map(Object.entries(datasets)),
    files: new Map(),
  });

  test("a renamed dataset is the same one; its metadata comes before its rows", async () => {
    const after = plainDataset(
      "1",
      [
        ["q1", "a", { n: 2 }],
        ["q2", "b", {}],
      ],
      { description: "new" },
    );
    expect(
      (await differences(snapshot({ qa }), snapshot({ exams: after }))).map(each =>
        "id" in each ? `${each.kind} ${each.id}` : each.kind,
      ),
    ).toEqual(["dataset-renamed", "meta-changed", "changed q1", "added q2"]);
  });

  test("a dataset made anew at the same path is compared with the old one", async () => {
    expect(
      (await differences(snapshot({ qa }), snapshot({ qa: { ...qa, id: "2", rows: new Map() } }))).map(
        ({ kind }) => kind,
      ),
    ).toEqual(["removed"]);
  });

  test("one dataset only, by its old or its new path", async () => {
    const [before, after] = [snapshot({ a: qa, b: { ...qa, id: "2" } }), snapshot({ c: qa, d: { ...qa, id: "2" } })];
    expect(await differences(before, after, "a")).toEqual([{ kind: "dataset-renamed", dataset: "c", from: "a" }]);
    expect(await differences(before, after, "d")).toEqual([{ kind: "dataset-renamed", dataset: "d", from: "b" }]);
  });
});

test("cost: datasets that do not differ are not read", async () => {
  const blocks = fresh();
  const dataset = (id: number, n: number) =>
    plainDataset(
      String(id),
      Array.from({ length: 100 }, (_, i) => [`${id}-${i}`, `a${i}`, { n: i === 7 ? n : 0 }]),
    );
  const many = (n: number): PlainSnapshot => ({
    datasets: new Map(Array.from({ length: 200 }, (_, i) => [`set-${i}`, dataset(i, i === 50 ? n : 0)])),
    files: new Map(),
  });
  const [before, after] = [putSnapshot(blocks, many(0)), putSnapshot(blocks, many(1))];
  blocks.reset();
  expect(await countDifferences(blocks, before, after)).toEqual({
    "set-50": { added: 0, removed: 0, changed: 1, moved: 0 },
  });
  expect(blocks.reset().loads).toBeLessThan(20);
});
