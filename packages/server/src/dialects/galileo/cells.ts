/** What a cell of Galileo's holds: text, a number, nothing, or a flat object of these. All else is shown as its JSON text, and kept as it is. */
import { Float, isObject, printJson, setKey, type Value, type ValueObject } from "@sheaf/core";
import { unprocessable, type Loc } from "./errors.js";

/** Says whether a value can stand in a cell as it is. */
export function isCell(value: Value): boolean {
  return isScalar(value) || (isObject(value) && Object.values(value).every(isScalar));
}

function isScalar(value: Value): boolean {
  return value === null || value instanceof Float || ["string", "number", "bigint"].includes(typeof value);
}

/** The value as a cell. */
export function cellOf(value: Value): Value {
  return isCell(value) ? value : printJson(value);
}

/** The cell of an item in a column; nothing where it has none. */
export function cellIn(item: ValueObject, column: string): Value {
  return Object.hasOwn(item, column) ? cellOf(item[column]) : null;
}

/** The text by which cells are filtered and sorted; of nothing it is empty. */
export function cellText(value: Value | undefined): string {
  const cell = value === undefined ? null : cellOf(value);
  if (cell === null) return "";
  return typeof cell === "string" ? cell : printJson(cell);
}

/** Every field of an item as a cell. */
export function cellsOf(item: ValueObject): ValueObject {
  const cells: ValueObject = {};
  for (const key of Object.keys(item)) setKey(cells, key, cellOf(item[key]));
  return cells;
}

/** Reads the `values` of an edit. Throws 422 for what no cell can hold. */
export function checkCells(values: Value | undefined, loc: Loc): ValueObject {
  if (!isObject(values)) throw unprocessable(loc, "values must be an object from column names to cells");
  for (const [column, value] of Object.entries(values))
    if (!isCell(value))
      throw unprocessable(
        [...loc, column],
        "a cell holds text, a number, null or a flat object of these; send anything else as JSON text",
      );
  return values;
}
