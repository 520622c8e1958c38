/**
 * Blocks over a drive: finds them in packs, reads and proves them, and begins transactions that write new ones.
 *
 * Step of the walk: tree → commit → *store* → ref. Promises that what is returned hashes to its digest (law 9), and that what a closed transaction
 * took is durable (law 4). Leaves the refs to `logs.ts`, tidying to `repack.ts` and `sweep.ts`. Readers take no lock: whoever misses a block or
 * a pack lists again.
 */
import type { BlockReader } from "../block/blocks.js";
import { printCid, type Digest } from "../block/cid.js";
import { SheafError, isSheafError } from "../errors.js";
import type { Awaitable, Platform } from "../platform.js";
import { chain } from "./chain.js";
import type { Drive } from "./drive.js";
import { atOnce, Known } from "./known.js";
import type { Pack } from "./pack.js";
import { scanPacks } from "./pack-scan.js";
import { Shelf, type ShelfOptions } from "./shelf.js";
import { Transaction, type TransactionOptions } from "./transaction.js";

/** A day: how long gc waits before it removes what it condemned. Writers must be done within half of it. */
export const defaultGraceMs = 24 * 3_600_000;

export interface StoreOptions extends ShelfOptions {
  /** The grace of gc in milliseconds, the same for all who use the drive; default {@link defaultGraceMs}. */
  readonly graceMs?: number;
}

/**
 * A writer may begin with a list of packs and verdicts this old, or of this share of the grace: what was condemned since stays for the rest of it, long
 * after the writer is done.
 */
const beginFreshnessMs = 10_000;
const freshShare = 100;

/** A miss is believed when the packs were listed in the last quarter of a second. */
const hasFreshnessMs = 250;

interface Found {
  readonly bytes?: Uint8Array;
  /** A pack that should hold the block, and does not. */
  readonly damaged?: string;
}

export class BlockStore implements BlockReader {
  readonly shelf: Shelf;
  readonly graceMs: number;
  /** What to say of a block that is not here, where that is to be expected: in a partial clone. */
  absence: string | undefined;
  readonly #known = new Known();
  /** The pack that the last block was found in: where the next one is looked for first. */
  #last: Pack | undefined;

  private constructor(
    readonly drive: Drive,
    readonly platform: Platform,
    options: StoreOptions,
  ) {
    this.shelf = new Shelf(drive, platform, options);
    this.graceMs = options.graceMs ?? defaultGraceMs;
  }

  /** Opens the packs of a drive; an empty drive is an empty store. */
  static async open(drive: Drive, platform: Platform, options: StoreOptions = {}): Promise<BlockStore> {
    const store = new BlockStore(drive, platform, options);
    await store.shelf.refresh();
    return store;
  }

  load(digest: Digest): Awaitable<Uint8Array> {
    const known = this.#last && this.#loadFrom(this.#last, digest);
    if (known) return known;
    for (const pack of this.shelf.packs) {
      if (!pack.isReady) break;
      if (!pack.findNow(digest, 0)) continue;
      const bytes = this.#loadFrom(pack, digest);
      if (!bytes) break;
      this.#last = pack;
      return bytes;
    }
    return this.#search(digest);
  }

  /** The block, if it can be had from this pack at once. */
  #loadFrom(pack: Pack, digest: Digest): Uint8Array | undefined {
    const location = pack.findNow(digest, 0);
    const bytes = location && pack.read(location);
    return bytes instanceof Uint8Array && this.#proves(bytes, digest) ? bytes : undefined;
  }

  loadMany(digests: readonly Digest[]): Awaitable<Uint8Array[]> {
    if (digests.length === 1) return chain(this.load(digests[0]), bytes => [bytes]);
    return this.#scan(digests);
  }

  has(digest: Digest): Awaitable<boolean> {
    for (const pack of this.shelf.packs) if (pack.isReady && pack.findNow(digest, 0)) return true;
    return this.#seek(digest);
  }

  /** Begins to write: what is put is durable once the transaction is closed. Any number may be open. */
  async begin(options: TransactionOptions = {}): Promise<Transaction> {
    await this.shelf.refreshIfOlder(Math.min(beginFreshnessMs, this.graceMs / freshShare));
    return new Transaction(this, options);
  }

  /**
   * Says whether a pack that will stay holds these very bytes; they are compared, as 8 bytes of digest prove nothing.
   *
   * Says no where finding out would take time: storing a block twice is harmless.
   */
  holds(bytes: Uint8Array, digest: Uint8Array, at: number): boolean {
    for (const pack of this.shelf.standing) {
      const found = pack.isReady ? pack.findNow(digest, at) : atOnce(pack.find(digest, at));
      for (let location = found; location; location = location.next)
        if (this.#known.holds(pack, location, bytes)) return true;
    }
    return false;
  }

  async stands(digest: Digest): Promise<boolean> {
    for (const pack of this.shelf.standing)
      for (let location = await pack.find(digest); location; location = location.next) {
        const bytes = await pack.read(location);
        if (bytes && this.#proves(bytes, digest)) return true;
      }
    return false;
  }

  #proves(bytes: Uint8Array, digest: Digest): boolean {
    return this.platform.hashesTo(bytes, digest, 0);
  }

  async #scan(digests: readonly Digest[]): Promise<Uint8Array[]> {
    const found = await scanPacks(this.shelf.packs, digests);
    const blocks = new Array<Uint8Array>(digests.length);
    for (let i = 0; i < digests.length; i++) {
      const bytes = found[i];
      blocks[i] = bytes && this.#proves(bytes, digests[i]) ? bytes : await this.load(digests[i]);
    }
    return blocks;
  }

  async #search(digest: Digest): Promise<Uint8Array> {
    const first = await this.#find(digest);
    if (first.bytes) return first.bytes;
    await this.shelf.refresh();
    const second = await this.#find(digest);
    if (second.bytes) return second.bytes;
    throw await this.#lost(digest, second.damaged);
  }

  async #find(digest: Digest): Promise<Found> {
    let damaged: string | undefined;
    for (const pack of this.shelf.packs) {
      for (let location = await pack.find(digest); location; location = location.next) {
        const bytes = await pack.read(location);
        if (bytes && this.#proves(bytes, digest)) return { bytes };
        if (bytes) damaged = pack.name;
      }
    }
    return damaged === undefined ? {} : { damaged };
  }

  async #seek(digest: Digest): Promise<boolean> {
    for (const pack of this.shelf.packs) if (await pack.find(digest)) return true;
    if (!(await this.shelf.refreshIfOlder(hasFreshnessMs))) return false;
    for (const pack of this.shelf.packs) if (await pack.find(digest)) return true;
    return false;
  }

  /** The error for a block that cannot be had: damage is named where there is any that could have hidden it. */
  async #lost(digest: Digest, damaged: string | undefined): Promise<SheafError> {
    const cid = printCid(digest);
    const file = damaged ?? [...this.shelf.damaged.keys()][0] ?? (await this.#damagedIndex());
    if (file === undefined)
      return new SheafError(
        "missing-block",
        { cid, ...(this.absence === undefined ? {} : { isLeftOut: true }) },
        `block ${cid} is not here; ${this.absence ?? "fetch it from a remote, or run sheaf verify to see what needs it"}`,
      );
    const what = damaged === undefined ? `cannot be found while ${file} is damaged` : `is damaged in ${file}`;
    return new SheafError(
      "corrupt-block",
      { cid, file },
      `block ${cid} ${what}; run sheaf verify, and restore the file from a copy`,
    );
  }

  /** The name of a pack whose index does not match its check. Small ones were checked when they were opened. */
  async #damagedIndex(): Promise<string | undefined> {
    for (const pack of this.shelf.packs) {
      try {
        await pack.readEntries();
      } catch (error) {
        if (isSheafError(error, "corrupt-block")) return pack.name;
        throw error;
      }
    }
    return undefined;
  }
}
