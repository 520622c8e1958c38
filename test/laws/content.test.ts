/** Laws 1, 2, 3 and 7: same content, same root; diff and apply; nothing is lost; stored once. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareText,
  encodeItem,
  Float,
  isSheafError,
  parseJson,
  pointer,
  printItem,
  printJson,
  sameValue,
  setKey,
  type ValueObject,
} from "@sheaf/core";
import { CountingDrive } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { objects } from "../../packages/core/src/testing/values.js";
import { all, batches, bytesOf, exactRows, open, putRow, removeRow, rootsOf, type ExactRow } from "./rows.js";

const inOrder = (rows: readonly ExactRow[]) =>
  rows.toSorted((a, b) => compareText(a.position, b.position) || compareText(a.id, b.id));

/** Numbers that say how a list is shuffled and cut. */
const shuffles = fc.array(fc.nat(97), { minLength: 24, maxLength: 24, size: "max" });

function shuffled<T>(list: readonly T[], keys: readonly number[]): T[] {
  return list
    .map((element, i) => ({ element, key: keys[i % keys.length] }))
    .sort((a, b) => a.key - b.key)
    .map(({ element }) => element);
}

describe("law 1: same content, same root", () => {
  test("whatever the order and the grouping of patches, and by import, by edits of items and by merge too", async () => {
    await fc.assert(
      fc.asyncProperty(exactRows, shuffles, async (rows, keys) => {
        const repo = await open();
        await repo.createDataset("once");
        await repo.dataset("once").patch(printJson(rows.flatMap(putRow)));
        const wanted = await rootsOf(repo.dataset("once"));
        await repo.createDataset("steps");
        const steps = shuffled(rows, keys);
        for (const row of steps.slice(0, 3))
          await repo.edit([{ dataset: "steps", patch: putRow({ ...row, item: { detour: new Float(1) } }) }]);
        for (const row of steps.slice(0, 1)) await repo.edit([{ dataset: "steps", patch: [removeRow(row)] }]);
        for (let from = 0; from < steps.length; from += 1 + (keys[from] % 3))
          await repo.edit([{ dataset: "steps", patch: steps.slice(from, from + 3).flatMap(putRow) }]);
        expect(await rootsOf(repo.dataset("steps"))).toBe(wanted);
        await repo.dataset("imported").importBatches(batches(inOrder(rows)));
        await repo.dataset("twice").importBatches(batches(inOrder(rows.slice(2))));
        await repo.dataset("twice").importBatches(batches(inOrder(rows), { size: 5 }));
        for (const path of ["imported", "twice"]) expect(await rootsOf(repo.dataset(path))).toBe(wanted);
        const detours = rows.map(row => ({ ...row, item: { ...row.item, "a detour": 1 } }));
        await repo.dataset("edited").importBatches(batches(inOrder(detours)));
        await repo.edit([{ dataset: "edited", items: item => without(item, "a detour") }]);
        expect(await rootsOf(repo.dataset("edited"))).toBe(wanted);
        await repo.createDataset("merged");
        await repo.branch("side");
        await repo.edit([{ dataset: "merged", patch: steps.slice(0, 4).flatMap(putRow) }], { branch: "side" });
        await repo.edit([{ dataset: "merged", patch: steps.slice(4).flatMap(putRow) }]);
        await repo.merge("side");
        expect(await rootsOf(repo.dataset("merged"))).toBe(wanted);
      }),
      { numRuns: 40 },
    );
  });
});

describe("law 2: apply(diff(a, b), a) = b", () => {
  test("as operations and as their JSON text, CID for CID, metadata too", async () => {
    await fc.assert(
      fc.asyncProperty(exactRows, exactRows, objects, objects, async (a, b, metaA, metaB) => {
        const repo = await open();
        const qa = repo.dataset("qa");
        await repo.createDataset("qa", metaA);
        await repo.edit([{ dataset: "qa", patch: a.flatMap(putRow) }]);
        await repo.tag("a");
        const kept = b.map((row, i) => (i % 2 === 0 ? (a.find(({ id }) => id === row.id) ?? row) : row));
        await repo.edit([
          {
            dataset: "qa",
            patch: [...a.map(removeRow), ...kept.flatMap(putRow), { op: "replace", path: "/meta", value: metaB }],
          },
        ]);
        await repo.tag("b");
        for (const [from, to] of [
          ["a", "b"],
          ["b", "a"],
        ]) {
          const patch = await all(repo.diffPatch(from, to, "qa"));
          const wanted = await qa.info({ at: to });
          await repo.branch(`to-${to}`, { at: from });
          await repo.edit([{ dataset: "qa", patch }], { branch: `to-${to}` });
          expect(await qa.info({ at: `to-${to}` })).toEqual(wanted);
          await repo.branch(`text-to-${to}`, { at: from });
          await qa.patch(printJson(patch), { branch: `text-to-${to}` });
          expect((await qa.info({ at: `text-to-${to}` })).cid).toBe(wanted.cid);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("law 3: nothing is lost", () => {
  test("what goes in as text comes out as text, and as the same block", async () => {
    await fc.assert(
      fc.asyncProperty(exactRows, async rows => {
        const repo = await open();
        const qa = repo.dataset("qa");
        await qa.importBatches(batches(inOrder(rows)));
        for (const { id, item } of rows) {
          expect(sameValue(parseJson((await qa.getText(id)) as string), item)).toBe(true);
          expect(await bytesOf(repo, (await qa.cid(id)) as string)).toEqual(encodeItem(item, "plain"));
        }
        expect((await all(qa.rows())).map(({ id }) => id)).toEqual(inOrder(rows).map(({ id }) => id));
      }),
      { numRuns: 40 },
    );
  });

  test("an edit of one field leaves every other bit as it was", async () => {
    await fc.assert(
      fc.asyncProperty(exactRows, objects, async (rows, value) => {
        fc.pre(rows.length > 0);
        const repo = await open();
        const qa = repo.dataset("qa");
        await qa.importBatches(batches(inOrder(rows)));
        const [edited, ...others] = rows;
        const before = await Promise.all(others.map(({ id }) => qa.cid(id)));
        const path = pointer("items", edited.id, "new field");
        await repo.edit([{ dataset: "qa", patch: [{ op: "add", path, value }] }]);
        expect(await Promise.all(others.map(({ id }) => qa.cid(id)))).toEqual(before);
        const wanted = { ...edited.item };
        for (const [key, member] of Object.entries(edited.item)) setKey(wanted, key, member);
        setKey(wanted, "new field", value);
        expect(await bytesOf(repo, (await qa.cid(edited.id)) as string)).toEqual(encodeItem(wanted, "plain"));
        await qa.renameColumn("new field", "renamed");
        await qa.renameColumn("renamed", "new field");
        expect(await bytesOf(repo, (await qa.cid(edited.id)) as string)).toEqual(encodeItem(wanted, "plain"));
        await qa.removeColumn("new field");
        expect(await bytesOf(repo, (await qa.cid(edited.id)) as string)).toEqual(encodeItem(edited.item, "plain"));
      }),
      { numRuns: 40 },
    );
  });

  const awkward =
    '{"":1.0,"@meta":{"x":-0.0},"@@meta":"y","__proto__":{"a":1e-7},"a":18446744073709551615,"b":-18446744073709551616,"c":9007199254740993,"d":[1.0,1,-0.0,0,1e-7,1e21]}';

  test("awkward numbers and keys stand as they are through import, patch, columns, merge and restore", async () => {
    const repo = await open();
    const qa = repo.dataset("qa");
    await qa.importBatches(batches([{ id: "x", position: "a0", item: parseJson(awkward) as ValueObject }]));
    const printed = printItem(await bytesOf(repo, (await qa.cid("x")) as string));
    const stands = async () =>
      expect(
        printItem(encodeItem(without(parseJson((await qa.getText("x")) as string) as ValueObject, "e"), "plain")),
      ).toBe(printed);
    await stands();
    await repo.branch("side");
    await qa.patch([{ op: "add", path: "/items/x/e", value: 1 }], { branch: "side" });
    await qa.patch(
      '[{"op":"add","path":"/items/x/f","value":1.0},{"op":"remove","path":"/items/x/f"},{"op":"add","path":"/items/y","value":{"z":1.0}}]',
    );
    await repo.merge("side");
    await stands();
    await qa.renameColumn("e", "__proto__x");
    await qa.renameColumn("__proto__x", "e");
    await stands();
    await qa.import([{ other: 1 }]);
    await repo.restore("qa", "HEAD~1");
    await stands();
    expect(await qa.getText("y")).toBe('{"z":1.0}');
  });

  const refused: Record<string, string> = {
    "a lone surrogate": '[{"op":"add","path":"/items/x/a","value":"\\ud800"}]',
    "a number that overflows": '[{"op":"add","path":"/items/x/a","value":1e999}]',
    "a number that underflows": '[{"op":"add","path":"/items/x/a","value":1e-999}]',
    "an integer beyond 64 bits": '[{"op":"add","path":"/items/x/a","value":18446744073709551616}]',
    "a key twice": '[{"op":"add","path":"/items/x/a","value":{"b":1,"b":2}}]',
    "an item that is no object": '[{"op":"add","path":"/items/x","value":[1]}]',
    "an empty id": '[{"op":"add","path":"/items/","value":{}}]',
    "a long id": `[{"op":"add","path":"/items/${"é".repeat(257)}","value":{}}]`,
    "metadata that is no object": '[{"op":"add","path":"/meta","value":1}]',
    "a position that is none": '[{"op":"add","path":"/positions/x","value":"a"}]',
    "an @meta that is no object": '[{"op":"add","path":"/items/x/@meta","value":1}]',
  };

  test.each(Object.keys(refused))("%s is refused, with its place, and nothing is stored", async name => {
    const drive = new MemoryDrive();
    const repo = await open(drive);
    await repo.dataset("qa").importBatches(batches([{ id: "x", position: "a0", item: { n: 1 } }]));
    const before = await all(drive.list(""));
    await expect(repo.dataset("qa").patch(refused[name])).rejects.toSatisfy(
      error => isSheafError(error, "bad-input") && (Object.keys(error.data).length > 1 || name.startsWith("a")),
    );
    expect(await all(drive.list(""))).toEqual(before);
  });

  test.each([
    ["a lone surrogate", { a: "\ud800" }],
    ["NaN", { a: Number.NaN }],
    ["a bigint beyond 64 bits", { a: 2n ** 64n }],
    ["what is no object", 7 as unknown as object],
  ])("an object with %s is refused with the number of its row, and nothing is stored", async (_, item) => {
    const drive = new MemoryDrive();
    const repo = await open(drive);
    const before = await all(drive.list(""));
    await expect(repo.dataset("qa").import([{ fine: 1 }, item])).rejects.toMatchObject({
      code: "bad-input",
      data: { row: 2 },
    });
    expect(await all(drive.list(""))).toEqual(before);
  });
});

function without(item: ValueObject, key: string): ValueObject {
  const rest: ValueObject = {};
  for (const [name, value] of Object.entries(item)) if (name !== key) setKey(rest, name, value);
  return rest;
}

describe("law 7: stored once", () => {
  test("an item in many datasets, branches and versions is one block", async () => {
    const counting = new CountingDrive(new MemoryDrive());
    const repo = await open(counting);
    const text = "text that does not shrink ".repeat(200);
    const rows = Array.from({ length: 50 }, (_, i) => ({ n: i, text: text + i }));
    await repo.dataset("one").import(rows);
    const first = counting.counts.createdBytes;
    expect(first).toBeGreaterThan(50 * text.length);
    counting.reset();
    await repo.dataset("two").import(rows);
    await repo.dataset("three").import(rows.toReversed());
    await repo.dataset("one").import(rows.slice(1));
    await repo.dataset("one").import(rows);
    await repo.branch("side", { at: "HEAD~2" });
    await repo.dataset("side").import(rows, { branch: "side" });
    expect(counting.counts.createdBytes).toBeLessThan(first / 8);
  });

  test("two rows of one import that are the same are one block", async () => {
    const counting = new CountingDrive(new MemoryDrive());
    const repo = await open(counting);
    const item = { text: "x".repeat(100_000) };
    const { added } = await repo.dataset("qa").import(Array.from({ length: 20 }, () => item));
    expect(added).toBe(20);
    expect(counting.counts.createdBytes).toBeLessThan(120_000);
  });
});
