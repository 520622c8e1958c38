/** Datasets into files: rows in order, as the bytes of a format. */
import { extname } from "node:path";
import type { Dataset, StoredBatch, Watch } from "@sheaf/core";
import { refuseLosses, surveyTable } from "./csv-print.js";
import { gzip } from "./gzip.js";
import { print } from "./print.js";
import { formats, type Format, type PrintOptions, type RowBatch } from "./rows.js";

/** What to write. */
export interface WriteOptions extends Watch, Omit<PrintOptions, "signal"> {
  readonly format: Format;
  /** The revision; default: the current branch. */
  readonly at?: string;
  readonly gzip?: boolean;
}

/** Gives the bytes of a dataset's rows in a format. Throws what `print` throws, refused for a loss; of a table before the first byte. */
export async function* exportBytes(dataset: Dataset, options: WriteOptions): AsyncGenerator<Uint8Array> {
  const { format } = options;
  const columns = format === "csv" || format === "tsv" ? await tableColumns(dataset, format, options) : options.columns;
  const isFleeting = options.isFleeting === true && options.gzip !== true;
  const bytes = print(format, rowBatches(dataset, options), { ...options, columns, isFleeting });
  yield* options.gzip ? gzip(bytes) : bytes;
}

/** The format that a file's name asks for, `.gz` aside. */
export function formatOf(file: string): Format {
  const extension = extname(file.toLowerCase().replace(/\.gz$/, "")).slice(1);
  if (extension === "tab") return "tsv";
  return formats.find(format => format === extension) ?? "jsonl";
}

/** The columns of a table. A first pass over the rows finds those that the metadata does not name, and whether a loss is to be refused: a reader behind a pipe cannot give back what came. */
async function tableColumns(
  dataset: Dataset,
  format: "csv" | "tsv",
  options: WriteOptions,
): Promise<readonly string[]> {
  const { meta } = await dataset.info(options.at === undefined ? {} : { at: options.at });
  const order = Array.isArray(meta["columns"]) ? meta["columns"].filter(name => typeof name === "string") : [];
  const { columns, isWhole } = options.columns
    ? { columns: options.columns, isWhole: false }
    : await surveyTable(rowBatches(dataset, options), order);
  if (!isWhole && options.lossy !== true)
    await refuseLosses(format, rowBatches(dataset, options), { ...options, columns });
  return columns;
}

/** Rows as they rest, in the form that formats take. */
async function* rowBatches(dataset: Dataset, { at, signal, progress }: WriteOptions): AsyncGenerator<RowBatch> {
  for await (const batch of dataset.batches({
    isFleeting: true,
    signal,
    progress,
    ...(at === undefined ? {} : { at }),
  }))
    yield toRows(batch, dataset.path);
}

function toRows(batch: StoredBatch, dataset: string): RowBatch {
  const { count, items } = batch;
  return {
    count,
    items,
    lines: new Uint32Array(count),
    // Texts that most formats have no use for are made when asked for.
    get ids() {
      return batch.ids;
    },
    get positions() {
      return batch.positions;
    },
    place: i => ({ dataset, id: batch.ids[i] }),
  };
}
