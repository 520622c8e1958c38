/** Random datasets and snapshots as plain documents, and random edits of them: what law tests of diff, merge and history draw from. */
import * as fc from "fast-check";
import type { Value, ValueObject } from "../item/value.js";
import type { PlainDataset, PlainFile, PlainRow, PlainSnapshot } from "./history.js";

const ids = ["a", "b", "c", "d", "e", "é", "\uFFEE", "😀", "x/~1"];
const positions = ["a0", "a1", "a2", "a3", "a3h", "b0"];
const fields = ["x", "y", "z", "@meta"];

/** Objects as JSON.parse makes them. */
const plain = { noNullPrototype: true };

/** Few values, so that sides agree now and then. */
const fieldValues: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: 0, max: 2 }),
  fc.constantFrom<Value>("", "text", null, true),
  fc.dictionary(fc.constantFrom("p", "q"), fc.integer({ min: 0, max: 2 }), { maxKeys: 2, noNullPrototype: true }),
);
const plainItems: fc.Arbitrary<ValueObject> = fc.dictionary(fc.constantFrom(...fields), fieldValues, {
  maxKeys: 3,
  noNullPrototype: true,
});
const metas: fc.Arbitrary<ValueObject> = fc.dictionary(fc.constantFrom("description", "attributes"), fieldValues, {
  maxKeys: 2,
  noNullPrototype: true,
});
const plainRows: fc.Arbitrary<PlainRow> = fc.record(
  { position: fc.constantFrom(...positions), item: plainItems },
  plain,
);

/** A dataset of up to nine rows. */
export const plainDatasets: fc.Arbitrary<PlainDataset> = fc.record(
  {
    id: fc.constant("0".repeat(32)),
    meta: metas,
    rows: fc.array(fc.tuple(fc.constantFrom(...ids), plainRows), { maxLength: 8 }).map(rows => new Map(rows)),
  },
  plain,
);

type RowEdit = (rows: Map<string, PlainRow>) => void;

const rowEdits: fc.Arbitrary<RowEdit> = fc.oneof(
  fc.tuple(fc.constantFrom(...ids), plainRows).map(
    ([id, row]): RowEdit =>
      rows =>
        void rows.set(id, row),
  ),
  fc.constantFrom(...ids).map(
    (id): RowEdit =>
      rows =>
        void rows.delete(id),
  ),
  fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...positions)).map(([id, position]): RowEdit => rows => {
    const row = rows.get(id);
    if (row) rows.set(id, { ...row, position });
  }),
  fc
    .tuple(fc.constantFrom(...ids), fc.constantFrom(...fields), fieldValues)
    .map(([id, field, value]): RowEdit => rows => {
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, item: { ...row.item, [field]: value } });
    }),
);

/** A change of a dataset: some rows set, removed, moved or changed in a field, and sometimes the metadata. */
export const datasetEdits: fc.Arbitrary<(dataset: PlainDataset) => PlainDataset> = fc
  .tuple(fc.array(rowEdits, { maxLength: 4 }), fc.option(metas, { nil: undefined, freq: 3 }))
  .map(([edits, meta]) => dataset => {
    const rows = new Map(dataset.rows);
    for (const edit of edits) edit(rows);
    return { ...dataset, meta: meta ?? dataset.meta, rows };
  });

const paths = ["qa", "safety/a", "safety/b", "z"];
const fileNames = ["README.md", "LICENSE"];
const plainFiles: fc.Arbitrary<PlainFile> = fc.record(
  { mode: fc.constantFrom(0o100644, 0o100755), text: fc.constantFrom("", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "x") },
  plain,
);

type SnapshotEdit = (snapshot: { datasets: Map<string, PlainDataset>; files: Map<string, PlainFile> }) => void;

const snapshotEdits: fc.Arbitrary<SnapshotEdit> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...paths), datasetEdits).map(([path, edit]): SnapshotEdit => ({ datasets }) => {
      const dataset = datasets.get(path);
      if (dataset) datasets.set(path, edit(dataset));
    }),
  },
  fc
    .tuple(fc.constantFrom(...paths), fc.constantFrom("1", "2", "3"), plainDatasets)
    .map(([path, id, dataset]): SnapshotEdit => ({ datasets }) => {
      if ([...datasets.values()].every(other => other.id !== id)) datasets.set(path, { ...dataset, id });
    }),
  fc.constantFrom(...paths).map(
    (path): SnapshotEdit =>
      ({ datasets }) =>
        void datasets.delete(path),
  ),
  fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...paths)).map(([from, to]): SnapshotEdit => ({ datasets }) => {
    const dataset = datasets.get(from);
    if (!dataset || datasets.has(to)) return;
    datasets.delete(from);
    datasets.set(to, dataset);
  }),
  fc
    .tuple(fc.constantFrom(...fileNames), fc.option(plainFiles, { nil: undefined, freq: 3 }))
    .map(([name, file]): SnapshotEdit => ({ files }) => {
      if (file) files.set(name, file);
      else files.delete(name);
    }),
);

/** A change of a snapshot: datasets edited, made, removed and renamed; files written and removed. */
export const snapshotChanges: fc.Arbitrary<(snapshot: PlainSnapshot) => PlainSnapshot> = fc
  .array(snapshotEdits, { maxLength: 4 })
  .map(edits => snapshot => {
    const changed = { datasets: new Map(snapshot.datasets), files: new Map(snapshot.files) };
    for (const edit of edits) edit(changed);
    return changed;
  });

/** A snapshot of up to three datasets, each with an id of its own. */
export const plainSnapshots: fc.Arbitrary<PlainSnapshot> = fc.record(
  {
    datasets: fc
      .uniqueArray(fc.tuple(fc.constantFrom(...paths), plainDatasets), { maxLength: 3, selector: ([path]) => path })
      .map(list => new Map(list.map(([path, dataset], i) => [path, { ...dataset, id: String(i + 4) }] as const))),
    files: fc.array(fc.tuple(fc.constantFrom(...fileNames), plainFiles), { maxLength: 2 }).map(files => new Map(files)),
  },
  plain,
);
