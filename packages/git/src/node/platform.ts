/** What git's formats need of Node: sha1 and zlib. */
import { createHash } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import type { GitPlatform } from "../object.js";

/** What zlib says when the input ends too early. */
const inputEnded = "Z_BUF_ERROR";
/** Least that zlib lets its output grow by. */
const minChunk = 64;

export const nodeGitPlatform: GitPlatform = {
  sha1(...parts) {
    const hash = createHash("sha1");
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  },
  startSha1() {
    const hash = createHash("sha1");
    return { update: bytes => void hash.update(bytes), end: () => hash.digest("hex") };
  },
  deflate: bytes => plain(deflateSync(bytes)),
  inflate(bytes, from, size) {
    try {
      // One byte more than is wanted: the output is made in one piece, and zlib tells a full output from the end of the input.
      const options = { info: true, chunkSize: Math.max(size + 1, minChunk), maxOutputLength: Math.max(size, 1) };
      const { buffer, engine } = inflateSync(bytes.subarray(from), options) as unknown as Inflated;
      if (buffer.length !== size) throw new RangeError(`it holds ${buffer.length} bytes and not ${size}`);
      return { body: plain(buffer), end: from + engine.bytesWritten };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === inputEnded) return undefined;
      throw error;
    }
  },
};

/** What zlib gives when asked for `info`, missing from the type declarations. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

/** The same bytes as a plain array: a Buffer's `slice` would be no copy. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
