/**
 * Ids for rows that come without one: UUIDv8 (RFC 9562) made from the item's digest and an ordinal.
 *
 * The same item under the same ordinal has the same id in every repository, so an import of the same file twice changes nothing.
 */
import type { Platform } from "../platform.js";

const hex = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
/** The digits of a byte, as ASCII: the high one in the high half. */
const digits = Uint16Array.from(hex, pair => pair.charCodeAt(0) * 256 + pair.charCodeAt(1));

/** Bytes of a UUID, and characters of its text. */
export const uuidBytes = 16;
export const uuidText = 36;

/** Makes ids; holds scratch space, so that a million cost little. */
export class IdMaker {
  readonly #hash = new Uint8Array(32);
  readonly #input = new Uint8Array(40);
  readonly #view = new DataView(this.#input.buffer);
  readonly #uuid = new Uint8Array(uuidBytes);

  constructor(readonly platform: Platform) {}

  /** The id of the item with this digest, the `ordinal`-th of its kind, from 0. */
  make(digest: Uint8Array, ordinal: number): string {
    this.makeInto(digest, 0, ordinal, this.#uuid, 0);
    return uuidToText(this.#uuid);
  }

  /** As {@link make} for the digest at `digests[from, from + 32)`, but writes the UUID's 16 bytes into `out` from `at`; their order is that of the texts. */
  makeInto(digests: Uint8Array, from: number, ordinal: number, out: Uint8Array, at: number): void {
    if (ordinal > 0) this.#rehash(digests, from, ordinal);
    for (let i = 0; i < uuidBytes; i++) out[at + i] = ordinal === 0 ? digests[from + i] : this.#hash[i];
    out[at + 6] = (out[at + 6] & 0x0f) | 0x80;
    out[at + 8] = (out[at + 8] & 0x3f) | 0x80;
  }

  #rehash(digests: Uint8Array, from: number, ordinal: number): void {
    this.#input.set(digests.subarray(from, from + 32));
    this.#view.setUint32(32, Math.floor(ordinal / 2 ** 32));
    this.#view.setUint32(36, ordinal >>> 0);
    this.platform.digestInto(this.#input, this.#hash, 0);
  }
}

/** Writes the text of the UUID at `uuids[from, from + 16)`, 36 ASCII characters, into `out` from `at`. */
export function printUuid(uuids: Uint8Array, from: number, out: Uint8Array, at: number): void {
  let to = at;
  for (let i = 0; i < uuidBytes; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) out[to++] = 0x2d;
    const pair = digits[uuids[from + i]];
    out[to++] = pair >>> 8;
    out[to++] = pair & 0xff;
  }
}

function uuidToText(b: Uint8Array): string {
  return (
    hex[b[0]] +
    hex[b[1]] +
    hex[b[2]] +
    hex[b[3]] +
    "-" +
    hex[b[4]] +
    hex[b[5]] +
    "-" +
    hex[b[6]] +
    hex[b[7]] +
    "-" +
    hex[b[8]] +
    hex[b[9]] +
    "-" +
    hex[b[10]] +
    hex[b[11]] +
    hex[b[12]] +
    hex[b[13]] +
    hex[b[14]] +
    hex[b[15]]
  );
}
