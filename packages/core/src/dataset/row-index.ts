/**
 * Every row of one version of a dataset by its id, in memory: for those who read very many of them.
 *
 * A read through the trees looks into two leaves anywhere in memory, some thirty cache misses; here it is three. Holds the leaves of `rows` as they rest
 * (about 64 bytes a row) and a table of 16 bytes a row: less than both trees' parsed nodes take. It is made from proven blocks of one frozen version,
 * so it never changes; whoever makes it decides when that pays.
 */
import type { BlockReader } from "../block/blocks.js";
import { digestInLink, headBytes, readArgument, sameSpan } from "../tree/span.js";
import { hashKey } from "../tree/split.js";
import { leavesFrom, type LeafSlice } from "../tree/read.js";
import type { DatasetBlock } from "./dataset.js";
import type { RowPlace } from "./lookup.js";

/** Leaves lie in chunks, none across two; a place counts through all chunks. */
const chunkBits = 20;
const chunkBytes = 1 << chunkBits;
/** Leaves that are read together. */
const ahead = 16;
/** Ids chosen to meet in one place make no index: more steps than this happen to nobody else. */
const mostSteps = 256;

export class RowIndex {
  readonly #leaves: AsyncGenerator<LeafSlice>;
  readonly #mostChunks: number;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes taken in the last chunk. */
  #used = chunkBytes;
  /** Two words a slot: hash of the id, and the place of its entry plus one. */
  readonly #slots: Uint32Array;
  readonly #mask: number;
  #isWhole = false;

  /** Begins an index of at most `maxBytes`: it is whole after enough {@link grow}s. */
  constructor(reader: BlockReader, { rows, count }: DatasetBlock, maxBytes: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, count) * 2));
    this.#slots = new Uint32Array(slots * 2);
    this.#mask = slots - 1;
    this.#mostChunks = Math.min(2 ** 32, maxBytes - this.#slots.byteLength) >>> chunkBits;
    this.#leaves = leavesFrom(reader, rows, { ahead });
  }

  /** Says whether all rows are in it, so that it may be asked. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Takes some more leaves. Resolves to `false` when it cannot become whole: too large, or an id stands there twice. Throws missing-block, corrupt-block. */
  async grow(leaves: number): Promise<boolean> {
    for (let n = 0; n < leaves && !this.#isWhole; n++) {
      const { value, done } = (await this.#leaves.next()) as IteratorResult<LeafSlice, undefined>;
      if (done) this.#isWhole = true;
      else if (!this.#add(value)) return false;
    }
    return true;
  }

  /** The place of the row with this id, as UTF-8; `undefined` when there is none. */
  find(id: Uint8Array): RowPlace | undefined {
    const slot = this.#slotOf(id, 0, id.length, hashKey(0, id));
    const place = slot < 0 ? 0 : this.#slots[2 * slot + 1];
    if (place === 0) return undefined;
    const bytes = this.#chunks[(place - 1) >>> chunkBits];
    const key = keyAt(bytes, (place - 1) & (chunkBytes - 1));
    const link = key.end + digestInLink;
    return { position: bytes.subarray(key.start, bytes.indexOf(0, key.start)), item: bytes.slice(link, link + 32) };
  }

  /** Takes a leaf's entries; says whether it could. */
  #add({ leaf }: LeafSlice): boolean {
    const { bytes, count } = leaf;
    if (bytes.length > chunkBytes) return false;
    if (this.#used + bytes.length > chunkBytes) {
      if (this.#chunks.length >= this.#mostChunks) return false;
      this.#chunks.push(new Uint8Array(chunkBytes));
      this.#used = 0;
    }
    const chunk = this.#chunks.length - 1;
    this.#chunks[chunk].set(bytes, this.#used);
    const base = chunk * chunkBytes + this.#used + 1;
    this.#used += bytes.length;
    for (let i = 0; i < count; i++) {
      const end = leaf.valueStart(i);
      const cut = bytes.indexOf(0, leaf.keyStart(i));
      if (cut < 0 || cut >= end) return false;
      const hash = hashKey(0, bytes, cut + 1, end);
      const slot = this.#slotOf(bytes, cut + 1, end, hash);
      if (slot < 0 || this.#slots[2 * slot + 1] !== 0) return false;
      this.#slots[2 * slot] = hash;
      this.#slots[2 * slot + 1] = base + leaf.entryStart(i);
    }
    return true;
  }

  /** The slot of the id `bytes[from, to)`, or the free one where it belongs; −1 when too many ids have chosen the same place. */
  #slotOf(bytes: Uint8Array, from: number, to: number, hash: number): number {
    let slot = hash & this.#mask;
    for (let steps = 0; steps < mostSteps; steps++) {
      const place = this.#slots[2 * slot + 1];
      if (place === 0 || (this.#slots[2 * slot] === hash && this.#holds(place - 1, bytes, from, to))) return slot;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }

  /** Says whether the key of the entry at this place ends with NUL and the id. */
  #holds(place: number, id: Uint8Array, from: number, to: number): boolean {
    const bytes = this.#chunks[place >>> chunkBits];
    const { start, end } = keyAt(bytes, place & (chunkBytes - 1));
    const cut = end - (to - from) - 1;
    // A position never holds NUL, so the first one ends it.
    return cut >= start && sameSpan(bytes, cut + 1, end, id, from, to) && bytes.indexOf(0, start) === cut;
  }
}

/** The key, a byte string, of the encoded entry that begins here. */
function keyAt(bytes: Uint8Array, at: number): { start: number; end: number } {
  const length = readArgument(bytes, at);
  const start = at + headBytes(length);
  return { start, end: start + length };
}
