/**
 * Types of columns, where that loses nothing: a column whose cells are all numbers, or all booleans, written exactly as Sheaf prints them.
 *
 * `42`, `-1.5`, `1.0`, `1e-7` and `true` count; `007`, `+1`, `1.50`, `1E2`, `NA`, `null` and integers beyond −2⁶⁴ … 2⁶⁴−1 make their column text. Empty
 * cells stay empty texts and decide nothing. Quotes around a cell make no difference.
 */
import type { CellScanner, Layout } from "./cells.js";
import { printJson, parseJson } from "@sheaf/core";

type Kind = "number" | "boolean" | "text";

/** Learns the kinds of columns from a table's rows: a layout that writes nothing that stays. */
export class ColumnSurvey implements Layout {
  readonly #kinds: (Kind | undefined)[] = [];
  #columns = 0;

  constructor(
    readonly scanner: () => CellScanner,
    readonly hasHeader: boolean,
  ) {}

  /** Says whether no further row can change anything. */
  get isSettled(): boolean {
    return this.#columns > 0 && this.#kinds.filter(kind => kind === "text").length === this.#columns;
  }

  /** Says for each of so many columns whether its cells are JSON as they stand. */
  raw(columns: number): boolean[] {
    return Array.from({ length: columns }, (_, i) => this.#kinds[i] === "number" || this.#kinds[i] === "boolean");
  }

  prefix(): Uint8Array {
    return nothing;
  }

  isRaw(): boolean {
    return true;
  }

  cell(i: number, from: number): void {
    const known = this.#kinds[i];
    if (known === "text" || (this.hasHeader && this.#columns === 0)) return;
    const { out, length } = this.scanner();
    if (length === from) return;
    const kind = kindOf(out.subarray(from, length));
    this.#kinds[i] = known === undefined || known === kind ? kind : "text";
  }

  row(cells: number, blank: boolean): void {
    const scanner = this.scanner();
    scanner.length = scanner.rowStart;
    if (!blank || !this.hasHeader) this.#columns ||= cells;
  }
}

const nothing = new Uint8Array();

/** What a cell is, by its text as it stands in JSON. */
function kindOf(cell: Uint8Array): Kind {
  if (cell.length > longest) return "text";
  const text = String.fromCharCode(...cell);
  if (text === "true" || text === "false") return "boolean";
  return isExactNumber(text) ? "number" : "text";
}

/** No number is printed with more letters than this: a float has 17 digits, a sign, a point and an exponent. */
const longest = 32;

function isExactNumber(cell: string): boolean {
  if (!/^-?[0-9][0-9.e+-]*$/.test(cell)) return false;
  try {
    return printJson(parseJson(cell)) === cell;
  } catch {
    return false;
  }
}
