/** Bytes cut into parts of one length. */

/** Gives parts of exactly `length` bytes, and at the end what is left, if anything is; each in memory of its own. */
export async function* partsOf(
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  length: number,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  // Grows with what comes: most streams are far shorter than a part.
  let part = new Uint8Array(Math.min(length, 64 << 10));
  let filled = 0;
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
    for (let at = 0; at < chunk.length;) {
      const count = Math.min(chunk.length - at, length - filled);
      if (filled + count > part.length) part = grown(part, Math.min(length, Math.max(filled + count, part.length * 2)));
      part.set(chunk.subarray(at, at + count), filled);
      at += count;
      filled += count;
      if (filled < length) continue;
      yield part;
      part = new Uint8Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

function grown(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
