/** The two ways to encode lines: the kernel, and the reference alone. `lines.ts` feeds them. */
import type { Place } from "../errors.js";
import { BatchBuilder, type ItemBatch } from "./batch.js";
import { encodeGrowth, inputAt, openKernel, type Kernel } from "./kernel.js";
import { encodeText, type ItemForm } from "./reference.js";

export interface LineEngine {
  /** Where bytes wait; another array after `reserve`, with the same bytes in it. One byte more than was reserved may be overwritten by `encode`. */
  readonly input: Uint8Array;
  /** Makes room. Throws a RangeError when there is none. */
  reserve(bytes: number): void;
  /**
   * Encodes some of the lines from `from` up to `end`; the first stands on `place.line`. Gives where the next line begins (`end` or beyond: all are
   * done), and how many lines were passed. Throws bad-input.
   */
  encode(from: number, end: number, form: ItemForm, place: Place & { line: number }): Encoded;
}

export interface Encoded {
  readonly batch: ItemBatch;
  readonly next: number;
  readonly passed: number;
}

export function openLineEngine(plain: boolean): LineEngine {
  const kernel = plain ? undefined : openKernel(encodeGrowth);
  return kernel === undefined ? new ReferenceEngine() : new KernelEngine(kernel);
}

const space = [0x20, 0x09, 0x0d];

class ReferenceEngine implements LineEngine {
  input = new Uint8Array(0);

  reserve(bytes: number): void {
    const input = new Uint8Array(bytes);
    input.set(this.input.subarray(0, bytes));
    this.input = input;
  }

  encode(from: number, end: number, form: ItemForm, place: Place & { line: number }): Encoded {
    const builder = new BatchBuilder();
    let { line } = place;
    for (let at = from; at < end; line++) {
      const text = this.input.subarray(at, lineEnd(this.input, at, end));
      if (!text.every(byte => space.includes(byte))) builder.add(encodeText(text, form, { ...place, line }), line);
      at += text.length + 1;
    }
    return { batch: builder.batch(), next: end, passed: line - place.line };
  }
}

function lineEnd(bytes: Uint8Array, from: number, end: number): number {
  const at = bytes.indexOf(0x0a, from);
  return at < 0 || at > end ? end : at;
}

class KernelEngine implements LineEngine {
  readonly #kernel: Kernel;
  input: Uint8Array = new Uint8Array(0);

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  reserve(bytes: number): void {
    const waiting = this.input.slice();
    this.#kernel.reserve(bytes);
    this.input = this.#kernel.bytes.subarray(inputAt, inputAt + bytes);
    if (waiting.length > 0) this.input.set(waiting.subarray(0, bytes));
  }

  encode(from: number, end: number, form: ItemForm, place: Place & { line: number }): Encoded {
    const kernel = this.#kernel;
    const kept = kernel.bytes[inputAt + end];
    const next = kernel.encodeLines(inputAt + from, inputAt + end, form === "plain") - inputAt;
    const passed = kernel.lines;
    const rows = new Rows(kernel, place.line);
    const batch = kernel.refused === 0 ? rows.batch : rows.mended(inputAt + end, form, place);
    kernel.bytes[inputAt + end] = kept;
    return { batch, next, passed };
  }
}

/** What one call of the kernel made. */
class Rows {
  readonly batch: ItemBatch;

  constructor(
    readonly kernel: Kernel,
    firstLine: number,
  ) {
    const { outputAt, outputEnd, rows: count } = kernel;
    const starts = kernel.table(0, count);
    const ends = kernel.table(1, count);
    const lines = kernel.table(2, count);
    for (let i = 0; i < count; i++) {
      starts[i] -= outputAt;
      ends[i] -= outputAt;
      lines[i] += firstLine;
    }
    this.batch = { bytes: kernel.bytes.subarray(outputAt, outputEnd), count, starts, ends, lines };
  }

  /** The same with the refused rows done by the reference, in their places. */
  mended(end: number, form: ItemForm, place: Place): ItemBatch {
    const { bytes, count, starts, ends, lines } = this.batch;
    const refused = this.kernel.table(3, count);
    const builder = new BatchBuilder();
    for (let i = 0; i < count; i++) {
      const [at, line] = [refused[i], lines[i]];
      if (at === 0) builder.add(bytes.subarray(starts[i], ends[i]), line);
      else {
        const text = this.kernel.bytes.subarray(at, lineEnd(this.kernel.bytes, at, end));
        builder.add(encodeText(text, form, { ...place, line }), line);
      }
    }
    return builder.batch();
  }
}
