/** The rows of changed files and the base's rows that they stand for, side by side: what ids and positions are settled from. */
import { DigestList, type Digest, type Place, type RowLineBatch } from "@sheaf/core";

/** The lines of changed files in order, run after run. */
export class ChangedLines {
  readonly ids: (string | undefined)[] = [];
  readonly positions: (string | undefined)[] = [];
  readonly items = new DigestList();
  /** For each run the number of lines up to its end. */
  readonly runEnds: number[] = [];
  readonly #lines: number[] = [];
  readonly #places: Place[] = [];
  readonly #firsts: number[] = [];

  get count(): number {
    return this.ids.length;
  }

  /** Says that the lines that follow stand in another file. */
  beginFile(place: Place): void {
    this.#places.push(place);
    this.#firsts.push(this.count);
  }

  endRun(): void {
    this.runEnds.push(this.count);
  }

  add({ ids, positions, lines }: RowLineBatch, i: number, item: Digest): void {
    this.ids.push(ids[i]);
    this.positions.push(positions[i]);
    this.items.add(item);
    this.#lines.push(lines[i]);
  }

  /** Where a line stands. */
  place(line: number): Place {
    let file = this.#firsts.length - 1;
    while (this.#firsts[file] > line) file--;
    return { ...this.#places[file], line: this.#lines[line] };
  }
}

/** The base's rows of changed files and of those that vanished, in order, run after run. */
export class BaseRows {
  readonly ids: string[] = [];
  readonly positions: string[] = [];
  readonly items = new DigestList();
  readonly runEnds: number[] = [];
  /** The row by its id. */
  readonly byId = new Map<string, number>();

  get count(): number {
    return this.ids.length;
  }

  add(position: string, id: string, item: Digest): void {
    this.byId.set(id, this.count);
    this.ids.push(id);
    this.positions.push(position);
    this.items.add(item);
  }

  endRun(): void {
    this.runEnds.push(this.count);
  }
}

/** Lines or rows from one to before another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The span of a run in a list of ends. */
export function runSpan(ends: readonly number[], run: number): Span {
  return { from: run === 0 ? 0 : ends[run - 1], to: ends[run] };
}
