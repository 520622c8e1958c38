/** Digests with a small number each, 41 to 49 bytes for both: of several numbers for one digest the least counts. What they mean is the owner's: for a walk, how a block was reached. */
import { DigestSet } from "../store/digest-set.js";

export class Marks {
  readonly digests = new DigestSet();
  #marks = new Uint8Array(64);

  /** Takes the digest that stands at `at`; gives its number, or −1 when it had this mark or a lesser one before. */
  add(bytes: Uint8Array, at: number, mark: number): number {
    const claimed = this.digests.add(bytes, at);
    const number = claimed < 0 ? -1 - claimed : claimed;
    if (claimed < 0 && this.#marks[number] <= mark) return -1;
    if (number >= this.#marks.length) {
      const marks = this.#marks;
      this.#marks = new Uint8Array(marks.length * 2);
      this.#marks.set(marks);
    }
    this.#marks[number] = mark;
    return number;
  }

  /** Says whether the digest at `at` has this mark or a lesser one. */
  holds(bytes: Uint8Array, at: number, mark: number): boolean {
    const number = this.digests.find(bytes, at);
    return number >= 0 && this.#marks[number] <= mark;
  }

  /** The mark of a digest that was taken, by its number. */
  mark(number: number): number {
    return this.#marks[number];
  }
}
