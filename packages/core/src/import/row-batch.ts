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

/** Remembers which line each row came from: mostly the one after that of the row before, so only where that is not so. */
export class LineBook {
  /** Rows whose line does not follow, ascending, and their lines. */
  readonly #rows: number[] = [];
  readonly #lines: number[] = [];
  #count = 0;
  #next = 0;
  #sample: Place = {};

  /** Notes the next row. */
  add(batch: RowBatch, i: number): void {
    const line = batch.lines[i];
    if (line !== this.#next || this.#count === 0) {
      this.#rows.push(this.#count);
      this.#lines.push(line);
    }
    this.#next = line + 1;
    this.#count++;
    if (this.#count === 1) this.#sample = batch.place(i);
  }

  /** Where a row stood; rows are counted from 0. */
  place(row: number): Place {
    const number = this.#line(row);
    const { file, line } = this.#sample;
    if (line === undefined) return { row: number };
    return file === undefined ? { line: number } : { file, line: number };
  }

  #line(row: number): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows[middle] <= row) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : this.#lines[low - 1] + row - this.#rows[low - 1];
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
