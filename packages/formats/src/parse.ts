/** The one way in: streamed bytes of any format become rows. */
import { badInput } from "@sheaf/core";
import { parseDelimited, type Table } from "./csv.js";
import { read, type Meter, type Source } from "./input.js";
import { parseJsonRows } from "./json.js";
import { parseJsonl } from "./jsonl.js";
import type { Format, Parsed, ParseOptions, RowBatch } from "./rows.js";
import { fileOf } from "./places.js";

/** Which formats have a use for an option. */
const uses: { readonly [K in keyof ParseOptions]?: readonly Format[] } = {
  rows: ["jsonl", "json"],
  records: ["json"],
  delimiter: ["csv", "tsv"],
  columns: ["csv", "tsv"],
  quotes: ["csv", "tsv"],
  infer: ["csv", "tsv"],
};

/**
 * Reads rows, in bounded memory, plain or gzipped.
 *
 * Nothing is read before the first batch is asked for. Throws bad-input, with the place, at the first thing that cannot be kept exactly; what the source
 * throws, and the signal's reason, go through. Leaving the iteration early closes the source.
 */
export function parse(format: Format, source: Source, options: ParseOptions = {}): Parsed {
  checkUse(format, options);
  const meter: Meter = { bytesRead: 0 };
  const table: Table = { columns: undefined };
  return {
    get bytesRead() {
      return meter.bytesRead;
    },
    get columns() {
      return table.columns;
    },
    [Symbol.asyncIterator]: () => batches(format, source, options, table, meter),
  };
}

async function* batches(
  format: Format,
  source: Source,
  options: ParseOptions,
  table: Table,
  meter: Meter,
): AsyncGenerator<RowBatch> {
  for await (const batch of open(format, source, options, table, meter)) {
    options.signal?.throwIfAborted();
    yield batch;
  }
}

function open(
  format: Format,
  source: Source,
  options: ParseOptions,
  table: Table,
  meter: Meter,
): AsyncGenerator<RowBatch> {
  switch (format) {
    case "jsonl":
      return parseJsonl(read(source, options, meter), options);
    case "json":
      return parseJsonRows(read(source, options, meter), options);
    case "csv":
    case "tsv":
      return parseDelimited(format, source, options, table, meter);
  }
}

function checkUse(format: Format, options: ParseOptions): void {
  for (const [option, formats] of Object.entries(uses)) {
    const value = options[option as keyof ParseOptions];
    if (value === undefined || value === false || formats.includes(format)) continue;
    throw badInput(`${format} has no use for ${option}; it is for ${formats.join(" and ")}`, fileOf(options.file));
  }
}
