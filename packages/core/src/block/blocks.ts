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

export interface BlockWriter {
  /**
   * Takes a copy of the bytes as a new block, unless the block is here already, and gives its digest.
   *
   * Stays in memory until the writer is drained; is durable once the writer is closed. Blocks may be put in any order.
   */
  put(bytes: Uint8Array): Digest;
  /** Like `put` for `bytes[start, end)`, writing the digest into `out` from `at`: the way for millions. Says whether it was put for the first time. */
  putSpan(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): boolean;
  /** Lets the writer move what it holds to the drive; call it now and then in long work. Resolves at once when little is held. */
  drain(): Awaitable<void>;
}

/** What an operation that reads and writes is handed. What was put can be loaded at once. */
export interface Blocks extends BlockReader, BlockWriter {}
