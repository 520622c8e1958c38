/** Gets parsed nodes from where blocks are, through a cache if there is one; awaits nothing that is at hand. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import type { Awaitable } from "../platform.js";
import type { NodeCache } from "./cache.js";
import { corruptNode, parseNode, type Node } from "./node.js";

/** Loads a node. Throws missing-block, or corrupt-block when the bytes are not a node. */
export function loadNode(reader: BlockReader, digest: Digest, cache?: NodeCache): Awaitable<Node> {
  const known = cache?.get(digest);
  if (known !== undefined) return known;
  const bytes = reader.load(digest);
  return bytes instanceof Promise ? bytes.then(loaded => keep(digest, loaded, cache)) : keep(digest, bytes, cache);
}

/** Loads one child of an inner node and checks that it is what the parent promises. */
export function loadChild(reader: BlockReader, parent: Node, i: number, cache?: NodeCache): Awaitable<Node> {
  const known = cache?.get(parent.bytes, parent.linkStart(i));
  if (known !== undefined) return parent.vouchesFor(i) ? known : checkChild(parent, i, known);
  const child = loadNode(reader, parent.link(i), cache);
  return child instanceof Promise ? child.then(node => checkChild(parent, i, node)) : checkChild(parent, i, child);
}

/** A child to load: entry `i` of `parent`. */
export interface ChildRef {
  readonly parent: Node;
  readonly i: number;
}

/** Loads many children at once, in the same order; those that are not cached by one `loadMany`. */
export function loadChildren(reader: BlockReader, refs: readonly ChildRef[], cache?: NodeCache): Awaitable<Node[]> {
  const nodes: Node[] = Array.from({ length: refs.length });
  const missing: number[] = [];
  for (const [at, { parent, i }] of refs.entries()) {
    const known = cache?.get(parent.bytes, parent.linkStart(i));
    if (known === undefined) missing.push(at);
    else nodes[at] = checkChild(parent, i, known);
  }
  if (missing.length === 0) return nodes;
  const fill = (loaded: Uint8Array[]): Node[] => {
    for (const [order, at] of missing.entries()) {
      const { parent, i } = refs[at];
      nodes[at] = checkChild(parent, i, keep(parent.link(i), loaded[order], cache));
    }
    return nodes;
  };
  const loaded = reader.loadMany(missing.map(at => refs[at].parent.link(refs[at].i)));
  return loaded instanceof Promise ? loaded.then(fill) : fill(loaded);
}

function keep(digest: Digest, bytes: Uint8Array, cache: NodeCache | undefined): Node {
  const node = parseNode(digest.slice(), bytes);
  cache?.set(node.digest, node);
  return node;
}

function checkChild(parent: Node, i: number, child: Node): Node {
  if (child.level !== parent.level - 1 || child.rows !== parent.childRows(i))
    throw corruptNode(child.digest, `its level or number of rows is not what its parent says`);
  const last = child.count - 1;
  if (last < 0 || !parent.holdsKey(i, child.bytes, child.keyStart(last), child.valueStart(last)))
    throw corruptNode(child.digest, "its last key is not what its parent says");
  parent.vouch(i);
  return child;
}
