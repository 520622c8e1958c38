/** Rows as CSV and TSV: minimal quoting, and nothing lost unless that is asked for. */
import { toDialect } from "./csv.js";
import {
  compareText,
  decodeItem,
  fromBlockForm,
  printJson,
  printPointer,
  utf8,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { loss, rowPlace } from "./losses.js";
import type { PrintOptions, PrintBatch } from "./rows.js";
import { checkColumns } from "./table.js";
import { nameOf } from "./value-name.js";

/** Prints a header and rows. `options.columns` must name every column; see `surveyTable`. */
export async function* printDelimited(
  format: "csv" | "tsv",
  batches: AsyncIterable<PrintBatch>,
  options: PrintOptions,
): AsyncGenerator<Uint8Array> {
  const table = new TableWriter(format, options);
  yield utf8(table.header());
  for await (const batch of batches) {
    options.signal?.throwIfAborted();
    yield utf8(table.rows(batch));
  }
}

class TableWriter {
  readonly #columns: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #delimiter: string;
  readonly #needsQuotes: RegExp;
  readonly #lossy: boolean;

  constructor(format: "csv" | "tsv", options: PrintOptions) {
    this.#columns = options.columns ?? [];
    this.#known = new Set(this.#columns);
    this.#delimiter = String.fromCharCode(toDialect(format, options).delimiter);
    const code = this.#delimiter.charCodeAt(0).toString(16).padStart(2, "0");
    this.#needsQuotes = new RegExp(String.raw`["\r\n\x${code}]|^\ufeff`);
    this.#lossy = options.lossy === true;
    if (!this.#lossy || this.#columns.length === 0) checkColumns(this.#columns, {});
  }

  header(): string {
    return this.#line(this.#columns);
  }

  rows(batch: PrintBatch): string {
    const { bytes, starts, ends } = batch.items;
    let text = "";
    for (let i = 0; i < batch.count; i++) text += this.#row(decodeItem(bytes.subarray(starts[i], ends[i])), batch, i);
    return text;
  }

  #row(block: ValueObject, batch: PrintBatch, i: number): string {
    const { item, meta } = fromBlockForm(block);
    if (!this.#lossy) this.#refuseLoss(item, meta, batch, i);
    return this.#line(this.#columns.map(name => (Object.hasOwn(item, name) ? cellOf(item[name]) : "")));
  }

  #line(cells: readonly string[]): string {
    // One empty cell alone would be a blank line, which other readers skip.
    if (cells.length === 1 && cells[0] === "") return '""\n';
    return `${cells.map(cell => (this.#needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(this.#delimiter)}\n`;
  }

  #refuseLoss(item: ValueObject, meta: ValueObject | undefined, batch: PrintBatch, i: number): void {
    if (meta !== undefined) throw loss("attributes have no place in a table", rowPlace(batch, i, "/@meta"));
    for (const name of this.#columns) if (!Object.hasOwn(item, name)) this.#refuseAbsent(name, batch, i);
    for (const name of Object.keys(item)) {
      const place = () => rowPlace(batch, i, printPointer([name]));
      if (!this.#known.has(name)) throw loss("the field is no column of the table", place());
      const value = item[name];
      if (typeof value !== "string") throw loss(`${nameOf(value)} would come back as text`, place());
    }
  }

  #refuseAbsent(name: string, batch: PrintBatch, i: number): never {
    throw loss("the field is absent and would come back as an empty text", rowPlace(batch, i, printPointer([name])));
  }
}

function cellOf(value: Value): string {
  if (typeof value === "string") return value;
  return value === null ? "" : printJson(value);
}

/** Throws, like {@link printDelimited}, for the first row that a table would not hold whole: before anything is written. */
export async function refuseLosses(
  format: "csv" | "tsv",
  batches: AsyncIterable<PrintBatch>,
  options: PrintOptions,
): Promise<void> {
  const table = new TableWriter(format, options);
  for await (const batch of batches) table.rows(batch);
}

/** What a pass over rows finds out about a table of them. */
export interface TableSurvey {
  /** Every column: the known ones first, then other keys in the order in which rows show them, sorted within a row. */
  readonly columns: string[];
  /** Says whether a table with these columns loses nothing: every cell is a text, none is absent, and no row has attributes. */
  readonly isWhole: boolean;
}

/** Looks at all rows for what a table needs to know. */
export async function surveyTable(
  batches: AsyncIterable<PrintBatch>,
  known: readonly string[] = [],
): Promise<TableSurvey> {
  const cells = new Map(known.map(name => [name, 0]));
  let rows = 0;
  let isWhole = true;
  for await (const { count, items } of batches)
    for (let i = 0; i < count; i++, rows++) {
      const { item, meta } = fromBlockForm(decodeItem(items.bytes.subarray(items.starts[i], items.ends[i])));
      isWhole &&= meta === undefined;
      for (const key of Object.keys(item).sort(compareText)) {
        cells.set(key, (cells.get(key) ?? 0) + 1);
        isWhole &&= typeof item[key] === "string";
      }
    }
  return { columns: [...cells.keys()], isWhole: isWhole && [...cells.values()].every(count => count === rows) };
}
