/** Rows as they rest, a few hundred at a time: what exports and scans are made of. */
import type { BlockBatch } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { isAscii, fromUtf8 } from "../text.js";
import type { Texts } from "../item/viewer.js";
import type { Trail, TrailBatch } from "../store/trail.js";
import type { Node } from "../tree/node.js";
import type { LeafSlice } from "../tree/read.js";

/** Rows as they rest, in order: a leaf's worth at a time. `blocks[i]` is the item of row i in the block's form. */
export interface StoredBatch {
  readonly count: number;
  readonly ids: readonly string[];
  readonly positions: readonly string[];
  readonly digests: readonly Digest[];
  readonly blocks: readonly Uint8Array[];
  /** The same blocks end to end, without an object for each. */
  readonly items: BlockBatch;
}

/** Rows of leaves that stand one after another, about to be read together. */
export class RowGathering {
  readonly #slices: LeafSlice[] = [];
  count = 0;

  constructor(
    readonly texts: Texts,
    readonly reverse: boolean,
  ) {}

  add(slice: LeafSlice): void {
    this.#slices.push(slice);
    this.count += slice.end - slice.start;
  }

  async load(trail: Trail): Promise<StoredBatch> {
    return new StoredRows(this.texts, this.#slices, this.reverse, await trail.read(this.#digests(), this.count));
  }

  #digests(): Uint8Array {
    const digests = new Uint8Array(32 * this.count);
    let at = 0;
    for (const { leaf, start, end } of this.#slices)
      for (let n = 0; n < end - start; n++) {
        const from = leaf.linkStart(this.reverse ? end - 1 - n : start + n);
        for (let i = 0; i < 32; i++) digests[at++] = leaf.bytes[from + i];
      }
    return digests;
  }
}

/** A batch of one row. */
export function storedRow(id: string, position: string, digest: Digest, block: Uint8Array): StoredBatch {
  const ends = Uint32Array.of(block.length);
  const items = { bytes: block, count: 1, starts: new Uint32Array(1), ends, digests: digest };
  return { count: 1, ids: [id], positions: [position], digests: [digest], blocks: [block], items };
}

/** A batch whose ids and positions become text, and whose blocks views, when they are asked for. */
class StoredRows implements StoredBatch {
  #ids: string[] | undefined;
  #positions: string[] | undefined;
  #digests: Digest[] | undefined;
  #blocks: Uint8Array[] | undefined;

  constructor(
    readonly texts: Texts,
    readonly slices: readonly LeafSlice[],
    readonly reverse: boolean,
    readonly items: TrailBatch,
  ) {}

  get count(): number {
    return this.items.count;
  }

  get ids(): readonly string[] {
    return this.#ids ?? this.#split().ids;
  }

  get positions(): readonly string[] {
    return this.#positions ?? this.#split().positions;
  }

  get digests(): readonly Digest[] {
    const { digests, count } = this.items;
    return (this.#digests ??= Array.from({ length: count }, (_, i) => digests.subarray(32 * i, 32 * i + 32)));
  }

  get blocks(): readonly Uint8Array[] {
    const { bytes, starts, ends, count } = this.items;
    return (this.#blocks ??= Array.from({ length: count }, (_, i) => bytes.subarray(starts[i], ends[i])));
  }

  #split(): { ids: string[]; positions: string[] } {
    const ids: string[] = (this.#ids = []);
    const positions: string[] = (this.#positions = []);
    for (const { leaf, start, end } of this.slices)
      for (let n = 0; n < end - start; n++) {
        const key = keyText(this.texts, leaf, this.reverse ? end - 1 - n : start + n);
        const cut = key.indexOf("\0");
        positions.push(key.slice(0, cut));
        ids.push(key.slice(cut + 1));
      }
    return { ids, positions };
  }
}

/** The key of an entry as text. Most are ASCII, and there a decoder costs more than all else. */
function keyText(texts: Texts, leaf: Node, i: number): string {
  const start = leaf.keyStart(i);
  const end = leaf.valueStart(i);
  return isAscii(leaf.bytes, start, end) ? texts.latin1(leaf.bytes, start, end) : fromUtf8(leaf.key(i));
}
