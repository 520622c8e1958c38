import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ValueObject } from "@sheaf/core";
import { putDataset, type PlainDataset } from "@sheaf/core/testing";
import type { Sizes } from "./cut.js";
import { EarlierRows } from "./earlier-rows.js";
import { projectRows } from "./row-folders.js";
import { freshBlocks, making, MemoryObjects, plainProjection } from "./testing.js";

/** So small that a hundred rows make files, folders and folders of folders. */
const small: Sizes = {
  file: { most: 400, least: 60, leastFirst: 150, spread: 80 },
  folder: { most: 6, least: 2, leastFirst: 4, spread: 3 },
};

interface Row {
  readonly id: number;
  readonly place: number;
  readonly length: number;
}

const digits = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Few places for many rows, so that some share one. The first ones lie below zero, whose letters are capitals. */
function positionOf(place: number): string {
  const [high, low] = [Math.floor(place / 36), place % 36];
  return place < 72
    ? `${high === 0 ? "Y" : "Z"}${high === 0 ? "0" : ""}${digits[low]}`
    : `b${digits[high % 36]}${digits[low]}`;
}

const rows: fc.Arbitrary<Row> = fc.record({
  id: fc.nat(400),
  place: fc.nat(500),
  length: fc.oneof({ weight: 5, arbitrary: fc.constant(8) }, fc.nat(120)),
});
const datasets = fc.array(rows, { minLength: 1, maxLength: 250, size: "max" });

/** Inserts, deletes, moves and changes of length: some scattered, some in a run, some at an end. */
const edits: fc.Arbitrary<(all: readonly Row[]) => Row[]> = fc
  .array(
    fc.oneof(
      rows.map(row => (all: Row[]) => [...all.filter(({ id }) => id !== row.id), row]),
      fc.nat(400).map(gone => (all: Row[]) => all.filter(({ id }) => id !== gone)),
      fc.tuple(fc.nat(500), fc.nat(60)).map(
        ([from, many]) =>
          (all: Row[]) =>
            all.filter(({ place }) => place < from || place >= from + many),
      ),
      fc.tuple(fc.nat(400), fc.nat(120)).map(
        ([changed, length]) =>
          (all: Row[]) =>
            all.map(row => (row.id === changed ? { ...row, length } : row)),
      ),
      fc
        .constantFrom(0, 499)
        .chain(place => rows.map(row => (all: Row[]) => [...all.filter(({ id }) => id !== row.id), { ...row, place }])),
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map(list => all => list.reduce((now, edit) => edit([...now]), [...all]));

function datasetOf(all: readonly Row[]): PlainDataset {
  const item = (length: number): ValueObject => ({ x: "y".repeat(length) });
  return {
    id: "1",
    meta: {},
    rows: new Map(all.map(({ id, place, length }) => [`r${id}`, { position: positionOf(place), item: item(length) }])),
  };
}

function plainRows(dataset: PlainDataset): string {
  const objects = new MemoryObjects();
  const top = plainProjection(objects, { datasets: new Map([["d", dataset]]), files: new Map() }, small);
  return JSON.stringify(
    [...objects.files(top)].filter(([path]) => path.startsWith("d/rows/")).map(([path, file]) => [path.slice(7), file]),
  );
}

describe("laws", () => {
  test("rows are cut by the letter, from nothing and from any earlier version", async () => {
    await fc.assert(
      fc.asyncProperty(datasets, fc.array(edits, { minLength: 1, maxLength: 3 }), async (first, steps) => {
        const blocks = freshBlocks();
        const objects = new MemoryObjects();
        const work = making(blocks, objects, { sizes: small });
        let all = [...first];
        let before = datasetOf(all);
        let root = await projectRows(work, putDataset(blocks, before).rows);
        expect(JSON.stringify([...objects.files(root)])).toBe(plainRows(before));
        for (const step of steps) {
          all = step(all);
          const now = datasetOf(all);
          if (now.rows.size === 0) return;
          const layout = await EarlierRows.open(work.shelf, root);
          root = await projectRows(work, putDataset(blocks, now).rows, {
            rows: putDataset(blocks, before).rows,
            layout,
          });
          expect(JSON.stringify([...objects.files(root)])).toBe(plainRows(now));
          before = now;
        }
      }),
      { numRuns: Number(process.env["SHEAF_RUNS"] ?? 30) },
    );
  });
});
