/**
 * Ids for an import that only adds: where the id made from a row's content is taken by a row that was edited since, the next ordinal is taken that is
 * free, or that holds this very content.
 */
import type { BlockReader } from "../block/blocks.js";
import { sameDigest, type Digest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { findRow } from "../dataset/lookup.js";
import type { IdChooser } from "./id.js";
import { Tally } from "./tally.js";

export class FreeOrdinals {
  readonly #copies = new Tally();
  /** The next ordinal to try, by content. */
  readonly #next = new Map<string, number>();

  constructor(
    readonly reader: BlockReader,
    readonly dataset: DatasetBlock,
    readonly chooser: IdChooser,
  ) {}

  /** Counts a row of the input: ordinals below the number of its copies are spoken for. */
  count(digest: Digest): void {
    this.#copies.next(digest);
  }

  /** The id for another row with this content, and whether such a row is there already. Call it after all rows were counted. */
  async find(digest: Digest): Promise<{ id: string; isThere: boolean }> {
    const content = String.fromCharCode(...digest);
    let ordinal = this.#next.get(content) ?? this.#copies.next(digest);
    for (;;) {
      const id = this.chooser.made(digest, ordinal++);
      const item = (await findRow(this.reader, this.dataset, id))?.item;
      if (item && !sameDigest(item, digest)) continue;
      this.#next.set(content, ordinal);
      return { id, isThere: item !== undefined };
    }
  }
}
