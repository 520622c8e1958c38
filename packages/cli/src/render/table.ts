/** Tables of text: columns as wide as they need, narrowed to the terminal. */
import { fit, pad, width } from "./width.js";
import type { Paint } from "./paint.js";

/** Where a table is shown. */
export interface Surface {
  readonly onTerminal: boolean;
  readonly paint: Paint;
  readonly io: { readonly stdout: { readonly columns?: number } };
}

/** Cells between two columns. */
const gap = 2;
/** A column is narrowed to no less than this. */
const least = 6;

/** Lays the cells out, a line for the heads and one for each row. On a terminal no line is wider than it; elsewhere nothing is cut. */
export function printTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  surface: Surface,
  aligns: readonly ("left" | "right")[] = [],
): string[] {
  if (rows.length === 0) return [];
  const natural = heads.map((head, column) =>
    rows.reduce((most, row) => Math.max(most, width(row[column] ?? "")), width(head)),
  );
  const room = surface.onTerminal ? surface.io.stdout.columns || 80 : Infinity;
  const widths = narrow(natural, room - gap * (heads.length - 1));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => place(cell, widths[column], aligns[column] ?? "left", column === cells.length - 1))
      .join(" ".repeat(gap));
  return [surface.paint.bold(line(heads).trimEnd()), ...rows.map(row => line(row).trimEnd())];
}

function place(cell: string, cells: number, align: "left" | "right", last: boolean): string {
  const cut = fit(cell, cells);
  if (align === "right") return " ".repeat(Math.max(0, cells - width(cut))) + cut;
  return last ? cut : pad(cut, cells);
}

/** Narrows the widest columns to one common width, so that all fit; none below the least. */
export function narrow(natural: readonly number[], room: number): number[] {
  const total = (widest: number): number => natural.reduce((sum, each) => sum + Math.min(each, widest), 0);
  let [low, high] = [least, Math.max(least, ...natural)];
  if (total(high) <= room) return [...natural];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (total(middle) <= room) low = middle;
    else high = middle - 1;
  }
  return natural.map(each => Math.min(each, low));
}
