/** Blocks in memory that count what is asked of them, so that tests hold costs instead of times. */
import type { BlockBatch, Blocks } from "../block/blocks.js";
import { printCid, type Digest } from "../block/cid.js";
import { SheafError } from "../errors.js";
import type { Awaitable, Platform } from "../platform.js";

/** What was asked since the last {@link MemoryBlocks.reset}. */
export interface BlockCounts {
  /** Blocks loaded, one by one or in batches; the same one twice counts twice. */
  loads: number;
  loadedBytes: number;
  /** Calls of `loadMany`. */
  batches: number;
  /** Blocks put, known ones too. */
  puts: number;
  /** Blocks put that were not there before, and their bytes. */
  created: number;
  createdBytes: number;
  drains: number;
}

/**
 * Keeps blocks in a Map and counts. Answers at once, or by promises with `{ slow: true }`, so that both kinds of path are tested.
 *
 * @param digestInto sha2-256, as a {@link Platform} has it
 */
export class MemoryBlocks implements Blocks {
  readonly blocks = new Map<string, Uint8Array>();
  counts: BlockCounts = zero();
  readonly #digestInto: Platform["digestInto"];
  readonly #slow: boolean;

  constructor(digestInto: Platform["digestInto"], { slow = false }: { slow?: boolean } = {}) {
    this.#digestInto = digestInto;
    this.#slow = slow;
  }

  /** Sets the counts to zero and gives the old ones. */
  reset(): BlockCounts {
    const { counts } = this;
    this.counts = zero();
    return counts;
  }

  load(digest: Digest): Awaitable<Uint8Array> {
    const bytes = this.#find(digest);
    return this.#slow ? Promise.resolve(bytes) : bytes;
  }

  loadMany(digests: readonly Digest[]): Awaitable<Uint8Array[]> {
    this.counts.batches++;
    const found = digests.map(digest => this.#find(digest));
    return this.#slow ? Promise.resolve(found) : found;
  }

  has(digest: Digest): Awaitable<boolean> {
    const found = this.blocks.has(mapKey(digest));
    return this.#slow ? Promise.resolve(found) : found;
  }

  put(bytes: Uint8Array): Digest {
    const digest = new Uint8Array(32);
    const block = bytes.slice();
    this.#digestInto(block, digest, 0);
    this.counts.puts++;
    const key = mapKey(digest);
    if (this.blocks.has(key)) return digest;
    this.blocks.set(key, block);
    this.counts.created++;
    this.counts.createdBytes += block.length;
    return digest;
  }

  putMany({ bytes, count, starts, ends }: BlockBatch, digests: Uint8Array): void {
    for (let i = 0; i < count; i++) digests.set(this.put(bytes.subarray(starts[i], ends[i])), i * 32);
  }

  drain(): Awaitable<void> {
    this.counts.drains++;
    return this.#slow ? Promise.resolve() : undefined;
  }

  #find(digest: Digest): Uint8Array {
    const bytes = this.blocks.get(mapKey(digest));
    if (!bytes) throw missing(digest);
    this.counts.loads++;
    this.counts.loadedBytes += bytes.length;
    return bytes;
  }
}

function missing(digest: Digest): SheafError<"missing-block"> {
  const cid = printCid(digest);
  return new SheafError("missing-block", { cid }, `block ${cid} is not here`);
}

function zero(): BlockCounts {
  return { loads: 0, loadedBytes: 0, batches: 0, puts: 0, created: 0, createdBytes: 0, drains: 0 };
}

function mapKey(digest: Uint8Array): string {
  return String.fromCharCode(...digest.subarray(0, 32));
}
