/**
 * Writes blocks: what is put can be loaded at once, and is durable when the transaction is closed.
 *
 * A small transaction is one pack, made by one `create`. A large one streams: frames leave for the drive while more come, a pack ends after
 * two million blocks, and memory stays bounded. A block that has left memory before its pack is durable is read by ending the pack early.
 */
import type { BlockBatch, BlockReader, Blocks } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { SheafError } from "../errors.js";
import type { Awaitable, Platform } from "../platform.js";
import type { Drive } from "./drive.js";
import { PackBuilder } from "./pack-builder.js";
import { looksLikeNode, plainShape, type PackShape } from "./pack-shape.js";
import { PackUpload } from "./pack-upload.js";
import type { Shelf } from "./shelf.js";

/** What a transaction stands on: the blocks that are there already, and the shelf on which its packs will stand. */
export interface Ground extends BlockReader {
  readonly drive: Drive;
  readonly platform: Platform;
  readonly shelf: Shelf;
  readonly graceMs: number;
  /** Says whether a pack that will stay holds these very bytes. */
  holds(bytes: Uint8Array, digest: Uint8Array, at: number): boolean;
  /** Says whether a pack that will stay holds the block, proven by reading it. */
  stands(digest: Digest): Promise<boolean>;
}

/** Blocks of one pack: their index in memory is 32 MiB then, and the digests 100 MiB while it is made. */
const maxBlocks = 1 << 21;
/** Bytes of blocks in one pack: an offset has 32 bits. */
const maxBytes = 2 ** 31;

/** A pack in the making. */
interface Build {
  readonly builder: PackBuilder;
  readonly upload: PackUpload;
  /** Set once nothing more goes in: resolves when the pack is durable and on the shelf. */
  landed?: Promise<void>;
}

export interface TransactionOptions {
  /** How packs are laid out; default: uncompressed, for speed. */
  readonly shape?: PackShape;
  /** Stores blocks though other packs hold them: to move them. */
  readonly isAnew?: boolean;
}

export class Transaction implements Blocks {
  /** Packs in the making: the current one, and those on their way to the drive. */
  readonly #builds: Build[] = [];
  readonly #begun: number;
  readonly #names: string[] = [];
  /** Takes what is put; made when it is needed. */
  #open: Build | undefined;
  #stored = 0;
  /** Of one batch: what the digest set said of each block. */
  #members = new Int32Array(0);

  constructor(
    readonly store: Ground,
    readonly options: TransactionOptions = {},
  ) {
    this.#begun = store.platform.now();
  }

  /** Names of the packs that are durable by now. */
  get packs(): readonly string[] {
    return this.#names;
  }

  /** Blocks that went into packs of this transaction, durable or not. */
  get stored(): number {
    return this.#stored;
  }

  put(bytes: Uint8Array): Digest {
    const { digests } = this.#current.builder;
    const member = this.#add(bytes, looksLikeNode(bytes));
    return digests.digest(member < 0 ? -1 - member : member);
  }

  /** In three passes over the batch, each of which does one thing: the processor then waits for memory on behalf of many blocks at once. */
  putMany(batch: BlockBatch, digests: Uint8Array): void {
    const { builder, upload } = this.#current;
    const { bytes, count, starts, ends } = batch;
    if (batch.digests) digests.set(batch.digests.subarray(0, count * 32));
    else
      for (let i = 0; i < count; i++)
        this.store.platform.digestInto(bytes.subarray(starts[i], ends[i]), digests, i * 32);
    if (this.#members.length < count) this.#members = new Int32Array(count);
    const members = this.#members;
    builder.digests.addMany(digests, count, members);
    this.#storeRuns(builder, batch, members);
    upload.offer();
    this.#endIfFull(builder);
  }

  /** Stores the blocks whose members are new, as runs that lie together. */
  #storeRuns(builder: PackBuilder, batch: BlockBatch, members: Int32Array): void {
    const { bytes, count, starts, ends } = batch;
    const isAlone = this.#builds.length === 1 && (this.options.isAnew || this.store.shelf.packs.length === 0);
    let from = 0;
    const storeUpTo = (to: number) => {
      if (to > from) builder.storeRun(members[from], batch, from, to);
      this.#stored += to - from;
    };
    for (let i = 0; i < count; i++) {
      const member = members[i];
      const isKnown =
        member < 0 || (!isAlone && this.#isElsewhere(bytes.subarray(starts[i], ends[i]), builder, member));
      if (!isKnown && (i === from || starts[i] === ends[i - 1])) continue;
      storeUpTo(i);
      from = isKnown ? i + 1 : i;
      if (isKnown && member >= 0) builder.skip(member);
    }
    storeUpTo(count);
  }

  drain(): Awaitable<void> {
    const landing = this.#builds.length > 1 ? this.#builds[0].landed : undefined;
    if (landing) return landing;
    return this.#open?.upload.drain();
  }

  load(digest: Digest): Awaitable<Uint8Array> {
    for (const build of this.#builds) {
      const member = build.builder.digests.find(digest);
      if (member < 0 || !build.builder.holds(member)) continue;
      return build.builder.read(member) ?? this.#loadLanded(build, digest);
    }
    return this.store.load(digest);
  }

  loadMany(digests: readonly Digest[]): Awaitable<Uint8Array[]> {
    return digests.some(digest => this.#isOwn(digest)) ? this.#loadMixed(digests) : this.store.loadMany(digests);
  }

  has(digest: Digest): Awaitable<boolean> {
    return this.#isOwn(digest) || this.store.has(digest);
  }

  /** Says whether the block need not be put: it was put here, or a pack that will stay holds it, proven by reading it. */
  stands(digest: Digest): Awaitable<boolean> {
    return this.#isOwn(digest) || this.store.stands(digest);
  }

  /**
   * Makes everything that was put durable.
   *
   * Throws `refused` when it took longer than half the grace of gc: what it counted on may be about to go. Do the work again then.
   */
  async close(): Promise<void> {
    this.#checkTime();
    this.#next();
    await Promise.all(this.#builds.flatMap(({ landed }) => landed ?? []));
    this.#checkTime();
  }

  /** Lets go of everything; packs that are durable already are left for gc. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#builds.map(({ upload }) => upload.abort()));
    this.#builds.length = 0;
    this.#open = undefined;
  }

  #add(bytes: Uint8Array, isNode: boolean): number {
    const { builder, upload } = this.#current;
    const member = builder.claim(bytes);
    if (member < 0) return member;
    if (this.#isElsewhere(bytes, builder, member)) builder.skip(member);
    else {
      builder.store(member, bytes, isNode);
      this.#stored++;
      upload.offer();
    }
    this.#endIfFull(builder);
    return member;
  }

  #endIfFull(builder: PackBuilder): void {
    if (builder.digests.size >= maxBlocks || builder.rawBytes >= maxBytes) this.#next();
  }

  #isElsewhere(bytes: Uint8Array, current: PackBuilder, member: number): boolean {
    const segment = current.digests.segment(member);
    const at = current.digests.offset(member);
    for (const { builder } of this.#builds) {
      if (builder === current) continue;
      const other = builder.digests.find(segment, at);
      if (other >= 0 && builder.holds(other)) return true;
    }
    return !this.options.isAnew && this.store.holds(bytes, segment, at);
  }

  #isOwn(digest: Digest): boolean {
    return this.#builds.some(({ builder }) => {
      const member = builder.digests.find(digest);
      return member >= 0 && builder.holds(member);
    });
  }

  get #current(): Build {
    return this.#open ?? this.#begin();
  }

  #begin(): Build {
    const { store } = this;
    const builder = new PackBuilder(store.platform, this.options.shape ?? plainShape);
    this.#open = { builder, upload: new PackUpload(store.drive, store.platform, builder) };
    this.#builds.push(this.#open);
    return this.#open;
  }

  /** Ends the current pack; what is put next begins another. */
  #next(): void {
    const ended = this.#open;
    this.#open = undefined;
    if (ended) this.#land(ended);
  }

  #land(build: Build): void {
    build.landed ??= this.#finish(build);
    // Whoever waits for it hears of a failure; nobody else needs to.
    build.landed.catch(() => undefined);
  }

  async #finish(build: Build): Promise<void> {
    const name = await build.upload.finish();
    if (name !== undefined) {
      await this.store.shelf.adopt(name);
      this.#names.push(name);
    }
    this.#builds.splice(this.#builds.indexOf(build), 1);
  }

  async #loadLanded(build: Build, digest: Digest): Promise<Uint8Array> {
    if (build === this.#open) this.#next();
    await build.landed;
    return this.store.load(digest);
  }

  async #loadMixed(digests: readonly Digest[]): Promise<Uint8Array[]> {
    const own = new Map<number, Uint8Array>();
    for (let i = 0; i < digests.length; i++) if (this.#isOwn(digests[i])) own.set(i, await this.load(digests[i]));
    const others = await this.store.loadMany(digests.filter((_, i) => !own.has(i)));
    let next = 0;
    return digests.map((_, i) => own.get(i) ?? others[next++]);
  }

  #checkTime(): void {
    const { platform, graceMs } = this.store;
    if (platform.now() - this.#begun <= graceMs / 2) return;
    const hours = Math.round(graceMs / 7_200_000);
    throw new SheafError(
      "refused",
      {},
      `the write took longer than ${hours} hours, half the grace of gc, and nothing points to it yet; run it again`,
    );
  }
}
