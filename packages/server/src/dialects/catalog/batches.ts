/** Items that a dialect made as rows on their way into an import, many at a time. */
import { encode, joinBytes, toBlockForm, type DatasetVersion, type RowBatch, type ValueObject } from "@sheaf/core";

/** A row to import; without an id one is made of its content. */
export interface NewRow {
  readonly item: ValueObject;
  readonly meta?: ValueObject | undefined;
  readonly id?: string;
}

/** Rows of a batch. */
const rowsAtOnce = 1024;

/** Encodes rows; items are in the user's form. */
export async function* batchesOf(rows: Iterable<NewRow> | AsyncIterable<NewRow>): AsyncGenerator<RowBatch> {
  let waiting: NewRow[] = [];
  let done = 0;
  for await (const row of rows) {
    waiting.push(row);
    if (waiting.length < rowsAtOnce) continue;
    yield batchOf(waiting, done);
    done += waiting.length;
    waiting = [];
  }
  yield batchOf(waiting, done);
}

function batchOf(rows: readonly NewRow[], before: number): RowBatch {
  const blocks = rows.map(({ item, meta }) => encode(toBlockForm(item, meta)));
  const ends = new Uint32Array(rows.length);
  let end = 0;
  blocks.forEach((block, i) => (ends[i] = end += block.length));
  const starts = ends.map((at, i) => at - blocks[i].length);
  const lines = ends.map((_, i) => before + i + 1);
  const items = { bytes: joinBytes(blocks), count: rows.length, starts, ends, lines };
  const ids = rows.some(({ id }) => id !== undefined) ? { ids: rows.map(({ id }) => id) } : {};
  return { count: rows.length, items, lines, ...ids, place: i => ({ row: lines[i] }) };
}

/** The rows of a version, attributes and all, as new ones: each under an id that `freshId` gives. */
export async function* copiesOf(version: DatasetVersion, freshId: () => string): AsyncGenerator<RowBatch> {
  let done = 0;
  for await (const { count, items } of version.batches()) {
    const before = done;
    const lines = Uint32Array.from({ length: count }, (_, i) => before + i + 1);
    yield { count, items, lines, ids: Array.from({ length: count }, freshId), place: i => ({ row: lines[i] }) };
    done += count;
  }
}
