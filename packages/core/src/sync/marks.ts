/** Blocks that a walk came by, and how: a leaf is not looked into, until something else leads to it. */
import { DigestSet } from "../store/digest-set.js";
import type { LinkKind } from "../store/links.js";

export class Marks {
  readonly digests = new DigestSet();
  /** The least restricted way in which each was reached. */
  #kinds = new Uint8Array(64);

  /** Takes the digest that stands at `at`; gives its number, or −1 when it was reached in this way or a freer one before. */
  add(bytes: Uint8Array, at: number, kind: LinkKind): number {
    const claimed = this.digests.add(bytes, at);
    const number = claimed < 0 ? -1 - claimed : claimed;
    if (claimed < 0 && this.#kinds[number] <= kind) return -1;
    if (number >= this.#kinds.length) {
      const kinds = this.#kinds;
      this.#kinds = new Uint8Array(kinds.length * 2);
      this.#kinds.set(kinds);
    }
    this.#kinds[number] = kind;
    return number;
  }

  /** Says whether the digest at `at` was reached in this way or a freer one. */
  holds(bytes: Uint8Array, at: number, kind: LinkKind): boolean {
    const number = this.digests.find(bytes, at);
    return number >= 0 && this.#kinds[number] <= kind;
  }
}
