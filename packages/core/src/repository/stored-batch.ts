/** Rows as they rest, a few hundred at a time: what exports and scans are made of. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { isAscii, fromUtf8 } from "../text.js";
import type { Texts } from "../item/viewer.js";
import type { Node } from "../tree/node.js";
import type { LeafSlice } from "../tree/read.js";

/** Rows as they rest, in order: a leaf's worth at a time. `blocks[i]` is the item of row i in the block's form. */
export interface StoredBatch {
  readonly count: number;
  readonly ids: readonly string[];
  readonly positions: readonly string[];
  readonly digests: readonly Digest[];
  readonly blocks: readonly Uint8Array[];
}

/** Rows of leaves that stand one after another, about to be read together. */
export class RowGathering {
  readonly #slices: LeafSlice[] = [];
  readonly #digests: Digest[] = [];

  constructor(
    readonly texts: Texts,
    readonly reverse: boolean,
  ) {}

  get count(): number {
    return this.#digests.length;
  }

  add(slice: LeafSlice): void {
    const { leaf, start, end } = slice;
    this.#slices.push(slice);
    for (let n = 0; n < end - start; n++) this.#digests.push(leaf.link(this.reverse ? end - 1 - n : start + n));
  }

  async load(reader: BlockReader): Promise<StoredBatch> {
    const loaded = reader.loadMany(this.#digests);
    const blocks = loaded instanceof Promise ? await loaded : loaded;
    return new StoredRows(this.texts, this.#slices, this.reverse, this.#digests, blocks);
  }
}

/** A batch whose ids and positions become text when they are asked for. */
class StoredRows implements StoredBatch {
  #ids: string[] | undefined;
  #positions: string[] | undefined;

  constructor(
    readonly texts: Texts,
    readonly slices: readonly LeafSlice[],
    readonly reverse: boolean,
    readonly digests: readonly Digest[],
    readonly blocks: readonly Uint8Array[],
  ) {}

  get count(): number {
    return this.blocks.length;
  }

  get ids(): readonly string[] {
    return this.#ids ?? this.#split().ids;
  }

  get positions(): readonly string[] {
    return this.#positions ?? this.#split().positions;
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
