/** The eight edits of Galileo's content, read from a request. Source: Galileo's public API reference, "Update dataset content". */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import { uuidForm } from "../catalog/uuid.js";
import { checkCells } from "./cells.js";
import { unprocessable, type Loc } from "./errors.js";

export type Edit =
  | { readonly kind: "append_row" | "prepend_row"; readonly id: string | undefined; readonly values: ValueObject }
  | { readonly kind: "update_row"; readonly id: string; readonly values: ValueObject }
  | { readonly kind: "delete_row"; readonly id: string }
  | { readonly kind: "filter_rows"; readonly ids: readonly string[] }
  | { readonly kind: "remove_column"; readonly name: string }
  | { readonly kind: "rename_column"; readonly name: string; readonly to: string }
  | {
      readonly kind: "copy_record_data";
      readonly ids: readonly string[];
      readonly prepend: boolean;
      readonly isGenerated: boolean;
    };

const maxNameLength = 255;

/** Reads the list of edits. Throws 422 with where the first fault stands. */
export function readEdits(edits: readonly unknown[]): Edit[] {
  if (edits.length === 0) throw unprocessable(["body", "edits"], "Edits list cannot be empty.");
  return edits.map((edit, i) => readEdit(edit as Value, ["body", "edits", i]));
}

function readEdit(edit: Value, loc: Loc): Edit {
  if (!isObject(edit)) throw unprocessable(loc, "an edit is an object with an edit_type");
  const { edit_type: kind } = edit;
  switch (kind) {
    case "append_row":
    case "prepend_row": {
      const id = isAbsent(edit["row_id"]) ? undefined : uuidAt(edit["row_id"], [...loc, "row_id"]);
      return { kind, id, values: checkCells(edit["values"], [...loc, "values"]) };
    }
    case "update_row": {
      const id = uuidAt(edit["row_id"], [...loc, "row_id"]);
      return { kind, id, values: checkCells(edit["values"], [...loc, "values"]) };
    }
    case "delete_row":
      return { kind, id: uuidAt(edit["row_id"], [...loc, "row_id"]) };
    case "filter_rows":
      return { kind, ids: uuidsAt(edit["row_ids"], [...loc, "row_ids"]) };
    case "remove_column":
      return { kind, name: nameAt(edit["column_name"], [...loc, "column_name"]) };
    case "rename_column":
      return {
        kind,
        name: nameAt(edit["column_name"], [...loc, "column_name"]),
        to: nameAt(edit["new_column_name"], [...loc, "new_column_name"]),
      };
    case "copy_record_data":
      return {
        kind,
        ids: uuidsAt(edit["ids"], [...loc, "ids"]),
        prepend: flagAt(edit["prepend"], true, [...loc, "prepend"]),
        isGenerated: flagAt(edit["use_generated_output_column"], false, [...loc, "use_generated_output_column"]),
      };
    default:
      throw unprocessable(
        [...loc, "edit_type"],
        "edit_type must be append_row, prepend_row, update_row, delete_row, filter_rows, copy_record_data, remove_column or rename_column",
      );
  }
}

function isAbsent(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function uuidAt(value: Value | undefined, loc: Loc): string {
  const id = typeof value === "string" ? value.toLowerCase() : "";
  if (uuidForm.test(id)) return id;
  throw unprocessable(loc, value === undefined ? "Field required" : "this must be a UUID");
}

function uuidsAt(value: Value | undefined, loc: Loc): string[] {
  if (!Array.isArray(value) || value.length === 0) throw unprocessable(loc, "this must be a list of one UUID or more");
  return value.map((id, i) => uuidAt(id, [...loc, i]));
}

function nameAt(value: Value | undefined, loc: Loc): string {
  if (typeof value === "string" && value.length <= maxNameLength) return value;
  throw unprocessable(loc, `this must be the name of a column, of at most ${maxNameLength} characters`);
}

function flagAt(value: Value | undefined, otherwise: boolean, loc: Loc): boolean {
  if (isAbsent(value)) return otherwise;
  if (typeof value === "boolean") return value;
  throw unprocessable(loc, "this must be true or false");
}
