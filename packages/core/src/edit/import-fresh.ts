/**
 * An import into a dataset without rows: the fast path, on which a million rows pass in the time that parsing them takes.
 *
 * Rows go straight to the end of the `rows` tree, in order, with consecutive positions; ids are kept aside and sorted at the end.
 */
import type { Blocks } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { PositionSequence } from "../dataset/position.js";
import { compareBytes, fromUtf8 } from "../text.js";
import { TreeBuilder } from "../tree/builder.js";
import type { IdChooser } from "./import-id.js";
import { KeyTable } from "./key-table.js";
import type { RowBatch } from "./row-batch.js";

/** Longest key of `rows`: a position of 100 bytes, NUL, an id of 512. */
const key = new Uint8Array(100 + 1 + 512);
const encoder = new TextEncoder();

export class FreshImport {
  readonly #rows: TreeBuilder;
  readonly #ids = new KeyTable();
  readonly #positions = new PositionSequence();
  readonly #digest = new Uint8Array(32);
  #count = 0;

  constructor(
    readonly blocks: Blocks,
    readonly chooser: IdChooser,
  ) {
    this.#rows = new TreeBuilder(blocks);
  }

  get count(): number {
    return this.#count;
  }

  /** Takes the rows of a batch that `wants` says yes to. */
  add(batch: RowBatch, wants: (digest: Uint8Array) => boolean): void {
    const digest = this.#digest;
    for (let i = 0; i < batch.count; i++) {
      this.blocks.putSpan(batch.items.bytes, batch.items.starts[i], batch.items.ends[i], digest, 0);
      if (!wants(digest)) continue;
      this.chooser.lines.add(batch, i);
      this.#row(this.chooser.choose(batch, i, this.#count, digest), digest);
    }
  }

  #row(id: string, digest: Uint8Array): void {
    const position = this.#positions.next();
    const length = position.length;
    key.set(position);
    key[length] = 0;
    const idLength = encoder.encodeInto(id, key.subarray(length + 1)).written;
    this.#rows.addLink(key, length + 1 + idLength, digest);
    this.#ids.add(key.subarray(length + 1), idLength, key, length);
    this.#count++;
  }

  /** Builds the trees. Throws bad-input when an id stood twice. */
  finish(dataset: DatasetBlock): DatasetBlock {
    const rows = this.#rows.finish();
    const ids = new TreeBuilder(this.blocks);
    const order = this.#ids.sorted();
    for (let i = 0; i < order.length; i++) {
      const id = this.#ids.key(order[i]);
      if (i > 0 && compareBytes(this.#ids.key(order[i - 1]), id) === 0)
        throw this.chooser.lines.twice(fromUtf8(id), order[i - 1], order[i]);
      ids.addText(id, this.#ids.value(order[i]));
    }
    return { ...dataset, rows: rows.root, ids: ids.finish().root, count: rows.count };
  }
}
