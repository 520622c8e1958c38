/**
 * An import into a dataset without rows: the fast path, on which a million rows pass in the time that parsing them takes.
 *
 * Rows go straight to the end of the `rows` tree, in order, with consecutive positions; ids are kept aside and sorted at the end.
 */
import type { Blocks } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { printUuid, uuidBytes, uuidText } from "../dataset/made-id.js";
import { maxIdBytes } from "../dataset/path.js";
import { maxPositionBytes, PositionSequence, writePosition } from "../dataset/position.js";
import { fromUtf8 } from "../text.js";
import { TreeBuilder } from "../tree/builder.js";
import type { IdChooser } from "./id.js";
import { KeyTable } from "./key-table.js";
import type { RowBatch } from "./row-batch.js";

/** Contents that are known: a row whose item's digest cannot be added (less than 0) is left out. */
export interface KnownContents {
  add(digests: Uint8Array, at: number): number;
}

const nothing = new Uint8Array(0);

/** Ids that are fetched from memory together: as many as a core's own cache holds beside all else. */
const together = 512;

export class FreshImport {
  readonly #rows: TreeBuilder;
  readonly #positions = new PositionSequence();
  readonly #uuid = new Uint8Array(uuidBytes);
  /** Of one batch: the digests of the rows that are taken, their made ids, and which rows these are. */
  #digests = new Uint8Array(0);
  #uuids = new Uint8Array(0);
  #taken = new Uint32Array(0);
  /** Of one row: position, NUL, id. */
  readonly #key = new Uint8Array(maxPositionBytes + 1 + maxIdBytes);
  /** Ids; while all of them were made, as the bytes of their UUIDs. The position of a row follows from its number. */
  #ids = new KeyTable();
  #areMade = true;
  /** Of one row: its position, and views of it by length. */
  readonly #place = new Uint8Array(maxPositionBytes);
  readonly #views: Uint8Array[] = [];
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

  /** Takes the rows of a batch; with `seen`, only those whose content is not in it yet. */
  add(batch: RowBatch, seen?: KnownContents): void {
    const count = this.#put(batch, seen);
    if (this.#areMade && (!this.chooser.makes || batch.ids)) this.#spellOut();
    if (this.#areMade) this.#addMade(count);
    else this.#addGiven(batch, count);
  }

  /** Stores the items, and notes the digests of the rows that are wanted, and which they are; gives their number. */
  #put(batch: RowBatch, seen: KnownContents | undefined): number {
    if (this.#digests.length < batch.count * 32) this.#makeRoom(batch.count);
    const digests = this.#digests;
    this.blocks.putMany(batch.items, digests);
    let count = 0;
    for (let i = 0; i < batch.count; i++) {
      if (seen) {
        if (seen.add(digests, i * 32) < 0) continue;
        digests.copyWithin(count * 32, i * 32, i * 32 + 32);
      }
      this.chooser.lines.add(batch, i);
      this.#taken[count++] = i;
    }
    return count;
  }

  #makeRoom(count: number): void {
    this.#digests = new Uint8Array(count * 32);
    this.#uuids = new Uint8Array(count * uuidBytes);
    this.#taken = new Uint32Array(count);
  }

  #addMade(count: number): void {
    const uuids = this.#uuids;
    this.chooser.makeMany(this.#digests, count, uuids);
    for (let n = 0; n < count; n++) {
      const at = this.#position();
      printUuid(uuids, n * uuidBytes, this.#key, at);
      this.#rows.addLink(this.#key, at + uuidText, this.#digests, n * 32);
      this.#ids.add(uuids, uuidBytes, nothing, 0, n * uuidBytes);
      this.#count++;
    }
  }

  #addGiven(batch: RowBatch, count: number): void {
    for (let n = 0; n < count; n++) {
      const at = this.#position();
      const end = this.chooser.write(batch, this.#taken[n], this.#count, this.#digests, n * 32, this.#key, at);
      this.#rows.addLink(this.#key, end, this.#digests, n * 32);
      this.#ids.add(this.#key, end - at, nothing, 0, at);
      this.#count++;
    }
  }

  /** Writes the next position and NUL to the key, and gives where they end. */
  #position(): number {
    const position = this.#positions.next();
    const { length } = position;
    for (let i = 0; i < length; i++) this.#key[i] = position[i];
    this.#key[length] = 0;
    return length + 1;
  }

  /** From here on ids are kept as text: this one is not made. */
  #spellOut(): void {
    const made = this.#ids;
    const text = new Uint8Array(uuidText);
    this.#ids = new KeyTable();
    this.#areMade = false;
    for (let row = 0; row < made.count; row++) {
      printUuid(made.key(row), 0, text, 0);
      this.#ids.add(text, uuidText, nothing, 0);
    }
  }

  /** Builds the trees. Throws bad-input when an id stood twice. */
  finish(dataset: DatasetBlock): DatasetBlock {
    const rows = this.#rows.finish();
    this.chooser.close();
    const ids = new TreeBuilder(this.blocks);
    const order = this.#ids.sorted();
    let id = new Uint8Array(maxIdBytes);
    let last = new Uint8Array(maxIdBytes);
    for (let i = 0, lastLength = 0; i < order.length; i++) {
      if (i % together === 0) this.#ids.fetch(order, i, Math.min(order.length, i + together));
      const length = this.#id(order[i], id);
      if (length === lastLength && isSame(id, last, length))
        throw this.chooser.lines.twice(fromUtf8(id.subarray(0, length)), order[i - 1], order[i]);
      ids.addText(id, this.#positionOf(order[i]), length);
      [id, last, lastLength] = [last, id, length];
    }
    return { ...dataset, rows: rows.root, ids: ids.finish().root, count: rows.count };
  }

  /** The position of a row, good until the next one is asked for. */
  #positionOf(row: number): Uint8Array {
    const length = writePosition(row, this.#place);
    return (this.#views[length] ??= this.#place.subarray(0, length));
  }

  /** Writes the id of a row and gives its length. */
  #id(row: number, out: Uint8Array): number {
    const length = this.#ids.copyKey(row, this.#areMade ? this.#uuid : out);
    if (!this.#areMade) return length;
    printUuid(this.#uuid, 0, out, 0);
    return uuidText;
  }
}

function isSame(a: Uint8Array, b: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}
