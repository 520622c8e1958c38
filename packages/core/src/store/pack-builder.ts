/**
 * Makes one pack: gathers blocks into frames, items apart from tree nodes, and prints the index at the end.
 *
 * Knows no drive: chunks come out of {@link PackBuilder.take}, the rest out of {@link PackBuilder.finish}.
 */
import type { BlockBatch } from "../block/blocks.js";
import type { Codec, Platform } from "../platform.js";
import { codecs } from "../platform.js";
import { DigestSet } from "./digest-set.js";
import { FramePool } from "./frame-pool.js";
import { append, openFilling, type Filling } from "./filling.js";
import {
  checkOf,
  entryBytes,
  fanBitsFor,
  fanBytes,
  header,
  headerBytes,
  printTable,
  printTrailer,
  type Frame,
} from "./pack-format.js";
import type { PackShape } from "./pack-shape.js";
import { printIndex, wordAt, type Unsorted } from "./pack-index.js";

/** The offset of a member whose bytes rest elsewhere. */
const elsewhere = 0xffff_ffff;
/** Bytes of frames that were handed out and can still be read here. */
const recentBytes = 2 << 20;
const firstMembers = 64;
/** Places stand in blocks of 2¹⁶ members, so that growing copies nothing but the first of them. */
const placeBits = 16;
const placeMask = (1 << placeBits) - 1;

export class PackBuilder {
  /** Every block that was offered, in order. */
  readonly digests = new DigestSet();
  readonly frames: Frame[] = [];
  readonly #platform: Platform;
  readonly #dictionary: Uint8Array | undefined;
  readonly #fillings: readonly [Filling, Filling];
  /** Two words a member: offset (inside the open frame until it is sealed), length. */
  readonly #places: Uint32Array[] = [new Uint32Array(2 * firstMembers)];
  /** Where each sealed frame begins in the bytes of all frames, and those bytes while they are kept. */
  #frameOffsets: number[] = [];
  #recent = new Map<number, Uint8Array>();
  #recentHeld = 0;
  readonly #pool = new FramePool();
  #chunks: Uint8Array[] = [header];
  #chunkBytes = headerBytes;
  #rawBytes = 0;
  #storedBytes = headerBytes;
  #stored = 0;

  constructor(platform: Platform, shape: PackShape) {
    this.#platform = platform;
    this.#fillings = [
      openFilling(shape.itemCodec, shape.itemFrame, shape.itemGain, 1),
      openFilling(shape.nodeCodec, shape.nodeFrame, shape.nodeGain, shape.nodeShare),
    ];
    this.#dictionary = shape.dictionary;
    if (shape.dictionary) this.#emit(shape.dictionary, shape.dictionary, codecs.none);
  }

  /** Blocks whose bytes are in this pack. */
  get blocks(): number {
    return this.#stored;
  }

  /** Bytes of blocks so far. */
  get rawBytes(): number {
    return this.#rawBytes + this.#fillings[0].length + this.#fillings[1].length;
  }

  /** Bytes of sealed frames that nobody took yet. */
  get waiting(): number {
    return this.#chunkBytes;
  }

  /** Numbers a block by its digest: the number when it is new, else −1 − its number. Give the bytes to {@link store} next, or to {@link skip}. */
  claim(bytes: Uint8Array): number {
    const { digests } = this;
    const number = digests.size;
    this.#platform.digestInto(bytes, digests.segment(number), digests.offset(number));
    return digests.claim();
  }

  /** Keeps the bytes of a new member. */
  store(member: number, bytes: Uint8Array, isNode: boolean): void {
    const filling = this.#fillings[isNode ? 1 : 0];
    if (filling.length + bytes.length > filling.capacity) this.#seal(filling);
    if (bytes.length > filling.capacity) filling.bytes = new Uint8Array(bytes.length);
    this.#place(member, filling.length, bytes.length);
    filling.members.push(member);
    append(filling, bytes);
    this.#stored++;
    if (filling.length >= filling.capacity) this.#seal(filling);
  }

  /**
   * As {@link store} for items `from` to `to` of a batch that are new members with numbers from `member` on and lie one right after another.
   *
   * They are copied a frame at a time.
   */
  storeRun(member: number, { bytes, starts, ends }: BlockBatch, from: number, to: number): void {
    const filling = this.#fillings[0];
    for (let i = from; i < to;) {
      const base = starts[i];
      const room = filling.capacity - filling.length;
      const shift = filling.length - base;
      let next = i;
      for (; next < to && ends[next] - base <= room; next++) {
        this.#place(member + next - from, starts[next] + shift, ends[next] - starts[next]);
        filling.members.push(member + next - from);
      }
      // One that does not fit: `store` ends the frame first.
      if (next === i) this.store(member + i - from, bytes.subarray(base, ends[i++]), false);
      else {
        append(filling, bytes.subarray(base, ends[next - 1]));
        this.#stored += next - i;
        i = next;
        if (filling.length >= filling.capacity) this.#seal(filling);
      }
    }
  }

  /** Notes that a new member's bytes rest elsewhere. */
  skip(member: number): void {
    this.#place(member, elsewhere, 0);
  }

  /** Says whether the member's bytes are in this pack. */
  holds(member: number): boolean {
    return this.#offset(member) !== elsewhere;
  }

  /** The bytes of a member, if they are still in memory here. */
  read(member: number): Uint8Array | undefined {
    const offset = this.#offset(member);
    const length = this.#length(member);
    if (offset === elsewhere) return undefined;
    for (const filling of this.#fillings)
      if (filling.members.includes(member)) return filling.bytes.slice(offset, offset + length);
    const frame = this.#frameOf(offset);
    const from = offset - this.#frameOffsets[frame];
    return this.#recent.get(frame)?.slice(from, from + length);
  }

  /** Hands out the chunks that are ready. */
  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    return chunks;
  }

  /** Says that a chunk has left: its memory may be used again. */
  release(chunk: Uint8Array): void {
    this.#pool.release(chunk);
  }

  /** Seals what is open, and prints the index. Nothing can be stored after. Gives the last chunks; the trailer is the last of them. */
  finish(made: number): Uint8Array[] {
    this.#fillings.forEach(filling => this.#seal(filling));
    const index = this.#printIndex();
    const trailer = printTrailer(this.#platform, {
      blocks: this.#stored,
      frames: this.frames.length,
      fanBits: fanBitsFor(this.#stored),
      isPlain: this.frames.every(({ codec }) => codec === codecs.none),
      isPacked: this.#fillings.some(({ codec }) => codec !== codecs.none),
      hasDictionary: this.#dictionary !== undefined,
      rawBytes: this.#rawBytes,
      tableAt: this.#storedBytes,
      made,
      check: checkOf(this.#platform, index),
    });
    return [...this.take(), index, trailer];
  }

  /** Table, fan-out and entries. */
  #printIndex(): Uint8Array {
    const table = printTable(this.frames);
    const entriesFrom = table.length + fanBytes(fanBitsFor(this.#stored));
    const index = new Uint8Array(entriesFrom + this.#stored * entryBytes);
    index.set(table);
    const fan = new Uint32Array(index.buffer, table.length, (entriesFrom - table.length) >>> 2);
    printIndex(this.#unsorted(), fan, new Uint32Array(index.buffer, entriesFrom));
    return index;
  }

  #unsorted(): Unsorted {
    const { digests } = this;
    const member = this.#membersHere();
    return {
      count: this.#stored,
      high: (i: number) => wordAt(digests.segment(member(i)), digests.offset(member(i))),
      low: (i: number) => wordAt(digests.segment(member(i)), digests.offset(member(i)) + 4),
      offset: (i: number) => this.#offset(member(i)),
      length: (i: number) => this.#length(member(i)),
    };
  }

  /** The number of the i-th member whose bytes are here: mostly all are. */
  #membersHere(): (i: number) => number {
    const { size } = this.digests;
    if (this.#stored === size) return i => i;
    const members = new Uint32Array(this.#stored);
    for (let member = 0, count = 0; member < size; member++) if (this.holds(member)) members[count++] = member;
    return i => members[i];
  }

  #place(member: number, offset: number, length: number): void {
    const block = member >>> placeBits;
    const at = (member & placeMask) * 2;
    if (block >= this.#places.length) this.#places.push(new Uint32Array(2 << placeBits));
    else if (at >= this.#places[block].length) this.#enlargePlaces(at);
    this.#places[block][at] = offset;
    this.#places[block][at + 1] = length;
  }

  /** Only the first block begins small: most packs hold a handful. */
  #enlargePlaces(needed: number): void {
    const [places] = this.#places;
    let length = places.length;
    while (length <= needed) length *= 4;
    this.#places[0] = new Uint32Array(Math.min(length, 2 << placeBits));
    this.#places[0].set(places);
  }

  #offset(member: number): number {
    return this.#places[member >>> placeBits][(member & placeMask) * 2];
  }

  #length(member: number): number {
    return this.#places[member >>> placeBits][(member & placeMask) * 2 + 1];
  }

  #seal(filling: Filling): void {
    if (filling.members.length === 0) return;
    const raw = filling.bytes.subarray(0, filling.length);
    const cuts = filling.members.map(member => this.#offset(member));
    for (const member of filling.members)
      this.#place(member, this.#offset(member) + this.#rawBytes, this.#length(member));
    this.#compress(filling, raw, cuts);
    // The bytes went out with the chunk, so the next frame needs its own.
    filling.bytes = this.#pool.take(filling.length >= filling.capacity / 2 ? filling.capacity : 0);
    filling.length = 0;
    filling.members = [];
  }

  /** Emits a frame: as it is, compressed, or cut into a frame for each block. */
  #compress({ codec, gain, share }: Filling, raw: Uint8Array, cuts: readonly number[]): void {
    if (codec === codecs.none) return this.#emit(raw, raw, codec);
    const stored = this.#platform.compress(codec, raw, this.#dictionary);
    const isCut = cuts.length > 1 && stored.length >= raw.length * share;
    if (!isCut)
      return stored.length < raw.length * gain ? this.#emit(raw, stored, codec) : this.#emit(raw, raw, codecs.none);
    cuts.forEach((cut, i) => {
      const part = raw.subarray(cut, cuts[i + 1] ?? raw.length);
      const packed = this.#platform.compress(codec, part, this.#dictionary);
      if (packed.length < part.length * gain) this.#emit(part, packed, codec);
      else this.#emit(part, part, codecs.none);
    });
  }

  #emit(raw: Uint8Array, stored: Uint8Array, codec: Codec): void {
    this.#keep(raw);
    this.#frameOffsets.push(this.#rawBytes);
    this.frames.push({ stored: stored.length, length: raw.length, codec });
    this.#chunks.push(stored);
    if (stored === raw) this.#pool.hold(stored);
    this.#chunkBytes += stored.length;
    this.#storedBytes += stored.length;
    this.#rawBytes += raw.length;
  }

  #keep(raw: Uint8Array): void {
    this.#recent.set(this.frames.length, raw);
    this.#pool.hold(raw);
    this.#recentHeld += raw.length;
    for (const [frame, bytes] of this.#recent) {
      if (this.#recentHeld <= recentBytes) return;
      this.#recent.delete(frame);
      this.#recentHeld -= bytes.length;
      this.#pool.release(bytes);
    }
  }

  #frameOf(offset: number): number {
    let low = 0;
    let high = this.#frameOffsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#frameOffsets[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
