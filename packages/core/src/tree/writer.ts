/**
 * Entries of a tree, level by level, on their way into nodes: takes them in order, cuts where `split.ts` says, puts the nodes, links them from above.
 *
 * Whoever feeds it (`builder.ts`, `edit.ts`) decides which entries; equal entries make equal nodes.
 */
import type { BlockWriter } from "../block/blocks.js";
import { dagCbor, type Digest } from "../block/cid.js";
import { badInput } from "../errors.js";
import { maxKeyBytes, maxLevel, type Node } from "./node.js";
import { compareSpans, digestInLink, headBytes, linkBytes, writeHead, writeLink } from "./span.js";
import { endsNode, hashKey, maxBytes } from "./split.js";

/** Room in front of the entries for the longest head of a node: list of two, level, length of the list (up to 2³² fields). */
const headRoom = 7;
/** A buffer holds most nodes without growing: the greatest size and one entry of the usual kind. */
const firstRoom = headRoom + maxBytes + maxKeyBytes + 64;

/** The unfinished node at the right edge of one level. */
export class OpenNode {
  bytes = new Uint8Array(firstRoom);
  end = headRoom;
  count = 0;
  rows = 0;
  /** Where the key last appended stands in `bytes`; it stays readable until the next append, also when the node is sealed. */
  keyStart = 0;
  keyEnd = 0;

  constructor(readonly level: number) {}

  /** Makes room for an entry, writes its key, and gives the place of its value. */
  key(keys: Uint8Array, from: number, to: number, valueBytes: number): number {
    const length = to - from;
    this.#reserve(length + valueBytes + 3);
    const { bytes } = this;
    let at = this.end;
    if (length < 24) bytes[at++] = 0x40 | length;
    else at = writeHead(bytes, at, 2, length);
    this.keyStart = at;
    for (let i = from; i < to; i++) bytes[at++] = keys[i];
    return (this.keyEnd = at);
  }

  /** Takes in the entry that {@link key} began and that ends at `end`; says whether the node ends with it. */
  close(end: number, rows: number): boolean {
    const entryBytes = end - this.end;
    this.end = end;
    this.rows += rows;
    this.count++;
    if (this.level > 0 && this.count < 2) return false;
    const size = end - headRoom;
    // Hashing is the dear part: `endsNode` with the least hash says whether the hash matters at all.
    return (
      endsNode(size, entryBytes, 0) &&
      endsNode(size, entryBytes, hashKey(this.level, this.bytes, this.keyStart, this.keyEnd))
    );
  }

  /** Appends an entry of an old node as it is; says whether the node ends with it. */
  copy(node: Node, i: number): boolean {
    const start = node.entryStart(i);
    const length = node.entryStart(i + 1) - start;
    this.#reserve(length);
    this.bytes.set(node.bytes.subarray(start, start + length), this.end);
    this.keyStart = this.end + node.keyStart(i) - start;
    this.keyEnd = this.end + node.valueStart(i) - start;
    return this.close(this.end + length, node.childRows(i));
  }

  /** Takes the first entries of an old node into this empty one, none of which can end it: `until` is less than the node's count. */
  copyHead(node: Node, until: number): void {
    if (until === 0) return;
    const start = node.entryStart(0);
    const end = node.entryStart(until);
    this.#reserve(end - start);
    this.bytes.set(node.bytes.subarray(start, end), headRoom);
    this.keyStart = headRoom + node.keyStart(until - 1) - start;
    this.keyEnd = headRoom + node.valueStart(until - 1) - start;
    this.end = headRoom + end - start;
    this.count = until;
    this.rows = node.rowsUpTo === undefined ? until : node.rowsUpTo[until];
  }

  /** Puts the node and starts the next one. The last key stays readable. */
  seal(blocks: BlockWriter): Digest {
    const fields = this.count * (this.level === 0 ? 2 : 3);
    const start = headRoom - 2 - headBytes(fields);
    if (start < 0 || this.level > maxLevel) throw badInput("a tree grew beyond its greatest size");
    this.bytes[start] = 0x82;
    this.bytes[start + 1] = this.level;
    writeHead(this.bytes, start + 2, 4, fields);
    const digest = blocks.put(this.bytes.subarray(start, this.end));
    this.end = headRoom;
    this.count = 0;
    this.rows = 0;
    return digest;
  }

  #reserve(size: number): void {
    if (this.end + size <= this.bytes.length) return;
    const grown = new Uint8Array(2 * (this.end + size));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
  }
}

/** What a finished tree is known by: its root, and its number of leaf entries. */
export interface Tree {
  readonly root: Digest;
  readonly count: number;
}

/** The right edges of all levels. Entries of one level come in strictly ascending order of keys; callers append to any level. */
export class TreeWriter {
  readonly levels: OpenNode[] = [new OpenNode(0)];
  /** Nodes put so far. */
  sealed = 0;
  /** Set by {@link finish} when it gave back the one child of what would have been the root. */
  rootIsChild = false;

  constructor(readonly blocks: BlockWriter) {}

  /** The unfinished node of a level. */
  level(level: number): OpenNode {
    while (this.levels.length <= level) this.levels.push(new OpenNode(this.levels.length));
    return this.levels[level];
  }

  /** Throws bad-input unless the key is short enough and greater than the last one of the leaves. */
  check(keys: Uint8Array, from: number, to: number): void {
    const leaf = this.levels[0];
    checkLength(to - from);
    // The last key lies in the buffer even when its node was sealed; before the first entry ever, its place is 0.
    if (leaf.keyEnd > 0 && compareSpans(leaf.bytes, leaf.keyStart, leaf.keyEnd, keys, from, to) >= 0)
      throw notAscending(keys.subarray(from, to));
  }

  /** Ends the node of a level here, and links it from the level above. */
  cut(level: number): void {
    const node = this.levels[level];
    const rows = node.rows;
    const digest = node.seal(this.blocks);
    this.sealed++;
    const above = this.level(level + 1);
    const linkAt = above.key(node.bytes, node.keyStart, node.keyEnd, linkBytes + 9);
    const end = writeHead(above.bytes, writeLink(above.bytes, linkAt, digest, 0, dagCbor), 0, rows);
    if (above.close(end, rows)) this.cut(level + 1);
  }

  /**
   * Ends a level for good: nothing more comes below or here. Gives the tree when this level's node is the root, else `undefined`.
   *
   * Call it for level 0 first, then for the ones above; all above must have taken in what they keep.
   */
  finish(level: number): Tree | undefined {
    const node = this.levels[level];
    const isTop = this.levels.every((above, at) => at <= level || above.count === 0);
    if (node.count === 0) return isTop && level === this.levels.length - 1 ? this.#empty() : undefined;
    if (!isTop) {
      this.cut(level);
      return undefined;
    }
    const count = node.rows;
    // The one child of a would-be root is the root itself.
    if (level > 0 && node.count === 1) {
      this.rootIsChild = true;
      const at = node.keyEnd + digestInLink;
      return { root: node.bytes.slice(at, at + 32), count };
    }
    this.sealed++;
    return { root: node.seal(this.blocks), count };
  }

  #empty(): Tree {
    return { root: this.levels[0].seal(this.blocks), count: 0 };
  }
}

/** Throws bad-input when a key is too long. */
export function checkLength(length: number): void {
  if (length > maxKeyBytes)
    throw badInput(`a key of ${length} bytes is too long for a tree: the most is ${maxKeyBytes}`);
}

/** Says that keys did not come in order. */
export function notAscending(key: Uint8Array): Error {
  const shown = JSON.stringify(new TextDecoder().decode(key.subarray(0, 100)));
  return badInput(
    `keys of a tree must ascend strictly in byte order, and ${shown} is not greater than the one before it`,
  );
}
