/** The links of a block, found without decoding it. */
import { cidBytes, raw } from "../block/cid.js";

/** How a block was reached, which says what its links mean. */
export const linkKinds = { any: 0, rows: 1, leaf: 2 } as const;
export type LinkKind = (typeof linkKinds)[keyof typeof linkKinds];

/**
 * Calls `found` with where each link's digest begins in the block, and how the block behind it is reached.
 *
 * `rows`: a tree whose leaves link to items. `leaf`: it has no links, and need not be read.
 */
export type ListLinks = (block: Uint8Array, kind: LinkKind, found: (at: number, kind: LinkKind) => void) => void;

const majorText = 3;
const majorBytes = 2;
const majorTag = 6;
const linkTag = 42;
/** The key under which a dataset links to its rows, as CBOR: a text of 4 bytes. */
const rowsKey = [0x64, 0x72, 0x6f, 0x77, 0x73];

/** Lists the links of any dag-cbor block. What stands under a key `rows` is taken for a tree of items, whose leaves' links are leaves. */
export const listLinks: ListLinks = (block, kind, found) => {
  if (kind === linkKinds.leaf) return;
  const isRows = kind === linkKinds.rows;
  const below = isRows ? (block[1] === 0 ? linkKinds.leaf : linkKinds.rows) : linkKinds.any;
  eachLink(block, (tagAt, digestAt, codec) => {
    if (codec === raw) found(digestAt, linkKinds.leaf);
    else if (!isRows && follows(block, tagAt, rowsKey)) found(digestAt, linkKinds.rows);
    else found(digestAt, below);
  });
};

/** Calls `found` with each link's tag, digest and codec. Stops at bytes that are not dag-cbor: they hold no links. */
export function eachLink(block: Uint8Array, found: (tagAt: number, digestAt: number, codec: number) => void): void {
  for (let at = 0; at < block.length;) {
    const head = block[at];
    const width = argumentBytes(head & 31);
    if (width < 0 || at + width >= block.length + 1) return;
    const argument = readArgument(block, at, head & 31, width);
    const major = head >> 5;
    const next = at + 1 + width;
    if (major === majorTag && argument === linkTag) {
      // Byte string of 37: a zero, then the CID.
      if (block[next] === 0x58 && block[next + 1] === cidBytes + 1) found(at, next + 7, block[next + 4]);
    }
    at = major === majorText || major === majorBytes ? next + argument : next;
  }
}

/** Bytes of the argument behind a head; −1 for what dag-cbor does not have. */
function argumentBytes(info: number): number {
  if (info < 24) return 0;
  return info <= 27 ? 1 << (info - 24) : -1;
}

function readArgument(block: Uint8Array, at: number, info: number, width: number): number {
  if (width === 0) return info;
  let value = 0;
  for (let i = 1; i <= width; i++) value = value * 256 + block[at + i];
  return value;
}

function follows(block: Uint8Array, at: number, key: readonly number[]): boolean {
  const from = at - key.length;
  return from >= 0 && key.every((byte, i) => block[from + i] === byte);
}
