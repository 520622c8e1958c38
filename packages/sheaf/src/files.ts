/** Files into datasets and datasets into files, in the formats of the command line. */
import { importSource, openSource, processIo, writeFileWhole, type ReadOptions } from "@sheaf/cli";
import type { Dataset, Imported, ImportOptions } from "@sheaf/core";
import { printPortionsBeside } from "@sheaf/drives/portion-thread";
import { exportBytes, formatOf, type WriteOptions } from "@sheaf/formats";

/** How to read the file, and how to import its rows. `headings` are the columns of a CSV or TSV file without a header. */
export interface ImportFileOptions extends ImportOptions, Omit<ReadOptions, "columns"> {
  readonly headings?: readonly string[];
}

/** What to write; the format is by default the one that the file's name asks for, else JSONL. */
export interface ExportOptions extends Omit<WriteOptions, "format" | "isFleeting" | "printPortions"> {
  readonly format?: WriteOptions["format"];
}

/** Imports a file (JSONL, JSON, CSV or TSV, plain or gzipped) into a dataset. */
export async function importFile(dataset: Dataset, file: string, options: ImportFileOptions = {}): Promise<Imported> {
  const { headings, format, rows, records, delimiter, quotes, infer, ...rest } = options;
  const reading = {
    rows,
    records,
    delimiter,
    quotes,
    infer,
    columns: headings,
    ...(format === undefined ? {} : { format }),
  };
  return await importSource(
    dataset,
    await openSource(processIo(options.signal ?? new AbortController().signal), file),
    reading,
    rest,
  );
}

/** Writes a dataset to a file, which is there whole at the end or not at all; one of that name is replaced. */
export async function exportFile(dataset: Dataset, file: string, options: ExportOptions = {}): Promise<void> {
  const { format = formatOf(file), gzip = /\.gz$/i.test(file), ...rest } = options;
  const writing = { ...rest, format, gzip, isFleeting: true, printPortions: printPortionsBeside() };
  await writeFileWhole(file, exportBytes(dataset, writing));
}
