import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSnapshot, type Snapshot } from "../history/snapshot.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { plainSnapshots, snapshotChanges } from "../testing/documents.js";
import {
  plainDataset,
  plainSnapshotOf,
  putSnapshot,
  type PlainDataset,
  type PlainSnapshot,
} from "../testing/history.js";
import type { DatasetConflict } from "./dataset-merge.js";
import { decodeMerge, encodeMerge, readConflicts, startMerge } from "./merge-state.js";
import { resolveIn, type Pick } from "./resolve.js";
import { mergeSnapshots } from "./snapshot-merge.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));
const triples = fc
  .tuple(plainSnapshots, snapshotChanges, snapshotChanges)
  .map(([base, a, b]): PlainSnapshot[] => [base, a(base), b(base)]);

function put(blocks: MemoryBlocks, documents: readonly PlainSnapshot[]): [Snapshot, Snapshot, Snapshot] {
  const [base, ours, theirs] = documents.map(document => putSnapshot(blocks, document));
  return [base, ours, theirs];
}

/** Resolves every conflict of a merge as told. */
async function resolved(
  blocks: MemoryBlocks,
  [base, ours, theirs]: readonly Snapshot[],
  pick: Pick,
): Promise<Snapshot> {
  const merged = await mergeSnapshots(blocks, [base], ours, theirs);
  const nowhere = new Uint8Array(32);
  const state = startMerge(
    blocks,
    { kind: "merge", branch: "main", message: "", ours: nowhere, theirs: nowhere },
    merged,
  );
  const done = await resolveIn(blocks, decodeMerge(encodeMerge(state)), pick);
  expect(done.total).toBe(merged.conflicts.length);
  return decodeSnapshot(await blocks.load(done.snapshot));
}

const marks = (conflicts: readonly DatasetConflict[]) =>
  conflicts.map(({ dataset, id, pointer }) => `${dataset} ${id ?? ""} ${pointer}`).toSorted();

describe("laws", () => {
  test("a side that changed nothing gives the other side, and equal sides give themselves", async () => {
    await fc.assert(
      fc.asyncProperty(plainSnapshots, snapshotChanges, async (base, change) => {
        const blocks = fresh();
        const [was, is] = [putSnapshot(blocks, base), putSnapshot(blocks, change(base))];
        for (const [ours, theirs] of [
          [was, is],
          [is, was],
          [is, is],
        ] as const)
          expect(await mergeSnapshots(blocks, [was], ours, theirs)).toEqual({ snapshot: is, conflicts: [], notes: [] });
      }),
    );
  });

  test("neither side is preferred: with what the base has at conflicts, swapping the sides gives the same snapshot", async () => {
    await fc.assert(
      fc.asyncProperty(triples, async documents => {
        const blocks = fresh();
        const [base, ours, theirs] = put(blocks, documents);
        const one = await mergeSnapshots(blocks, [base], ours, theirs, { hold: "base" });
        const other = await mergeSnapshots(blocks, [base], theirs, ours, { hold: "base" });
        expect(one.snapshot).toEqual(other.snapshot);
      }),
    );
  });

  test("resolving all for ours is, from the other side, resolving all for theirs", async () => {
    await fc.assert(
      fc.asyncProperty(triples, async documents => {
        const blocks = fresh();
        const [base, ours, theirs] = put(blocks, documents);
        // A name that a renamed dataset would take from another one has to be chosen by hand.
        const [one, other] = [
          await mergeSnapshots(blocks, [base], ours, theirs),
          await mergeSnapshots(blocks, [base], theirs, ours),
        ];
        fc.pre(![...one.conflicts, ...other.conflicts].some(({ pointer }) => pointer === "/path"));
        expect(marks(one.conflicts)).toEqual(marks(other.conflicts));
        expect(await resolved(blocks, [base, ours, theirs], () => "ours")).toEqual(
          await resolved(blocks, [base, theirs, ours], () => "theirs"),
        );
      }),
    );
  });

  test("conflicts resolved one at a time end where those resolved at once do", async () => {
    await fc.assert(
      fc.asyncProperty(
        triples,
        fc.array(fc.constantFrom("ours", "theirs", "base"), { minLength: 30, maxLength: 30 }),
        async (documents, choices) => {
          const blocks = fresh();
          const sides = put(blocks, documents);
          const merged = await mergeSnapshots(blocks, [sides[0]], sides[1], sides[2]);
          fc.pre(
            !merged.conflicts.some(({ pointer, id }) => pointer === "/path" || (pointer === "" && id === undefined)),
          );
          const nowhere = new Uint8Array(32);
          const start = startMerge(
            blocks,
            { kind: "merge", branch: "main", message: "m", ours: nowhere, theirs: nowhere },
            merged,
          );
          const atOnce = await resolveIn(blocks, start, (_, i) => choices[i]);
          let state = start;
          for (let i = 0; i < merged.conflicts.length; i++) {
            state = await resolveIn(blocks, state, (_, index) => (index === i ? choices[i] : undefined));
            expect(state.open).toBe(merged.conflicts.length - i - 1);
          }
          expect(state.snapshot).toEqual(atOnce.snapshot);
        },
      ),
    );
  });
});

const file = (text: string) => ({ mode: 0o100644, text });
const qa = plainDataset("1", [
  ["q1", "a", { n: 1 }],
  ["q2", "b", { n: 2 }],
]);
const withRow = (dataset: PlainDataset, id: string, n: number): PlainDataset => ({
  ...dataset,
  rows: new Map([...dataset.rows, [id, { position: "c", item: { n } }]]),
});
const snapshot = (datasets: Record<string, PlainDataset>, files: Record<string, string> = {}): PlainSnapshot => ({
  datasets: new Map(Object.entries(datasets)),
  files: new Map(Object.entries(files).map(([name, text]) => [name, file(text)])),
});

async function merged(base: PlainSnapshot, ours: PlainSnapshot, theirs: PlainSnapshot) {
  const blocks = fresh();
  const sides = put(blocks, [base, ours, theirs]);
  const result = await mergeSnapshots(blocks, [sides[0]], sides[1], sides[2]);
  return { ...result, blocks, sides, document: await plainSnapshotOf(blocks, result.snapshot) };
}

describe("datasets", () => {
  test("one renames, the other adds a row: both happen", async () => {
    const { document, conflicts } = await merged(
      snapshot({ qa }),
      snapshot({ "exams/qa": qa }),
      snapshot({ qa: withRow(qa, "q3", 3) }),
    );
    expect(conflicts).toEqual([]);
    expect([...document.datasets.keys()]).toEqual(["exams/qa"]);
    expect([...(document.datasets.get("exams/qa")?.rows.keys() ?? [])]).toEqual(["q1", "q2", "q3"]);
  });

  test("two names are a conflict about the name; rows merge all the same, and their conflicts follow the name", async () => {
    const [ours, theirs] = [snapshot({ a: withRow(qa, "q1", 5) }), snapshot({ b: withRow(qa, "q1", 6) })];
    const { document, conflicts, blocks, sides } = await merged(snapshot({ qa }), ours, theirs);
    expect(conflicts.map(({ dataset, id, pointer }) => [dataset, id, pointer])).toEqual([
      ["a", undefined, "/path"],
      ["a", "q1", "/n"],
    ]);
    expect([...document.datasets.keys()]).toEqual(["a"]);
    const state = startMerge(
      blocks,
      { kind: "merge", branch: "main", message: "", ours: new Uint8Array(32), theirs: new Uint8Array(32) },
      await mergeSnapshots(blocks, [sides[0]], sides[1], sides[2]),
    );
    const renamed = await resolveIn(blocks, state, ({ pointer }) => (pointer === "/path" ? "theirs" : undefined));
    const left: unknown[] = [];
    for await (const conflict of readConflicts(blocks, renamed))
      if (!conflict.resolved) left.push([conflict.dataset, conflict.id]);
    expect(left).toEqual([["b", "q1"]]);
    const done = await resolveIn(blocks, renamed, () => ({ value: 7 }));
    const after = await plainSnapshotOf(blocks, decodeSnapshot(await blocks.load(done.snapshot)));
    expect(after.datasets.get("b")?.rows.get("q1")?.item).toEqual({ n: 7 });
    expect([done.open, after.datasets.size]).toEqual([0, 1]);
  });

  test("one deletes, the other changes: it stays until it is decided", async () => {
    const { document, conflicts, blocks, sides } = await merged(
      snapshot({ qa }),
      snapshot({}),
      snapshot({ qa: withRow(qa, "q3", 3) }),
    );
    expect(conflicts.map(({ dataset, pointer, ours }) => [dataset, pointer, ours])).toEqual([["qa", "", undefined]]);
    expect(document.datasets.get("qa")?.rows.size).toBe(3);
    expect((await plainSnapshotOf(blocks, await resolved(blocks, sides, () => "ours"))).datasets.size).toBe(0);
    expect(
      (await plainSnapshotOf(blocks, await resolved(blocks, sides, () => "base"))).datasets.get("qa")?.rows.size,
    ).toBe(2);
    expect((await plainSnapshotOf(blocks, await resolved(blocks, sides, () => ({ remove: true })))).datasets.size).toBe(
      0,
    );
  });

  test("both made a dataset of that name: one with the rows of both", async () => {
    const { document, conflicts } = await merged(
      snapshot({}),
      snapshot({ qa }),
      snapshot({ qa: { ...withRow(qa, "q3", 3), id: "0" } }),
    );
    expect(conflicts).toEqual([]);
    expect(document.datasets.get("qa")?.id).toBe("0");
    expect(document.datasets.get("qa")?.rows.size).toBe(3);
  });

  test("a new one where the other side put a renamed one is a conflict about the whole", async () => {
    const other = { ...withRow(qa, "x", 9), id: "2" };
    const { document, conflicts, blocks, sides } = await merged(
      snapshot({ old: qa }),
      snapshot({ old: qa, qa: other }),
      snapshot({ qa }),
    );
    expect(conflicts.map(({ dataset, pointer }) => [dataset, pointer])).toEqual([["qa", ""]]);
    expect(document.datasets.get("qa")?.id).toBe("2");
    expect((await plainSnapshotOf(blocks, await resolved(blocks, sides, () => "theirs"))).datasets.get("qa")?.id).toBe(
      "1",
    );
  });
});

describe("files", () => {
  test("changes apart merge by line; changes of one line are a conflict", async () => {
    const base = snapshot({}, { a: "1\n2\n3\n", b: "1\n" });
    const { document, conflicts, blocks, sides } = await merged(
      base,
      snapshot({}, { a: "one\n2\n3\n", b: "one\n" }),
      snapshot({}, { a: "1\n2\nthree\n", b: "eins\n" }),
    );
    expect(document.files.get("a")).toEqual(file("one\n2\nthree\n"));
    expect(conflicts).toEqual([{ dataset: "", id: "b", pointer: "", base: "1\n", ours: "one\n", theirs: "eins\n" }]);
    expect(document.files.get("b")).toEqual(file("one\n"));
    expect((await plainSnapshotOf(blocks, await resolved(blocks, sides, () => "theirs"))).files.get("b")).toEqual(
      file("eins\n"),
    );
    expect(
      (await plainSnapshotOf(blocks, await resolved(blocks, sides, () => ({ value: "1!" })))).files.get("b"),
    ).toEqual(file("1!"));
  });

  test("one deletes, the other changes: it stays until it is decided", async () => {
    const { document, conflicts } = await merged(
      snapshot({}, { a: "1\n" }),
      snapshot({}, {}),
      snapshot({}, { a: "2\n" }),
    );
    expect(document.files.get("a")).toEqual(file("2\n"));
    expect(conflicts).toEqual([{ dataset: "", id: "a", pointer: "", base: "1\n", theirs: "2\n" }]);
  });
});
