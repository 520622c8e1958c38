/**
 * Types of columns, where that loses nothing: a column whose cells are all numbers, or all booleans, written exactly as Sheaf prints them.
 *
 * `42`, `-1.5`, `1.0`, `1e-7` and `true` count; `007`, `+1`, `1.50`, `1E2`, `NA`, `null` and integers beyond −2⁶⁴ … 2⁶⁴−1 make their column text. Empty
 * cells stay empty texts and decide nothing. Quotes around a cell make no difference.
 */
import { printJson, parseJson } from "./engine.js";

type Kind = "number" | "boolean" | "text";

/** Learns the kinds of columns from rows of cells. */
export class ColumnSurvey {
  readonly #kinds: (Kind | undefined)[] = [];

  take(cells: readonly string[]): void {
    cells.forEach((cell, i) => {
      if (cell === "" || this.#kinds[i] === "text") return;
      const kind = kindOf(cell);
      this.#kinds[i] = this.#kinds[i] === undefined || this.#kinds[i] === kind ? kind : "text";
    });
  }

  /** Says for each of so many columns whether its cells are JSON as they stand. */
  raw(columns: number): boolean[] {
    return Array.from({ length: columns }, (_, i) => this.#kinds[i] === "number" || this.#kinds[i] === "boolean");
  }

  /** Says whether no further row can change anything. */
  settled(columns: number): boolean {
    return this.#kinds.filter(kind => kind === "text").length === columns;
  }
}

function kindOf(cell: string): Kind {
  if (cell === "true" || cell === "false") return "boolean";
  return isExactNumber(cell) ? "number" : "text";
}

/** No number is printed with more letters than this: a float has 17 digits, a sign, a point and an exponent. */
const longest = 32;

function isExactNumber(cell: string): boolean {
  if (cell.length > longest || !/^-?[0-9][0-9.e+-]*$/.test(cell)) return false;
  try {
    return printJson(parseJson(cell)) === cell;
  } catch {
    return false;
  }
}
