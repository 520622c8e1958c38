/** What tests of formats share: bytes in chunks, rows as values, values as rows. */
import { decodeItem, encode, utf8, type ItemBatch, type Value, type ValueObject } from "@sheaf/core";
import { parse } from "./parse.js";
import type { Format, Parsed, ParseOptions, RowBatch } from "./rows.js";

/** One row as values: what a test compares. */
export interface Row {
  readonly id?: string | undefined;
  readonly position?: string | undefined;
  /** In block form. */
  readonly block: ValueObject;
}

/** Gives bytes, or text, in chunks of this many bytes; a function, so that it can be read twice. */
export function chunked(input: string | Uint8Array, size = Infinity): () => AsyncIterable<Uint8Array> {
  const bytes = typeof input === "string" ? utf8(input) : input;
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
  };
}

/** Reads all rows. */
export async function rowsOf(parsed: Parsed): Promise<(Row & { line: number })[]> {
  const rows: (Row & { line: number })[] = [];
  for await (const batch of parsed)
    for (let i = 0; i < batch.count; i++) {
      const { bytes, starts, ends } = batch.items;
      const block = decodeItem(bytes.slice(starts[i], ends[i]));
      rows.push({ id: batch.ids?.[i], position: batch.positions?.[i], block, line: batch.lines[i] });
    }
  return rows;
}

/** Reads the blocks of all rows of an input. */
export async function blocksOf(
  format: Format,
  input: string | Uint8Array,
  options: ParseOptions = {},
  size = Infinity,
): Promise<Value[]> {
  return (await rowsOf(parse(format, chunked(input, size), options))).map(row => row.block);
}

/** Makes batches of rows, as the engine hands them to `print`. */
export async function* batchesOf(rows: readonly Row[], perBatch = 3): AsyncGenerator<RowBatch> {
  for (let at = 0; at < rows.length; at += perBatch) yield batchOf(rows.slice(at, at + perBatch));
}

function batchOf(rows: readonly Row[]): RowBatch {
  const blocks = rows.map(row => encode(row.block));
  let length = 0;
  const starts = Uint32Array.from(blocks, block => (length += block.length) - block.length);
  const ends = Uint32Array.from(blocks, (block, i) => starts[i] + block.length);
  const bytes = new Uint8Array(length);
  blocks.forEach((block, i) => bytes.set(block, starts[i]));
  const lines = Uint32Array.from(rows, (_, i) => i + 1);
  const items: ItemBatch = { bytes, count: rows.length, starts, ends, lines };
  return {
    count: rows.length,
    items,
    lines,
    ids: rows.map(row => row.id),
    positions: rows.map(row => row.position),
    place: i => ({ line: lines[i] }),
  };
}

/** Joins what was printed into text. */
export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}
