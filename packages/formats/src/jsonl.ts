/** JSON lines: one object a line. The kernel reads them whole; here is only what the projection's lines need beside that. */
import { LineEncoder, maxLineBytes, type ItemBatch, type Place } from "@sheaf/core";
import { partOf, RowEncoder } from "./row-encoder.js";
import { RowLineStripper } from "./row-line.js";
import type { ParseOptions, RowBatch } from "./rows.js";
import { fileOf, tooLong } from "./places.js";
import { Window } from "./window.js";

/**
 * Reads rows from plain chunks. Blank lines are skipped; the last line needs no newline; CRLF ends a line as LF does.
 *
 * Throws bad-input with line, column and pointer for what is not JSON, not UTF-8, or not an object.
 */
export async function* parseJsonl(chunks: AsyncIterable<Uint8Array>, options: ParseOptions): AsyncGenerator<RowBatch> {
  if (options.rows === true) return yield* parseRowLines(chunks, options.file);
  const { file } = options;
  const encoder = new LineEncoder(fileOf(file));
  for await (const chunk of chunks) for (const items of encoder.push(chunk)) yield toBatch(items, file);
  for (const items of encoder.finish()) yield toBatch(items, file);
}

function toBatch(items: ItemBatch, file: string | undefined): RowBatch {
  const { count, lines } = items;
  return { count, items, lines, place: i => ({ ...fileOf(file), line: lines[i] }) };
}

/** Aimed-for bytes of text in a batch: large enough that the cost of a batch is nothing, small enough for a core's own cache. */
export const batchBytes = 2 ** 18;

async function* parseRowLines(
  chunks: AsyncIterable<Uint8Array>,
  file: string | undefined,
): AsyncGenerator<RowBatch, void> {
  const reader = new RowLineReader(file);
  for await (const chunk of chunks) {
    reader.take(chunk);
    if (reader.isDue) yield* reader.batches();
  }
  reader.finish();
  yield* reader.batches();
}

/** Gathers whole lines of the projection, takes ids and positions out, and has the rest encoded. */
class RowLineReader {
  readonly #window: Window;
  readonly #stripper: RowLineStripper;
  readonly #encoder: RowEncoder;
  /** Bytes of whole lines in the window. */
  #whole = 0;

  constructor(readonly file: string | undefined) {
    this.#window = new Window(file);
    this.#stripper = new RowLineStripper(file);
    this.#encoder = new RowEncoder("block", file);
  }

  take(chunk: Uint8Array): void {
    const last = chunk.lastIndexOf(0x0a);
    if (last >= 0) this.#whole = this.#window.length + last + 1;
    this.#window.append(chunk);
    if (this.#window.length - this.#whole > maxLineBytes) throw tooLong(this.file, this.#window.line);
  }

  get isDue(): boolean {
    return this.#whole >= batchBytes;
  }

  /** Takes what is left for a last line. */
  finish(): void {
    this.#whole = this.#window.length;
  }

  *batches(): Generator<RowBatch> {
    const { text, ids, positions, places, nextLine } = this.#strip();
    for (const part of this.#encoder.lines(text)) {
      const { count } = part.items;
      const lines = places.subarray(part.first, part.first + count);
      const place = (i: number): Place => ({ ...fileOf(this.file), line: lines[i] });
      yield { count, items: part.items, lines, ids: partOf(ids, part), positions: partOf(positions, part), place };
    }
    this.#window.drop(this.#whole, nextLine, this.#whole);
    this.#whole = 0;
  }

  #strip() {
    const { bytes, start, line } = this.#window;
    return this.#stripper.strip(bytes.subarray(start, start + this.#whole), line);
  }
}
