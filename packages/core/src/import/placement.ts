/**
 * Positions for rows that are to stand in the order of an input, with the fewest moves: a longest run of rows that stand in order already keeps its
 * positions, the others get new ones between them.
 */
import { manyBetween, PositionSequence } from "../dataset/position.js";
import { fromUtf8, utf8 } from "../text.js";
import { KeyTable } from "./key-table.js";
import { longestRun } from "./longest-run.js";

/** Rows behind all others get consecutive positions, however many they are; runs of more than this are not held as texts. */
const longRun = 1024;
const nothing = new Uint8Array(0);

export class Placement {
  readonly #kept: Uint8Array;
  /** New positions of the rows that do not keep theirs, in the order of the rows. */
  #moved = new KeyTable();

  /**
   * @param rank for each row its rank among those that stand somewhere, by where they stand; −1 for new rows
   * @param position where a row that stands somewhere stands
   */
  constructor(
    readonly rank: Int32Array,
    readonly position: (row: number) => Uint8Array,
  ) {
    this.#kept = longestRun(rank);
    if (!this.#placeRuns()) this.#placeAnew();
  }

  /** Goes through the rows in order, each with its new position, or none when it stays where it is. */
  each(visit: (row: number, position: Uint8Array | undefined) => void): void {
    let moved = 0;
    for (let row = 0; row < this.rank.length; row++)
      visit(row, this.#kept[row] === 1 ? undefined : this.#moved.value(moved++));
  }

  /** Says whether there was room. Rows that leave no room before them (equal or overlong positions) move too. */
  #placeRuns(): boolean {
    const { length } = this.rank;
    for (let row = 0; row < length;) {
      if (this.#kept[row] === 1) {
        row++;
        continue;
      }
      const before = row > 0 ? this.#text(row - 1) : undefined;
      let end = row;
      for (;;) {
        while (end < length && this.#kept[end] === 0) end++;
        if (this.#give(before, end < length ? this.#text(end) : undefined, end - row)) break;
        if (end === length) return false;
        this.#kept[end++] = 0;
      }
      row = end;
    }
    return true;
  }

  #give(before: string | undefined, after: string | undefined, count: number): boolean {
    if (after === undefined && count > longRun) {
      this.#giveOn(new PositionSequence(before), count);
      return true;
    }
    const positions = manyBetween(before, after, count);
    for (const position of positions ?? []) this.#add(utf8(position));
    return positions !== undefined;
  }

  /** No room behind an overlong position: all rows get fresh ones. */
  #placeAnew(): void {
    this.#kept.fill(0);
    this.#moved = new KeyTable();
    this.#giveOn(new PositionSequence(), this.rank.length);
  }

  #giveOn(sequence: PositionSequence, count: number): void {
    for (let i = 0; i < count; i++) this.#add(sequence.next());
  }

  #add(position: Uint8Array): void {
    this.#moved.add(nothing, 0, position, position.length);
  }

  #text(row: number): string {
    return fromUtf8(this.position(row));
  }
}
