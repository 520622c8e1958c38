/** What git's formats need of Node: sha1 and zlib. */
import { createHash } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import type { GitPlatform } from "./object.js";

/** Bytes of input given to zlib first: most objects are smaller when compressed. */
export const nodeGitPlatform: GitPlatform = {
  sha1(...parts) {
    const hash = createHash("sha1");
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  },
  deflate: bytes => deflateSync(bytes),
  inflate(bytes, from, size) {
    const { buffer, engine } = inflateSync(bytes.subarray(from), {
      info: true,
      maxOutputLength: Math.max(size, 1),
    }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    if (buffer.length !== size) throw new RangeError(`it holds ${buffer.length} bytes and not ${size}`);
    return { body: buffer, end: from + engine.bytesWritten };
  },
};
