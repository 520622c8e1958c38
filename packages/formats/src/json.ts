/** JSON as one document: an array of rows, an object of rows by key, or either behind a pointer. */
import { badInput, bareMessage, isSheafError, RowLineStripper } from "@sheaf/core";
import { batchBytes } from "./jsonl.js";
import { RecordScanner } from "./records.js";
import { partOf, RowEncoder, type EncodedRows } from "./row-encoder.js";
import type { ParseOptions, RowBatch } from "./rows.js";
import { Window } from "./window.js";

/** Fewest new bytes that are worth a look, so that a source of small chunks does not make a long token be looked at again and again. */
const stepBytes = 2 ** 16;

/**
 * Reads rows from plain chunks.
 *
 * Throws bad-input with line, column and pointer for what is not JSON, not UTF-8, or not where `options.records` says.
 */
export async function* parseJsonRows(
  chunks: AsyncIterable<Uint8Array>,
  options: ParseOptions,
): AsyncGenerator<RowBatch> {
  const window = new Window(options.file);
  const scanner = new RecordScanner(window, options.records);
  const reader = new RecordReader(scanner, options.rows === true);
  let scanned = 0;
  for await (const chunk of chunks) {
    window.append(chunk);
    if (window.length - scanned < stepBytes) continue;
    yield* drain(scanner, reader, false);
    scanned = window.length;
  }
  yield* drain(scanner, reader, true);
  scanner.finish();
}

/** Gives full batches, at the end the rest too. */
function* drain(scanner: RecordScanner, reader: RecordReader, final: boolean): Generator<RowBatch> {
  while (true) {
    scanner.scan(batchBytes, final);
    const isFull = scanner.length >= batchBytes;
    const isDue = isFull || final || scanner.window.length >= 2 * batchBytes;
    if (isDue && scanner.count > 0) yield* reader.batches();
    if (isDue) scanner.clear();
    if (!isFull) return;
  }
}

/** Has the rows that the scanner found encoded. */
class RecordReader {
  readonly #stripper: RowLineStripper | undefined;
  readonly #encoder: RowEncoder;
  /** Rows before those that the scanner holds. */
  #before = 0;

  constructor(
    readonly scanner: RecordScanner,
    rows: boolean,
  ) {
    this.#stripper = rows ? new RowLineStripper() : undefined;
    this.#encoder = new RowEncoder(rows ? "block" : "plain");
  }

  *batches(): Generator<RowBatch> {
    const { scanner } = this;
    const found = scanner.text.subarray(0, scanner.length);
    const stripped = this.#explained(() => this.#stripper?.strip(found, this.#before + 1));
    const ids = rowIds(stripped?.ids, scanner);
    const lines = Uint32Array.from(scanner.lines);
    const parts = this.#encoder.lines(stripped?.text ?? found);
    while (true) {
      const part = this.#explained(() => parts.next());
      if (part.done) break;
      yield toBatch(part.value, lines, ids, stripped?.positions, scanner);
    }
    this.#before += scanner.count;
  }

  /** Tells a flaw that was found on line `k` of the rows where row `k` stands in the document. */
  #explained<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!isSheafError(error, "bad-input") || error.data.line === undefined) throw error;
      const i = error.data.line - 1 - this.#before;
      const place = this.scanner.place(i);
      const pointer = (place.pointer ?? "") + (error.data.pointer ?? "");
      throw this.scanner.explainRow(i, badInput(bareMessage(error), { ...place, pointer }));
    }
  }
}

function toBatch(
  part: EncodedRows,
  lines: Uint32Array,
  ids: readonly (string | undefined)[] | undefined,
  positions: readonly (string | undefined)[] | undefined,
  scanner: RecordScanner,
): RowBatch {
  const { items, first } = part;
  return {
    count: items.count,
    items,
    lines: lines.subarray(first, first + items.count),
    ...(ids === undefined ? {} : { ids: partOf(ids, part) }),
    ...(positions === undefined ? {} : { positions: partOf(positions, part) }),
    place: i => scanner.place(first + i),
  };
}

/** The key under which a row stands is its id; an `@id` beside it must say the same. */
function rowIds(
  ids: readonly (string | undefined)[] | undefined,
  scanner: RecordScanner,
): readonly (string | undefined)[] | undefined {
  if (!scanner.anyKeys) return ids;
  return scanner.keys.map((key, i) => {
    const id = ids?.[i];
    if (key !== undefined && id !== undefined && key !== id)
      throw badInput(`@id is ${JSON.stringify(id)}, but the row's key is another`, scanner.place(i));
    return id ?? key;
  });
}
