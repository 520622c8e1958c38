/** Reads one pack: finds blocks by the first bytes of their digests, and gets their bytes from frames. What it gives is not yet proven. */
import type { Awaitable, Codec, Platform } from "../platform.js";
import { chain } from "./chain.js";
import type { Drive } from "./drive.js";
import type { FrameCache } from "./frame-cache.js";
import {
  checkOf,
  damagedPack,
  entriesAt,
  entryBytes,
  entryWords,
  fileBytes,
  headerBytes,
  tableEntryBytes,
  trailerBytes,
  type Trailer,
} from "./pack-format.js";
import { findEntry, wordAt, type Location } from "./pack-index.js";

/** Up to so many blocks the entries come into memory when the pack is opened. */
export const smallPack = 4096;
/** Reading a bucket costs about 1/2,000 of reading all entries of a large pack; after so many it is cheaper to have them all. */
const bucketReadsBefore = 2000;

/** Bytes of entries that packs may keep in memory, together. */
export interface MemoryBudget {
  left: number;
}

/** What a pack is read with. */
export interface PackContext {
  readonly drive: Drive;
  readonly platform: Platform;
  readonly cache: FrameCache;
  readonly budget: MemoryBudget;
}

/** Where a run of bytes stands in the file. */
export interface FileSpan {
  readonly start: number;
  readonly end: number;
}

/** Where the frames of a pack stand, and how they are compressed. */
interface Frames {
  /** First byte of each frame in the file; one more than there are frames. */
  readonly starts: Float64Array;
  /** First byte of each frame in the bytes of all frames. */
  readonly offsets: Float64Array;
  readonly codecs: Uint8Array;
}

const nothing: Uint8Array = new Uint8Array(0);
let packsOpened = 0;

export class Pack {
  /** Tells packs apart in the cache. */
  readonly id = packsOpened++;
  readonly #table: Uint8Array;
  #frames: Frames | undefined;
  readonly #fan: Uint32Array;
  #entries: Uint32Array | undefined;
  #bucketReads = 0;

  constructor(
    readonly context: PackContext,
    readonly name: string,
    readonly trailer: Trailer,
    table: Uint8Array,
    fan: Uint32Array,
    entries: Uint32Array | undefined,
    readonly dictionary: Uint8Array | undefined,
  ) {
    this.#table = table;
    this.#fan = fan;
    this.#entries = entries;
  }

  /** Blocks in the pack. */
  get blocks(): number {
    return this.trailer.blocks;
  }

  /** Bytes of the file. */
  get bytes(): number {
    return fileBytes(this.trailer);
  }

  get frames(): number {
    return this.trailer.frames;
  }

  /** Says whether {@link findNow} can answer: the entries are in memory. */
  get isReady(): boolean {
    return this.#entries !== undefined;
  }

  /** The location of a digest that stands at `at`, from entries in memory. */
  findNow(digest: Uint8Array, at: number): Location | undefined {
    const entries = this.#entries;
    if (!entries) return undefined;
    const high = wordAt(digest, at);
    const { fanBits } = this.trailer;
    if (fanBits === 0) return findEntry(entries, 0, this.blocks, 0, high, wordAt(digest, at + 4));
    const bucket = high >>> (32 - fanBits);
    const start = bucket === 0 ? 0 : this.#fan[bucket - 1];
    return findEntry(entries, start, Math.min(this.#fan[bucket], this.blocks), fanBits, high, wordAt(digest, at + 4));
  }

  /** The location of a digest, read from the drive if need be; `undefined` too when the pack is gone. */
  find(digest: Uint8Array, at = 0): Awaitable<Location | undefined> {
    if (this.#entries) return this.findNow(digest, at);
    if (++this.#bucketReads > bucketReadsBefore && this.#fits())
      return chain(this.loadEntries(), () => this.#findOnDrive(digest, at));
    return this.#findOnDrive(digest, at);
  }

  /** Brings the entries into memory, if they fit the budget and match their check. Throws corrupt-block when they do not. */
  loadEntries(): Awaitable<void> {
    if (this.#entries || !this.#fits()) return undefined;
    return chain(this.readEntries(), entries => {
      if (!entries || this.#entries) return;
      this.context.budget.left -= entries.byteLength;
      this.#entries = entries;
    });
  }

  /** All entries, checked; `undefined` when the pack is gone. Throws corrupt-block when they do not match their check. */
  readEntries(): Awaitable<Uint32Array | undefined> {
    if (this.#entries) return this.#entries;
    const { drive } = this.context;
    const { tableAt } = this.trailer;
    return chain(drive.read(this.name, { start: tableAt, end: this.bytes - trailerBytes }), bytes => {
      if (!bytes) return undefined;
      this.#check(bytes);
      return toWords(bytes.subarray(entriesAt(this.trailer) - tableAt));
    });
  }

  /** Gives back the memory of the entries. */
  release(): void {
    if (this.#entries && this.blocks > smallPack) this.context.budget.left += this.#entries.byteLength;
    if (this.blocks > smallPack) this.#entries = undefined;
  }

  /** The bytes at a location: not yet proven, none at all where the file holds nonsense; `undefined` when the pack is gone. */
  read({ offset, length }: Location): Awaitable<Uint8Array | undefined> {
    const { drive } = this.context;
    if (offset + length > this.trailer.rawBytes) return nothing;
    const frame = this.trailer.isPlain ? -1 : this.frameOf(offset);
    if (frame < 0 || this.#places.codecs[frame] === 0) {
      const start = this.placeOf(offset, frame);
      return drive.read(this.name, { start, end: start + length });
    }
    const from = offset - this.#places.offsets[frame];
    return chain(this.readFrame(frame), bytes => bytes?.subarray(from, from + length));
  }

  /** The frame that holds the byte at this offset. */
  frameOf(offset: number): number {
    let low = 0;
    let high = this.#places.codecs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#places.offsets[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The offset of a frame's first byte. */
  frameOffset(frame: number): number {
    return this.#places.offsets[frame];
  }

  /** Says whether the frame rests as it is. */
  isFramePlain(frame: number): boolean {
    return this.#places.codecs[frame] === 0;
  }

  /** Where an offset in an uncompressed frame stands in the file; the frame is −1 in a plain pack. */
  placeOf(offset: number, frame: number): number {
    return frame < 0 ? headerBytes + offset : this.#places.starts[frame] + offset - this.#places.offsets[frame];
  }

  /** Where a frame stands in the file. */
  frameSpan(frame: number): FileSpan {
    return { start: this.#places.starts[frame], end: this.#places.starts[frame + 1] };
  }

  /** The decompressed bytes of a frame, none where they are damaged; `undefined` when the pack is gone. */
  readFrame(frame: number): Awaitable<Uint8Array | undefined> {
    const cached = this.context.cache.get(this.id, frame);
    if (cached) return cached;
    const { start, end } = this.frameSpan(frame);
    return chain(this.context.drive.read(this.name, { start, end }), bytes => bytes && this.unpack(frame, bytes));
  }

  /** Decompresses a frame, and keeps it for the next block. */
  unpack(frame: number, stored: Uint8Array): Uint8Array {
    const known = this.context.cache.get(this.id, frame);
    if (known) return known;
    const bytes = this.inflate(frame, stored);
    if (this.#places.codecs[frame] !== 0) this.context.cache.put(this.id, frame, bytes);
    return bytes;
  }

  /** Decompresses a frame; gives no bytes when it is damaged. */
  inflate(frame: number, stored: Uint8Array): Uint8Array {
    const codec = this.#places.codecs[frame] as Codec;
    const length = this.#places.offsets[frame + 1] - this.#places.offsets[frame];
    try {
      return codec === 0 ? stored : this.context.platform.decompress(codec, stored, length, this.dictionary);
    } catch {
      return nothing;
    }
  }

  /** Read from the table when first needed: a plain pack is mostly read without. */
  get #places(): Frames {
    return (this.#frames ??= parseTable(this.#table, this.trailer.frames));
  }

  #fits(): boolean {
    return this.blocks * entryBytes <= this.context.budget.left;
  }

  #findOnDrive(digest: Uint8Array, at: number): Awaitable<Location | undefined> {
    if (this.#entries) return this.findNow(digest, at);
    const high = wordAt(digest, at);
    const { fanBits, blocks } = this.trailer;
    const bucket = fanBits === 0 ? 0 : high >>> (32 - fanBits);
    const first = bucket === 0 ? 0 : this.#fan[bucket - 1];
    const last = Math.min(fanBits === 0 ? blocks : this.#fan[bucket], blocks);
    if (first >= last) return undefined;
    const from = entriesAt(this.trailer);
    const span = { start: from + first * entryBytes, end: from + last * entryBytes };
    return chain(this.context.drive.read(this.name, span), bytes => {
      if (!bytes) return undefined;
      const words = toWords(bytes);
      return findEntry(words, 0, Math.floor(words.length / entryWords), fanBits, high, wordAt(digest, at + 4));
    });
  }

  #check(bytes: Uint8Array): void {
    const check = checkOf(this.context.platform, bytes);
    if (!check.every((byte, i) => byte === this.trailer.check[i]))
      throw damagedPack(this.name, "its index does not match its check");
  }
}

function parseTable(table: Uint8Array, frames: number): Frames {
  const starts = new Float64Array(frames + 1).fill(headerBytes);
  const offsets = new Float64Array(frames + 1);
  const codecs = new Uint8Array(frames);
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  for (let i = 0; i < frames; i++) {
    starts[i + 1] = starts[i] + view.getUint32(i * tableEntryBytes, true);
    offsets[i + 1] = offsets[i] + view.getUint32(i * tableEntryBytes + 4, true);
    codecs[i] = table[i * tableEntryBytes + 8];
  }
  return { starts, offsets, codecs };
}

/** The bytes as 32-bit numbers, in memory of their own: what they were cut from need not stay. */
export function toWords(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(bytes.length >>> 2);
  new Uint8Array(words.buffer).set(bytes.subarray(0, words.byteLength));
  return words;
}
