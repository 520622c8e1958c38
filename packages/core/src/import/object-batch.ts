/** JavaScript objects as rows on their way in: what the library's `import` takes. */
import { badInput, isSheafError } from "../errors.js";
import { BatchBuilder } from "../item/batch.js";
import { encodeView } from "../item/encode-view.js";
import type { RowBatch } from "./row-batch.js";

/** Rows per batch. */
const rowsAtOnce = 1024;

/** Encodes objects, many at a time. Throws bad-input, with the number of the row (from 1), for what is no item. */
export async function* batchesOf(rows: Iterable<object> | AsyncIterable<object>): AsyncIterable<RowBatch> {
  let builder = new BatchBuilder();
  let row = 0;
  for await (const item of rows) {
    row++;
    builder.add(encodeRow(item, row), row);
    if (row % rowsAtOnce === 0) {
      yield batchOf(builder);
      builder = new BatchBuilder();
    }
  }
  yield batchOf(builder);
}

function encodeRow(item: object, row: number): Uint8Array {
  try {
    return encodeView(item);
  } catch (error) {
    if (isSheafError(error, "bad-input")) throw badInput(error.message, { row });
    throw error;
  }
}

function batchOf(builder: BatchBuilder): RowBatch {
  const items = builder.batch();
  return { count: items.count, items, lines: items.lines, place: i => ({ row: items.lines[i] }) };
}
