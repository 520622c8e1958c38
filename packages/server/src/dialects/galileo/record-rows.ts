/** Rows made of records that were logged: what copy_record_data copies. */
import { setKey, type ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { getRecord, recordPath } from "../catalog/records.js";
import { cellIn } from "./cells.js";
import type { Edit } from "./edits.js";
import { unprocessable } from "./errors.js";

/** Kinds of records that have an input and an output. */
const kinds = ["traces", "spans"] as const;

/** For each edit the rows that it copies, in the order of its ids. Throws 422 for a record that is not there. */
export async function recordRows(call: Call, desk: Desk, edits: readonly Edit[]): Promise<ValueObject[][]> {
  const all: ValueObject[][] = [];
  for (let i = 0; i < edits.length; i++) {
    const edit = edits[i];
    const rows: ValueObject[] = [];
    if (edit.kind === "copy_record_data")
      for (let n = 0; n < edit.ids.length; n++) {
        const record = await findRecord(call, desk, edit.ids[n]);
        if (!record)
          throw unprocessable(["body", "edits", i, "ids", n], `no trace or span ${edit.ids[n]} was logged here`);
        rows.push(rowOf(record, edit.isGenerated ? "generated_output" : "output"));
      }
    all.push(rows);
  }
  return all;
}

async function findRecord(call: Call, desk: Desk, id: string): Promise<ValueObject | undefined> {
  for (const kind of kinds) {
    if (!call.sees(recordPath(kind))) continue;
    const record = await getRecord(desk, kind, id);
    if (record) return record;
  }
  return undefined;
}

function rowOf(record: ValueObject, outputColumn: string): ValueObject {
  const row: ValueObject = {};
  setKey(row, "input", cellIn(record, "input"));
  setKey(row, outputColumn, cellIn(record, "output"));
  setKey(row, "metadata", cellIn(record, "metadata"));
  return row;
}
