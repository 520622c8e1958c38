/** The packs of a drive as this process knows them, and which of them are condemned. */
import { SheafError, isSheafError } from "../errors.js";
import type { Platform } from "../platform.js";
import { readVerdicts, type Verdict } from "./condemned.js";
import type { Drive } from "./drive.js";
import { FrameCache } from "./frame-cache.js";
import { openPack } from "./pack-open.js";
import type { Pack, PackContext } from "./pack.js";
import { packPrefix } from "./pack-format.js";

export interface ShelfOptions {
  /** Bytes of decompressed frames kept; default 24 MiB. */
  readonly cacheBytes?: number;
  /** Bytes of large packs' indexes kept in memory; default 256 MiB, which is 16 million blocks. */
  readonly indexBytes?: number;
}

/** Packs that are opened at once, where a drive takes time. */
const opensAtOnce = 16;

export class Shelf {
  /** Those made last come first: what is looked for is most often new. */
  packs: readonly Pack[] = [];
  /** What cannot be opened, with the reason. */
  readonly damaged = new Map<string, SheafError<"corrupt-block">>();
  /** Names of packs that gc will remove. */
  condemned: ReadonlySet<string> = new Set();
  readonly #context: PackContext;
  /** Condemnations by name: each is frozen. */
  #verdicts = new Map<string, Verdict>();
  #refreshing: Promise<void> | undefined;
  #refreshedAt = 0;

  constructor(
    readonly drive: Drive,
    readonly platform: Platform,
    { cacheBytes = 24 << 20, indexBytes = 256 << 20 }: ShelfOptions = {},
  ) {
    this.#context = { drive, platform, cache: new FrameCache(cacheBytes), budget: { left: indexBytes } };
  }

  /** Packs that a writer may count on. */
  get standing(): readonly Pack[] {
    return this.condemned.size === 0 ? this.packs : this.packs.filter(({ name }) => !this.condemned.has(name));
  }

  /** Lists the packs again: another process may have made some, or removed some. */
  async refresh(): Promise<void> {
    // A listing under way may have passed what the caller knows to be new, so it is not good enough for it.
    await this.#refreshing;
    this.#refreshing ??= this.#refresh().finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** Lists again unless that was done in the last `withinMs` milliseconds. */
  async refreshIfOlder(withinMs: number): Promise<boolean> {
    const age = this.platform.now() - this.#refreshedAt;
    if (age >= 0 && age <= withinMs) return false;
    await this.refresh();
    return true;
  }

  /** Takes up a pack that was just made. */
  async adopt(name: string): Promise<void> {
    if (this.packs.some(pack => pack.name === name)) return;
    const pack = await openPack(this.#context, name);
    if (pack && !this.packs.some(other => other.name === name)) this.packs = [pack, ...this.packs];
  }

  async #refresh(): Promise<void> {
    this.#refreshedAt = this.platform.now();
    const [verdicts, names] = await Promise.all([readVerdicts(this.drive, this.#verdicts), this.#listPacks()]);
    this.#verdicts = verdicts;
    this.condemned = new Set([...verdicts.values()].flatMap(({ packs }) => packs));
    for (const pack of this.packs) if (!names.has(pack.name)) pack.release();
    for (const name of this.damaged.keys()) if (!names.has(name)) this.damaged.delete(name);
    const known = new Set(this.packs.map(({ name }) => name));
    const fresh = await this.#openAll([...names].filter(name => !known.has(name)));
    // What was adopted while this listed is kept, whether the listing saw it or not.
    const kept = this.packs.filter(({ name }) => names.has(name) || !known.has(name));
    const taken = new Set(kept.map(({ name }) => name));
    this.packs = [...kept, ...fresh.filter(({ name }) => !taken.has(name))].sort(
      (a, b) => b.trailer.made - a.trailer.made,
    );
  }

  async #listPacks(): Promise<Set<string>> {
    const names = new Set<string>();
    for await (const name of this.drive.list(packPrefix)) names.add(name);
    return names;
  }

  async #openAll(names: readonly string[]): Promise<Pack[]> {
    const packs: Pack[] = [];
    const left = names.values();
    const open = async () => {
      for (const name of left) {
        const pack = await this.#open(name);
        if (pack) packs.push(pack);
      }
    };
    await Promise.all(Array.from({ length: Math.min(opensAtOnce, names.length) }, open));
    return packs;
  }

  async #open(name: string): Promise<Pack | undefined> {
    if (this.damaged.has(name)) return undefined;
    try {
      return await openPack(this.#context, name);
    } catch (error) {
      if (!isSheafError(error, "corrupt-block")) throw error;
      this.damaged.set(name, error);
      return undefined;
    }
  }
}
