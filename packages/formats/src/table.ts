/** The layouts of a table's text: its header, and its rows as lines of JSON. */
import { badInput, utf8, type Place } from "@sheaf/core";
import type { CellScanner, Layout } from "./cells.js";
import { fileOf } from "./places.js";

const nextText = utf8(',"');
const rowEnd = utf8("}\n");

/** A row of texts: the header. Blank lines are skipped. */
export class TextLayout implements Layout {
  constructor(
    readonly scanner: () => CellScanner,
    readonly take: (cells: string[]) => void,
  ) {}

  prefix(): Uint8Array {
    return nextText;
  }

  isRaw(): boolean {
    return false;
  }

  row(_cells: number, blank: boolean): void {
    const scanner = this.scanner();
    const cells = blank ? [] : readCells(scanner);
    scanner.length = scanner.rowStart;
    if (!blank) this.take(cells);
  }
}

/** Gives the cells of the row in hand, which has the layout of texts. */
function readCells(scanner: CellScanner): string[] {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    scanner.out.subarray(scanner.rowStart + 1, scanner.length),
  );
  return JSON.parse(`[${text}]`) as string[];
}

/** Rows as lines of JSON, keys in the columns' order. */
export class RowLayout implements Layout {
  readonly #prefixes: readonly Uint8Array[];

  /**
   * @param raw  which columns go out without quotes, as numbers or booleans
   * @param note takes the line on which each row begins
   */
  constructor(
    readonly columns: readonly string[],
    readonly raw: readonly boolean[] | undefined,
    readonly scanner: CellScanner,
    readonly note: (line: number) => void,
  ) {
    this.#prefixes = columns.map((name, i) =>
      utf8(`${i === 0 ? "{" : ","}${JSON.stringify(name)}:${this.isRaw(i) ? "" : '"'}`),
    );
  }

  prefix(i: number): Uint8Array {
    return this.#prefixes[i] ?? this.#tooMany();
  }

  isRaw(i: number): boolean {
    return this.raw !== undefined && this.raw[i] === true;
  }

  row(cells: number, blank: boolean): void {
    const { columns, scanner } = this;
    if (cells === columns.length) {
      scanner.append(rowEnd);
      this.note(scanner.rowLine);
    } else if (blank) scanner.length = scanner.rowStart;
    else throw ragged(`${countOf(cells, "cell")}, but ${countOf(columns.length, "column")}`, scanner);
  }

  #tooMany(): never {
    const columns = this.columns.length;
    throw ragged(`more than ${countOf(columns, "cell")}, but ${countOf(columns, "column")}`, this.scanner);
  }
}

function ragged(what: string, scanner: CellScanner): Error {
  const advice = "add or remove cells, or put a cell that holds the delimiter in quotes";
  return badInput(`a row of ${what}; ${advice}`, { ...fileOf(scanner.file), line: scanner.rowLine });
}

function countOf(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

/** Throws bad-input for a table's names that could not be keys of a row: none, an empty one, one twice. */
export function checkColumns(names: readonly string[], place: Place): void {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (name === "") throw badInput(`column ${i + 1} has no name; give it one in the header`, place);
    if (seen.has(name)) throw badInput(`two columns have the name ${JSON.stringify(name)}; rename one`, place);
    if (!name.isWellFormed()) throw badInput(`the name of column ${i + 1} holds a lone surrogate`, place);
    seen.add(name);
  });
  if (names.length === 0) throw badInput("a table needs one column or more", place);
}
