/** What flows between formats and the engine, and how it is asked for. */
import type { EncodeLines, RowBatch } from "@sheaf/core";

export type { RowBatch } from "@sheaf/core";

/** What of a batch is printed; `ids` and `positions` must be whole where lines of the projection are asked for. */
export type PrintBatch = Pick<RowBatch, "count" | "items" | "ids" | "positions">;

export const formats = ["jsonl", "json", "csv", "tsv"] as const;
/** A format by its name, as `--format` takes it. */
export type Format = (typeof formats)[number];

/** How to read. Options that a format has no use for are refused, so that none is forgotten silently. */
export interface ParseOptions {
  /** Name for errors, and for detection. */
  readonly file?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** JSONL, JSON: each row is a line of the projection, with `@id`, `@pos` and `@meta` beside the data. Otherwise every key is data. */
  readonly rows?: boolean | undefined;
  /** JSON: where the rows stand; see `RecordScanner`. */
  readonly records?: string | undefined;
  /** CSV, TSV: one ASCII character, `\t` written out included. */
  readonly delimiter?: string | undefined;
  /** CSV, TSV: names of the columns of a file without a header. */
  readonly columns?: readonly string[] | undefined;
  /** CSV, TSV: `false` takes every `"` as text. */
  readonly quotes?: boolean | undefined;
  /** CSV, TSV: make numbers and booleans of columns that hold nothing else. Reads the source twice, so it must be a function. */
  readonly infer?: boolean | undefined;
  /** How lines become blocks; default: here, on this thread. Formats without lines have no use for it. */
  readonly encodeLines?: EncodeLines | undefined;
}

/** Rows being read: iterate once. */
export interface Parsed extends AsyncIterable<RowBatch> {
  /** Bytes taken from the source so far, as they came. */
  readonly bytesRead: number;
  /** CSV, TSV: the columns in the file's order, once the first batch is there or the rows have ended. */
  readonly columns: readonly string[] | undefined;
}

/** How to write. */
export interface PrintOptions {
  readonly signal?: AbortSignal | undefined;
  /** JSONL, JSON: write ids, positions and attributes too, as lines of the projection. */
  readonly rows?: boolean | undefined;
  /** Write what the format can hold and leave the rest; without it, a row that would lose something is refused. */
  readonly lossy?: boolean | undefined;
  /** CSV, TSV: every column, in order; see `surveyTable`. */
  readonly columns?: readonly string[] | undefined;
  readonly delimiter?: string | undefined;
  /** What is given is good until more is asked for: its memory is used again. */
  readonly isFleeting?: boolean | undefined;
}
