/**
 * Keeps the packs of a repository few while it is used: merges small ones after commits, one merge at a time, when the commit has been answered.
 *
 * A merge takes a bounded bite, so that it ends soon, and holds a bounded part in memory. Short merges are cheap enough for every process: what is
 * little is compressed, more is copied as it is. Long ones, which compress, are for processes that live on; where none does, `repack` compresses.
 * Leaves to `store/repack.ts` how packs are merged. A process that is killed in the midst leaves the packs as they were.
 */
import type { BlockStore } from "../store/blocks.js";
import type { Pack } from "../store/pack.js";
import { plainShape, type PackShape } from "../store/pack-shape.js";
import { choosePacks, mergePacks } from "../store/repack.js";
import { dropReplaced } from "../store/replaced.js";

/** So many packs of a size may gather: each is looked into by every look-up that fails. */
const mostPacks = 16;
/** Where so many have gathered nobody was there to merge them: a commit waits for a short merge, and a long one is done in a short way. */
const urgentPacks = 4 * mostPacks;
/** Bytes of blocks in a small pack, and in a middling one; larger ones stay as they are until somebody asks. */
const smallBytes = 1 << 20;
const middlingBytes = 1 << 25;
/** Bytes of blocks in one short merge, and in one long one: to copy the one takes about a tenth of a second, to compress the other several seconds. */
const shortBytes = 1 << 25;
const longBytes = 1 << 26;
/** So many bytes are compressed in about a tenth of a second. */
const quickBytes = 1 << 20;

/** A merge that is due. */
export interface Merge {
  readonly packs: readonly Pack[];
  /** How the new pack is laid out; default: compressed. */
  readonly shape?: PackShape;
  /** It takes its time: for a process that lives on. */
  readonly isLong: boolean;
}

export class Keeper {
  #last: Promise<unknown> = Promise.resolve();
  #isAwake = false;
  #wakes = 0;
  /** Breaks off the long merge under way. */
  #long: AbortController | undefined;

  constructor(readonly store: BlockStore) {}

  /**
   * Begins to merge if something is due. Called after every commit; what fails waits for the next one.
   *
   * Resolves at once, but where commits follow one another so fast that merges get no turn: then when there are few packs again.
   */
  async wake(): Promise<void> {
    this.#wakes++;
    if (!this.#isAwake && this.#due()) {
      this.#isAwake = true;
      // Whoever waits for the commit goes first.
      void this.store.platform
        .pause()
        .then(() => this.alone(() => this.#work()))
        .catch(() => undefined)
        .finally(() => (this.#isAwake = false));
    }
    if (this.#isAwake && smallOf(this.store.shelf.standing).length >= urgentPacks) await this.settled();
  }

  /** Runs work on packs when no other does: merges, and what users ask for. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#isAwake) {
      await this.store.platform.pause();
      await this.#last;
    }
  }

  /** Lets a short merge come to its end, and breaks off a long one. */
  async leave(): Promise<void> {
    this.#wakes = 0;
    this.#long?.abort();
    await this.settled();
  }

  async #work(): Promise<void> {
    const { store } = this;
    await store.shelf.refresh();
    for (let merge = this.#due(); merge; merge = this.#due()) {
      const long = merge.isLong ? new AbortController() : undefined;
      this.#long = long;
      const { replaced } = await mergePacks(store, merge.packs, { ...merge, signal: long?.signal });
      await dropReplaced(store);
      if (replaced.length < 2) return;
    }
  }

  #due(): Merge | undefined {
    const merge = dueMerge(this.store.shelf.standing);
    // One commit may be all that this process does.
    return merge?.isLong && this.#wakes < 2 ? undefined : merge;
  }
}

/** The merge that is due among these packs: the small ones first. */
export function dueMerge(packs: readonly Pack[]): Merge | undefined {
  const small = smallOf(packs);
  if (small.length >= mostPacks) return short(small, shortBytes);
  const middling = packs.filter(({ trailer }) => trailer.rawBytes > smallBytes && trailer.rawBytes <= middlingBytes);
  if (middling.length >= urgentPacks) return short(middling, longBytes);
  if (middling.length >= mostPacks) return { packs: bite(middling, longBytes), isLong: true };
  return undefined;
}

function short(packs: readonly Pack[], most: number): Merge {
  const chosen = bite(packs, most);
  return sum(chosen) <= quickBytes
    ? { packs: chosen, isLong: false }
    : { packs: chosen, isLong: false, shape: plainShape };
}

/** Of the packs that break the geometric row the oldest ones, up to so many bytes of blocks. */
function bite(packs: readonly Pack[], most: number): Pack[] {
  let bytes = 0;
  return choosePacks(packs, false).filter(({ trailer }) => (bytes += trailer.rawBytes) <= most);
}

function smallOf(packs: readonly Pack[]): Pack[] {
  return packs.filter(({ trailer }) => trailer.rawBytes <= smallBytes);
}

function sum(packs: readonly Pack[]): number {
  return packs.reduce((total, { trailer }) => total + trailer.rawBytes, 0);
}
