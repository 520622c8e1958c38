/** Parsed nodes kept in memory, so that reading the same path again costs neither a load nor a parse. */
import { sameDigest, type Digest } from "../block/cid.js";
import { Node } from "./node.js";

export interface NodeCache {
  /** The node with the digest that stands in these bytes from `at` (default 0), if it is kept. */
  get(bytes: Uint8Array, at?: number): Node | undefined;
  /** Keeps the node, and lets go of others when it must. */
  set(digest: Digest, node: Node): void;
}

/** What a node costs besides its bytes and the places of its entries: the objects that hold them. */
const overhead = 400;

/**
 * Keeps about the most recently used nodes, in at most `maxBytes` of memory.
 *
 * Two generations: what is used moves to the young one; when that fills half the room, it becomes the old one and the old one is dropped. So nothing is
 * kept in order, and a hit costs one or two look-ups by number.
 */
export class RecentNodes implements NodeCache {
  #young = new Map<number, Node>();
  #old = new Map<number, Node>();
  #youngBytes = 0;

  constructor(readonly maxBytes: number) {}

  get(bytes: Uint8Array, at = 0): Node | undefined {
    const key = mapKey(bytes, at);
    const young = this.#young.get(key);
    if (young !== undefined) return sameDigest(young.digest, bytes, at) ? young : undefined;
    const old = this.#old.get(key);
    if (old === undefined || !sameDigest(old.digest, bytes, at)) return undefined;
    this.#keep(key, old);
    return old;
  }

  set(digest: Digest, node: Node): void {
    this.#keep(mapKey(digest, 0), compact(node));
  }

  #keep(key: number, node: Node): void {
    const size = sizeOf(node);
    if (size > this.maxBytes / 2) return;
    const replaced = this.#young.get(key);
    if (replaced !== undefined) this.#youngBytes -= sizeOf(replaced);
    if (this.#youngBytes + size > this.maxBytes / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(key, node);
    this.#youngBytes += size;
  }
}

function sizeOf({ bytes, spans, rowsUpTo, count }: Node): number {
  return bytes.length + spans.byteLength + (rowsUpTo?.byteLength ?? 0) + 4 * count + overhead;
}

/** The node without the larger buffers that it is part of, which it would keep in memory. */
function compact(node: Node): Node {
  const { digest, bytes, level, count, spans, rowsUpTo } = node;
  const own = bytes.buffer.byteLength > 2 * bytes.length ? bytes.slice() : bytes;
  return new Node(digest, own, level, count, spans.slice(), rowsUpTo);
}

/** The first 30 bits of the digest at `at`: a number that every engine keeps without allocating. Nodes that share them push each other out, no more. */
function mapKey(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 22) | (bytes[at + 1] << 14) | (bytes[at + 2] << 6) | (bytes[at + 3] >> 2)) & 0x3fffffff;
}
