/** Files as Galileo takes them: CSV, JSON, JSONL and Feather, as rows of cells. */
import {
  decode,
  fromBlockForm,
  isObject,
  isSheafError,
  parseJson,
  setKey,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { parse } from "@sheaf/formats";
import { once } from "../catalog/form.js";
import { cellsOf } from "./cells.js";
import { unprocessable } from "./errors.js";
import { featherRows } from "./feather.js";

export const formatNames = ["csv", "feather", "json", "jsonl"] as const;
export type UploadFormat = (typeof formatNames)[number];

/** Rows that are read once. `columns` grows by what each has that none before had. */
export interface Upload {
  readonly columns: string[];
  readonly rows: AsyncIterable<ValueObject>;
}

const loc = ["body", "file"];

/** Reads a file. What is wrong with it is thrown (422) when that row is asked for. */
export function readUpload(format: UploadFormat, bytes: Uint8Array): Upload {
  const columns: string[] = [];
  const known = new Set<string>();
  const know = (names: Iterable<string>) => {
    for (const name of names) if (known.size < known.add(name).size) columns.push(name);
  };
  return { columns, rows: rowsOf(format, withoutMark(bytes), know) };
}

async function* rowsOf(
  format: UploadFormat,
  bytes: Uint8Array,
  know: (names: Iterable<string>) => void,
): AsyncGenerator<ValueObject> {
  try {
    const items =
      format === "csv" ? csvItems(bytes, know) : format === "feather" ? featherRows(bytes) : jsonItems(format, bytes);
    for await (const item of items) {
      know(Object.keys(item));
      yield cellsOf(item);
    }
  } catch (error) {
    if (isSheafError(error, "bad-input")) throw unprocessable(loc, `the ${format} file: ${error.message}`);
    throw error;
  }
}

function jsonItems(format: "json" | "jsonl", bytes: Uint8Array): Iterable<ValueObject> {
  return format === "jsonl" ? jsonLines(bytes) : jsonRows(bytes);
}

function* jsonLines(bytes: Uint8Array): Generator<ValueObject> {
  let line = 0;
  for (let at = 0; at < bytes.length;) {
    const found = bytes.indexOf(0x0a, at);
    const end = found < 0 ? bytes.length : found;
    line++;
    const text = bytes.subarray(at, end);
    at = end + 1;
    if (text.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d)) continue;
    yield itemAt(parseJson(text, { line }), `line ${line}`);
  }
}

/** A list of objects, or an object of lists: one for each column. */
function* jsonRows(bytes: Uint8Array): Generator<ValueObject> {
  if (bytes.length === 0) return;
  const value = parseJson(bytes);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) yield itemAt(value[i], `element ${i}`);
    return;
  }
  if (!isObject(value)) throw unprocessable(loc, "the file holds neither a list of objects nor an object of lists");
  yield* transposed(value);
}

function* transposed(columns: ValueObject): Generator<ValueObject> {
  const lists = Object.entries(columns).map(([name, list]): [string, Value[]] => {
    if (!Array.isArray(list)) throw unprocessable(loc, `the column ${name} is no list`);
    return [name, list];
  });
  const length = Math.max(0, ...lists.map(([, list]) => list.length));
  for (let i = 0; i < length; i++) {
    const item: ValueObject = {};
    for (const [name, list] of lists) setKey(item, name, list[i] ?? null);
    yield item;
  }
}

function itemAt(value: Value, where: string): ValueObject {
  if (isObject(value)) return value;
  throw unprocessable(loc, `${where} of the file is no object`);
}

/** Cells stay text; an empty one is nothing. */
async function* csvItems(bytes: Uint8Array, know: (names: Iterable<string>) => void): AsyncGenerator<ValueObject> {
  if (bytes.length === 0) return;
  const parsed = parse("csv", once(bytes));
  for await (const { items, count } of parsed) {
    know(parsed.columns ?? []);
    for (let i = 0; i < count; i++) {
      const block = decode(items.bytes.subarray(items.starts[i], items.ends[i])) as ValueObject;
      const { item } = fromBlockForm(block);
      for (const name of Object.keys(item)) if (item[name] === "") setKey(item, name, null);
      yield item;
    }
  }
  know(parsed.columns ?? []);
}

/** A byte order mark says nothing. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
