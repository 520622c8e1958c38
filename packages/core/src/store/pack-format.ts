/**
 * What a pack holds, byte by byte (format version 1). All numbers are little-endian.
 *
 * ```
 * header   8    "sheafpk" and the version, 1
 * frames        one after another, as the table says
 * table    12 × frames: bytes at rest (u32), bytes of blocks (u32), codec (u8), three zeros
 * fan-out  4 × 2ᵏ (none for k = 0): entries up to the end of each bucket; a bucket holds the digests that share their first k bits
 * entries  16 × blocks, sorted: the first 8 bytes of the digest as two numbers (high, low), offset and length (u32) in the frames' bytes end to end
 * trailer  80   blocks, frames, k, flags (u32 each), bytes of blocks, offset of the table, time made (u64 each, ms),
 *               16 bytes of sha2-256 of table to entries, 16 of header and trailer so far, "sheafend"
 * ```
 *
 * Flags: 1, no frame is compressed; 2, made by a repack; 4, the first frame is no blocks but the dictionary of all frames whose codec is deflate.
 * A digest's 8 bytes are a hint: the block itself, hashed when read, is the proof.
 */
import { SheafError } from "../errors.js";
import type { Codec, Platform } from "../platform.js";
import { utf8 } from "../text.js";

export const headerBytes = 8;
export const tableEntryBytes = 12;
export const entryBytes = 16;
/** Entry size in 32-bit words. */
export const entryWords = 4;
export const trailerBytes = 80;

/** Names of packs begin so. */
export const packPrefix = "packs/";

const checkBytes = 16;
const magicAt = trailerBytes - 8;
const trailerCheckAt = magicAt - checkBytes;
const indexCheckAt = trailerCheckAt - checkBytes;
const endMagic = utf8("sheafend");

/** The first bytes of every pack. */
export const header: Uint8Array = Uint8Array.of(...utf8("sheafpk"), 1);

export interface Frame {
  readonly stored: number;
  readonly length: number;
  readonly codec: Codec;
}

export interface Trailer {
  readonly blocks: number;
  readonly frames: number;
  /** k: digests that share their first k bits share a bucket. */
  readonly fanBits: number;
  /** No frame is compressed, so a block's offset is its place in the file, less the header. */
  readonly isPlain: boolean;
  /** Whatever is worth compressing is compressed. */
  readonly isPacked: boolean;
  /** The first frame is the dictionary of all that are deflated. */
  readonly hasDictionary: boolean;
  /** Bytes of all frames, decompressed. */
  readonly rawBytes: number;
  readonly tableAt: number;
  /** Milliseconds since 1970. */
  readonly made: number;
  /** The check of table, fan-out and entries. */
  readonly check: Uint8Array;
}

/** The error for a pack that does not hold what it should. */
export function damagedPack(name: string, what: string, cause?: unknown): SheafError<"corrupt-block"> {
  const options = cause === undefined ? {} : { cause };
  return new SheafError(
    "corrupt-block",
    { cid: "", file: name },
    `${name} is damaged: ${what}; run sheaf verify`,
    options,
  );
}

/** Bits of fan-out for so many blocks: buckets of 32 to 64 entries, at most 1 KiB. */
export function fanBitsFor(blocks: number): number {
  return blocks < 128 ? 0 : Math.min(24, 26 - Math.clz32(blocks));
}

/** Bytes of the fan-out. */
export function fanBytes(fanBits: number): number {
  return fanBits === 0 ? 0 : 4 << fanBits;
}

/** Where the entries begin in the file. */
export function entriesAt(trailer: Trailer): number {
  return trailer.tableAt + trailer.frames * tableEntryBytes + fanBytes(trailer.fanBits);
}

/** Bytes of the whole file. */
export function fileBytes(trailer: Trailer): number {
  return entriesAt(trailer) + trailer.blocks * entryBytes + trailerBytes;
}

/** The check of some bytes: half their sha2-256, which is plenty against accidents. */
export function checkOf(platform: Platform, bytes: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  platform.digestInto(bytes, digest, 0);
  return digest.subarray(0, checkBytes);
}

export function printTable(frames: readonly Frame[]): Uint8Array {
  const bytes = new Uint8Array(frames.length * tableEntryBytes);
  const view = new DataView(bytes.buffer);
  frames.forEach(({ stored, length, codec }, i) => {
    view.setUint32(i * tableEntryBytes, stored, true);
    view.setUint32(i * tableEntryBytes + 4, length, true);
    bytes[i * tableEntryBytes + 8] = codec;
  });
  return bytes;
}

export function printTrailer(platform: Platform, trailer: Trailer): Uint8Array {
  const bytes = new Uint8Array(trailerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, trailer.blocks, true);
  view.setUint32(4, trailer.frames, true);
  view.setUint32(8, trailer.fanBits, true);
  view.setUint32(12, (trailer.isPlain ? 1 : 0) | (trailer.isPacked ? 2 : 0) | (trailer.hasDictionary ? 4 : 0), true);
  view.setBigUint64(16, BigInt(trailer.rawBytes), true);
  view.setBigUint64(24, BigInt(trailer.tableAt), true);
  view.setBigUint64(32, BigInt(Math.max(0, Math.floor(trailer.made))), true);
  bytes.set(trailer.check, indexCheckAt);
  bytes.set(trailerCheck(platform, bytes), trailerCheckAt);
  bytes.set(endMagic, magicAt);
  return bytes;
}

/** Reads the last {@link trailerBytes} of a pack; throws corrupt-block when they are not a trailer. */
export function parseTrailer(platform: Platform, bytes: Uint8Array, name: string): Trailer {
  if (bytes.length < trailerBytes) throw damagedPack(name, "it is cut off");
  if (!endMagic.every((byte, i) => bytes[magicAt + i] === byte))
    throw damagedPack(name, "its end is cut off or overwritten");
  const check = trailerCheck(platform, bytes);
  if (!check.every((byte, i) => bytes[trailerCheckAt + i] === byte))
    throw damagedPack(name, "its trailer does not match its check");
  const view = new DataView(bytes.buffer, bytes.byteOffset, trailerBytes);
  return {
    blocks: view.getUint32(0, true),
    frames: view.getUint32(4, true),
    fanBits: view.getUint32(8, true),
    isPlain: (view.getUint32(12, true) & 1) === 1,
    isPacked: (view.getUint32(12, true) & 2) === 2,
    hasDictionary: (view.getUint32(12, true) & 4) === 4,
    rawBytes: Number(view.getBigUint64(16, true)),
    tableAt: Number(view.getBigUint64(24, true)),
    made: Number(view.getBigUint64(32, true)),
    check: bytes.slice(indexCheckAt, trailerCheckAt),
  };
}

function trailerCheck(platform: Platform, trailer: Uint8Array): Uint8Array {
  const covered = new Uint8Array(headerBytes + trailerCheckAt);
  covered.set(header);
  covered.set(trailer.subarray(0, trailerCheckAt), headerBytes);
  return checkOf(platform, covered);
}
