/**
 * Merges packs, compresses them, and lays together what is read together. Readers and writers go on meanwhile.
 *
 * Packs are merged geometrically: afterwards each is at least twice as large as all smaller ones together, so a block is moved about log₂(n) times
 * in its life. Idea: git repack --geometric. What was replaced is condemned, and removed by gc after a grace.
 */
import type { Digest } from "../block/cid.js";
import { codecs } from "../platform.js";
import type { BlockStore } from "./blocks.js";
import { condemn } from "./condemned.js";
import { looksLikeNode, packedShape, type PackShape } from "./pack-shape.js";
import type { Pack } from "./pack.js";
import { sampleDictionary } from "./pack-sample.js";
import { wordAt } from "./pack-index.js";
import { walkPack } from "./pack-walk.js";
import type { Transaction } from "./transaction.js";

export interface RepackOptions {
  /** Merges all packs, those too that are large enough to stay. */
  readonly isFull?: boolean;
  /** How the new packs are laid out; default {@link packedShape}. */
  readonly shape?: PackShape;
  /** The key by which tree nodes are ordered, in ascending order of its text; default: their first bytes, so versions of one node are neighbours. */
  readonly nodeKey?: (block: Uint8Array) => string;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

export interface Repacked {
  /** Names of the packs that were merged, and are condemned now. */
  readonly replaced: readonly string[];
  readonly made: readonly string[];
  readonly blocks: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Packs that hold damaged blocks: left as they are, see `verify`. */
  readonly damaged: readonly string[];
}

/** Each pack is at least so many times as large as all smaller ones together. */
const factor = 2;
/** An uncompressed pack of more bytes is compressed even where it need not be merged. */
const plainBytes = 1 << 20;
/** From so many bytes on a dictionary of 8 KiB is no burden. */
const dictionaryFrom = 1 << 18;
/** Bytes of a frame of items without a dictionary: what it shares, it must hold itself. */
const frameWithout = 16_384;
/** After so many blocks, or bytes of them, others have their turn: to compress the bytes takes some ten milliseconds. */
const restBlocks = 4096;
const restBytes = 1 << 17;
/** Bytes of a node that tell versions of one node from others: the head and the first key. */
const keyBytes = 48;

/** Merges what has become many small packs; does nothing when there is nothing to gain. */
export async function repack(store: BlockStore, options: RepackOptions = {}): Promise<Repacked> {
  await store.shelf.refresh();
  return mergePacks(store, choosePacks(store.shelf.standing, options.isFull ?? false), options);
}

/** Merges these packs, oldest first. */
export async function mergePacks(
  store: BlockStore,
  chosen: readonly Pack[],
  options: Omit<RepackOptions, "isFull"> = {},
): Promise<Repacked> {
  if (chosen.length === 0) return { replaced: [], made: [], blocks: 0, bytesBefore: 0, bytesAfter: 0, damaged: [] };
  const { made, whole, damaged, blocks } = await rewrite(store, chosen, options);
  await condemn(
    store.drive,
    store.platform,
    "replaced",
    whole.map(({ name }) => name),
  );
  await store.shelf.refresh();
  return {
    replaced: whole.map(({ name }) => name),
    made,
    blocks,
    bytesBefore: sum(whole),
    bytesAfter: sum(store.shelf.packs.filter(({ name }) => made.includes(name))),
    damaged,
  };
}

/** The packs to merge: the small ones that break the geometric row, and large ones that were never compressed. */
export function choosePacks(packs: readonly Pack[], isFull: boolean): Pack[] {
  const sorted = [...packs].sort((a, b) => a.trailer.rawBytes - b.trailer.rawBytes);
  let smaller = 0;
  let split = 0;
  sorted.forEach(({ trailer }, i) => {
    if (trailer.rawBytes < factor * smaller) split = i + 1;
    smaller += trailer.rawBytes;
  });
  const chosen = sorted.filter(
    ({ trailer }, i) => isFull || i < split || (!trailer.isPacked && trailer.rawBytes > plainBytes),
  );
  const isDone = chosen.length === 1 && chosen[0].trailer.isPacked;
  // Oldest first, so that what was written together stays together.
  return isDone ? [] : chosen.sort((a, b) => a.trailer.made - b.trailer.made);
}

export interface Rewritten {
  readonly made: readonly string[];
  /** Packs of which everything that was wanted has been copied. */
  readonly whole: readonly Pack[];
  readonly damaged: readonly string[];
  readonly blocks: number;
}

export interface RewriteOptions extends RepackOptions {
  /** Says whether a block is copied, by the first 8 bytes of its digest; default: all are. */
  readonly wants?: (digest: Uint8Array) => boolean;
}

/** Copies blocks into new packs, and makes them durable. Memory stays bounded: of nodes only a key is held. */
export async function rewrite(store: BlockStore, packs: readonly Pack[], options: RewriteOptions): Promise<Rewritten> {
  const work = new Rewriting(store, packs, options);
  return work.run();
}

/** Where a node stands, and the key of its place among nodes. */
interface NodePlace {
  readonly pack: Pack;
  readonly offset: number;
  readonly length: number;
  /** The first word of its digest. */
  readonly prefix: number;
  readonly key: string;
}

class Rewriting {
  readonly #nodes: NodePlace[] = [];
  readonly #damaged = new Set<Pack>();
  readonly #total: number;
  #done = 0;
  /** Bytes of blocks since others had their turn. */
  #bytes = 0;

  constructor(
    readonly store: BlockStore,
    readonly packs: readonly Pack[],
    readonly options: RewriteOptions,
  ) {
    this.#total = packs.reduce((total, { blocks }) => total + blocks, 0);
  }

  async run(): Promise<Rewritten> {
    const transaction = await this.store.begin({ shape: await this.#shape(), isAnew: true });
    try {
      for (const pack of this.packs) await this.#copyItems(pack, transaction);
      this.#nodes.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
      for (const place of this.#nodes) await this.#copyNode(place, transaction);
      await transaction.close();
    } catch (error) {
      await transaction.abort();
      throw error;
    }
    const whole = this.packs.filter(pack => !this.#damaged.has(pack));
    return {
      made: transaction.packs,
      whole,
      damaged: [...this.#damaged].map(({ name }) => name),
      blocks: transaction.stored,
    };
  }

  /** The default layout with a dictionary made of samples, where there is enough to gain. */
  async #shape(): Promise<PackShape> {
    const bytes = this.packs.reduce((total, { trailer }) => total + trailer.rawBytes, 0);
    const { shape = packedShape } = this.options;
    if (shape.dictionary || shape.itemCodec === codecs.none) return shape;
    if (bytes < dictionaryFrom) return { ...shape, itemFrame: Math.max(shape.itemFrame, frameWithout) };
    return { ...shape, dictionary: await sampleDictionary(this.packs) };
  }

  async #copyItems(pack: Pack, transaction: Transaction): Promise<void> {
    const key = this.options.nodeKey ?? firstBytes;
    let count = 0;
    for await (const { bytes, digest, offset, length } of walkPack(pack, this.options.wants)) {
      count++;
      if (!bytes) this.#damaged.add(pack);
      else if (looksLikeNode(bytes))
        this.#nodes.push({ pack, offset, length, prefix: wordAt(digest, 0), key: key(bytes) });
      else {
        await copy(transaction, bytes);
        this.#bytes += bytes.length;
      }
      await this.#rest();
    }
    // Another process may have removed the pack while it was read.
    if (!this.options.wants && count < pack.blocks) this.#damaged.add(pack);
  }

  async #copyNode({ pack, offset, length, prefix }: NodePlace, transaction: Transaction): Promise<void> {
    const bytes = await pack.read({ offset, length, next: undefined });
    const digest = bytes && (await copy(transaction, bytes));
    // It was whole a moment ago; the pack went, or the disk is failing.
    if (!digest || wordAt(digest, 0) !== prefix) this.#damaged.add(pack);
    this.#bytes += length;
    await this.#rest();
  }

  async #rest(): Promise<void> {
    if (++this.#done % restBlocks !== 0 && this.#bytes < restBytes) return;
    this.#bytes = 0;
    this.options.signal?.throwIfAborted();
    this.options.progress?.(this.#done, this.#total);
    await this.store.platform.pause();
  }
}

async function copy(transaction: Transaction, bytes: Uint8Array): Promise<Digest> {
  const digest = transaction.put(bytes);
  await transaction.drain();
  return digest;
}

/** The first bytes of a block as text of one character a byte. */
function firstBytes(block: Uint8Array): string {
  return String.fromCharCode(...block.subarray(0, keyBytes));
}

function sum(packs: readonly Pack[]): number {
  return packs.reduce((total, { bytes }) => total + bytes, 0);
}
