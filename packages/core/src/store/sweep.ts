/**
 * Garbage collection in two steps: condemn what nothing needs, and a grace later walk again and remove what is still not needed.
 *
 * Nobody stops working meanwhile. Writers do not count on condemned packs and are done within half the grace, so at the second walk every ref that
 * could need a condemned block is there to be seen; a block that is needed after all is copied before its pack goes.
 */
import type { Cid } from "../block/cid.js";
import type { BlockStore } from "./blocks.js";
import { condemn, readVerdicts, type Verdict } from "./condemned.js";
import type { DigestSet } from "./digest-set.js";
import { trimLogs } from "./log-trim.js";
import type { Logs } from "./logs.js";
import type { Pack } from "./pack.js";
import { reachFrom, type ReachOptions } from "./reach.js";
import { rewrite } from "./repack.js";
import { defaultReplacedGraceMs, somePrefix } from "./replaced.js";

export interface SweepOptions extends ReachOptions {
  /** Milliseconds between the two steps; default: that of the store. 0 removes at once: only when nobody else works on the drive. */
  readonly graceMs?: number;
  /** The same for packs whose blocks a repack has moved; default: a minute, at most the grace. */
  readonly replacedGraceMs?: number;
  /** Milliseconds that old entries of logs are kept, and what they name; default 90 days, at least the grace. */
  readonly keepMs?: number;
  /** Blocks that are kept beside those that the logs name. */
  readonly roots?: readonly Cid[];
  /** Only counts. */
  readonly isDryRun?: boolean;
}

export interface Swept {
  /** Blocks that are needed. */
  readonly reachable: number;
  /** Entries of logs that were removed, or would be. */
  readonly trimmed: number;
  readonly condemned: readonly string[];
  /** Bytes of the packs condemned now; some of them hold needed blocks, which were copied. */
  readonly condemnedBytes: number;
  readonly removed: readonly string[];
  readonly removedBytes: number;
  /** Needed blocks that were copied from packs that go. */
  readonly copied: number;
}

const defaultKeepMs = 90 * 24 * 3_600_000;

/** Does both steps: condemns what is not needed now, removes what was condemned a grace ago. Throws, and removes nothing, when a needed block cannot be read. */
export async function sweep(store: BlockStore, logs: Logs, options: SweepOptions = {}): Promise<Swept> {
  const graceMs = options.graceMs ?? store.graceMs;
  const started = store.platform.now();
  const trimmed = await trimLogs(
    logs,
    started - Math.max(graceMs, options.keepMs ?? defaultKeepMs),
    options.isDryRun ?? false,
  );
  await store.shelf.refresh();
  const { digests } = await reachFrom(store, logs, options.roots ?? [], store.platform, options);
  const work = new Sweeping(store, digests, options, graceMs, started);
  return { reachable: digests.size, trimmed, ...(await work.condemn()), ...(await work.remove()), copied: work.copied };
}

class Sweeping {
  copied = 0;

  constructor(
    readonly store: BlockStore,
    readonly needed: DigestSet,
    readonly options: SweepOptions,
    readonly graceMs: number,
    readonly started: number,
  ) {}

  /** Condemns the packs that hold anything that is not needed, after copying what is. Packs of writers at work are left alone. */
  async condemn(): Promise<{ condemned: string[]; condemnedBytes: number }> {
    const wasteful: Pack[] = [];
    for (const pack of this.store.shelf.standing) {
      const isSettled = pack.trailer.made <= this.started - this.graceMs / 2;
      if (isSettled && (await this.#count(pack)) < pack.blocks) wasteful.push(pack);
    }
    const packs = this.options.isDryRun ? wasteful : await this.#copy(wasteful);
    const names = packs.map(({ name }) => name);
    if (!this.options.isDryRun) await condemn(this.store.drive, this.store.platform, "unreachable", names);
    return { condemned: names, condemnedBytes: packs.reduce((bytes, pack) => bytes + pack.bytes, 0) };
  }

  /** Removes the packs that were condemned a grace before this walk began, after copying what is needed again and nowhere else. */
  async remove(): Promise<{ removed: string[]; removedBytes: number }> {
    const verdicts = await readVerdicts(this.store.drive, new Map());
    const due = [...verdicts].filter(([, verdict]) => this.#isDue(verdict));
    const names = new Set(due.flatMap(([, { packs }]) => packs));
    const packs = this.store.shelf.packs.filter(({ name }) => names.has(name));
    const removedBytes = packs.reduce((bytes, pack) => bytes + pack.bytes, 0);
    if (this.options.isDryRun) return { removed: packs.map(({ name }) => name), removedBytes };
    await this.store.shelf.refresh();
    const safe = new Set(await this.#copyLast(packs));
    for (const { name } of safe) await this.store.drive.remove(name);
    await this.store.shelf.refresh();
    const left = new Set(this.store.shelf.packs.map(({ name }) => name));
    for (const [name, verdict] of due)
      if (!verdict.packs.some(pack => left.has(pack))) await this.store.drive.remove(name);
    return { removed: [...safe].map(({ name }) => name), removedBytes };
  }

  #isDue({ time, why }: Verdict): boolean {
    const replacedMs = Math.min(this.graceMs, this.options.replacedGraceMs ?? defaultReplacedGraceMs);
    const graceMs = why === "replaced" ? replacedMs : this.graceMs;
    return graceMs === 0 || time + graceMs <= this.started;
  }

  /** Copies what is needed of these packs, and gives those that can go. */
  async #copy(packs: readonly Pack[]): Promise<readonly Pack[]> {
    if (packs.length === 0) return [];
    const { whole, blocks } = await rewrite(this.store, packs, {
      ...this.#watch(),
      wants: digest => this.needed.hasPrefix(digest, 0),
    });
    this.copied += blocks;
    return whole;
  }

  /** Copies what is needed of these packs and rests in no pack that stays. */
  async #copyLast(packs: readonly Pack[]): Promise<readonly Pack[]> {
    const staying = this.store.shelf.standing;
    const wanting: Pack[] = [];
    for (const pack of staying) await pack.loadEntries();
    const wants = (digest: Uint8Array) =>
      this.needed.hasPrefix(digest, 0) && !staying.some(pack => pack.findNow(digest, 0));
    for (const pack of packs) if (await somePrefix(pack, wants)) wanting.push(pack);
    if (wanting.length === 0) return packs;
    const { whole, blocks } = await rewrite(this.store, wanting, { ...this.#watch(), wants });
    this.copied += blocks;
    return packs.filter(pack => !wanting.includes(pack) || whole.includes(pack));
  }

  /** Blocks of a pack that are needed. */
  async #count(pack: Pack): Promise<number> {
    let count = 0;
    await somePrefix(pack, digest => {
      if (this.needed.hasPrefix(digest, 0)) count++;
      return false;
    });
    return count;
  }

  #watch(): { signal?: AbortSignal | undefined } {
    return { signal: this.options.signal };
  }
}
