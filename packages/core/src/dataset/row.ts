/** How a row rests in a dataset's two trees: `rows` maps position, NUL, id to a link to the item; `ids` maps the id to the position as text. */
import { dagCbor, type Digest } from "../block/cid.js";
import { decode, encode, Link } from "../item/cbor.js";
import { fromUtf8, utf8 } from "../text.js";
import { maxIdBytes } from "./path.js";
import { maxPositionBytes } from "./position.js";

/** The key of a row in `rows`: a position never holds NUL, so the first one ends it. */
export function rowKey(position: string, id: string): Uint8Array {
  return utf8(`${position}\0${id}`);
}

/** Longest key of `rows`: a position of 100 bytes, NUL, an id of 512. */
export const maxRowKeyBytes = maxPositionBytes + 1 + maxIdBytes;

/** Writes the key of a row from the bytes of its position and its id; gives its length. */
export function writeRowKey(out: Uint8Array, position: Uint8Array, id: Uint8Array): number {
  out.set(position);
  out[position.length] = 0;
  out.set(id, position.length + 1);
  return position.length + 1 + id.length;
}

/** The position and the id in a key of `rows`. */
export function splitRowKey(key: Uint8Array): { position: string; id: string } {
  const end = key.indexOf(0);
  return { position: fromUtf8(key.subarray(0, end)), id: fromUtf8(key.subarray(end + 1)) };
}

/** Bytes of a link in dag-cbor before the digest: tag 42, 37 bytes, identity multibase, CIDv1, dag-cbor, sha2-256, 32 bytes. */
const linkHead = encode(new Link(new Uint8Array(32), dagCbor)).subarray(0, -32);

/** A link to an item, as a value of `rows`. */
export function linkValue(item: Digest): Uint8Array {
  const value = new Uint8Array(linkHead.length + 32);
  value.set(linkHead);
  value.set(item, linkHead.length);
  return value;
}

/** The digest in a value of `rows`, as a view. */
export function linkedDigest(value: Uint8Array): Digest {
  return value.subarray(linkHead.length);
}

/** A position, as a value of `ids`. */
export function textValue(position: string): Uint8Array {
  return encode(position);
}

/** The position in a value of `ids`. */
export function textOf(value: Uint8Array): string {
  return decode(value) as string;
}

/** Like {@link textOf} as bytes, a view: a text of up to 255 bytes stands behind a head of one byte, or two from 24 bytes on. */
export function textBytes(value: Uint8Array): Uint8Array {
  return value.subarray(value[0] === 0x78 ? 2 : 1);
}
