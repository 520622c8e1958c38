/**
 * JSON Lines to blocks, in bulk: bytes come in as they were read, batches of blocks go out.
 *
 * Lines end with LF or CRLF, the last one also with the text; blank lines are skipped, as is a byte order mark at the very beginning. The kernel does the
 * work where there is one; rows that it refuses are done by the reference, so order, blocks and errors are the same either way.
 */
import { badInput, type Place } from "../errors.js";
import type { ItemBatch } from "./batch.js";
import { openLineEngine, type LineEngine } from "./line-engine.js";
import type { ItemForm } from "./reference.js";

export type { ItemBatch } from "./batch.js";

/** Longest line that is taken: 256 MiB. */
export const maxLineBytes = 2 ** 28;
/** Bytes that the kernel is handed at once: with the blocks that come of them, about what a core's own cache holds. */
const sliceBytes = 2 ** 18;

export interface LineOptions {
  /** `plain` (the default): every `@` key is data. `block`: `@meta` holds attributes. */
  readonly form?: ItemForm;
  /** Named in errors. */
  readonly file?: string;
  /** The number of the first line; default 1. Other than 1 for the rest of a text that another encoder began. */
  readonly firstLine?: number;
  /** `reference` does without the kernel: same results, slower. */
  readonly engine?: "kernel" | "reference";
}

/** Encodes a text that comes in chunks: what a composition root may have done on another thread. A batch is valid until the next one is asked for. */
export type EncodeLines = (chunks: AsyncIterable<Uint8Array>, options: LineOptions) => AsyncIterable<ItemBatch>;

/** {@link EncodeLines} here and now. */
export async function* encodeLines(
  chunks: AsyncIterable<Uint8Array>,
  options: LineOptions,
): AsyncGenerator<ItemBatch, void, undefined> {
  const encoder = new LineEncoder(options);
  for await (const chunk of chunks) yield* encoder.push(chunk);
  yield* encoder.finish();
}

/**
 * Encodes lines of JSON objects as they come in. One encoder reads one input, and holds a few MiB (more for a long line).
 *
 * Throws bad-input with file, line, column and pointer for a line that cannot be taken; the batches before it were given, and the encoder is of no more use.
 */
export class LineEncoder {
  readonly #form: ItemForm;
  readonly #place: Place;
  #engine: LineEngine;
  /** Bytes of input that wait in the engine, the number of lines before them, and how many may wait before more room is made. */
  #held = 0;
  #line: number;
  #limit = sliceBytes;
  #begun: boolean;

  constructor(options: LineOptions = {}) {
    this.#form = options.form ?? "plain";
    this.#place = options.file === undefined ? {} : { file: options.file };
    this.#line = options.firstLine ?? 1;
    this.#begun = this.#line > 1;
    this.#engine = openLineEngine(options.engine === "reference");
    this.#engine.reserve(sliceBytes);
  }

  /** Takes more bytes, which may end anywhere, and gives the rows that are whole. Iterate to the end before the next call. */
  *push(chunk: Uint8Array): Generator<ItemBatch, void, undefined> {
    let taken = 0;
    while (taken < chunk.length) {
      const before = this.#held;
      const more = chunk.subarray(taken, taken + this.#limit - before);
      this.#engine.input.set(more, before);
      this.#held += more.length;
      taken += more.length;
      const end = before + more.lastIndexOf(0x0a) + 1;
      if (end > before) yield* this.#encode(end);
      else if (this.#held === this.#limit) this.#widen();
    }
  }

  /** Says that the input is over, and gives the last row if no line break stood behind it. */
  *finish(): Generator<ItemBatch, void, undefined> {
    if (this.#held > 0) yield* this.#encode(this.#held);
  }

  /** Gives what waits for the end of its line, and that line's number, so that another encoder can go on; this one is of no more use. */
  handOver(): { readonly waiting: Uint8Array; readonly line: number } {
    return { waiting: this.#engine.input.slice(0, this.#held), line: this.#line };
  }

  /** Makes room for a line that is longer than what fits. */
  #widen(): void {
    if (this.#limit >= maxLineBytes)
      throw badInput(`a line longer than ${maxLineBytes} bytes`, { ...this.#place, line: this.#line });
    this.#limit *= 2;
    try {
      this.#engine.reserve(this.#limit);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const waiting = this.#engine.input.slice(0, this.#held);
      this.#engine = openLineEngine(true);
      this.#engine.reserve(this.#limit);
      this.#engine.input.set(waiting);
    }
  }

  /** Encodes the lines that wait, up to `end`, and moves what follows to the front. */
  *#encode(end: number): Generator<ItemBatch, void, undefined> {
    const { input } = this.#engine;
    let from = !this.#begun && input[0] === 0xef && input[1] === 0xbb && input[2] === 0xbf ? 3 : 0;
    this.#begun = true;
    while (from < end) {
      const { batch, next, passed } = this.#engine.encode(from, end, this.#form, { ...this.#place, line: this.#line });
      from = next;
      this.#line += passed;
      if (batch.count > 0) yield batch;
    }
    input.copyWithin(0, end, this.#held);
    this.#held -= end;
    this.#limit = sliceBytes;
    while (this.#limit <= this.#held) this.#limit *= 2;
  }
}
