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
  const natural = heads.map((head, column) => rows.reduce((most, row) => Math.max(most, width(row[column] ?? "")), width(head)));
  const room = surface.onTerminal ? (surface.io.stdout.columns ?? 80) : Infinity;
  const widths = narrow(natural, room - gap * (heads.length - 1));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => place(cell, widths[column], aligns[column] ?? "left", column === cells.length - 1)).join(" ".repeat(gap));
  return [surface.paint.bold(line(heads).trimEnd()), ...rows.map(row => line(row).trimEnd())];
}

function place(cell: string, cells: number, align: "left" | "right", last: boolean): string {
  const cut = fit(cell, cells);
  if (align === "right") return " ".repeat(Math.max(0, cells - width(cut))) + cut;
  return last ? cut : pad(cut, cells);
}

/** Takes cells from the widest columns until all fit. */
export function narrow(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0 && Number.isFinite(over)) {
    const widest = widths.indexOf(Math.max(...widths));
    const next = Math.max(least, ...widths.filter((each, i) => i !== widest && each < widths[widest]));
    const step = Math.min(over, Math.max(1, widths[widest] - next));
    if (widths[widest] <= least) break;
    widths[widest] -= step;
    over -= step;
  }
  return widths;
}
