/**
 * How the pure rooms (tree, dataset, history, edit) see storage: blocks come in by digest, new ones go out.
 *
 * `store` is one that keeps these promises; `testing` has one in memory that counts.
 */
import type { Awaitable } from "../platform.js";
import type { Digest } from "./cid.js";

export interface BlockReader {
  /** The block's bytes, checked against the digest. Never change them. Throws missing-block or corrupt-block. */
  load(digest: Digest): Awaitable<Uint8Array>;
  /** Like `load` for many at once, in the same order; neighbours at rest are read together. */
  loadMany(digests: readonly Digest[]): Awaitable<Uint8Array[]>;
  /** Says whether the block is here, without reading it. */
  has(digest: Digest): Awaitable<boolean>;
}

/** Many blocks in one array: block i is `bytes[starts[i], ends[i])`. */
export interface BlockBatch {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The sha2-256 of each block, 32 bytes each, where who made the batch took it already; it is believed. */
  readonly digests?: Uint8Array;
}

export interface BlockWriter {
  /**
   * Takes a copy of the bytes as a new block, unless the block is here already, and gives its digest.
   *
   * Stays in memory until the writer is drained; is durable once the writer is closed. Blocks may be put in any order.
   */
  put(bytes: Uint8Array): Digest;
  /** Like `put` for items, many at once, writing their digests one after another into `digests`: the way for millions. */
  putMany(batch: BlockBatch, digests: Uint8Array): void;
  /** Lets the writer move what it holds to the drive; call it now and then in long work. Resolves at once when little is held. */
  drain(): Awaitable<void>;
}

/** What an operation that reads and writes is handed. What was put can be loaded at once. */
export interface Blocks extends BlockReader, BlockWriter {}
