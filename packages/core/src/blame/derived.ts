/**
 * A cache for what can be computed again, and blocks that rest in it.
 *
 * Nothing here is part of a repository's content: no commit links to it, and all of it may be deleted at any time.
 */
import type { BlockBatch, Blocks } from "../block/blocks.js";
import { printCid, sameDigest, type Digest } from "../block/cid.js";
import { SheafError } from "../errors.js";
import type { Awaitable, Platform } from "../platform.js";
import { loadNode } from "../tree/load.js";

/** Keeps bytes by key until somebody deletes them. Keys are printable ASCII in segments divided by `/`. What is put under a key twice is the same. */
export interface DerivedCache {
  get(key: string): Awaitable<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): Awaitable<void>;
}

/** A block of a derived tree is gone or damaged: what it was part of must be made again. */
export class DerivedLoss extends SheafError<"missing-block"> {
  constructor(cid: string) {
    super("missing-block", { cid }, `block ${cid} of a derived index is gone; the index must be made again`);
  }
}

/** A cache that gives back only what was put since: for making again what another one lost. */
export function forgetful(cache: DerivedCache): DerivedCache {
  const known = new Set<string>();
  return {
    get: key => (known.has(key) ? cache.get(key) : undefined),
    put: (key, bytes) => {
      known.add(key);
      return cache.put(key, bytes);
    },
  };
}

/** Bytes of blocks in memory after which they move to the cache, wanted or not. */
const mostHeld = 128 * 2 ** 20;

/**
 * Blocks for derived trees: what is put stays in memory until it is kept, and what was kept is read from the cache.
 *
 * So a computation may write trees that only lead to the next one. Blocks from the cache are checked against their digest; damaged ones count as missing.
 */
export class DerivedBlocks implements Blocks {
  readonly #held = new Map<string, Uint8Array>();
  /** Bytes in memory. */
  heldBytes = 0;

  constructor(
    readonly cache: DerivedCache,
    readonly digestInto: Platform["digestInto"],
  ) {}

  async load(digest: Digest): Promise<Uint8Array> {
    const cid = printCid(digest);
    const bytes = this.#held.get(cid) ?? (await this.cache.get(blockKey(cid)));
    if (bytes && (this.#held.has(cid) || this.#matches(bytes, digest))) return bytes;
    throw new DerivedLoss(cid);
  }

  loadMany(digests: readonly Digest[]): Promise<Uint8Array[]> {
    return Promise.all(digests.map(digest => this.load(digest)));
  }

  async has(digest: Digest): Promise<boolean> {
    const cid = printCid(digest);
    return this.#held.has(cid) || (await this.cache.get(blockKey(cid))) !== undefined;
  }

  put(bytes: Uint8Array): Digest {
    const digest = new Uint8Array(32);
    const block = bytes.slice();
    this.digestInto(block, digest, 0);
    const cid = printCid(digest);
    if (this.#held.has(cid)) return digest;
    this.#held.set(cid, block);
    this.heldBytes += block.length;
    return digest;
  }

  putMany({ bytes, count, starts, ends }: BlockBatch, digests: Uint8Array): void {
    for (let i = 0; i < count; i++) digests.set(this.put(bytes.subarray(starts[i], ends[i])), i * 32);
  }

  async drain(): Promise<void> {
    if (this.heldBytes > mostHeld) for (const cid of this.#held.keys()) await this.#move(cid);
  }

  /** Moves the trees with these roots to the cache: those of their nodes that are in memory. */
  async keep(roots: readonly Digest[]): Promise<void> {
    for (const cid of await this.#reached(roots)) await this.#move(cid);
  }

  /** Lets go of everything in memory but the trees with these roots. */
  async retain(roots: readonly Digest[]): Promise<void> {
    const reached = await this.#reached(roots);
    for (const cid of this.#held.keys()) if (!reached.has(cid)) this.#forget(cid);
  }

  async #move(cid: string): Promise<void> {
    const bytes = this.#held.get(cid);
    if (bytes) await this.cache.put(blockKey(cid), bytes);
    this.#forget(cid);
  }

  #forget(cid: string): void {
    this.heldBytes -= this.#held.get(cid)?.length ?? 0;
    this.#held.delete(cid);
  }

  /** The nodes in memory below these roots. What is in the cache has all below it there too. */
  async #reached(roots: readonly Digest[]): Promise<Set<string>> {
    const reached = new Set<string>();
    const open = [...roots];
    for (let root = open.pop(); root; root = open.pop()) {
      const cid = printCid(root);
      if (reached.has(cid) || !this.#held.has(cid)) continue;
      reached.add(cid);
      const node = await loadNode(this, root);
      if (node.level > 0) for (let i = 0; i < node.count; i++) open.push(node.link(i).slice());
    }
    return reached;
  }

  #matches(bytes: Uint8Array, digest: Digest): boolean {
    const actual = new Uint8Array(32);
    this.digestInto(bytes, actual, 0);
    return sameDigest(actual, digest);
  }
}

function blockKey(cid: string): string {
  return `blocks/${cid}`;
}
