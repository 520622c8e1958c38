/**
 * Changes a tree: reads and writes only the nodes on the paths to what changes, and gives exactly the tree that building from scratch would.
 *
 * Every level is a sequence of entries cut into nodes, and the entries of the level above are the nodes of this one. An edit rewrites runs of old nodes:
 *
 *     old nodes   |a b c|d e f|g h i|j k l|        change e, so that the new node ends elsewhere
 *     new nodes   |a b c|d E f g|h i|j k l|        rewrite until an old and a new node end at the same place: from there on nothing differs
 *
 * At each level a cursor stands on one old node; the entries before it are done with. A level is open while it is inside such a run: then all levels above
 * are open too, as one of their entries is about to be replaced. The new nodes go through the same writer that builds trees from scratch.
 */
import type { Blocks } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { loadChild, loadNode } from "./load.js";
import type { NodeCache } from "./cache.js";
import { maxKeyBytes, type Node } from "./node.js";
import { compareSpans, sameSpan } from "./span.js";
import { checkLength, notAscending, TreeWriter, type Tree } from "./writer.js";

/** Puts a value (one encoded dag-cbor value, not looked at) under a key, or removes the key when there is no value. */
export interface TreeChange {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Nodes written between two calls of `drain`. */
const drainEvery = 256;

/**
 * Applies changes in ascending order of keys and gives the new tree.
 *
 * Removing an absent key and putting an equal value change nothing. A change is done with before the next one is asked for, so that its bytes may be used
 * again. Throws bad-input when keys do not ascend strictly or are too long; missing-block or corrupt-block when the old tree is not sound.
 */
export async function editTree(
  blocks: Blocks,
  root: Digest,
  changes: Iterable<TreeChange> | AsyncIterable<TreeChange>,
  cache?: NodeCache,
): Promise<Tree> {
  const editor = new Editor(blocks, await loadNode(blocks, root, cache), cache);
  if (Symbol.asyncIterator in changes) {
    for await (const change of changes) if (!editor.tryApply(change)) await editor.seekAndApply(change);
  } else {
    for (const change of changes) if (!editor.tryApply(change)) await editor.seekAndApply(change);
  }
  return editor.finish();
}

/** Where the edit stands in the old nodes of one level. */
class Cursor {
  /** The old node under way; `undefined` when the one before is done and no other was needed yet. */
  node: Node | undefined;
  /** Which entry of the node above this one is. */
  index = 0;
  /** The first entry that was neither taken over nor replaced; stays 0 until the level is open. */
  next = 0;
  /** Inside a run of rewritten nodes. */
  open = false;
  /** No old node follows this one at its level. */
  isLast = true;

  /** Says whether a key belongs into the node under way: it is not greater than the node's last, or nothing follows. */
  covers(key: Uint8Array): boolean {
    if (this.isLast) return true;
    return this.node !== undefined && this.node.compareKey(this.node.count - 1, key, 0, key.length) >= 0;
  }
}

class Editor {
  readonly #writer: TreeWriter;
  readonly #cursors: Cursor[];
  readonly #before = new Uint8Array(maxKeyBytes);
  #beforeLength = -1;
  #drainAt = drainEvery;

  constructor(
    readonly blocks: Blocks,
    readonly root: Node,
    readonly cache: NodeCache | undefined,
  ) {
    this.#writer = new TreeWriter(blocks);
    this.#writer.level(root.level);
    this.#cursors = this.#writer.levels.map(() => new Cursor());
    for (let level = 0; level < root.level; level++) this.#cursors[level].isLast = false;
    this.#cursors[root.level].node = root;
  }

  /** Applies a change if the leaf it belongs to is the one under way; otherwise nothing happens. */
  tryApply(change: TreeChange): boolean {
    const leaf = this.#cursors[0];
    if (!leaf.covers(change.key)) return false;
    this.#checkOrder(change.key);
    const { node } = leaf;
    if (node === undefined) this.#append(change);
    else this.#applyIn(leaf, node, change);
    return true;
  }

  /** Goes to the leaf that the change belongs to, and applies it there. */
  async seekAndApply(change: TreeChange): Promise<void> {
    await this.#seek(0, change.key);
    this.tryApply(change);
    if (this.#writer.sealed < this.#drainAt) return;
    this.#drainAt = this.#writer.sealed + drainEvery;
    await this.blocks.drain();
  }

  /** Takes over what is left of every open run, and closes the tree. */
  async finish(): Promise<Tree> {
    if (!this.#cursors[this.root.level].open) return { root: this.root.digest, count: this.root.rows };
    for (let level = 0; ; level++) {
      const cursor = this.#cursors[level];
      if (cursor?.open) await this.#settle(level, cursor);
      const tree = this.#writer.finish(level);
      if (tree) return this.#writer.rootIsChild ? { ...tree, root: await this.#lowest(tree.root) } : tree;
    }
  }

  #checkOrder(key: Uint8Array): void {
    checkLength(key.length);
    if (this.#beforeLength >= 0 && compareSpans(this.#before, 0, this.#beforeLength, key, 0, key.length) >= 0)
      throw notAscending(key);
    this.#before.set(key);
    this.#beforeLength = key.length;
  }

  #applyIn(leaf: Cursor, node: Node, change: TreeChange): void {
    const { key, value } = change;
    const i = node.lowerBound(key, leaf.next);
    const isThere = i < node.count && node.holdsKey(i, key, 0, key.length);
    if (!isThere && value === undefined) return;
    if (isThere && value && sameSpan(node.bytes, node.valueStart(i), node.valueEnd(i), value, 0, value.length)) return;
    this.#takeOver(0, i);
    if (isThere) leaf.next = i + 1;
    this.#append(change);
  }

  #append({ key, value }: TreeChange): void {
    if (value === undefined) return;
    this.#open(0);
    const leaf = this.#writer.levels[0];
    const at = leaf.key(key, 0, key.length, value.length);
    leaf.bytes.set(value, at);
    if (leaf.close(at + value.length, 1)) this.#writer.cut(0);
  }

  /** Opens a level, and with it those above: the entry of the node under way will be replaced in them. */
  #open(level: number): void {
    const cursor = this.#cursors[level];
    if (cursor.open) return;
    if (level < this.root.level) this.#takeOver(level + 1, cursor.index);
    cursor.open = true;
  }

  /** Takes the old entries before `until` over into new nodes. */
  #takeOver(level: number, until: number): void {
    this.#open(level);
    const cursor = this.#cursors[level];
    const { node } = cursor;
    if (node === undefined) return;
    const out = this.#writer.levels[level];
    if (cursor.next === 0 && out.count === 0) {
      // A new node begins where the old one began, so it cannot end before the old one did.
      cursor.next = Math.min(until, Math.max(node.count - 1, 0));
      out.copyHead(node, cursor.next);
    }
    for (; cursor.next < until; cursor.next++) if (out.copy(node, cursor.next)) this.#writer.cut(level);
  }

  /** Leaves the old node of an open level, all of whose entries are done with. */
  #leave(level: number, cursor: Cursor): void {
    cursor.node = undefined;
    cursor.next = 0;
    if (level < this.root.level) this.#cursors[level + 1].next++;
  }

  /** Takes over old nodes until an old and a new one end together, or none is left, or (when given) the key is covered. */
  async #settle(level: number, cursor: Cursor, key?: Uint8Array): Promise<void> {
    const isThere = () => key !== undefined && cursor.covers(key);
    while (cursor.node !== undefined && !isThere()) {
      this.#takeOver(level, cursor.node.count);
      this.#leave(level, cursor);
      if (this.#writer.levels[level].count === 0 || cursor.isLast) break;
      await this.#enterNext(level);
    }
    if (cursor.node === undefined && this.#writer.levels[level].count === 0) cursor.open = false;
  }

  /** Puts a level's cursor on the old node that the key belongs to. */
  async #seek(level: number, key: Uint8Array): Promise<void> {
    const cursor = this.#cursors[level];
    if (cursor.covers(key)) return;
    if (cursor.open) await this.#settle(level, cursor, key);
    if (cursor.covers(key)) return;
    await this.#seek(level + 1, key);
    const above = this.#cursors[level + 1].node;
    if (above !== undefined) await this.#enter(level, above, Math.min(above.lowerBound(key), above.count - 1));
  }

  /** Puts an open level's cursor, which has left its node, on the next one; there is one. */
  async #enterNext(level: number): Promise<void> {
    const above = this.#cursors[level + 1];
    if (above.node !== undefined && above.next === above.node.count) {
      this.#leave(level + 1, above);
      await this.#enterNext(level + 1);
      above.open = true;
    }
    if (above.node !== undefined) await this.#enter(level, above.node, above.next);
    this.#cursors[level].open = true;
  }

  async #enter(level: number, above: Node, index: number): Promise<void> {
    const cursor = this.#cursors[level];
    const child = loadChild(this.blocks, above, index, this.cache);
    cursor.node = child instanceof Promise ? await child : child;
    cursor.index = index;
    cursor.next = 0;
    cursor.open = false;
    cursor.isLast = this.#cursors[level + 1].isLast && index === above.count - 1;
  }

  /** Goes down from a root that has one child only: an old node at the right edge may be like that, a root may not. */
  async #lowest(root: Digest): Promise<Digest> {
    let node = await loadNode(this.blocks, root, this.cache);
    while (node.level > 0 && node.count === 1) node = await loadChild(this.blocks, node, 0, this.cache);
    return node.digest;
  }
}
