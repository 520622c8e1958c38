/**
 * Values as canonical dag-cbor and back: the reference that every faster path is held against.
 *
 * Shortest integers, 64-bit floats only, definite lengths, text in UTF-8, map keys by length and then by bytes: one value has one encoding, so equal
 * values have equal CIDs. The bytes are those that `@ipld/dag-cbor` writes wherever both can say the same; the fuzz test holds it.
 */
import { CborReader } from "./cbor-reader.js";
import { CborWriter } from "./cbor-writer.js";
import type { Ipld } from "./ipld.js";

export { Link, type Ipld, type IpldMap } from "./ipld.js";

const spare: CborWriter[] = [];

/**
 * Encodes a value as canonical dag-cbor, in bytes of its own.
 *
 * A number is an integer while it is whole and safe, else a float; -0.0 and whole floats are written as `Float`. Throws bad-input, naming the
 * pointer, for what a block cannot hold: NaN, infinities, lone surrogates, integers beyond −2⁶⁴ … 2⁶⁴−1, `undefined`, more than `maxDepth` levels.
 */
export function encode(value: Ipld): Uint8Array {
  return withWriter(writer => writer.value(value, 0));
}

/** Lends a writer with an empty buffer, and gives a copy of what was written. Calls may nest. */
export function withWriter(write: (writer: CborWriter) => void): Uint8Array {
  const writer = spare.pop() ?? new CborWriter();
  writer.at = 0;
  try {
    write(writer);
    return writer.bytes.slice(0, writer.at);
  } finally {
    if (writer.bytes.length <= 2 ** 20) spare.push(writer);
  }
}

/**
 * Decodes one value that fills `bytes` exactly.
 *
 * Strict: throws bad-input, naming the offset, for anything that {@link encode} would not have written: integers or lengths longer than needed, keys out
 * of order or twice, floats of 16 or 32 bits, NaN, infinities, `undefined`, indefinite lengths, tags but 42, CIDs other than Sheaf's, text that is not
 * UTF-8, too many levels, bytes after the value. Byte strings are copies.
 */
export function decode(bytes: Uint8Array): Ipld {
  return new CborReader(bytes).whole();
}
