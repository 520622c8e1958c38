/** Trees for tests: entries by number, built from scratch, and read back as plain lists. */
import type { Blocks } from "../block/blocks.js";
import { dagCbor, type Digest } from "../block/cid.js";
import { utf8 } from "../text.js";
import { TreeBuilder, type Tree } from "../tree/builder.js";
import { entries } from "../tree/read.js";
import { writeLink } from "../tree/span.js";

/** A key and its value as texts of hex digits: plain data, so that tests compare them whole. */
export type PlainEntry = readonly [key: string, value: string];

/** Turns bytes into hex digits, whose order is the order of the bytes. */
export function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += hexOf[byte];
  return hex;
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Turns hex digits, lower case, into bytes. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = digitOf(hex.charCodeAt(2 * i)) * 16 + digitOf(hex.charCodeAt(2 * i + 1));
  return bytes;
}

function digitOf(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/** The `n`-th key of a made-up rows tree: a position of constant width, NUL, and an id like a UUID. */
export function numberedKey(n: number): Uint8Array {
  const scrambled = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  const id = `${scrambled.toString(16).padStart(8, "0")}-5f0e-8a11-9d52-0d1f4b5c6a7e`;
  return utf8(`d${n.toString(36).padStart(4, "0")}\0${id}`);
}

/** A made-up digest that tells `n` and `salt`. */
export function numberedDigest(n: number, salt = 0): Digest {
  const digest = new Uint8Array(32);
  const view = new DataView(digest.buffer);
  view.setUint32(0, Math.imul(n + 1, 0x85ebca6b));
  view.setUint32(4, n);
  view.setUint32(8, salt);
  return digest;
}

/** Encodes a link to the block with this digest, as values of a rows tree are. */
export function linkTo(digest: Digest): Uint8Array {
  const value = new Uint8Array(41);
  writeLink(value, 0, digest, 0, dagCbor);
  return value;
}

/** Builds a rows tree of `count` numbered entries. */
export function numberedTree(blocks: Blocks, count: number): Tree {
  const builder = new TreeBuilder(blocks);
  for (let n = 0; n < count; n++) {
    const key = numberedKey(n);
    builder.addLink(key, key.length, numberedDigest(n));
  }
  return builder.finish();
}

/** Builds a tree of these entries, which must ascend. */
export function treeOf(blocks: Blocks, list: Iterable<PlainEntry>): Tree {
  const builder = new TreeBuilder(blocks);
  for (const [key, value] of list) builder.add(fromHex(key), fromHex(value));
  return builder.finish();
}

/** Reads all entries of a tree. */
export async function entriesOf(blocks: Blocks, root: Digest): Promise<PlainEntry[]> {
  const list: PlainEntry[] = [];
  for await (const { key, value } of entries(blocks, root)) list.push([toHex(key), toHex(value)]);
  return list;
}
