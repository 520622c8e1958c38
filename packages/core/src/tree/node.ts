/**
 * One node of a tree: a block of canonical dag-cbor that any IPLD tool can walk. This is format version 1.
 *
 *     leaf  = [0, [key, value, key, value, …]]
 *     inner = [level, [lastKey, link, rows, lastKey, link, rows, …]]      level from 1 to 23
 *
 * - `key` is a byte string of at most 1,200 bytes, `value` any one dag-cbor value. Keys ascend strictly, in byte order, through the whole tree.
 * - `lastKey` is the greatest key below, `link` the CID (version 1, dag-cbor, sha2-256) of the child, whose level is one less, and `rows` the number of
 *   leaf entries below.
 * - Entries fill nodes from the left. A node ends where `endsNode` (`split.ts`) says so for (the encoded bytes of its entries so far, those of the last
 *   entry, hash of the level and that entry's key); a node above the leaves never ends before its second entry. What is left over is the last node.
 * - The root is the only node of its level. It is never an inner node of one entry: then the child is the root. The empty tree is a leaf without entries.
 *
 * So one content has one root, however it came to be. This file reads nodes; `writer.ts` writes them.
 */
import { dagCbor, printCid, type Digest } from "../block/cid.js";
import { SheafError } from "../errors.js";
import {
  compareSpans,
  digestInLink,
  headAt,
  headBytes,
  isLink,
  linkBytes,
  readArgument,
  sameSpan,
  skipValue,
  writeHead,
  writeLink,
} from "./span.js";

/** Greatest length of a key. */
export const maxKeyBytes = 1200;
/** Greatest level of a node; as nodes above the leaves have two entries or more, no tree gets there. */
export const maxLevel = 23;

/** A node that is searched more often than this is worth an index. */
const searchesBeforeHeads = 2;

/** Room for the places of entries, which many nodes share: allocating for each costs more than parsing it. */
const slabLength = 16_384;
let slab = new Uint32Array(0);
let slabUsed = 0;

function takeSpans(length: number): Uint32Array {
  if (slabUsed + length > slab.length) {
    slab = new Uint32Array(Math.max(slabLength, length));
    slabUsed = 0;
  }
  slabUsed += length;
  return slab.subarray(slabUsed - length, slabUsed);
}

/**
 * A node's bytes with the places of its entries: reading one makes no object per entry.
 *
 * `spans` holds three places per entry (entry, key bytes, value) and then the end of the last. `rowsUpTo[i]` counts the leaf entries below the first `i`
 * children; leaves have none.
 */
export class Node {
  /** The four bytes of each key behind what all keys begin with: close together in memory, so that a search misses no cache. Made when searches repeat. */
  #heads: Uint32Array | undefined;
  #prefixBytes = 0;
  #searches = 0;
  #vouched: Uint8Array | undefined;

  constructor(
    readonly digest: Digest,
    readonly bytes: Uint8Array,
    readonly level: number,
    readonly count: number,
    readonly spans: Uint32Array,
    readonly rowsUpTo: Float64Array | undefined,
  ) {}

  /** Number of leaf entries in or below this node. */
  get rows(): number {
    return this.rowsUpTo === undefined ? this.count : this.rowsUpTo[this.count];
  }

  /** Where the encoded entry begins; of `count`, where the last one ends. */
  entryStart(i: number): number {
    return this.spans[3 * i];
  }

  /** Where the bytes of the key begin; they end at {@link valueStart}. */
  keyStart(i: number): number {
    return this.spans[3 * i + 1];
  }

  valueStart(i: number): number {
    return this.spans[3 * i + 2];
  }

  /** Where the value of a leaf entry ends. */
  valueEnd(i: number): number {
    return this.spans[3 * i + 3];
  }

  /** A view of the key. */
  key(i: number): Uint8Array {
    return this.bytes.subarray(this.spans[3 * i + 1], this.spans[3 * i + 2]);
  }

  /** A view of a leaf entry's value: encoded dag-cbor. */
  value(i: number): Uint8Array {
    return this.bytes.subarray(this.spans[3 * i + 2], this.spans[3 * i + 3]);
  }

  /** A view of the digest that the entry links to: an inner node's child, or a leaf's value that is a link. */
  link(i: number): Digest {
    const at = this.spans[3 * i + 2] + digestInLink;
    return this.bytes.subarray(at, at + 32);
  }

  /** Where in {@link bytes} that digest begins. */
  linkStart(i: number): number {
    return this.spans[3 * i + 2] + digestInLink;
  }

  /** Says whether child `i` was found to be what this node promises; {@link vouch} notes that it was. Both blocks are frozen, so it stays true. */
  vouchesFor(i: number): boolean {
    return this.#vouched !== undefined && this.#vouched[i] === 1;
  }

  vouch(i: number): void {
    (this.#vouched ??= new Uint8Array(this.count))[i] = 1;
  }

  /** Says whether two entries link to the same block. */
  sameLink(i: number, other: Node, j: number): boolean {
    const at = this.spans[3 * i + 2] + digestInLink;
    const otherAt = other.spans[3 * j + 2] + digestInLink;
    return sameSpan(this.bytes, at, at + 32, other.bytes, otherAt, otherAt + 32);
  }

  /** Compares the entry's key with `bytes[from, to)`. */
  compareKey(i: number, bytes: Uint8Array, from: number, to: number): number {
    return compareSpans(this.bytes, this.spans[3 * i + 1], this.spans[3 * i + 2], bytes, from, to);
  }

  /** Says whether the entry's key is `bytes[from, to)`. */
  holdsKey(i: number, bytes: Uint8Array, from: number, to: number): boolean {
    return sameSpan(this.bytes, this.spans[3 * i + 1], this.spans[3 * i + 2], bytes, from, to);
  }

  /** The first entry at or after `start` whose key is not less than the given one; `count` when there is none. */
  lowerBound(key: Uint8Array, start = 0): number {
    const heads = this.#heads ?? (this.#searches++ < searchesBeforeHeads ? undefined : this.#makeHeads());
    if (heads === undefined) return this.#search(key, start, this.count);
    const prefix = this.#comparePrefix(key);
    if (prefix !== 0) return prefix < 0 ? start : this.count;
    const head = headAt(key, this.#prefixBytes, key.length);
    let low = start;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (heads[middle] < head) low = middle + 1;
      else high = middle;
    }
    while (high < this.count && heads[high] === head) high++;
    return this.#search(key, low, high);
  }

  #search(key: Uint8Array, start: number, end: number): number {
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compareKey(middle, key, 0, key.length) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Compares the key with the bytes that all keys here begin with; 0 when it begins so too. */
  #comparePrefix(key: Uint8Array): number {
    const end = Math.min(this.#prefixBytes, key.length);
    return compareSpans(key, 0, end, this.bytes, this.spans[1], this.spans[1] + this.#prefixBytes);
  }

  #makeHeads(): Uint32Array | undefined {
    const { bytes, spans, count } = this;
    if (count === 0) return undefined;
    const last = 3 * (count - 1);
    const most = Math.min(spans[2] - spans[1], spans[last + 2] - spans[last + 1]);
    let prefix = 0;
    while (prefix < most && bytes[spans[1] + prefix] === bytes[spans[last + 1] + prefix]) prefix++;
    const heads = new Uint32Array(count);
    for (let i = 0; i < count; i++) heads[i] = headAt(bytes, spans[3 * i + 1] + prefix, spans[3 * i + 2]);
    this.#prefixBytes = prefix;
    return (this.#heads = heads);
  }

  /** The child of an inner node that the `row`-th leaf entry is below; `row` counts within this node and is less than `rows`. */
  childAt(row: number): number {
    const upTo = this.rowsUpTo ?? new Float64Array(1);
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle + 1] <= row) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Number of leaf entries below one child. */
  childRows(i: number): number {
    return this.rowsUpTo === undefined ? 1 : this.rowsUpTo[i + 1] - this.rowsUpTo[i];
  }
}

/** Says that a block is no tree node, or not the one that its parent promises. */
export function corruptNode(digest: Digest, why: string): SheafError<"corrupt-block"> {
  const cid = printCid(digest);
  return new SheafError("corrupt-block", { cid }, `block ${cid} is not a sound tree node: ${why}`);
}

/**
 * Reads a node; every byte is checked against the format.
 *
 * The bytes are kept, not copied. Throws corrupt-block when they are not a node in canonical form.
 */
export function parseNode(digest: Digest, bytes: Uint8Array): Node {
  const level = bytes.length > 2 && bytes[0] === 0x82 ? bytes[1] : maxLevel + 1;
  if (level > maxLevel || bytes[2] >> 5 !== 4) throw corruptNode(digest, "it is not a level and a list");
  const fields = readArgument(bytes, 2);
  const perEntry = level === 0 ? 2 : 3;
  // Each field takes a byte or more, so this bounds what a false count can make us allocate.
  if (fields < 0 || fields > bytes.length || fields % perEntry !== 0 || (fields === 0 && level > 0))
    throw corruptNode(digest, "its list has no possible length");
  const count = fields / perEntry;
  const spans = takeSpans(3 * count + 1);
  const rowsUpTo = level === 0 ? undefined : new Float64Array(count + 1);
  const end = readEntries(digest, bytes, 2 + headBytes(fields), count, spans, rowsUpTo);
  if (end !== bytes.length) throw corruptNode(digest, "bytes follow its last entry");
  spans[3 * count] = end;
  return new Node(digest, bytes, level, count, spans, rowsUpTo);
}

function readEntries(
  digest: Digest,
  bytes: Uint8Array,
  start: number,
  count: number,
  spans: Uint32Array,
  rowsUpTo: Float64Array | undefined,
): number {
  let at = start;
  let before = 0;
  let beforeEnd = 0;
  for (let i = 0; i < count; i++) {
    const length = bytes[at] >> 5 === 2 ? readArgument(bytes, at) : -1;
    const key = at + headBytes(length);
    const keyEnd = key + length;
    if (length < 0 || length > maxKeyBytes || keyEnd > bytes.length)
      throw corruptNode(digest, `entry ${i} has no key of at most ${maxKeyBytes} bytes`);
    if (i > 0 && compareSpans(bytes, before, beforeEnd, bytes, key, keyEnd) >= 0)
      throw corruptNode(digest, `the key of entry ${i} is not greater than the one before`);
    spans[3 * i] = at;
    spans[3 * i + 1] = before = key;
    spans[3 * i + 2] = beforeEnd = keyEnd;
    at = rowsUpTo === undefined ? skipValue(bytes, keyEnd) : readChild(bytes, keyEnd, rowsUpTo, i);
    if (at < 0) throw corruptNode(digest, `the value of entry ${i} is malformed`);
  }
  return at;
}

function readChild(bytes: Uint8Array, at: number, rowsUpTo: Float64Array, i: number): number {
  const rowsAt = at + linkBytes;
  if (!isLink(bytes, at) || bytes[at + 6] !== dagCbor || rowsAt >= bytes.length || bytes[rowsAt] >> 5 !== 0) return -1;
  const rows = readArgument(bytes, rowsAt);
  rowsUpTo[i + 1] = rowsUpTo[i] + rows;
  return rows > 0 && Number.isSafeInteger(rowsUpTo[i + 1]) ? rowsAt + headBytes(rows) : -1;
}

/** An entry of {@link encodeNode}: of a leaf with its value, of an inner node with its child. */
export type Entry =
  | { readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly key: Uint8Array; readonly child: Digest; readonly rows: number };

/** Encodes one node from its entries, wherever it would end: for tests and tools, `TreeBuilder` is the way to write a tree. */
export function encodeNode(level: number, entries: readonly Entry[]): Uint8Array {
  const size = entries.reduce((sum, entry) => sum + entry.key.length + ("value" in entry ? entry.value.length : 50), 0);
  const out = new Uint8Array(size + entries.length * 3 + 8);
  out[0] = 0x82;
  out[1] = level;
  let at = writeHead(out, 2, 4, entries.length * (level === 0 ? 2 : 3));
  for (const entry of entries) {
    at = writeHead(out, at, 2, entry.key.length);
    out.set(entry.key, at);
    at += entry.key.length;
    if ("value" in entry) {
      out.set(entry.value, at);
      at += entry.value.length;
    } else at = writeHead(out, writeLink(out, at, entry.child, 0, dagCbor), 0, entry.rows);
  }
  return out.slice(0, at);
}
