/** Bytes to rows and rows to bytes: JSONL, JSON, CSV and TSV. */
export { refuseLosses, surveyTable, type TableSurvey } from "./csv-print.js";
export { exportBytes, formatOf, type WriteOptions } from "./dataset-export.js";
export { importInto, type Input, type ReadOptions } from "./dataset-import.js";
export { detect, detectBytes } from "./detect.js";
export { gzip } from "./gzip.js";
export { gather, type Source } from "./input.js";
export { parse } from "./parse.js";
export { print } from "./print.js";
export {
  formats,
  type Format,
  type Parsed,
  type ParseOptions,
  type PrintBatch,
  type PrintOptions,
  type RowBatch,
} from "./rows.js";
