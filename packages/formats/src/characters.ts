/** UTF-8 as bytes: where it may be cut, whether a character is one, and how long its text is. */
import { joinBytes } from "@sheaf/core";

/** Gives the chunks again, cut between characters. What is not UTF-8 goes through as it is. */
export async function* wholeCharacters(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held = new Uint8Array();
  for await (const chunk of chunks) {
    const joined = held.length === 0 ? chunk : joinBytes([held, chunk]);
    const cut = joined.length - unfinished(joined);
    held = joined.slice(cut);
    if (cut > 0) yield joined.subarray(0, cut);
  }
  if (held.length > 0) yield held;
}

/** Counts the bytes at the end that begin a character whose rest is missing: 0 to 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sizeBy(byte) > back ? back : 0;
  }
  return 0;
}

function sizeBy(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** Gives the size of the character of several bytes that begins here, 2 to 4; 0 when it is none (RFC 3629: no surrogates, nothing longer than needed). */
export function characterBytes(bytes: Uint8Array, at: number): number {
  const lead = bytes[at];
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size = sizeBy(lead);
  if (at + size > bytes.length) return 0;
  const second = bytes[at + 1];
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i = 2; i < size; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  return size;
}

/** Counts the UTF-16 units of UTF-8 text; of bytes that are not UTF-8, roughly. Four bytes at a time, since a document on one line is counted whole. */
export function countUnits(bytes: Uint8Array): number {
  const lead = Math.min(-bytes.byteOffset & 3, bytes.length);
  const words = (bytes.length - lead) >> 2;
  const tail = lead + 4 * words;
  let units = tail - lead + countShort(bytes.subarray(0, lead)) + countShort(bytes.subarray(tail));
  if (words === 0) return units;
  const view = new Int32Array(bytes.buffer, bytes.byteOffset + lead, words);
  for (let i = 0; i < words; i++) {
    const word = view[i];
    if ((word & 0x80808080) !== 0) units += surplus(word);
  }
  return units;
}

/** Units less bytes among four bytes: one less for each that goes on a character, one more for each that begins a surrogate pair. */
function surplus(word: number): number {
  const continued = (word >>> 7) & ~(word >>> 6) & 0x01010101;
  const paired = (word >>> 7) & (word >>> 6) & (word >>> 5) & (word >>> 4) & 0x01010101;
  return (Math.imul(paired, 0x01010101) >>> 24) - (Math.imul(continued, 0x01010101) >>> 24);
}

function countShort(bytes: Uint8Array): number {
  let units = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  return units;
}
