/** Writes dag-cbor, value by value, into a buffer that grows. `cbor.ts` says which bytes. */
import { dagCbor, raw } from "../block/cid.js";
import { badInput } from "../errors.js";
import { greatestInteger, leastInteger, Link, type Ipld, type IpldMap } from "./ipld.js";
import { planKeys } from "./key-plan.js";
import { maxDepth, printPointer, type PathStep } from "./pointer.js";
import { Float } from "./value.js";

const encoder = new TextEncoder();
/** Tag 42, a byte string of 37: the 0 that says "binary", then CIDv1. The codec, `12 20` and the digest follow. */
const linkHead = Uint8Array.of(0xd8, 42, 0x58, 37, 0, 1);

/** Bytes of a head with this number, which is below 2³². */
function headSize(n: number): number {
  return n < 24 ? 1 : n < 0x100 ? 2 : n < 0x10000 ? 3 : 5;
}

export class CborWriter {
  bytes: Uint8Array;
  /** Bytes written so far; set it back to write again. */
  at = 0;
  /** Steps to the value in hand. */
  readonly path: PathStep[] = [];
  #view: DataView;

  constructor(size = 4096) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Makes sure that `more` bytes fit. */
  room(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more));
    grown.set(this.bytes);
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Writes any value; `depth` is the number of containers around it, and of steps in `path` that lead to it. */
  value(value: Ipld, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.text(value, depth);
      case "number":
        return this.number(value, depth);
      case "boolean":
        return this.byte(value ? 0xf5 : 0xf4);
      case "bigint":
        return this.bigint(value, depth);
      case "object":
        return this.#object(value, depth);
      default:
        throw this.refuse(`${typeof value} is nothing that a block can hold`, depth);
    }
  }

  #object(value: Exclude<Ipld, string | number | boolean | bigint>, depth: number): void {
    if (value === null) return this.byte(0xf6);
    if (value instanceof Float) return this.float(value.value, depth);
    if (value instanceof Link) return this.#link(value, depth);
    if (value instanceof Uint8Array) {
      this.head(0x40, value.length);
      return this.raw(value);
    }
    if (depth >= maxDepth) throw this.refuse(`more than ${maxDepth} levels deep`, depth);
    if (Array.isArray(value)) return this.#array(value, depth);
    return this.#map(value, depth);
  }

  #array(values: Ipld[], depth: number): void {
    this.head(0x80, values.length);
    for (let i = 0; i < values.length; i++) {
      this.path[depth] = i;
      this.value(values[i], depth + 1);
    }
  }

  #map(map: IpldMap, depth: number): void {
    const keys = Object.keys(map);
    const { order, encoded } = planKeys(keys, depth) ?? this.#refuseKeys(keys, depth);
    this.head(0xa0, keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[order[i]];
      this.path[depth] = key;
      this.raw(encoded[i]);
      this.value(map[key], depth + 1);
    }
  }

  #refuseKeys(keys: readonly string[], depth: number): never {
    this.path[depth] = keys.find(key => !key.isWellFormed()) ?? "";
    throw this.refuse("the key holds a lone surrogate, which UTF-8 cannot hold", depth + 1);
  }

  byte(byte: number): void {
    this.room(1);
    this.bytes[this.at++] = byte;
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    if (bytes.length > 32) this.bytes.set(bytes, this.at);
    else for (let i = 0; i < bytes.length; i++) this.bytes[this.at + i] = bytes[i];
    this.at += bytes.length;
  }

  /** Writes a head: the major type, in its upper three bits, with a number from 0 to 2⁶⁴−1, as short as can be. */
  head(major: number, n: number): void {
    this.room(9);
    if (n < 24) return this.byte(major | n);
    if (n < 0x100) {
      this.byte(major | 24);
      return this.byte(n);
    }
    if (n > 0xffffffff) return this.#longHead(major, BigInt(n));
    this.byte(major | (n < 0x10000 ? 25 : 26));
    if (n < 0x10000) this.#view.setUint16(this.at, n);
    else this.#view.setUint32(this.at, n);
    this.at += n < 0x10000 ? 2 : 4;
  }

  #longHead(major: number, n: bigint): void {
    this.room(9);
    this.byte(major | 27);
    this.#view.setBigUint64(this.at, n);
    this.at += 8;
  }

  number(n: number, depth: number): void {
    if (!Number.isSafeInteger(n) || (n === 0 && Object.is(n, -0))) this.float(n, depth);
    else if (n >= 0) this.head(0x00, n);
    else this.head(0x20, -1 - n);
  }

  bigint(n: bigint, depth: number): void {
    if (n < leastInteger || n > greatestInteger)
      throw this.refuse("an integer beyond -2^64 … 2^64-1; write it as text or as a float", depth);
    const size = n < 0n ? -1n - n : n;
    const major = n < 0n ? 0x20 : 0x00;
    if (size <= 0xffffffffn) this.head(major, Number(size));
    else this.#longHead(major, size);
  }

  float(n: number, depth: number): void {
    if (!Number.isFinite(n)) throw this.refuse(`${n} is nothing that JSON can hold`, depth);
    this.room(9);
    this.byte(0xfb);
    this.#view.setFloat64(this.at, n);
    this.at += 8;
  }

  text(text: string, depth: number): void {
    const { length } = text;
    this.room(3 * length + 9);
    if (length < 24 && this.#shortAscii(text)) return;
    const begin = this.at;
    const guess = headSize(length);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(begin + guess));
    if (written !== length && !text.isWellFormed())
      throw this.refuse("the text holds a lone surrogate, which UTF-8 cannot hold", depth);
    const size = headSize(written);
    if (size !== guess) this.bytes.copyWithin(begin + size, begin + guess, begin + guess + written);
    this.head(0x60, written);
    this.at += written;
  }

  #shortAscii(text: string): boolean {
    const { bytes, at } = this;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      bytes[at + 1 + i] = unit;
    }
    bytes[at] = 0x60 | text.length;
    this.at = at + 1 + text.length;
    return true;
  }

  #link(link: Link, depth: number): void {
    if (link.digest.length !== 32 || (link.codec !== dagCbor && link.codec !== raw))
      throw this.refuse("a link needs a digest of 32 bytes and the codec dag-cbor or raw", depth);
    this.raw(linkHead);
    this.raw(Uint8Array.of(link.codec, 0x12, 0x20));
    this.raw(link.digest);
  }

  /** Makes the error for the value `depth` steps down the path. */
  refuse(what: string, depth: number): Error {
    return badInput(what, { pointer: printPointer(this.path.slice(0, depth)) });
  }
}
