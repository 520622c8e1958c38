/** Reads canonical dag-cbor, strictly. `cbor.ts` says what is refused. */
import { dagCbor, raw } from "../block/cid.js";
import { badInput } from "../errors.js";
import { Link, type Ipld, type IpldMap } from "./ipld.js";
import { maxDepth } from "./pointer.js";
import { Float } from "./value.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export class CborReader {
  at = 0;
  readonly #bytes: Uint8Array;
  /** Made when first needed: many readers never meet a float or a long integer. */
  #view: DataView | undefined;

  readonly #kinds: "all" | "json";

  /** @param kinds  `json` refuses links and byte strings, which an item cannot hold */
  constructor(bytes: Uint8Array, kinds: "all" | "json" = "all") {
    this.#bytes = bytes;
    this.#kinds = kinds;
  }

  /** Reads a value that fills the bytes to the end. */
  whole(): Ipld {
    const value = this.value(0);
    if (this.at !== this.#bytes.length) throw this.refuse("bytes after the value");
    return value;
  }

  get #wide(): DataView {
    const { buffer, byteOffset, byteLength } = this.#bytes;
    return (this.#view ??= new DataView(buffer, byteOffset, byteLength));
  }

  value(depth: number): Ipld {
    const first = this.#take(1);
    const byte = this.#bytes[first];
    const major = byte >> 5;
    if (this.#kinds === "json" && (major === 2 || major === 6)) throw this.refuse("a link or bytes inside an item", 1);
    switch (major) {
      case 0:
        return this.#integer(byte);
      case 1:
        return this.#negative(byte);
      case 2:
        return this.#byteString(byte);
      case 3:
        return this.text(this.length(byte));
      case 4:
        return this.#array(byte, depth);
      case 5:
        return this.#map(byte, depth);
      case 6:
        return this.#link(byte);
      default:
        return this.#simple(byte);
    }
  }

  /** Moves past `count` bytes and says where they begin. */
  #take(count: number): number {
    const at = this.at;
    if (at + count > this.#bytes.length) throw this.refuse("the block ends too early");
    this.at = at + count;
    return at;
  }

  /** Reads the number that goes with a head, below 2⁵³: a length, or the size of an integer. Gives NaN when it is greater. */
  #size(byte: number): number {
    const info = byte & 31;
    if (info < 24) return info;
    if (info > 27) throw this.refuse("an indefinite length or a reserved head", 1);
    const bytes = 1 << (info - 24);
    const at = this.#take(bytes);
    const n =
      info === 24
        ? this.#bytes[at]
        : info === 25
          ? (this.#bytes[at] << 8) | this.#bytes[at + 1]
          : this.#wide.getUint32(at);
    if (info < 27) {
      if (n < (info === 24 ? 24 : info === 25 ? 0x100 : 0x10000))
        throw this.refuse("a number longer than it needs to be", bytes + 1);
      return n;
    }
    if (n === 0) throw this.refuse("a number longer than it needs to be", 9);
    return n < 0x200000 ? n * 2 ** 32 + this.#wide.getUint32(at + 4) : NaN;
  }

  /** Reads the length that goes with this head, which is already taken: bytes, elements or entries. */
  length(byte: number): number {
    const n = this.#size(byte);
    if (!(n <= this.#bytes.length - this.at)) throw this.refuse("the block ends too early");
    return n;
  }

  #integer(byte: number): number | bigint {
    const n = this.#size(byte);
    return Number.isNaN(n) ? this.#wide.getBigUint64(this.at - 8) : n;
  }

  #negative(byte: number): number | bigint {
    const n = this.#size(byte);
    if (n < Number.MAX_SAFE_INTEGER) return -1 - n;
    return -1n - this.#wide.getBigUint64(this.at - 8);
  }

  #byteString(byte: number): Uint8Array {
    const length = this.length(byte);
    const at = this.#take(length);
    return this.#bytes.slice(at, at + length);
  }

  /** Reads text of so many bytes. */
  text(length: number): string {
    const at = this.#take(length);
    const bytes = this.#bytes;
    if (length > 24) return this.#longText(at, length);
    let text = "";
    for (let i = at; i < at + length; i++) {
      const byte = bytes[i];
      if (byte >= 0x80) return this.#longText(at, length);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #longText(at: number, length: number): string {
    try {
      return decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw this.refuse("text that is not UTF-8", length);
    }
  }

  #array(byte: number, depth: number): Ipld[] {
    const length = this.length(byte);
    if (depth >= maxDepth) throw this.refuse(`more than ${maxDepth} levels deep`);
    const array: Ipld[] = [];
    for (let i = 0; i < length; i++) array.push(this.value(depth + 1));
    return array;
  }

  #map(byte: number, depth: number): IpldMap {
    const length = this.length(byte);
    if (depth >= maxDepth) throw this.refuse(`more than ${maxDepth} levels deep`);
    const map: IpldMap = {};
    let last = -1;
    for (let i = 0; i < length; i++) {
      const at = this.at;
      const key = this.text(this.textLength());
      if (last >= 0 && !this.#follows(last, at))
        throw this.refuse(`the key ${JSON.stringify(key)} twice or out of order`);
      last = at;
      const value = this.value(depth + 1);
      if (key === "__proto__")
        Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
      else map[key] = value;
    }
    return map;
  }

  /** Reads the head of a map and says how many entries follow. */
  entries(): number {
    const head = this.#bytes[this.#take(1)];
    if (head >> 5 !== 5) throw this.refuse("an item that is not a map", 1);
    return this.length(head);
  }

  /** Reads the head of a text and says how many bytes follow. */
  textLength(): number {
    const head = this.#bytes[this.#take(1)];
    if (head >> 5 !== 3) throw this.refuse("a key that is not text", 1);
    return this.length(head);
  }

  /** Steps over one value of any depth, without looking at what is in it. */
  skip(): void {
    for (let left = 1; left > 0; left--) {
      const byte = this.#bytes[this.#take(1)];
      const major = byte >> 5;
      if (major === 7) this.#simple(byte);
      else if (major < 2) this.#size(byte);
      else if (major === 6) this.#link(byte);
      else if (major < 4) this.#take(this.length(byte));
      else left += this.length(byte) * (major - 3);
    }
  }

  /** Says whether the key that ends here and begins at `b` comes after the one at `a`: by head, which is by length, then by bytes. */
  #follows(a: number, b: number): boolean {
    const bytes = this.#bytes;
    for (let i = 0; b + i < this.at; i++) {
      const order = bytes[b + i] - bytes[a + i];
      if (order !== 0) return order > 0;
    }
    return false;
  }

  #link(byte: number): Link {
    const bytes = this.#bytes;
    const at = this.at - 1;
    if (byte !== 0xd8 || bytes[this.#take(1)] !== 42) throw this.refuse("a tag other than 42");
    this.#take(39);
    const codec = bytes[at + 6];
    const known = [0x58, 37, 0, 1, codec, 0x12, 0x20].every((expected, i) => bytes[at + 2 + i] === expected);
    if (!known || (codec !== dagCbor && codec !== raw))
      throw this.refuse("a link that is not CIDv1, sha2-256, dag-cbor or raw", 41);
    return new Link(bytes.slice(at + 9, at + 41), codec);
  }

  #simple(byte: number): boolean | null | number | Float {
    if (byte === 0xf4 || byte === 0xf5) return byte === 0xf5;
    if (byte === 0xf6) return null;
    if (byte !== 0xfb) throw this.refuse("a simple value or a short float, which dag-cbor does not have", 1);
    const n = this.#wide.getFloat64(this.#take(8));
    if (!Number.isFinite(n)) throw this.refuse("NaN or an infinity", 9);
    return Number.isInteger(n) ? new Float(n) : n;
  }

  /** Makes the error for what stands `back` bytes before here. */
  refuse(what: string, back = 0): Error {
    return badInput(`not canonical dag-cbor: ${what} (byte ${this.at - back})`);
  }
}
