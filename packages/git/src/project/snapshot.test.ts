import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeSnapshot } from "@sheaf/core";
import { plainSnapshots, putSnapshot, snapshotChanges, type PlainSnapshot } from "@sheaf/core/testing";
import { projectSnapshot } from "./snapshot.js";
import { freshBlocks, making, manyRows, MemoryObjects, plainProjection, sound } from "./testing.js";

function put(blocks: ReturnType<typeof freshBlocks>, snapshot: PlainSnapshot) {
  return blocks.put(encodeSnapshot(putSnapshot(blocks, snapshot)));
}

describe("laws", () => {
  test("a snapshot is projected by the letter, from nothing and from any other", async () => {
    await fc.assert(
      fc.asyncProperty(plainSnapshots, snapshotChanges, async (drawn, change) => {
        const blocks = freshBlocks();
        const objects = new MemoryObjects();
        const first = sound(drawn);
        const second = sound(change(first));
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

test("many rows are cut into files and folders by the letter", async () => {
  for (const [count, bytes] of [
    [2000, 300],
    [700, 50_000],
  ]) {
    const blocks = freshBlocks();
    const objects = new MemoryObjects();
    const snapshot = {
      datasets: new Map([["qa", { id: "1", meta: {}, rows: manyRows(count, bytes) }]]),
      files: new Map(),
    };
    expect(await projectSnapshot(making(blocks, objects), put(blocks, snapshot))).toBe(
      plainProjection(objects, snapshot),
    );
  }
});
