/** Rows on their way in: what `formats` makes of a slice of input, and what an import takes. */
import type { BlockBatch } from "../block/blocks.js";
import { badInput, type Place } from "../errors.js";

/**
 * Some rows in their order. What is in it may be overwritten when the next batch is asked for.
 *
 * Item i is the dag-cbor block `items.bytes[starts[i], ends[i])`, in the block's form. `ids` and `positions` are there when the input can name them; a
 * row without one has `undefined`.
 */
export interface RowBatch {
  readonly count: number;
  readonly items: BlockBatch;
  /** For each row the line on which it begins, from 1. */
  readonly lines: Uint32Array;
  readonly ids?: readonly (string | undefined)[];
  readonly positions?: readonly (string | undefined)[];
  /** Says where row `i` stands in the input, for an error about it. */
  place(i: number): Place;
}

/** Remembers which line each row came from, at four bytes a row. */
export class LineBook {
  readonly #chunks: Uint32Array[] = [];
  #count = 0;
  #sample: Place = {};

  /** Notes the next row. */
  add(batch: RowBatch, i: number): void {
    if ((this.#count & 0xffff) === 0) this.#chunks.push(new Uint32Array(0x10000));
    this.#chunks[this.#count >>> 16][this.#count & 0xffff] = batch.lines[i];
    this.#count++;
    if (this.#count === 1) this.#sample = batch.place(i);
  }

  /** Where a row stood; rows are counted from 0. */
  place(row: number): Place {
    const number = this.#chunks[row >>> 16]?.[row & 0xffff] ?? 0;
    const { file, line } = this.#sample;
    if (line === undefined) return { row: number };
    return file === undefined ? { line: number } : { file, line: number };
  }

  /** The error for two rows of one input that have the same id. */
  twice(id: string, first: number, second: number): Error {
    const { line, row } = this.place(first);
    const before = line === undefined ? `as row ${row}` : `in line ${line}`;
    return badInput(`the id stands twice in the input (first ${before}); ids must differ, or choose another key`, {
      ...this.place(second),
      id,
    });
  }
}
