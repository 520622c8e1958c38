import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeDataset, type DatasetBlock } from "../dataset/dataset.js";
import { encode } from "../item/cbor.js";
import type { Value, ValueObject } from "../item/value.js";
import { compareText } from "../text.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { datasetEdits, plainDatasets } from "../testing/documents.js";
import { patchedDocument, plainDataset, plainOf, putDataset, type PlainDataset } from "../testing/history.js";
import { countRows, diffFullRows, diffRows, isChanged, isMoved } from "./dataset-diff.js";
import { express } from "./express.js";
import { applyPatch, type Operation } from "./patch.js";
import { changeRows, type RowChange } from "./row-edit.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const element of source) list.push(element);
  return list;
}

/** Applies a patch by the rules of a dataset's document: removing an item removes its position. */
function applyToDocument(dataset: PlainDataset, patch: readonly Operation[]): PlainDataset {
  let document = patchedDocument(dataset) as Value;
  for (const operation of patch) {
    document = applyPatch(document, [operation]);
    const id = /^\/items\/([^/]*)$/.exec(operation.path)?.[1];
    if (operation.op === "remove" && id !== undefined)
      document = applyPatch(document, [{ op: "remove", path: `/positions/${id}` }]);
  }
  const { meta, items, positions } = document as { meta: ValueObject; items: ValueObject; positions: ValueObject };
  const rows = new Map(
    Object.keys(items).map(id => [id, { item: items[id] as ValueObject, position: positions[id] as string }]),
  );
  return { ...dataset, meta, rows };
}

/** What differs by its definition. */
function naiveKinds(before: PlainDataset, after: PlainDataset): string[] {
  const same = (a: ValueObject, b: ValueObject) => Buffer.compare(encode(a), encode(b)) === 0;
  return [...new Set([...before.rows.keys(), ...after.rows.keys()])].flatMap(id => {
    const [was, is] = [before.rows.get(id), after.rows.get(id)];
    if (!was) return `${id} added`;
    if (!is) return `${id} removed`;
    const kinds = [...(same(was.item, is.item) ? [] : ["changed"]), ...(was.position === is.position ? [] : ["moved"])];
    return kinds.length > 0 ? `${id} ${kinds.join(" ")}` : [];
  });
}

function kind(change: RowChange): string {
  if (!change.before) return `${change.id} added`;
  if (!change.after) return `${change.id} removed`;
  return `${change.id} ${[...(isChanged(change) ? ["changed"] : []), ...(isMoved(change) ? ["moved"] : [])].join(" ")}`;
}

const versions = fc
  .tuple(plainDatasets, datasetEdits)
  .map(([before, edit]): [PlainDataset, PlainDataset] => [before, edit(before)]);
const pairs = fc.oneof(versions, fc.tuple(plainDatasets, plainDatasets));

describe("laws", () => {
  test("changing rows by their difference gives the other version, block for block", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([a, b]) => {
        const blocks = fresh();
        const [before, after] = [putDataset(blocks, a), putDataset(blocks, b)];
        const changed = await changeRows(blocks, before, await all(diffRows(blocks, before, after)));
        expect({ ...changed, meta: {} }).toEqual({ ...after, meta: {} });
      }),
    );
  });

  test("every row that differs comes once, as what became of it, and rows stand in dataset order", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([a, b]) => {
        const blocks = fresh();
        const changes = await all(diffRows(blocks, putDataset(blocks, a), putDataset(blocks, b)));
        expect(changes.map(kind).toSorted()).toEqual(naiveKinds(a, b).toSorted());
        const places = changes.map(({ id, before, after }) => `${(after ?? before)?.position}\0${id}`);
        expect(places).toEqual(places.toSorted(compareText));
      }),
    );
  });

  test("the counts are those of the changes", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([a, b]) => {
        const blocks = fresh();
        const counts = await countRows(blocks, putDataset(blocks, a), putDataset(blocks, b));
        const kinds = naiveKinds(a, b)
          .map(line => line.split(" ").slice(1))
          .flat();
        for (const name of ["added", "removed", "changed", "moved"] as const)
          expect(counts[name]).toBe(kinds.filter(each => each === name).length);
      }),
    );
  });

  test("the one patch of the whole document gives the other version, block for block", async () => {
    await fc.assert(
      fc.asyncProperty(pairs, async ([a, b]) => {
        const blocks = fresh();
        const [before, after] = [putDataset(blocks, a), putDataset(blocks, b)];
        const patch = await all(express(blocks, before, after));
        const patched = putDataset(blocks, applyToDocument(a, patch));
        expect(encodeDataset({ ...patched, id: "" })).toEqual(encodeDataset({ ...after, id: "" }));
      }),
    );
  });
});

describe("examples", () => {
  test("a row that moved and changed is one change; one that left stands where it stood", async () => {
    const blocks = fresh();
    const before = putDataset(
      blocks,
      plainDataset("d", [
        ["1", "a", { n: 1 }],
        ["2", "b", { n: 2 }],
        ["3", "c", { n: 3 }],
      ]),
    );
    const after = putDataset(
      blocks,
      plainDataset("d", [
        ["1", "d", { n: 9 }],
        ["3", "b", { n: 3 }],
        ["4", "a", { n: 4 }],
      ]),
    );
    const changes = await all(diffFullRows(blocks, before, after));
    expect(changes.map(kind)).toEqual(["4 added", "2 removed", "3 moved", "1 changed moved"]);
    expect(changes.map(({ itemBefore, itemAfter }) => [itemBefore, itemAfter])).toEqual([
      [undefined, { n: 4 }],
      [{ n: 2 }, undefined],
      [{ n: 3 }, { n: 3 }],
      [{ n: 1 }, { n: 9 }],
    ]);
    expect(await all(express(blocks, before, after))).toEqual([
      { op: "add", path: "/items/4", value: { n: 4 } },
      { op: "add", path: "/positions/4", value: "a" },
      { op: "remove", path: "/items/2" },
      { op: "replace", path: "/positions/3", value: "b" },
      { op: "replace", path: "/items/1/n", value: 9 },
      { op: "replace", path: "/positions/1", value: "d" },
    ]);
  });

  test("a dataset that is not there differs by all its rows", async () => {
    const blocks = fresh();
    const dataset = putDataset(
      blocks,
      plainDataset("d", [
        ["1", "a", {}],
        ["2", "b", {}],
      ]),
    );
    expect((await all(diffRows(blocks, undefined, dataset))).map(kind)).toEqual(["1 added", "2 added"]);
    expect((await all(diffRows(blocks, dataset, undefined))).map(kind)).toEqual(["1 removed", "2 removed"]);
  });
});

describe("cost", () => {
  const size = 30_000;
  const row = (i: number): [string, string, ValueObject] => [
    `id-${(i * 7919) % size}`,
    `a${i.toString(36).padStart(5, "0")}`,
    { n: i % 1000 },
  ];
  const blocks = fresh();
  const big = putDataset(
    blocks,
    plainDataset(
      "d",
      Array.from({ length: size }, (_, i) => row(i)),
    ),
  );
  const scattered = (count: number) => Array.from({ length: count }, (_, i) => row(i * Math.floor(size / count) + 17));

  async function edited(
    change: (id: string, position: string) => RowChange["after"],
    count: number,
  ): Promise<DatasetBlock> {
    const ids = scattered(count);
    const states = new Map((await all(diffRows(blocks, undefined, big))).map(({ id, after }) => [id, after]));
    return changeRows(
      blocks,
      big,
      ids.map(([id, position]) => ({ id, before: states.get(id), after: change(id, position) })),
    );
  }

  test("a hundred scattered changes read a few hundred nodes, and no items unless asked", async () => {
    const item = blocks.put(encode({ new: true }));
    const after = await edited((_, position) => ({ position, item }), 100);
    blocks.reset();
    expect(await countRows(blocks, big, after)).toEqual({ added: 0, removed: 0, changed: 100, moved: 0 });
    const nodes = blocks.reset().loads;
    expect(nodes).toBeLessThan(450);
    await all(diffFullRows(blocks, big, after));
    expect(blocks.reset().loads).toBe(nodes + 200);
    expect(await all(diffRows(blocks, big, big))).toEqual([]);
    expect(blocks.reset().loads).toBe(0);
  });

  test("a hundred rows that moved or left cost about as many look-ups", async () => {
    const item = blocks.put(encode({ n: 1 }));
    const moved = await edited((_, position) => ({ position: `${position}h`, item }), 100);
    blocks.reset();
    const counts = await countRows(blocks, big, moved);
    expect(counts.moved).toBe(100);
    expect(blocks.reset().loads).toBeLessThan(1400);
    const left = await edited(() => undefined, 100);
    blocks.reset();
    expect((await countRows(blocks, big, left)).removed).toBe(100);
    expect(blocks.reset().loads).toBeLessThan(900);
  });

  test("the first changes come before the rest is read", async () => {
    const item = blocks.put(encode({ other: true }));
    const after = await edited((_, position) => ({ position, item }), 5000);
    blocks.reset();
    for await (const change of diffRows(blocks, big, after)) {
      expect(change.id).toBeTruthy();
      break;
    }
    expect(blocks.reset().loads).toBeLessThan(200);
  });

  test("a document read back is the document written", async () => {
    const small = plainDataset(
      "d",
      [
        ["1", "b", { n: 1 }],
        ["2", "a", { n: 2 }],
      ],
      { description: "x" },
    );
    expect(await plainOf(blocks, putDataset(blocks, small))).toEqual(small);
  });
});
