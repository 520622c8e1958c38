/** Builds a whole tree from entries in order, in one pass and in memory for one path: the way a fresh import writes. */
import type { BlockWriter } from "../block/blocks.js";
import { dagCbor, type Digest } from "../block/cid.js";
import { headBytes, linkBytes, writeHead, writeLink } from "./span.js";
import { TreeWriter, type Tree } from "./writer.js";

export type { Tree } from "./writer.js";

/**
 * Takes entries with strictly ascending keys and gives the root of their tree.
 *
 * Every `add` throws bad-input when the key is not greater than the one before or longer than 1,200 bytes; the builder is of no use then. What is handed
 * over is copied. Call `blocks.drain()` now and then in between: nodes are put as they fill up.
 */
export class TreeBuilder {
  readonly #writer: TreeWriter;
  #count = 0;

  constructor(blocks: BlockWriter) {
    this.#writer = new TreeWriter(blocks);
  }

  /** Entries so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds an entry whose value is one encoded dag-cbor value (not looked at). */
  add(key: Uint8Array, value: Uint8Array): void {
    const leaf = this.#begin(key, key.length, value.length);
    leaf.bytes.set(value, leaf.keyEnd);
    if (leaf.close(leaf.keyEnd + value.length, 1)) this.#writer.cut(0);
  }

  /** Adds `key[0, keyLength)` with a link to the dag-cbor block at `digests[at, at + 32)` as its value. */
  addLink(key: Uint8Array, keyLength: number, digests: Uint8Array, at = 0): void {
    const leaf = this.#begin(key, keyLength, linkBytes);
    if (leaf.close(writeLink(leaf.bytes, leaf.keyEnd, digests, at, dagCbor), 1)) this.#writer.cut(0);
  }

  /** Adds an entry whose key is `key[0, keyLength)` and whose value is text, given as UTF-8 (not checked). */
  addText(key: Uint8Array, text: Uint8Array, keyLength = key.length): void {
    const leaf = this.#begin(key, keyLength, text.length + headBytes(text.length));
    let at = writeHead(leaf.bytes, leaf.keyEnd, 3, text.length);
    for (let i = 0; i < text.length; i++) leaf.bytes[at++] = text[i];
    if (leaf.close(at, 1)) this.#writer.cut(0);
  }

  /** Writes what is left and gives the tree; the builder is spent. */
  finish(): Tree {
    const writer = this.#writer;
    for (let level = 0; ; level++) {
      const tree = writer.finish(level);
      if (tree) return tree;
    }
  }

  #begin(key: Uint8Array, length: number, valueBytes: number): TreeWriter["levels"][number] {
    this.#writer.check(key, 0, length);
    this.#count++;
    const leaf = this.#writer.levels[0];
    leaf.key(key, 0, length, valueBytes);
    return leaf;
  }
}

/** Puts the tree without entries and gives its root. */
export function emptyTree(blocks: BlockWriter): Digest {
  return new TreeBuilder(blocks).finish().root;
}
