/**
 * Rows that are adopted whole, in one pass and a few dozen bytes of memory each: where all lines have a `@pos` and stand in its order, or none has one.
 *
 * So are all that the projection wrote, and most that people drop in. What does not fit is left to `settlement.ts`, which knows the base.
 */
import {
  compareBytes,
  IdMaker,
  KeyTable,
  maxIdBytes,
  maxPositionBytes,
  PositionSequence,
  Tally,
  TreeBuilder,
  type Blocks,
  type DatasetBlock,
  type Platform,
  type RowLineBatch,
} from "@sheaf/core";

const encoder = new TextEncoder();

/** The trees of a dataset's rows. */
export type RowTrees = Pick<DatasetBlock, "rows" | "ids" | "count">;

export class FreshRows {
  readonly #rows: TreeBuilder;
  readonly #ids = new KeyTable();
  readonly #maker: IdMaker;
  readonly #tally = new Tally();
  readonly #sequence = new PositionSequence();
  /** Of one batch. */
  #digests = new Uint8Array(0);
  /** Position, NUL, id: of this row and of the one before. */
  #key = new Uint8Array(maxPositionBytes + 1 + maxIdBytes);
  #before = new Uint8Array(maxPositionBytes + 1 + maxIdBytes);
  #beforeLength = 0;
  #hasPositions: boolean | undefined;
  #hasMade = false;

  /** @param isWhole  takes only rows with id and position */
  constructor(
    readonly blocks: Blocks,
    platform: Platform,
    readonly isWhole: boolean,
  ) {
    this.#rows = new TreeBuilder(blocks);
    this.#maker = new IdMaker(platform);
  }

  /** Takes the rows of a batch; says whether all of them fit. */
  add(batch: RowLineBatch): boolean {
    const { count } = batch.items;
    if (this.#digests.length < count * 32) this.#digests = new Uint8Array(count * 32);
    this.blocks.putMany(batch.items, this.#digests);
    for (let i = 0; i < count; i++) if (!this.#add(batch, i)) return false;
    return true;
  }

  /** Builds the trees, or says that an id stood twice, and whether it may be one that was made too early. */
  finish(): RowTrees | "id twice" | "made id twice" {
    const rows = this.#rows.finish();
    const ids = new TreeBuilder(this.blocks);
    let [id, last] = [new Uint8Array(maxIdBytes), new Uint8Array(maxIdBytes)];
    let lastLength = -1;
    for (const row of this.#ids.sorted()) {
      const length = this.#ids.copyKey(row, id);
      if (length === lastLength && compareBytes(id.subarray(0, length), last.subarray(0, length)) === 0)
        return this.#hasMade ? "made id twice" : "id twice";
      ids.addText(id, this.#ids.value(row), length);
      [id, last, lastLength] = [last, id, length];
    }
    return { rows: rows.root, ids: ids.finish().root, count: rows.count };
  }

  #add({ ids, positions }: RowLineBatch, i: number): boolean {
    const id = ids[i];
    const position = positions[i];
    this.#hasPositions ??= position !== undefined;
    if (this.#hasPositions !== (position !== undefined)) return false;
    if (this.isWhole && (id === undefined || position === undefined)) return false;
    const idAt = this.#writePosition(position);
    const end = idAt + encoder.encodeInto(id ?? this.#made(i), this.#key.subarray(idAt)).written;
    if (this.#isBehind(end)) return false;
    this.#rows.addLink(this.#key, end, this.#digests, i * 32);
    this.#ids.add(this.#key, end - idAt, this.#key, idAt - 1, idAt);
    [this.#key, this.#before, this.#beforeLength] = [this.#before, this.#key, end];
    return true;
  }

  /** Writes position and NUL to the key, and gives where they end. */
  #writePosition(position: string | undefined): number {
    const key = this.#key;
    if (position === undefined) {
      const next = this.#sequence.next();
      key.set(next);
      key[next.length] = 0;
      return next.length + 1;
    }
    for (let at = 0; at < position.length; at++) key[at] = position.charCodeAt(at);
    key[position.length] = 0;
    return position.length + 1;
  }

  #made(i: number): string {
    this.#hasMade = true;
    const digest = this.#digests.subarray(i * 32, i * 32 + 32);
    return this.#maker.make(digest, this.#tally.next(digest));
  }

  /** Says whether the key is not greater than the one before. */
  #isBehind(length: number): boolean {
    return compareBytes(this.#before.subarray(0, this.#beforeLength), this.#key.subarray(0, length)) >= 0;
  }
}
