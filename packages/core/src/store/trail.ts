/**
 * Reads blocks in the order in which they were written, mostly: the next one is expected right behind the one before, and its hash says whether it was.
 *
 * So few blocks are looked up, and there is no object for each of them. Rows that were edited since lie elsewhere, and where nothing lies in order the
 * trail gives up for the rest of a batch: then it costs little more than `loadMany`.
 */
import type { BlockBatch, BlockReader } from "../block/blocks.js";
import { guessEnd } from "../item/extent.js";
import type { Platform } from "../platform.js";
import type { Pack } from "./pack.js";
import type { Location } from "./pack-index.js";
import { Pieces } from "./pieces.js";
import type { Shelf } from "./shelf.js";
import { readStretch } from "./stretch.js";

/** Where the blocks are: a block store. */
export interface TrailGround extends BlockReader {
  readonly platform: Platform;
  readonly shelf: Shelf;
}

/** The least and the most that is read at once. */
const leastBytes = 4096;
const mostBytes = 1 << 18;
/** Of so many blocks one may lie elsewhere; where more do, there is no order to follow. */
const fewOf = 8;
const fewAtLeast = 16;
/** So many blocks one after another in another pack, and the trail goes on there. */
const straysBefore = 2;

/** Beyond what was asked for, as compressed frames are read whole. */
const slackBytes = 65_536;
const nothing: Uint8Array = new Uint8Array(0);

/** Blocks and their digests. */
export type TrailBatch = BlockBatch & { readonly digests: Uint8Array };

/** Bytes of a pack, from an offset in its frames on. */
interface Window {
  readonly pack: Pack;
  readonly start: number;
  readonly bytes: Uint8Array;
}

export class Trail {
  #window: Window | undefined;
  /** Where in the window the next block is expected. */
  #at = 0;
  #strays = 0;

  /** Memory that is used again, where blocks are fleeting: of windows, and of blocks put together. */
  #room = nothing;
  #gathered = nothing;

  /** @param isFleeting  whether blocks are good only until the next are read: without it, garbage of their size is left behind */
  constructor(
    readonly ground: TrailGround,
    readonly isFleeting = false,
  ) {}

  /** The `count` blocks whose digests stand one after another, proven, end to end. Throws missing-block or corrupt-block. */
  async read(digests: Uint8Array, count: number): Promise<TrailBatch> {
    const pieces = new Pieces(count, this.#gathered);
    const few = fewAtLeast + Math.floor(count / fewOf);
    let elsewhere = 0;
    while (pieces.count < count) {
      this.#follow(digests, pieces);
      if (pieces.count === count) break;
      if (++elsewhere > few) await this.#loadRest(digests, pieces);
      else await this.#seek(digests, pieces);
    }
    const batch = pieces.joined(digests);
    if (this.isFleeting) this.#gathered = pieces.memory;
    return batch;
  }

  /** Takes blocks for as long as they lie where they are expected. */
  #follow(digests: Uint8Array, pieces: Pieces): boolean {
    if (!this.#window) return false;
    const { bytes } = this.#window;
    const { platform } = this.ground;
    const first = pieces.count;
    const from = this.#at;
    pieces.begin(from);
    while (pieces.count < pieces.room) {
      const end = guessEnd(bytes, this.#at);
      if (end < 0 || !platform.hashesTo(bytes.subarray(this.#at, end), digests, 32 * pieces.count)) break;
      pieces.place(this.#at, end);
      this.#at = end;
    }
    if (pieces.count === first) return false;
    pieces.end(bytes, from, this.#at);
    this.#strays = 0;
    return true;
  }

  /** Finds the next block, which is not where it was expected. */
  async #seek(digests: Uint8Array, pieces: Pieces): Promise<void> {
    if (await this.#readOn(digests, pieces)) return;
    const digest = digests.subarray(32 * pieces.count, 32 * pieces.count + 32);
    const found = await this.#find(digest);
    if (found && (await this.#goTo(found.pack, found.location, pieces)) && this.#follow(digests, pieces)) return;
    pieces.add(await this.ground.load(digest));
  }

  /** Reads the next window where this one ends before the block does; else steps over the block, which is none of those wanted. */
  async #readOn(digests: Uint8Array, pieces: Pieces): Promise<boolean> {
    if (!this.#window) return false;
    const { pack, start, bytes } = this.#window;
    const end = guessEnd(bytes, this.#at);
    if (end >= 0) this.#at = end;
    const offset = start + this.#at;
    if (end >= 0 || offset >= pack.trailer.rawBytes) return false;
    await this.#open(pack, offset, Math.max(leastBytes, bytes.length, Math.min(mostBytes, 2 * bytes.length)), pieces);
    return this.#follow(digests, pieces);
  }

  /** Says whether the trail goes on there: a single block in another pack is no reason to leave this one. */
  async #goTo(pack: Pack, { offset, length }: Location, pieces: Pieces): Promise<boolean> {
    const window = this.#window;
    if (window && window.pack !== pack && ++this.#strays < straysBefore) return false;
    if (window?.pack === pack && offset >= window.start && offset < window.start + window.bytes.length)
      this.#at = offset - window.start;
    else {
      const { rawBytes, blocks } = pack.trailer;
      const expected = Math.ceil((1.25 * rawBytes * (pieces.room - pieces.count)) / Math.max(1, blocks));
      await this.#open(pack, offset, Math.max(leastBytes, length, Math.min(mostBytes, expected)), pieces);
    }
    return true;
  }

  async #open(pack: Pack, start: number, length: number, pieces: Pieces): Promise<void> {
    if (this.isFleeting) pieces.settle();
    if (this.isFleeting && this.#room.length < length) this.#room = new Uint8Array(length + slackBytes);
    const bytes = await readStretch(pack, start, length, this.isFleeting ? this.#room : undefined);
    this.#window = bytes && { pack, start, bytes };
    this.#at = 0;
  }

  /** Where the block may be, in the pack of the trail first. */
  async #find(digest: Uint8Array): Promise<{ pack: Pack; location: Location } | undefined> {
    const first = this.#window?.pack;
    const { packs } = this.ground.shelf;
    for (const pack of first ? [first, ...packs.filter(other => other !== first)] : packs) {
      const location = await pack.find(digest);
      if (location) return { pack, location };
    }
    return undefined;
  }

  async #loadRest(digests: Uint8Array, pieces: Pieces): Promise<void> {
    const wanted: Uint8Array[] = [];
    for (let i = pieces.count; i < pieces.room; i++) wanted.push(digests.subarray(32 * i, 32 * i + 32));
    for (const block of await this.ground.loadMany(wanted)) pieces.add(block);
  }
}
