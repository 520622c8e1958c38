/** Which entry of a pack holds an object: names at 20 bytes each, found by their own first bytes, which are as good as random. */
import type { Oid } from "../object.js";
import { oidBytes, readOid, writeOid } from "../oid.js";

export class OidTable {
  readonly #oids: Uint8Array;
  /** Entry + 1 by the first four bytes of its name; 0 where free. */
  readonly #slots: Int32Array;
  readonly #sought = new Uint8Array(oidBytes);

  constructor(readonly capacity: number) {
    this.#oids = new Uint8Array(capacity * oidBytes);
    this.#slots = new Int32Array(1 << Math.max(4, 33 - Math.clz32(capacity)));
  }

  /** Notes the name of an entry. Of entries of one name, the first noted is found. */
  set(entry: number, oid: Oid): void {
    writeOid(oid, this.#oids, entry * oidBytes);
    const slot = this.#slot(this.#oids, entry * oidBytes);
    if (this.#slots[slot] === 0) this.#slots[slot] = entry + 1;
  }

  /** The name of an entry that was noted. */
  oid(entry: number): Oid {
    return readOid(this.#oids, entry * oidBytes);
  }

  /** The entry of this name; -1 when there is none. */
  find(oid: Oid): number {
    writeOid(oid, this.#sought, 0);
    return this.#slots[this.#slot(this.#sought, 0)] - 1;
  }

  /** The slot that holds this name, or the free one where it would stand. */
  #slot(bytes: Uint8Array, at: number): number {
    const mask = this.#slots.length - 1;
    const first = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] - 1;
      if (entry < 0 || this.#equals(entry * oidBytes, bytes, at)) return slot;
    }
  }

  #equals(own: number, bytes: Uint8Array, at: number): boolean {
    for (let i = 0; i < oidBytes; i++) if (this.#oids[own + i] !== bytes[at + i]) return false;
    return true;
  }
}
