/** The engine's platform on Node: hash, compressors, clock, randomness. */
import { hash, randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync, brotliDecompressSync, constants, deflateRawSync } from "node:zlib";
import { codecs, type Codec, type Platform } from "@sheaf/core";
import { inflate } from "./inflate.js";

/** Node's native ways between text and bytes, missing from the type declarations. They work on any Uint8Array. */
interface NativeText {
  readonly latin1Write: (this: Uint8Array, text: string, at: number, length: number) => number;
  readonly latin1Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly ucs2Slice: (this: Uint8Array, start: number, end: number) => string;
}
const { latin1Write, latin1Slice, ucs2Slice } = Buffer.prototype as unknown as NativeText;

/** Level 6 is zlib's own middle; brotli 5 packs tighter at about the same speed. */
const deflateOptions = { level: 6 };
const brotliQuality = 5;
/** Window of 1 MiB (2^20): wider than any frame. */
const brotliWindow = 20;

/** What the engine asks of Node. */
export const nodePlatform: Platform = {
  // A digest as latin1 text costs a third of one as a Buffer, which is an external allocation.
  digestInto(bytes, out, at) {
    latin1Write.call(out, hash("sha256", bytes, "latin1" as BufferEncoding as "hex"), at, 32);
  },
  // One character of the text is one byte of the digest: to look at them costs less than to write them out.
  hashesTo(bytes, digest, at) {
    const text = hash("sha256", bytes, "latin1" as BufferEncoding as "hex");
    for (let i = 0; i < 32; i++) if (text.charCodeAt(i) !== digest[at + i]) return false;
    return true;
  },
  latin1: (bytes, start, end) => latin1Slice.call(bytes, start, end),
  utf16: (bytes, start, end) => ucs2Slice.call(bytes, start, end),
  compress,
  decompress,
  now: Date.now,
  nonce: () => randomBytes(16).toString("hex"),
  pause: () => setImmediate(),
};

function compress(codec: Codec, bytes: Uint8Array, dictionary?: Uint8Array): Uint8Array {
  switch (codec) {
    case codecs.none:
      return bytes;
    case codecs.deflate:
      return plain(deflateRawSync(bytes, dictionary ? { ...deflateOptions, dictionary } : deflateOptions));
    case codecs.brotli: {
      const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = constants;
      const params = {
        [BROTLI_PARAM_QUALITY]: brotliQuality,
        [BROTLI_PARAM_LGWIN]: brotliWindow,
        [BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      return plain(brotliCompressSync(bytes, { params }));
    }
  }
}

function decompress(codec: Codec, bytes: Uint8Array, length: number, dictionary?: Uint8Array): Uint8Array {
  const out = expand(codec, bytes, length, dictionary);
  if (out.length !== length) throw new RangeError(`the frame holds ${out.length} bytes, not ${length}`);
  return out;
}

function expand(codec: Codec, bytes: Uint8Array, length: number, dictionary: Uint8Array | undefined): Uint8Array {
  switch (codec) {
    case codecs.none:
      return bytes;
    case codecs.deflate:
      return inflate(bytes, length, dictionary);
    case codecs.brotli:
      return plain(
        brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, length), chunkSize: Math.max(64, length) }),
      );
  }
}

/** The same bytes as a plain array: a Buffer's `slice` would be no copy. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
