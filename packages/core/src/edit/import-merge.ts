/**
 * An import into a dataset that has rows already: what the input says of each id is compared with what is there.
 *
 * Nothing per row is a JavaScript object; the trees are walked in order beside sorted tables, so that ten million rows fit in memory.
 */
import type { Blocks } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { sameDigest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { between, isPosition, manyBetween } from "../dataset/position.js";
import { linkedDigest, linkValue, rowKey, splitRowKey, textOf, textValue } from "../dataset/row.js";
import { badInput } from "../errors.js";
import { compareBytes, compareText, fromUtf8, utf8 } from "../text.js";
import { editTree, type TreeChange } from "../tree/edit.js";
import { at, entries, getMany } from "../tree/read.js";
import type { IdChooser } from "./import-id.js";
import { FreeOrdinals } from "./import-ordinal.js";
import { KeyTable } from "./key-table.js";
import { longestRun } from "./longest-run.js";
import type { LineBook } from "./row-batch.js";

/** The rows of the input, in its order: `ids` with given positions (empty when none), and the digest of each item. */
export interface ImportRows {
  readonly ids: KeyTable;
  readonly digests: DigestList;
  readonly lines: LineBook;
}

/** What became of the rows. A row that only moved is unchanged, and counts as moved besides. */
export interface ImportCounts {
  added: number;
  changed: number;
  removed: number;
  unchanged: number;
  moved: number;
}

export type ReconcileMode = "set" | "add" | "upsert" | "remove";

/** Digests by row number, 32 bytes each. */
export class DigestList {
  readonly #chunks: Uint8Array[] = [];
  #count = 0;

  add(digest: Uint8Array): void {
    if ((this.#count & 0xffff) === 0) this.#chunks.push(new Uint8Array(32 << 16));
    this.#chunks[this.#count >>> 16].set(digest, (this.#count & 0xffff) * 32);
    this.#count++;
  }

  get(row: number): Digest {
    const from = (row & 0xffff) * 32;
    return this.#chunks[row >>> 16].subarray(from, from + 32);
  }
}

/** What the walk over the dataset found of an input row. */
const absent = 0;
const same = 1;
const other = 2;
/** The row is there under another id, and stays as it is. */
const there = 3;

/** Compares the input with the dataset and changes the dataset accordingly; `counts` says what became of the rows. */
export async function reconcile(
  blocks: Blocks,
  dataset: DatasetBlock,
  input: ImportRows,
  mode: ReconcileMode,
  chooser: IdChooser,
): Promise<{ dataset: DatasetBlock; counts: ImportCounts }> {
  const work = new Reconciler(blocks, dataset, input, mode);
  await work.find();
  await work.compare();
  if (mode === "add") await work.rename(chooser);
  await work.place();
  return { dataset: await work.write(), counts: work.counts };
}

class Reconciler {
  readonly counts: ImportCounts = { added: 0, changed: 0, removed: 0, unchanged: 0, moved: 0 };
  readonly #count: number;
  /** Keys of `rows` that input rows have now, each with the number of the input row. */
  readonly #places = new KeyTable();
  #placesInOrder: Uint32Array = new Uint32Array(0);
  /** For each input row: what was found, and its rank among those found, by where they stand now; −1 for new rows. */
  readonly #found: Uint8Array;
  readonly #rank: Int32Array;
  /** Changes of the two trees: an empty value removes. Values: the number of the input row; a position. */
  readonly #rowsOut = new KeyTable();
  readonly #idsOut = new KeyTable();

  constructor(
    readonly blocks: Blocks,
    readonly dataset: DatasetBlock,
    readonly input: ImportRows,
    readonly mode: ReconcileMode,
  ) {
    this.#count = input.ids.count;
    this.#found = new Uint8Array(this.#count);
    this.#rank = new Int32Array(this.#count).fill(-1);
  }

  /** Looks up where the input's ids stand now. Throws bad-input when the input has an id twice. */
  async find(): Promise<void> {
    const { ids, lines } = this.input;
    const order = ids.sorted();
    for (let i = 1; i < order.length; i++) {
      const id = ids.key(order[i]);
      if (sameBytes(ids.key(order[i - 1]), id)) throw lines.twice(fromUtf8(id), order[i - 1], order[i]);
    }
    const rowNumber = new Uint8Array(4);
    for await (const { index, value } of lookUp(this.blocks, this.dataset.ids, order.length, i => ids.key(order[i]), this.mode === "set")) {
      const key = rowKey(textOf(value), fromUtf8(ids.key(order[index])));
      writeNumber(rowNumber, order[index]);
      this.#places.add(key, key.length, rowNumber, 4);
    }
    this.#placesInOrder = this.#places.sorted();
    this.#placesInOrder.forEach((place, rank) => (this.#rank[readNumber(this.#places.value(place))] = rank));
  }

  /** Compares items with what is there; in mode `set`, rows that the input does not have go. */
  async compare(): Promise<void> {
    const places = this.#placesInOrder;
    const keyAt = (i: number) => this.#places.key(places[i]);
    const unmatched = this.mode === "set" ? (key: Uint8Array) => this.#remove(key) : undefined;
    for await (const { index, value } of lookUp(this.blocks, this.dataset.rows, places.length, keyAt, this.mode === "set", unmatched)) {
      const row = readNumber(this.#places.value(places[index]));
      this.#found[row] = sameDigest(linkedDigest(value), this.input.digests.get(row)) ? same : other;
    }
  }

  /** In mode `add`: rows whose id is taken by another item get another id, if ids are made; else throws bad-input. */
  async rename(chooser: IdChooser): Promise<void> {
    const { digests, lines } = this.input;
    if (!this.#found.includes(other)) return;
    const ordinals = new FreeOrdinals(this.blocks, this.dataset, chooser);
    this.#each(row => ordinals.count(digests.get(row)));
    for (let row = 0; row < this.#count; row++) {
      if (this.#found[row] !== other) continue;
      if (!chooser.makes) throw badInput("the id is taken by another item; mode upsert would change it", { ...lines.place(row), id: fromUtf8(this.#id(row)) });
      const { id, isThere } = await ordinals.find(digests.get(row));
      this.#renamed.set(row, utf8(id));
      this.#rank[row] = -1;
      this.#found[row] = isThere ? there : absent;
    }
  }

  readonly #renamed = new Map<number, Uint8Array>();

  #id(row: number): Uint8Array {
    return this.#renamed.get(row) ?? this.input.ids.key(row);
  }

  /** Decides for every input row where it stands from now on. */
  async place(): Promise<void> {
    if (this.mode === "remove") return this.#placeRemovals();
    const given = this.#givenPositions();
    if (this.mode === "set" && given === "in order") this.#each(row => this.#put(row, this.#given(row)));
    else if (this.mode === "set") this.#placeInInputOrder();
    else await this.#placeAtEnd();
  }

  /** Applies what was decided. */
  async write(): Promise<DatasetBlock> {
    if (this.#rowsOut.count === 0) return this.dataset;
    const { digests } = this.input;
    const rows = await editTree(this.blocks, this.dataset.rows, changesOf(this.#rowsOut, value => linkValue(digests.get(readNumber(value)))));
    const ids = await editTree(this.blocks, this.dataset.ids, changesOf(this.#idsOut, value => textValue(fromUtf8(value))));
    return { ...this.dataset, rows: rows.root, ids: ids.root, count: rows.count };
  }

  #each(visit: (row: number) => void): void {
    for (let row = 0; row < this.#count; row++) visit(row);
  }

  #given(row: number): string {
    return fromUtf8(this.input.ids.value(row));
  }

  /** Says whether every input row has a position and they ascend with the lines. Throws bad-input for a position that is none. */
  #givenPositions(): "in order" | "some" {
    let before = "";
    let ascending = true;
    this.#each(row => {
      const position = this.#given(row);
      if (position !== "" && !isPosition(position)) throw badInput(`${JSON.stringify(position)} is not a position`, this.input.lines.place(row));
      const key = `${position}\0${fromUtf8(this.input.ids.key(row))}`;
      ascending &&= position !== "" && (before === "" || compareText(before, key) < 0);
      before = key;
    });
    return ascending ? "in order" : "some";
  }

  /** A longest run of rows that stand in order already keeps its positions; the others get new ones between them. */
  #placeInInputOrder(): void {
    const kept = longestRun(this.#rank);
    let before: string | undefined;
    for (let row = 0; row < this.#count; ) {
      const end = this.#placeRun(kept, row, before);
      if (end === undefined) return this.#placeAnew();
      if (end < this.#count) this.#target[end] = before = this.#oldPosition(end);
      row = end + 1;
    }
    this.#each(row => this.#put(row, this.#target[row] as string));
  }

  /** Gives positions to the rows from `row` up to one that keeps its own, which is returned. Those that leave no room before them move too. */
  #placeRun(kept: Uint8Array, row: number, before: string | undefined): number | undefined {
    for (let end = row; ; end++) {
      while (end < this.#count && kept[end] === 0) end++;
      const isLast = end >= this.#count;
      if (end === row) return row;
      const positions = manyBetween(before, isLast ? undefined : this.#oldPosition(end), end - row);
      positions?.forEach((position, i) => (this.#target[row + i] = position));
      if (positions || isLast) return positions && end;
    }
  }

  readonly #target: string[] = [];

  /** No room behind an overlong position: all rows get fresh ones. */
  #placeAnew(): void {
    const positions = manyBetween(undefined, undefined, this.#count) ?? [];
    this.#each(row => this.#put(row, positions[row] as string));
  }

  async #placeAtEnd(): Promise<void> {
    const last = this.dataset.count > 0 ? await at(this.blocks, this.dataset.rows, this.dataset.count - 1) : undefined;
    let end = last && splitRowKey(last.key).position;
    for (let row = 0; row < this.#count; row++) {
      const given = this.#given(row);
      if (this.#found[row] === there) {
        this.counts.unchanged++;
        continue;
      }
      if (this.#rank[row] >= 0) this.#put(row, (this.mode === "upsert" && given) || this.#oldPosition(row));
      else if (given) this.#put(row, given);
      else {
        end = between(end, undefined);
        if (end === undefined) throw badInput("there is no room for another position at the end of the dataset", this.input.lines.place(row));
        this.#put(row, end);
      }
    }
  }

  #placeRemovals(): void {
    this.#each(row => {
      if (this.#rank[row] >= 0) this.#remove(this.#places.key(this.#placesInOrder[this.#rank[row]]));
    });
  }

  #oldPosition(row: number): string {
    return splitRowKey(this.#oldKey(row)).position;
  }

  #oldKey(row: number): Uint8Array {
    return this.#places.key(this.#placesInOrder[this.#rank[row]]);
  }

  #remove(key: Uint8Array): void {
    const id = key.subarray(key.indexOf(0) + 1);
    this.#rowsOut.add(key, key.length, key, 0);
    this.#idsOut.add(id, id.length, id, 0);
    this.counts.removed++;
  }

  /** Lets an input row stand at this position, and counts what that changes. */
  #put(row: number, position: string): void {
    const found = this.#found[row];
    const moved = found !== absent && this.#oldPosition(row) !== position;
    if (found === absent) this.counts.added++;
    else if (found === other) this.counts.changed++;
    else this.counts.unchanged++;
    if (moved) this.counts.moved++;
    if (found === same && !moved) return;
    const id = this.#id(row);
    if (moved) {
      const old = this.#oldKey(row);
      this.#rowsOut.add(old, old.length, old, 0);
    }
    const key = rowKey(position, fromUtf8(id));
    writeNumber(scratch, row);
    this.#rowsOut.add(key, key.length, scratch, 4);
    if (found !== absent && !moved) return;
    const text = utf8(position);
    this.#idsOut.add(id, id.length, text, text.length);
  }
}

const scratch = new Uint8Array(4);

/**
 * Finds sorted keys in a tree: yields the index of each key that is there, with its value.
 *
 * `whole` walks the whole tree beside the keys (cheaper when most are there) and hands keys of the tree that were not asked for to `unmatched`.
 */
async function* lookUp(
  blocks: Blocks,
  root: Digest,
  count: number,
  keyAt: (index: number) => Uint8Array,
  whole: boolean,
  unmatched?: (key: Uint8Array) => void,
): AsyncIterable<{ index: number; value: Uint8Array }> {
  if (!whole) {
    const slice = 4096;
    for (let from = 0; from < count; from += slice) {
      const keys = Array.from({ length: Math.min(slice, count - from) }, (_, i) => keyAt(from + i));
      const values = await getMany(blocks, root, keys);
      for (const [i, value] of values.entries()) if (value) yield { index: from + i, value };
    }
    return;
  }
  let index = 0;
  for await (const { key, value } of entries(blocks, root)) {
    let order = -1;
    while (index < count && (order = compareBytes(keyAt(index), key)) < 0) index++;
    if (index < count && order === 0) yield { index: index++, value };
    else unmatched?.(key);
  }
}

function* changesOf(table: KeyTable, valueOf: (value: Uint8Array) => Uint8Array): Iterable<TreeChange> {
  for (const row of table.sorted()) {
    const value = table.value(row);
    yield { key: table.key(row), value: value.length > 0 ? valueOf(value) : undefined };
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

function writeNumber(bytes: Uint8Array, value: number): void {
  bytes[0] = value >>> 24;
  bytes[1] = value >>> 16;
  bytes[2] = value >>> 8;
  bytes[3] = value;
}

function readNumber(bytes: Uint8Array): number {
  return ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
}
