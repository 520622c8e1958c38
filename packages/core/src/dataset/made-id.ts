/**
 * Ids for rows that come without one: UUIDv8 (RFC 9562) made from the item's digest and an ordinal.
 *
 * The same item under the same ordinal has the same id in every repository, so an import of the same file twice changes nothing.
 */
import type { Platform } from "../platform.js";

const hex = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** Makes ids; holds scratch space, so that a million cost little. */
export class IdMaker {
  readonly #hash = new Uint8Array(32);
  readonly #input = new Uint8Array(40);
  readonly #view = new DataView(this.#input.buffer);

  constructor(readonly platform: Platform) {}

  /** The id of the item with this digest, the `ordinal`-th of its kind, from 0. */
  make(digest: Uint8Array, ordinal: number): string {
    if (ordinal === 0) return printUuid(digest);
    this.#input.set(digest);
    this.#view.setUint32(32, Math.floor(ordinal / 2 ** 32));
    this.#view.setUint32(36, ordinal >>> 0);
    this.platform.digestInto(this.#input, this.#hash, 0);
    return printUuid(this.#hash);
  }
}

/** The first 16 bytes as a UUID of version 8. */
function printUuid(b: Uint8Array): string {
  const six = hex[(b[6] & 0x0f) | 0x80];
  const eight = hex[(b[8] & 0x3f) | 0x80];
  return (
    hex[b[0]] + hex[b[1]] + hex[b[2]] + hex[b[3]] + "-" + hex[b[4]] + hex[b[5]] + "-" + six + hex[b[7]] + "-" + eight + hex[b[9]] + "-" +
    hex[b[10]] + hex[b[11]] + hex[b[12]] + hex[b[13]] + hex[b[14]] + hex[b[15]]
  );
}
