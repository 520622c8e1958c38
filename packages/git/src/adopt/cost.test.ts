import { expect, test } from "vitest";
import { decodeCommit, encodeCommit, type Digest } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { lines, Town, type Files } from "./testing.js";

const dataset = `{\n  "id": "${"1".repeat(32)}",\n  "path": "qa"\n}\n`;

/** A dataset of rows as the projection writes it, adopted, and pushed again under its own names. */
async function grown(count: number): Promise<{ town: Town; tip: Digest }> {
  const town = new Town(new MemoryDrive());
  const text = Array.from({ length: count }, (_, i) => `{"answer":"${i}","question":"${"x".repeat(60)} ${i}?"}`);
  const first = town.git.commit({ "qa/rows/0.jsonl": lines(...text), "qa/dataset.json": dataset });
  const adopted = (await town.adopt([first])).get(first) as Digest;
  const commit = decodeCommit(await town.blocks.load(adopted));
  const tip = town.blocks.put(encodeCommit({ ...commit, parents: [adopted], attributes: {} }));
  await town.push([tip]);
  return { town, tip };
}

test.each([1000, 100_000])("one changed line among %i rows: a few objects and blocks are read", async count => {
  const { town, tip } = await grown(count);
  const parent = await town.oidOf(tip);
  const files = town.git.files(town.git.treeOf(parent));
  const paths = Object.keys(files).filter(path => path.endsWith(".jsonl"));
  const path = paths[Math.floor(paths.length / 2)];
  const changed: Files = { ...files, [path]: files[path].text.replace('"answer":"', '"answer":"!') };
  const oid = town.git.commit(changed, [parent]);
  town.git.reads = 0;
  town.blocks.reset();
  await town.adopt([oid]);
  const { loads, created } = town.blocks.reset();
  // One item, the nodes above it, dataset, snapshot and commit.
  expect(created).toBeLessThan(12);
  // The changed file, a neighbour on each side, and the folders above them, in both trees.
  expect(town.git.reads).toBeLessThan(24);
  // The projection prints the changed file anew, about 64 KiB of rows.
  expect(loads).toBeLessThan(1400);
});
