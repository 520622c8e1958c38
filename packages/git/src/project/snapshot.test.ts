import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeSnapshot } from "@sheaf/core";
import { plainDataset, plainSnapshots, putSnapshot, snapshotChanges, type PlainSnapshot } from "@sheaf/core/testing";
import { projectSnapshot } from "./snapshot.js";
import { freshBlocks, making, manyRows, MemoryObjects, plainProjection, sound } from "./testing.js";

function put(blocks: ReturnType<typeof freshBlocks>, snapshot: PlainSnapshot) {
  return blocks.put(encodeSnapshot(putSnapshot(blocks, snapshot)));
}

/** The drawn names, some so that siblings differ by case only, datasets lie in others, and files lie among rows. */
const named: Record<string, string> = {
  "safety/a": "qa/sub",
  "safety/b": "QA/sub",
  z: "QA",
  "README.md": "qa/rows/README",
  LICENSE: "%51%41/rows/x/LICENSE",
};

function awkward({ datasets, files }: PlainSnapshot): PlainSnapshot {
  const renamed = <T>(all: ReadonlyMap<string, T>) =>
    new Map(Array.from(all, ([name, one]) => [named[name] ?? name, one]));
  return { datasets: renamed(datasets), files: renamed(files) };
}

describe("laws", () => {
  test("a snapshot is projected by the letter, from nothing and from any other", async () => {
    await fc.assert(
      fc.asyncProperty(plainSnapshots, snapshotChanges, fc.boolean(), async (drawn, change, isAwkward) => {
        const blocks = freshBlocks();
        const objects = new MemoryObjects();
        const name = isAwkward ? awkward : (plain: PlainSnapshot) => plain;
        const first = name(sound(drawn));
        const second = name(sound(change(drawn)));
        const work = making(blocks, objects);
        const a = put(blocks, first);
        const b = put(blocks, second);
        const treeA = await projectSnapshot(work, a);
        expect(treeA).toBe(plainProjection(objects, first));
        expect(await projectSnapshot(work, b, { snapshot: a, tree: treeA })).toBe(plainProjection(objects, second));
      }),
    );
  });
});

test("many rows are cut into files by the letter", async () => {
  const blocks = freshBlocks();
  const objects = new MemoryObjects();
  const snapshot = { datasets: new Map([["qa", { id: "1", meta: {}, rows: manyRows(1500, 300) }]]), files: new Map() };
  const tree = await projectSnapshot(making(blocks, objects), put(blocks, snapshot));
  expect(tree).toBe(plainProjection(objects, snapshot));
  expect(objects.files(tree).size).toBeGreaterThan(5);
});

test("work that is called off stops", async () => {
  const blocks = freshBlocks();
  const work = making(blocks, new MemoryObjects(), { watch: { signal: AbortSignal.abort(new Error("called off")) } });
  const datasets = new Map([["qa", plainDataset("1", [["a", "a0", {}]])]]);
  await expect(projectSnapshot(work, put(blocks, { datasets, files: new Map() }))).rejects.toThrow("called off");
});

test("a file that could be taken for a dataset's own is refused, whichever of the two came first", async () => {
  const blocks = freshBlocks();
  const work = making(blocks, new MemoryObjects());
  const datasets = new Map([["qa", plainDataset("1", [["a", "a0", {}]])]]);
  const files = new Map([["qa/dataset.json", { mode: 0o100644, text: "" }]]);
  const none = new Map();
  const both = put(blocks, { datasets, files });
  await expect(projectSnapshot(work, both)).rejects.toThrow("rename it");
  for (const one of [put(blocks, { datasets, files: none }), put(blocks, { datasets: none, files })]) {
    const base = { snapshot: one, tree: await projectSnapshot(work, one) };
    await expect(projectSnapshot(work, both, base)).rejects.toThrow("rename it");
  }
});

test.each(["qa", "qa/dataset.json", "qa/rows", "qa/rows/0/README"])(
  "a dataset takes the place of the file %s, and the other way round",
  async path => {
    const blocks = freshBlocks();
    const objects = new MemoryObjects();
    const work = making(blocks, objects);
    const none = new Map();
    const withFile = { datasets: none, files: new Map([[path, { mode: 0o100644, text: "{}" }]]) };
    const withDataset = { datasets: new Map([["qa", plainDataset("1", [["a", "a0", {}]])]]), files: none };
    for (const [first, second] of [
      [withFile, withDataset],
      [withDataset, withFile],
    ]) {
      const base = { snapshot: put(blocks, first), tree: await projectSnapshot(work, put(blocks, first)) };
      expect(await projectSnapshot(work, put(blocks, second), base)).toBe(plainProjection(objects, second));
    }
  },
);

test.each([
  ["x/rows/y.jsonl", ""],
  ["x/dataset.json", `{"id":"${"0".repeat(32)}"}`],
])("the file %s is refused, as it would come back as a dataset", async (path, text) => {
  const blocks = freshBlocks();
  const work = making(blocks, new MemoryObjects());
  const snapshot = put(blocks, { datasets: new Map(), files: new Map([[path, { mode: 0o100644, text }]]) });
  await expect(projectSnapshot(work, snapshot)).rejects.toThrow("would be read from git as a dataset's own");
});
