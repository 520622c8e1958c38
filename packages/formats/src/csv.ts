/**
 * CSV and TSV: a header or given names, then rows whose cells are texts.
 *
 * Rows become lines of JSON for the kernel. A row of another length than the header, a name twice or empty, an open quote are refused with their line. A line
 * with nothing on it is skipped, but in a table of one column it is an empty cell.
 */
import { CellScanner, type Dialect } from "./cells.js";
import { wholeCharacters } from "./characters.js";
import { badInput, maxLineBytes } from "@sheaf/core";
import { ColumnSurvey } from "./infer.js";
import { read, type Meter, type Source } from "./input.js";
import { batchBytes } from "./jsonl.js";
import { RowEncoder } from "./row-encoder.js";
import type { ParseOptions, RowBatch } from "./rows.js";
import { checkColumns, RowLayout, TextLayout } from "./table.js";
import { fileOf, tooLong } from "./places.js";

/** What the parser learns on the way: the names of the columns, once the header is read. */
export interface Table {
  columns: readonly string[] | undefined;
}

/** Reads rows of cells. Throws bad-input with file and line. */
export async function* parseDelimited(
  format: "csv" | "tsv",
  source: Source,
  options: ParseOptions,
  table: Table,
  meter: Meter,
): AsyncGenerator<RowBatch> {
  const dialect = toDialect(format, options);
  const survey = options.infer === true ? await surveyColumns(dialect, source, options) : undefined;
  const rows = new RowReader(dialect, options, survey, table);
  for await (const chunk of wholeCharacters(read(source, options, meter))) {
    rows.scanner.scan(chunk);
    if (rows.isDue) yield* rows.batches();
  }
  rows.finish();
  yield* rows.batches();
}

/** Turns options into a dialect. Throws bad-input for a delimiter that cannot be one. */
export function toDialect(format: "csv" | "tsv", options: Pick<ParseOptions, "delimiter" | "quotes">): Dialect {
  const given = options.delimiter === "\\t" ? "\t" : options.delimiter;
  const delimiter = given ?? (format === "csv" ? "," : "\t");
  if (delimiter.length !== 1 || delimiter > "\x7f" || '"\r\n'.includes(delimiter))
    throw badInput(`a delimiter is one ASCII character, no quote or line end; ${JSON.stringify(delimiter)} is not`);
  return { delimiter: delimiter.charCodeAt(0), quotes: options.quotes !== false, strayQuotes: format === "tsv" };
}

/** Reads everything once, to learn which columns hold numbers alone, or booleans alone. */
async function surveyColumns(dialect: Dialect, source: Source, options: ParseOptions): Promise<ColumnSurvey> {
  if (typeof source !== "function")
    throw badInput("types are found by reading the input twice; give it as a file", fileOf(options.file));
  const survey = new ColumnSurvey(() => scanner, options.columns === undefined);
  const scanner: CellScanner = new CellScanner(dialect, options.file, survey);
  for await (const chunk of wholeCharacters(read(source, options))) {
    scanner.scan(chunk);
    if (survey.isSettled) return survey;
  }
  scanner.finish();
  return survey;
}

/** Reads the header, then rows as lines of JSON. */
class RowReader {
  readonly scanner: CellScanner;
  readonly #encoder = new RowEncoder("plain");
  #lines: number[] = [];

  constructor(
    dialect: Dialect,
    readonly options: ParseOptions,
    readonly survey: ColumnSurvey | undefined,
    readonly table: Table,
  ) {
    const { columns, file } = options;
    this.scanner = new CellScanner(
      dialect,
      file,
      new TextLayout(
        () => this.scanner,
        names => this.#begin(names),
      ),
    );
    if (columns !== undefined) this.#begin(columns);
  }

  /** Says whether enough is there for a batch. Throws for a row that is too long. */
  get isDue(): boolean {
    const { scanner } = this;
    if (scanner.length - scanner.rowStart > maxLineBytes) throw tooLong(this.options.file, scanner.rowLine);
    return scanner.rowStart >= batchBytes;
  }

  finish(): void {
    this.scanner.finish();
    if (this.table.columns === undefined)
      throw badInput("the file is empty; a header is wanted, or names for the columns", fileOf(this.options.file));
  }

  /** Gives the rows so far. */
  *batches(): Generator<RowBatch> {
    const { scanner, options } = this;
    const all = Uint32Array.from(this.#lines);
    for (const { items, first } of this.#encoder.lines(scanner.out.subarray(0, scanner.rowStart))) {
      const lines = all.subarray(first, first + items.count);
      yield { count: items.count, items, lines, place: i => ({ ...fileOf(options.file), line: lines[i] }) };
    }
    this.#lines = [];
    scanner.clear();
  }

  #begin(names: readonly string[]): void {
    const { scanner, options } = this;
    checkColumns(names, options.columns === undefined ? { ...fileOf(options.file), line: scanner.rowLine } : {});
    this.table.columns = [...names];
    scanner.layout = new RowLayout(names, this.survey?.raw(names.length), scanner, line => this.#lines.push(line));
  }
}
