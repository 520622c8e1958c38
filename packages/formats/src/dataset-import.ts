/** Files into datasets: finds out what a file is, reads it, and imports its rows. */
import type { Dataset, Imported, ImportOptions, RowBatch } from "@sheaf/core";
import { detect, detectBytes } from "./detect.js";
import { gather } from "./input.js";
import { parse } from "./parse.js";
import type { Format, Parsed, ParseOptions } from "./rows.js";

/** How to read a file: its format (default: found out), and what `parse` takes. */
export interface ReadOptions extends Omit<ParseOptions, "file" | "signal"> {
  readonly format?: Format;
}

/** Bytes to import. */
export interface Input {
  /** For errors and for telling the format. With a name, `open` can be called again. */
  readonly file: string | undefined;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Imports an input's rows into a dataset. `started` is told of the parser, which knows how far it is. Column order goes into the metadata. */
export async function importInto(
  dataset: Dataset,
  source: Input,
  reading: ReadOptions,
  options: ImportOptions,
  started: (parsed: Parsed) => void = () => undefined,
): Promise<Imported> {
  const parsed = await parseSource(source, reading, options.signal);
  started(parsed);
  const batches = await begin(parsed);
  const columns = options.columns ?? parsed.columns;
  return await dataset.importBatches(batches, { ...options, ...(columns === undefined ? {} : { columns }) });
}

/** Opens the parser, telling the format first where it was not given. */
async function parseSource(
  source: Input,
  { format, ...reading }: ReadOptions,
  signal: AbortSignal | undefined,
): Promise<Parsed> {
  const options = { ...reading, file: source.file, signal };
  const again = source.file === undefined ? undefined : source.open;
  if (format !== undefined) return parse(format, again ?? source.open(), options);
  const looked = await gather(source.open(), detectBytes);
  const found = detect(source.file, looked.first);
  if (again === undefined) return parse(found, looked.all, options);
  await looked.all[Symbol.asyncIterator]().return?.();
  return parse(found, again, options);
}

/** Reads the first batch, so that the columns are known, and gives all batches. */
async function begin(parsed: Parsed): Promise<AsyncIterable<RowBatch>> {
  const iterator = parsed[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
}
