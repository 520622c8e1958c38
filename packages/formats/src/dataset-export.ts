/** Datasets into files: rows in order, as the bytes of a format. */
import { extname } from "node:path";
import {
  LinePrinter,
  PortionPrinter,
  type Dataset,
  type DatasetVersion,
  type PageOptions,
  type PortionHelp,
  type StoredBatch,
  type Watch,
} from "@sheaf/core";
import { refuseLosses, surveyTable } from "./csv-print.js";
import { gzip } from "./gzip.js";
import { frameLines, print, printLines, type Lines } from "./print.js";
import { formats, type Format, type PrintOptions, type RowBatch } from "./rows.js";
import { shareLines } from "./shared-lines.js";

/** What to write. */
export interface WriteOptions extends Watch, Omit<PrintOptions, "signal"> {
  readonly format: Format;
  /** The revision; default: the current branch. */
  readonly at?: string;
  readonly gzip?: boolean;
  /** JSONL, JSON: where a long export finds a helper; default: none. Formats without lines have no use for it. */
  readonly printPortions?: PortionHelp | undefined;
}

/** Gives the bytes of a dataset's rows in a format. Throws what `print` throws, refused for a loss; of a table before the first byte. */
export async function* exportBytes(dataset: Dataset, options: WriteOptions): AsyncGenerator<Uint8Array> {
  const { format } = options;
  const isFleeting = options.isFleeting === true && options.gzip !== true;
  const version = await dataset.at(options.at);
  const bytes =
    format === "jsonl" || format === "json"
      ? frameLines(format, linesOf(version, options), isFleeting)
      : await tableBytes(version, format, { ...options, isFleeting });
  yield* options.gzip ? gzip(bytes) : bytes;
}

/** All rows as lines, with help where some was offered. */
function linesOf(version: DatasetVersion, options: WriteOptions): AsyncIterable<Lines> {
  const { printPortions: help, rows, lossy } = options;
  if (!help) return printLines(rowBatches(version, options), options);
  const printer = new LinePrinter();
  const { context, block } = version;
  const ours = new PortionPrinter(context, block, { rows, lossy }, printer);
  return shareLines({
    count: block.count,
    signal: options.signal,
    progress: options.progress,
    help: { ...help, start: () => help.start(version, { rows, lossy }) },
    inTurn: ({ from, to }) =>
      printLines(rowBatches(version, { signal: options.signal }, { offset: from, limit: to - from }), options, printer),
    ahead: (portion, room) => ours.print(portion, room),
    pause: () => context.platform.pause(),
  });
}

async function tableBytes(
  version: DatasetVersion,
  format: "csv" | "tsv",
  options: WriteOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const columns = await tableColumns(version, format, options);
  return print(format, rowBatches(version, options), { ...options, columns });
}

/** The format that a file's name asks for, `.gz` aside. */
export function formatOf(file: string): Format {
  const extension = extname(file.toLowerCase().replace(/\.gz$/, "")).slice(1);
  if (extension === "tab") return "tsv";
  return formats.find(format => format === extension) ?? "jsonl";
}

/** The columns of a table. A first pass over the rows finds those that the metadata does not name, and whether a loss is to be refused: a reader behind a pipe cannot give back what came. */
async function tableColumns(
  version: DatasetVersion,
  format: "csv" | "tsv",
  options: WriteOptions,
): Promise<readonly string[]> {
  const { meta } = version.info;
  const order = Array.isArray(meta["columns"]) ? meta["columns"].filter(name => typeof name === "string") : [];
  const { columns, isWhole } = options.columns
    ? { columns: options.columns, isWhole: false }
    : await surveyTable(rowBatches(version, options), order);
  if (!isWhole && options.lossy !== true)
    await refuseLosses(format, rowBatches(version, options), { ...options, columns });
  return columns;
}

/** Rows as they rest, in the form that formats take. */
async function* rowBatches(
  version: DatasetVersion,
  { signal, progress }: Watch,
  page: PageOptions = {},
): AsyncGenerator<RowBatch> {
  for await (const batch of version.batches({ ...page, isFleeting: true, signal, progress }))
    yield toRows(batch, version.path);
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
