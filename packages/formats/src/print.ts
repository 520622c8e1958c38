/** The one way out: rows become streamed bytes of any format. */
import { printDelimited } from "./csv-print.js";
import { badInput, decodeItem, LinePrinter } from "@sheaf/core";
import { findMetaKey, loss, rowPlace } from "./losses.js";
import type { Format, PrintOptions, PrintBatch } from "./rows.js";

/**
 * Prints rows in their order; what is given may be kept, unless it is fleeting.
 *
 * Throws refused, with id and pointer, before the first row that the format cannot hold whole, unless `options.lossy`: attributes without `rows`; in CSV and
 * TSV also absent fields, values that are no texts, and fields beyond `options.columns`. Lossy CSV has numbers, booleans, arrays and objects as JSON text,
 * and null and absent fields as empty cells.
 */
export function print(
  format: Format,
  batches: AsyncIterable<PrintBatch>,
  options: PrintOptions = {},
): AsyncIterable<Uint8Array> {
  switch (format) {
    case "jsonl":
    case "json":
      return frameLines(format, printLines(batches, options), options.isFleeting);
    case "csv":
    case "tsv":
      if (options.rows === true)
        throw badInput(`${format} has no place for positions and attributes; use jsonl or json`);
      return printDelimited(format, batches, options);
  }
}

/** Some rows as lines, each ended by LF. */
export interface Lines {
  readonly text: Uint8Array;
  readonly count: number;
}

/** Prints rows as lines, which are good until more are asked for. Throws as `print` does. */
export async function* printLines(
  batches: AsyncIterable<PrintBatch>,
  options: PrintOptions,
  printer = new LinePrinter(),
): AsyncGenerator<Lines, void, undefined> {
  for await (const batch of batches) {
    options.signal?.throwIfAborted();
    if (batch.count > 0) yield { text: lines(printer, batch, options), count: batch.count };
  }
}

/** Lines as JSONL, or as a JSON array with a row a line. What is given may be kept, unless it is fleeting. */
export function frameLines(
  format: "jsonl" | "json",
  source: AsyncIterable<Lines>,
  isFleeting = false,
): AsyncGenerator<Uint8Array> {
  return format === "json" ? frameArray(source) : frameJsonl(source, isFleeting);
}

async function* frameJsonl(source: AsyncIterable<Lines>, isFleeting: boolean): AsyncGenerator<Uint8Array> {
  for await (const { text } of source) yield isFleeting ? text : text.slice();
}

async function* frameArray(source: AsyncIterable<Lines>): AsyncGenerator<Uint8Array> {
  let begun = false;
  for await (const { text, count } of source) {
    yield separated(text, count, begun ? "," : "[");
    begun = true;
  }
  yield Uint8Array.from(begun ? "\n]\n" : "[]\n", letter => letter.charCodeAt(0));
}

/** Puts `first` and a line break in front of the first line, a comma between lines, and no line break behind the last. */
function separated(text: Uint8Array, count: number, first: "[" | ","): Uint8Array {
  const out = new Uint8Array(text.length + count);
  out[0] = first.charCodeAt(0);
  let length = 1;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf(0x0a, at);
    out[length++] = 0x0a;
    out.set(text.subarray(at, end), length);
    length += end - at;
    at = end + 1;
    if (at < text.length) out[length++] = 0x2c;
  }
  return out;
}

function lines(printer: LinePrinter, batch: PrintBatch, options: PrintOptions): Uint8Array {
  const spans = { ...batch.items, count: batch.count };
  if (options.rows === true)
    return printer.printRows(spans, named(batch.ids, "ids"), named(batch.positions, "positions"));
  const text = printer.print(spans, "plain");
  if (options.lossy !== true && printer.mayLeaveOut) refuseMeta(batch);
  return text;
}

function named(names: readonly (string | undefined)[] | undefined, what: string): readonly string[] {
  if (names?.every(name => name !== undefined)) return names;
  throw badInput(`rows without ${what} cannot be printed as lines of the projection`);
}

/** Refuses rows with attributes, which the plain form leaves out. */
function refuseMeta(batch: PrintBatch): void {
  const { bytes, starts, ends } = batch.items;
  for (let i = findMetaKey(batch, 0); i >= 0; i = findMetaKey(batch, i + 1))
    if (Object.hasOwn(decodeItem(bytes.subarray(starts[i], ends[i])), "@meta"))
      throw loss("attributes are not in the plain form", rowPlace(batch, i, "/@meta"));
}
