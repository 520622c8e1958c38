/** The pieces of a difference as bytes, up to a limit. */

/** Greatest copy in one piece, as git writes them: old readers know no longer ones. */
const maxCopy = 0x10000;
const maxInsert = 0x7f;
/** A copy costs up to 7 bytes: what is shorter is inserted. */
const minCopy = 8;
const firstRoom = 256;

export class DeltaBuffer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(readonly limit: number) {
    this.#bytes = new Uint8Array(firstRoom);
  }

  /** Says whether more was put in than the limit allows; what comes then is left out. */
  get isFull(): boolean {
    return this.#length > this.limit;
  }

  /** What was put in; `undefined` when it is more than the limit allows. */
  bytes(): Uint8Array | undefined {
    return this.isFull ? undefined : this.#bytes.slice(0, this.#length);
  }

  size(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#put(0x80 | (rest % 0x80));
    this.#put(rest);
  }

  /** Copies a span of the base; the same bytes stand in `target` at `at`. */
  copy(from: number, length: number, target: Uint8Array, at: number): void {
    if (length < minCopy) {
      this.insert(target, at, at + length);
      return;
    }
    for (let done = 0; done < length && !this.isFull; done += maxCopy)
      this.#copyPiece(from + done, Math.min(maxCopy, length - done));
  }

  insert(target: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to && !this.isFull; at += maxInsert) {
      const length = Math.min(maxInsert, to - at);
      this.#put(length);
      this.#reserve(length);
      this.#bytes.set(target.subarray(at, at + length), this.#length);
      this.#length += length;
    }
  }

  #copyPiece(from: number, length: number): void {
    const head = this.#length;
    this.#put(0);
    let flags = 0x80;
    for (let i = 0; i < 4; i++) {
      const byte = Math.floor(from / 2 ** (8 * i)) & 0xff;
      if (byte === 0) continue;
      flags |= 1 << i;
      this.#put(byte);
    }
    for (let i = 0; i < 2; i++) {
      const byte = (length >>> (8 * i)) & 0xff;
      if (byte === 0) continue;
      flags |= 0x10 << i;
      this.#put(byte);
    }
    this.#bytes[head] = flags;
  }

  #put(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#length + count));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
