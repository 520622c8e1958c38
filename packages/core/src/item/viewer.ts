/**
 * Blocks of items as plain JavaScript objects, many times over: what reads by id and scans hand out.
 *
 * The same values as `viewRow` gives, at less than half its cost: the kernel says what a block holds as a tape of tokens (`packages/core/kernel/view.ts`),
 * with its texts in the encodings in which an engine keeps them, and no JSON text is made and parsed in between. What the kernel refuses goes to `viewRow`.
 */
import type { Platform } from "../platform.js";
import { compareText, fromUtf8 } from "../text.js";
import { inputAt, maxRows, openKernel, recordsAt, recordsEnd, slack, type Kernel } from "./kernel.js";
import { viewRow, type RowView } from "./view.js";

/** Bytes of blocks that the kernel is handed at once; a longer block is left to `viewRow`. */
const inputBytes = 2 ** 18;
/** Bytes that one byte of input can become at most: tokens, numbers, short texts, other texts. */
const [tapeGrowth, numberGrowth, pieceGrowth, textGrowth] = [8, 2, 1, 2];
const growth = tapeGrowth + numberGrowth + pieceGrowth + textGrowth + 1;
const stepsEnd = recordsAt + 2 ** 19;
/** Shapes are learned anew, when there was no room for one, no sooner than after so many blocks. */
const patience = 256;

/** The keys of a map in the order of the object; `order[i]` is the place of the i-th among the members of the block. */
interface Shape {
  readonly keys: readonly string[];
  readonly order: readonly number[];
}

/** Blocks in one array: block i is `bytes[starts[i], ends[i])`. */
export interface Spans {
  readonly bytes: Uint8Array;
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

export type Texts = Pick<Platform, "latin1" | "utf16">;

export class ItemViewer {
  readonly #texts: Texts;
  #kernel: Kernel | null | undefined;
  #tape: Int32Array = new Int32Array(0);
  #numbers: Float64Array = new Float64Array(0);
  readonly #shapes = new Map<number, Shape>();
  #patience = patience;
  /** Where the next token, number and short text stand. */
  #at = 0;
  #number = 0;
  #piece = 0;
  #pieces = "";
  readonly #values: unknown[] = [];

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  /** Views one block as `viewRow` does, and throws as it does. */
  view(block: Uint8Array): RowView {
    return this.viewMany({ bytes: block, starts: [0], ends: [block.length] }, 0, 1)[0] ?? viewRow(block);
  }

  /** Views the blocks `from` up to `to`, a few hundred at most; `undefined` where that is left to `viewRow`. */
  viewMany(blocks: Spans, from: number, to: number): (RowView | undefined)[] {
    const kernel = this.#open();
    const views: (RowView | undefined)[] = [];
    while (views.length < to - from) {
      const count = kernel === null ? 0 : fill(kernel, blocks, from + views.length, to);
      if (kernel === null || count === 0) views.push(undefined);
      else this.#viewFilled(kernel, count, views);
    }
    return views;
  }

  #open(): Kernel | null {
    if (this.#kernel !== undefined) return this.#kernel;
    const kernel = openKernel(growth) ?? null;
    kernel?.reserve(inputBytes);
    if (kernel !== null) this.#forget(kernel);
    return (this.#kernel = kernel);
  }

  #forget(kernel: Kernel): void {
    kernel.exports.prepareShapes(recordsAt, stepsEnd, stepsEnd, recordsEnd);
    this.#shapes.clear();
    this.#patience = patience;
  }

  #viewFilled(kernel: Kernel, count: number, views: (RowView | undefined)[]): void {
    const tapeAt = kernel.outputAt;
    const numbersAt = tapeAt + tapeGrowth * inputBytes + slack;
    const piecesAt = numbersAt + numberGrowth * inputBytes + slack;
    const textsAt = piecesAt + pieceGrowth * inputBytes + slack;
    const [bounds, tokens, cuts] = [kernel.tableAt(0), kernel.tableAt(1), kernel.tableAt(2)];
    kernel.exports.viewBlocks(bounds, count, tapeAt, numbersAt, piecesAt, textsAt, tokens, cuts);
    if (this.#tape.buffer !== kernel.bytes.buffer) {
      this.#tape = new Int32Array(kernel.bytes.buffer);
      this.#numbers = new Float64Array(kernel.bytes.buffer);
    }
    this.#number = numbersAt >> 3;
    this.#makeAll(kernel, count, views);
    this.#patience -= count;
    if (this.#patience < 0 && kernel.exports.areShapesCrowded()) this.#forget(kernel);
  }

  #makeAll(kernel: Kernel, count: number, views: (RowView | undefined)[]): void {
    const tokens = kernel.tableAt(1) >> 2;
    const cuts = kernel.tableAt(2) >> 2;
    const { words, bytes } = kernel;
    for (let i = 0; i < count; i++) {
      const at = words[tokens + i];
      if (at === 0) {
        views.push(undefined);
        continue;
      }
      this.#at = at >> 2;
      this.#pieces = this.#texts.latin1(bytes, words[cuts + i], words[cuts + i + 1]);
      this.#piece = 0;
      views.push({ item: this.#value(kernel) as Record<string, unknown> });
    }
  }

  #value(kernel: Kernel): unknown {
    const token = this.#tape[this.#at++];
    const n = token >> 3;
    switch (token & 7) {
      case 0:
        return n === 0 ? null : n === 2;
      case 1:
        return n;
      case 2:
        return this.#numbers[this.#number++];
      case 3:
        return this.#pieces.slice(this.#piece, (this.#piece += n));
      case 4: {
        const start = this.#tape[this.#at++];
        return this.#texts.latin1(kernel.bytes, start, start + n);
      }
      case 5: {
        const start = this.#tape[this.#at++];
        return this.#texts.utf16(kernel.bytes, start, start + 2 * n);
      }
      case 6:
        return this.#list(kernel, n);
      default:
        return this.#map(kernel, n);
    }
  }

  #list(kernel: Kernel, count: number): unknown[] {
    const list: unknown[] = [];
    for (let i = 0; i < count; i++) list.push(this.#value(kernel));
    return list;
  }

  #map(kernel: Kernel, count: number): object {
    const place = this.#tape[this.#at++];
    const { keys, order } = this.#shapes.get(place) ?? this.#learn(kernel, place, count);
    const values = this.#values;
    const base = values.length;
    for (let i = 0; i < count; i++) values.push(this.#value(kernel));
    const object: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) object[keys[i]] = values[base + order[i]];
    values.length = base;
    return object;
  }

  /** Reads the keys of a shape that is new here, from its last step upwards. */
  #learn(kernel: Kernel, place: number, count: number): Shape {
    const names: string[] = [];
    for (let step = place >> 2; names.length < count; step = kernel.words[step] >> 2)
      names.push(fromUtf8(textOf(kernel, step)));
    names.reverse();
    const order = names.map((_, i) => i).sort((a, b) => compareText(names[a], names[b]));
    const shape = { keys: order.map(i => names[i]), order };
    this.#shapes.set(place, shape);
    return shape;
  }
}

/** The bytes of the key that a step adds; `step` is its place in words: the step above, where its key lies, the key's bytes, … */
function textOf({ bytes, words }: Kernel, step: number): Uint8Array {
  return bytes.subarray(words[step + 1], words[step + 1] + words[step + 2]);
}

/** Puts blocks into the kernel's input, from the `first` on, as many as fit; none when that one is too long. */
function fill(kernel: Kernel, { bytes, starts, ends }: Spans, first: number, to: number): number {
  const bounds = kernel.tableAt(0) >> 2;
  const shift = inputAt - starts[first];
  kernel.words[bounds] = inputAt;
  let next = first;
  // One copy does for blocks that lie one right behind another.
  for (; next < to && next - first < maxRows && (next === first || starts[next] === ends[next - 1]); next++) {
    if (ends[next] - starts[first] > inputBytes) break;
    kernel.words[bounds + next - first + 1] = ends[next] + shift;
  }
  if (next > first) kernel.bytes.set(bytes.subarray(starts[first], ends[next - 1]), inputAt);
  return next - first;
}
