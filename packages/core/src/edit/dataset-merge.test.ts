import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeDataset, type DatasetBlock } from "../dataset/dataset.js";
import type { Value, ValueObject } from "../item/value.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { datasetEdits, plainDatasets } from "../testing/documents.js";
import { plainDataset, plainOf, putDataset, type PlainDataset, type PlainRow } from "../testing/history.js";
import { mergeContext, mergeDatasets, type DatasetConflict, type Hold } from "./dataset-merge.js";
import type { MergeNote } from "./row-merge.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

type Maybe<T> = T | undefined;

/** The merge by its definition, of plain documents: every row of all three, one after the other. */
class Naive {
  readonly conflicts: string[] = [];
  readonly notes: string[] = [];

  dataset(base: Maybe<PlainDataset>, ours: PlainDataset, theirs: PlainDataset): PlainDataset {
    const rows = new Map<string, PlainRow>();
    const meta = this.value(base?.meta, ours.meta, theirs.meta, "/meta") as ValueObject;
    for (const id of new Set([...(base?.rows.keys() ?? []), ...ours.rows.keys(), ...theirs.rows.keys()])) {
      const row = this.row(id, base?.rows.get(id), ours.rows.get(id), theirs.rows.get(id));
      if (row) rows.set(id, row);
    }
    return { id: ours.id, meta, rows };
  }

  row(id: string, base: Maybe<PlainRow>, ours: Maybe<PlainRow>, theirs: Maybe<PlainRow>): Maybe<PlainRow> {
    if (ours && theirs) {
      const item = this.value(base?.item, ours.item, theirs.item, `${id} `) as ValueObject;
      return { item, position: this.position(id, base?.position, ours.position, theirs.position) };
    }
    const kept = ours ?? theirs;
    if (!kept || !base) return kept;
    if (isDeepStrictEqual(kept, base)) return undefined;
    if (isDeepStrictEqual(kept.item, base.item)) {
      this.notes.push(id);
      return undefined;
    }
    this.conflicts.push(`${id} `);
    return kept;
  }

  position(id: string, base: Maybe<string>, ours: string, theirs: string): string {
    if (ours === theirs || theirs === base) return ours;
    if (ours === base) return theirs;
    this.notes.push(id);
    return [ours, theirs].toSorted()[0];
  }

  value(base: Maybe<Value>, ours: Maybe<Value>, theirs: Maybe<Value>, place: string): Maybe<Value> {
    if (isDeepStrictEqual(ours, theirs) || isDeepStrictEqual(base, theirs)) return ours;
    if (isDeepStrictEqual(base, ours)) return theirs;
    const objects = [ours, theirs, ...(base === undefined ? [] : [base])];
    if (!objects.every(value => typeof value === "object" && value !== null && !Array.isArray(value))) {
      this.conflicts.push(place);
      return ours;
    }
    const [o, t, b] = objects as ValueObject[];
    const merged: ValueObject = {};
    for (const key of new Set([...Object.keys(o), ...Object.keys(t), ...Object.keys(b ?? {})])) {
      const value = this.value(b?.[key], o[key], t[key], `${place}/${key}`);
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  }
}

const place = ({ id, pointer }: DatasetConflict) => (id === undefined ? pointer : `${id} ${pointer}`);

interface Result {
  readonly merged: DatasetBlock;
  readonly conflicts: readonly DatasetConflict[];
  readonly notes: readonly MergeNote[];
}

async function merge(
  blocks: MemoryBlocks,
  base: Maybe<DatasetBlock>,
  ours: DatasetBlock,
  theirs: DatasetBlock,
  hold: Hold = "ours",
): Promise<Result> {
  const context = mergeContext(blocks, hold);
  const merged = await mergeDatasets(context, "qa", base, ours, theirs);
  return { merged, conflicts: context.conflicts, notes: context.notes };
}

/** A base and what two sides made of it, or two datasets with no base. */
const triples: fc.Arbitrary<[Maybe<PlainDataset>, PlainDataset, PlainDataset]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(plainDatasets, datasetEdits, datasetEdits)
      .map(([base, a, b]): [Maybe<PlainDataset>, PlainDataset, PlainDataset] => [base, a(base), b(base)]),
  },
  fc.tuple(fc.constant(undefined), plainDatasets, plainDatasets),
  fc.tuple(plainDatasets, plainDatasets, plainDatasets),
);

/** A conflict seen from the other side. */
const swapped = ({ ours, theirs, run, ...rest }: DatasetConflict) => ({
  ...rest,
  ...(theirs !== undefined && { ours: theirs }),
  ...(ours !== undefined && { theirs: ours }),
  run: run === undefined,
});
const unswapped = ({ run, ...rest }: DatasetConflict) => ({ ...rest, run: run === undefined });
const sorted = (list: readonly { id?: string; pointer: string }[]) =>
  list.toSorted((a, b) => ((a.id ?? "") + a.pointer < (b.id ?? "") + b.pointer ? -1 : 1));

describe("laws", () => {
  test("the merge agrees with a naive merge of the three documents", async () => {
    await fc.assert(
      fc.asyncProperty(triples, async ([base, ours, theirs]) => {
        const blocks = fresh();
        const { merged, conflicts, notes } = await merge(
          blocks,
          base && putDataset(blocks, base),
          putDataset(blocks, ours),
          putDataset(blocks, theirs),
        );
        const naive = new Naive();
        const expected = naive.dataset(base, ours, theirs);
        expect(encodeDataset(merged)).toEqual(encodeDataset(putDataset(blocks, expected)));
        expect(conflicts.map(place).toSorted()).toEqual(naive.conflicts.toSorted());
        expect(notes.map(({ id }) => id).toSorted()).toEqual(naive.notes.toSorted());
      }),
    );
  });

  test("swapping the sides swaps the conflicts, and changes nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(triples, async ([base, ours, theirs]) => {
        const blocks = fresh();
        const put = [base && putDataset(blocks, base), putDataset(blocks, ours), putDataset(blocks, theirs)] as const;
        const one = await merge(blocks, put[0], put[1], put[2], "base");
        const other = await merge(blocks, put[0], put[2], put[1], "base");
        expect(one.merged).toEqual(other.merged);
        expect(sorted(one.conflicts.map(swapped))).toEqual(sorted(other.conflicts.map(unswapped)));
        expect(one.notes.length).toBe(other.notes.length);
      }),
    );
  });

  test("merging with a side that changed nothing gives the other side", async () => {
    await fc.assert(
      fc.asyncProperty(plainDatasets, datasetEdits, async (base, edit) => {
        const blocks = fresh();
        const [was, is] = [putDataset(blocks, base), putDataset(blocks, edit(base))];
        for (const [ours, theirs] of [
          [was, is],
          [is, was],
          [is, is],
        ] as const) {
          const { merged, conflicts } = await merge(blocks, was, ours, theirs);
          expect(merged).toEqual(is);
          expect(conflicts).toEqual([]);
        }
      }),
    );
  });
});

describe("examples", () => {
  const base = plainDataset("d", [
    ["q1", "a", { answer: "4", question: "2+2?" }],
    ["q2", "b", { answer: "x" }],
    ["q3", "c", { answer: "y" }],
  ]);
  const changed = (rows: Record<string, PlainRow | undefined>): PlainDataset => {
    const all = new Map(base.rows);
    for (const [id, row] of Object.entries(rows)) {
      if (row) all.set(id, row);
      else all.delete(id);
    }
    return { ...base, rows: all };
  };
  const merged = async (ours: PlainDataset, theirs: PlainDataset, from: Maybe<PlainDataset> = base) => {
    const blocks = fresh();
    const result = await merge(
      blocks,
      from && putDataset(blocks, from),
      putDataset(blocks, ours),
      putDataset(blocks, theirs),
    );
    return { ...result, rows: [...(await plainOf(blocks, result.merged)).rows] };
  };

  test("both may append different rows at the same place: both stay", async () => {
    const { rows, conflicts } = await merged(
      changed({ n1: { position: "d", item: { n: 1 } } }),
      changed({ n2: { position: "d", item: { n: 2 } } }),
    );
    expect(rows.map(([id]) => id)).toEqual(["q1", "q2", "q3", "n1", "n2"]);
    expect(conflicts).toEqual([]);
  });

  test("both may change different fields of a row; the same field is a conflict that holds ours", async () => {
    const item = { answer: "4", question: "2+2?" };
    const { rows, conflicts } = await merged(
      changed({
        q1: { position: "a", item: { ...item, answer: "four" } },
        q2: { position: "b", item: { answer: "ours" } },
      }),
      changed({
        q1: { position: "a", item: { ...item, question: "2 + 2?" } },
        q2: { position: "b", item: { answer: "theirs" } },
      }),
    );
    expect(rows[0][1].item).toEqual({ answer: "four", question: "2 + 2?" });
    expect(rows[1][1].item).toEqual({ answer: "ours" });
    expect(conflicts).toEqual([
      { dataset: "qa", id: "q2", pointer: "/answer", base: "x", ours: "ours", theirs: "theirs" },
    ]);
  });

  test("a row that one deleted and the other changed stays, changed, and is a conflict", async () => {
    const { rows, conflicts } = await merged(
      changed({ q2: undefined }),
      changed({ q2: { position: "b", item: { answer: "z" } } }),
    );
    expect(rows.find(([id]) => id === "q2")?.[1].item).toEqual({ answer: "z" });
    expect(conflicts).toEqual([
      { dataset: "qa", id: "q2", pointer: "", base: { answer: "x" }, theirs: { answer: "z" } },
    ]);
  });

  test("a row that one deleted and the other moved goes, and is noted", async () => {
    const { rows, conflicts, notes } = await merged(
      changed({ q2: undefined }),
      changed({ q2: { position: "z", item: { answer: "x" } } }),
    );
    expect(rows.map(([id]) => id)).toEqual(["q1", "q3"]);
    expect(conflicts).toEqual([]);
    expect(notes).toEqual([{ kind: "moved-and-deleted", dataset: "qa", id: "q2", theirs: "z" }]);
  });

  test("a row that both moved takes the smaller position, and is noted", async () => {
    const { rows, notes } = await merged(
      changed({ q1: { position: "y", item: { answer: "!" } } }),
      changed({ q1: { position: "x", item: { answer: "!" } } }),
    );
    expect(rows.map(([id, { position }]) => `${id}@${position}`)).toEqual(["q2@b", "q3@c", "q1@x"]);
    expect(notes).toEqual([{ kind: "both-moved", dataset: "qa", id: "q1", ours: "y", theirs: "x", taken: "x" }]);
  });

  test("two datasets made apart merge row by row", async () => {
    const { rows, conflicts } = await merged(
      plainDataset("a", [
        ["1", "a", { n: 1 }],
        ["2", "b", { n: 2 }],
      ]),
      plainDataset("b", [
        ["1", "a", { n: 1 }],
        ["2", "b", { n: 3 }],
      ]),
      undefined,
    );
    expect(rows.map(([id]) => id)).toEqual(["1", "2"]);
    expect(conflicts).toEqual([{ dataset: "qa", id: "2", pointer: "/n", ours: 2, theirs: 3 }]);
  });
});
