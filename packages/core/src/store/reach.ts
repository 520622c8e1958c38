/** Walks from roots over links, and numbers every block that can be reached: 40 bytes a block, no text. */
import type { BlockReader } from "../block/blocks.js";
import type { Cid, Digest } from "../block/cid.js";
import { parseCid, raw } from "../block/cid.js";
import type { Platform } from "../platform.js";
import { DigestSet } from "./digest-set.js";
import { linkKinds, listLinks, type LinkKind, type ListLinks } from "./links.js";
import type { LogEntry, Logs } from "./logs.js";
import { loadSome } from "./some.js";

export interface ReachOptions {
  readonly links?: ListLinks;
  /** Passes over blocks that are not here: a partial clone lacks some. */
  readonly isPartial?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Told how many blocks were found, now and then. */
  readonly progress?: ((blocks: number) => void) | undefined;
}

/** Blocks read together. */
const batch = 512;

/** What was reached so far. Walk from one root after the other; what is known is not walked again. */
export class Reach {
  readonly digests = new DigestSet();
  /** The least restricted way in which each block was reached: a leaf is not read, until something else leads to it. */
  #kinds = new Uint8Array(64);
  /** From which block each was first reached: number + 1, 0 for a root. */
  #parents = new Uint32Array(64);
  #open: number[] = [];
  /** Blocks that were told to `seen`. */
  #told = 0;

  constructor(
    readonly platform: Platform,
    readonly options: ReachOptions = {},
  ) {}

  /** Takes a root, to be walked next, and gives its number. */
  add(digest: Digest, kind: LinkKind = linkKinds.any): number {
    return this.#add(digest, 0, kind, 0);
  }

  /** The blocks from a root to this one, this one last. */
  pathTo(number: number): Digest[] {
    const path: Digest[] = [];
    for (let at = number + 1; at > 0; at = this.#parents[at - 1]) path.unshift(this.digests.digest(at - 1));
    return path;
  }

  /**
   * Walks everything that the roots lead to.
   *
   * @param read gives the blocks to look into, `undefined` for one that cannot be had and is passed over
   * @param seen called for every block that was reached, before it is read
   */
  async walk(
    read: (numbers: readonly number[]) => Promise<(Uint8Array | undefined)[]>,
    seen?: (number: number) => void,
  ): Promise<void> {
    const links = this.options.links ?? listLinks;
    while (this.#open.length > 0) {
      this.options.signal?.throwIfAborted();
      const numbers = this.#open.splice(-batch);
      const blocks = await read(numbers);
      numbers.forEach((number, i) => {
        const bytes = blocks[i];
        if (bytes) links(bytes, this.#kinds[number] as LinkKind, (at, kind) => this.#add(bytes, at, kind, number + 1));
      });
      this.#tell(seen);
      this.options.progress?.(this.digests.size);
      await this.platform.pause();
    }
    this.#tell(seen);
  }

  #tell(seen: ((number: number) => void) | undefined): void {
    for (; this.#told < this.digests.size; this.#told++) seen?.(this.#told);
  }

  #add(bytes: Uint8Array, at: number, kind: LinkKind, parent: number): number {
    const claimed = this.digests.add(bytes, at);
    const number = claimed < 0 ? -1 - claimed : claimed;
    if (claimed >= 0) this.#note(number, parent, kind);
    else if (kind < this.#kinds[number]) this.#kinds[number] = kind;
    else return number;
    if (kind !== linkKinds.leaf) this.#open.push(number);
    return number;
  }

  #note(number: number, parent: number, kind: LinkKind): void {
    if (number >= this.#kinds.length) {
      const [kinds, parents] = [this.#kinds, this.#parents];
      this.#kinds = new Uint8Array(kinds.length * 2);
      this.#kinds.set(kinds);
      this.#parents = new Uint32Array(parents.length * 2);
      this.#parents.set(parents);
    }
    this.#kinds[number] = kind;
    this.#parents[number] = parent;
  }
}

/** A block that a log's entry names. */
export interface Root {
  readonly log: string;
  readonly cid: Cid;
  readonly digest: Digest;
  readonly kind: LinkKind;
}

/** Every block that an entry of any log names, old entries too: all of them are kept. */
export async function* rootsOf(logs: Logs): AsyncIterable<Root> {
  for await (const log of logs.names()) for await (const entry of logs.history(log)) yield* rootsIn(log, entry);
}

/** The blocks that one entry names. */
export function rootsIn(log: string, { value, roots }: LogEntry): Root[] {
  return [value ?? "", ...roots].map(text => toRoot(log, text)).filter(root => root !== undefined);
}

/** Reads a text as a root, if it is a CID as Sheaf prints it. */
function toRoot(log: string, text: string): Root | undefined {
  if (!/^baf[ky]rei[a-z2-7]{52}$/.test(text)) return undefined;
  const { digest, codec } = parseCid(text);
  return { log, cid: text as Cid, digest, kind: codec === raw ? linkKinds.leaf : linkKinds.any };
}

/** Everything that the logs and the extra roots reach. Throws missing-block or corrupt-block when the walk cannot be completed. */
export async function reachFrom(
  reader: BlockReader,
  logs: Logs,
  extra: readonly Cid[],
  platform: Platform,
  options: ReachOptions,
): Promise<Reach> {
  const reach = new Reach(platform, options);
  for await (const { digest, kind } of rootsOf(logs)) reach.add(digest, kind);
  for (const text of extra) reach.add(parseCid(text).digest);
  await reach.walk(async numbers => {
    const digests = numbers.map(number => reach.digests.digest(number));
    return options.isPartial ? loadSome(reader, digests) : reader.loadMany(digests);
  });
  return reach;
}
