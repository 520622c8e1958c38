/** JSON lines: one object a line. The kernel reads them whole; here is only what the projection's lines need beside that. */
import { encodeLines, maxLineBytes, RowLineEncoder, type ItemBatch } from "@sheaf/core";
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
  const encode = options.encodeLines ?? encodeLines;
  for await (const items of encode(chunks, fileOf(file))) yield toBatch(items, file);
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

/** Gathers whole lines of the projection and has them encoded. */
class RowLineReader {
  readonly #window: Window;
  readonly #encoder = new RowLineEncoder();
  /** Bytes of whole lines in the window. */
  #whole = 0;

  constructor(readonly file: string | undefined) {
    this.#window = new Window(file);
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
    const { bytes, start, line } = this.#window;
    const place = fileOf(this.file);
    const batches = this.#encoder.lines(bytes.subarray(start, start + this.#whole), line, place);
    let next = batches.next();
    for (; !next.done; next = batches.next()) {
      const { items, ids, positions, lines } = next.value;
      yield { count: items.count, items, lines, ids, positions, place: i => ({ ...place, line: lines[i] }) };
    }
    this.#window.drop(this.#whole, next.value, this.#whole);
    this.#whole = 0;
  }
}
