/** Rows of a dataset as a table: the id, then the columns in the dataset's order. */
import { printJson, type Value, type ValueObject } from "@sheaf/core";
import type { ExactRow } from "../exact.js";
import { visible } from "./paint.js";
import { printTable, type Surface } from "./table.js";

/** Characters of a cell that are looked at; no terminal shows more. */
const cellCharacters = 200;
/** A terminal has room for so many columns of this many cells. */
const cellsPerColumn = 10;

/** Lays the rows out. Columns that find no room are named in a last line. */
export function rowTable(rows: readonly ExactRow[], meta: ValueObject, surface: Surface): string[] {
  const columns = columnsOf(rows, meta);
  const room = Math.max(1, Math.floor((surface.io.stdout.columns || 80) / cellsPerColumn) - 1);
  const shown = columns.slice(0, room);
  const cells = rows.map(({ id, item }) => [
    visible(id),
    ...shown.map(column => cell(Object.hasOwn(item, column) ? item[column] : undefined)),
  ]);
  const lines = printTable(["id", ...shown.map(visible)], cells, surface);
  const hidden = columns.slice(room);
  if (hidden.length > 0) lines.push(surface.paint.dim(`… and the columns ${hidden.map(visible).join(", ")}`));
  return lines;
}

/** The columns of the dataset's metadata that occur, then the others in the order in which they are met. */
function columnsOf(rows: readonly ExactRow[], meta: ValueObject): string[] {
  const seen = new Set(rows.flatMap(({ item }) => Object.keys(item)));
  const order = Array.isArray(meta["columns"])
    ? meta["columns"].filter((name): name is string => typeof name === "string")
    : [];
  return [...new Set([...order.filter(name => seen.has(name)), ...seen])];
}

function cell(value: Value | undefined): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : printJson(value);
  return visible(text.slice(0, cellCharacters));
}
