/** The lines that git's protocol is made of: four hex digits of length, then bytes; and a few marks without bytes. */
import { utf8, joinBytes } from "@sheaf/core";

/** Bytes of data or a mark. */
export type Packet = Uint8Array | "flush" | "delimiter" | "end";

/** Greatest length of a line, its own four digits counted. */
const maxPacket = 65_520;
const lengthDigits = 4;
const marks = ["flush", "delimiter", "end"] as const;

export const flushPacket = utf8("0000");

/** Prints one line. */
export function packet(content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === "string" ? utf8(content) : content;
  const length = bytes.length + lengthDigits;
  if (length > maxPacket) throw new RangeError(`a line of ${bytes.length} bytes is too long for git's protocol`);
  return joinBytes([utf8(length.toString(16).padStart(lengthDigits, "0")), bytes]);
}

/** The text of a line, without the line feed at its end. What is not UTF-8 becomes U+FFFD. */
export function packetText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\n$/, "");
}

/** The other side does not speak git's protocol, or stopped in the middle of a line. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Reads lines off a stream of bytes, or what is left of it as bytes. */
export class PacketReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next line; `undefined` at the end of the stream. Throws {@link ProtocolError} for what is no line. */
  async read(): Promise<Packet | undefined> {
    if (!(await this.#reach(lengthDigits))) {
      if (this.#rest.length === 0) return undefined;
      throw new ProtocolError("the connection broke in the middle of a line");
    }
    const length = parseLength(this.#rest.subarray(0, lengthDigits));
    if (length < lengthDigits) {
      this.#rest = this.#rest.subarray(lengthDigits);
      return marks[length];
    }
    if (!(await this.#reach(length))) throw new ProtocolError("the connection broke in the middle of a line");
    const bytes = this.#rest.subarray(lengthDigits, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  /** The next text up to a line feed, which is taken too. Throws {@link ProtocolError} when none comes within `most` bytes. */
  async line(most: number): Promise<string> {
    for (let length = 64; ; length *= 2) {
      const isThere = await this.#reach(Math.min(length, most));
      const end = this.#rest.subarray(0, most).indexOf(0x0a);
      if (end < 0 && isThere && length < most) continue;
      if (end < 0) throw new ProtocolError("it ends in the middle of a line");
      const text = packetText(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end + 1);
      return text;
    }
  }

  /** Everything that is left, as bytes. */
  async *remainder(): AsyncGenerator<Uint8Array, void, void> {
    if (this.#rest.length > 0) yield this.#rest;
    this.#rest = new Uint8Array(0);
    for (let next = await this.#chunks.next(); next.done !== true; next = await this.#chunks.next()) yield next.value;
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #reach(length: number): Promise<boolean> {
    const parts = [this.#rest];
    let bytes = this.#rest.length;
    while (bytes < length) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      parts.push(next.value);
      bytes += next.value.length;
    }
    if (parts.length > 1) this.#rest = joinBytes(parts);
    return bytes >= length;
  }
}

function parseLength(digits: Uint8Array): number {
  const text = String.fromCharCode(...digits);
  const length = /^[0-9a-f]{4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  if (Number.isNaN(length) || length === marks.length || length > maxPacket)
    throw new ProtocolError(`${JSON.stringify(text)} stands where a length must be`);
  return length;
}
