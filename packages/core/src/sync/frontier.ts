/** The blocks that a walk has yet to look into, in the order that lets two walks over like trees keep step: what has no level first, then the highest. */
import { linkKinds, type LinkKind, type ListLinks } from "../store/links.js";
import { Marks } from "./marks.js";

/**
 * A block to look into. A tree node below another one waits at its level unread, as there may be a hundred thousand of them; of any other block the level is
 * learnt by reading it, and the bytes are at hand from then on.
 */
export interface Open {
  readonly number: number;
  readonly kind: LinkKind;
  readonly bytes?: Uint8Array;
  /** Its level is known, by what led to it or by its bytes. */
  readonly isPlaced?: boolean;
}

/** Levels of tree nodes go up to 23: one byte of the block says them. */
const levels = 24;

export class Frontier {
  readonly marks = new Marks();
  #unknown: Open[] = [];
  #byLevel: Open[][] = Array.from({ length: levels }, () => []);

  constructor(readonly links: ListLinks) {}

  /** The highest level that waits: {@link levels} for what has none yet, −1 for nothing. */
  get rank(): number {
    if (this.#unknown.length > 0) return levels;
    for (let level = levels - 1; level >= 0; level--) if (this.#byLevel[level].length > 0) return level;
    return -1;
  }

  add(digest: Uint8Array, kind: LinkKind = linkKinds.any): void {
    const number = this.marks.add(digest, 0, kind);
    if (number >= 0) this.#unknown.push({ number, kind });
  }

  /** Takes a block for known, so that it is never looked into; says whether it was new. */
  pass(digest: Uint8Array): boolean {
    return this.marks.add(digest, 0, linkKinds.any) >= 0;
  }

  /** What waits at this rank. */
  take(rank: number): Open[] {
    const taken = rank === levels ? this.#unknown : this.#byLevel[rank];
    if (rank === levels) this.#unknown = [];
    else this.#byLevel[rank] = [];
    return taken;
  }

  /** Files a block that was read: a tree node that did not wait for its level does so now, everything else is looked into at once. */
  file(open: Open, bytes: Uint8Array, leaf: (at: number) => void): void {
    const level = levelOf(bytes);
    if (level >= 0 && !open.isPlaced) this.#byLevel[level].push({ ...open, bytes, isPlaced: true });
    else this.expand(open, bytes, leaf);
  }

  /** Takes up what a block links to; leaves are told to `leaf`, by where their digests stand in the block. */
  expand({ kind }: Open, bytes: Uint8Array, leaf: (at: number) => void): void {
    const level = levelOf(bytes);
    this.links(bytes, kind, (at, below) => {
      if (below === linkKinds.leaf) return leaf(at);
      const number = this.marks.add(bytes, at, below);
      if (number < 0) return;
      if (level > 0) this.#byLevel[level - 1].push({ number, kind: below, isPlaced: true });
      else this.#unknown.push({ number, kind: below });
    });
  }

  digest(number: number): Uint8Array {
    return this.marks.digests.digest(number);
  }
}

/** Says whether a block looks like a tree node. A wrong guess costs reads, not truth. */
export function isTreeNode(block: Uint8Array): boolean {
  return levelOf(block) >= 0;
}

/** The level of a tree node, −1 for what is none. */
function levelOf(block: Uint8Array): number {
  return block[0] === 0x82 && block[1] < levels ? block[1] : -1;
}
