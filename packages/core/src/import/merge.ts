/**
 * An import into a dataset that has rows already: what the input says of each id is compared with what is there.
 *
 * Nothing per row is a JavaScript object; the trees are walked in order beside sorted tables, so that ten million rows fit in memory.
 */
import type { Blocks } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { sameDigest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { between, isPosition } from "../dataset/position.js";
import {
  linkedDigest,
  linkValue,
  maxRowKeyBytes,
  splitRowKey,
  textBytes,
  textValue,
  writeRowKey,
} from "../dataset/row.js";
import { badInput } from "../errors.js";
import { compareBytes, compareText, fromUtf8, utf8 } from "../text.js";
import { editTree, type TreeChange } from "../tree/edit.js";
import { at } from "../tree/read.js";
import type { IdChooser } from "./id.js";
import { findAll, findSome, type Found, type SortedKeys } from "./lookup.js";
import { FreeOrdinals } from "./ordinal.js";
import { Placement } from "./placement.js";
import type { ImportCounts, ImportRows } from "./rows.js";
import { KeyTable } from "./key-table.js";

export type ReconcileMode = "set" | "add" | "upsert" | "remove";

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
    const keys = { count: order.length, key: (i: number) => ids.key(order[i]) };
    await this.#lookUp(this.dataset.ids, keys, (index, value) => {
      const length = writeRowKey(rowKeyBytes, textBytes(value), keys.key(index));
      this.#places.add(rowKeyBytes, length, numberBytes(order[index]), 4);
    });
    this.#placesInOrder = this.#places.sorted();
    this.#placesInOrder.forEach((place, rank) => (this.#rank[readNumber(this.#places.value(place))] = rank));
  }

  /** Compares items with what is there; in mode `set`, rows that the input does not have go. */
  async compare(): Promise<void> {
    const places = this.#placesInOrder;
    const keys = { count: places.length, key: (i: number) => this.#places.key(places[i]) };
    const compareItem = (index: number, value: Uint8Array): void => {
      const row = readNumber(this.#places.value(places[index]));
      this.#found[row] = sameDigest(linkedDigest(value), this.input.digests.get(row)) ? same : other;
    };
    await this.#lookUp(this.dataset.rows, keys, compareItem, key => this.#remove(key));
  }

  /** In mode `set` the whole tree matters, else only the keys. */
  #lookUp(root: Digest, keys: SortedKeys, found: Found, unmatched?: (key: Uint8Array) => void): Promise<void> {
    return this.mode === "set"
      ? findAll(this.blocks, root, keys, found, unmatched)
      : findSome(this.blocks, root, keys, found);
  }

  /** In mode `add`: rows whose id is taken by another item get another id, if ids are made; else throws bad-input. */
  async rename(chooser: IdChooser): Promise<void> {
    const { digests, lines } = this.input;
    if (!this.#found.includes(other)) return;
    const ordinals = new FreeOrdinals(this.blocks, this.dataset, chooser);
    this.#each(row => ordinals.count(digests.get(row)));
    for (let row = 0; row < this.#count; row++) {
      if (this.#found[row] !== other) continue;
      if (!chooser.makes)
        throw badInput("the id is taken by another item; mode upsert would change it", {
          ...lines.place(row),
          id: fromUtf8(this.#id(row)),
        });
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
    const isInOrder = this.#checkPositions();
    if (this.mode !== "set") return this.#placeAtEnd();
    if (isInOrder) this.#each(row => this.#put(row, this.#given(row)));
    else new Placement(this.#rank, row => this.#oldPosition(row)).each((row, position) => this.#put(row, position));
  }

  /** Applies what was decided. */
  async write(): Promise<DatasetBlock> {
    if (this.#rowsOut.count === 0) return this.dataset;
    const { digests } = this.input;
    const rows = await editTree(
      this.blocks,
      this.dataset.rows,
      changesOf(this.#rowsOut, value => linkValue(digests.get(readNumber(value)))),
    );
    const ids = await editTree(
      this.blocks,
      this.dataset.ids,
      changesOf(this.#idsOut, value => textValue(fromUtf8(value))),
    );
    return { ...this.dataset, rows: rows.root, ids: ids.root, count: rows.count };
  }

  #each(visit: (row: number) => void): void {
    for (let row = 0; row < this.#count; row++) visit(row);
  }

  /** The position that the input gives; empty when it gives none. */
  #given(row: number): Uint8Array {
    return this.input.ids.value(row);
  }

  /** Says whether every input row has a position and they ascend with the lines. Throws bad-input for a position that is none. */
  #checkPositions(): boolean {
    let before: string | undefined = "";
    this.#each(row => {
      const given = this.#given(row);
      if (given.length === 0) return void (before = undefined);
      const position = fromUtf8(given);
      if (!isPosition(position))
        throw badInput(`${JSON.stringify(position)} is not a position`, this.input.lines.place(row));
      const key = `${position}\0${fromUtf8(this.input.ids.key(row))}`;
      before = before !== undefined && compareText(before, key) < 0 ? key : undefined;
    });
    return before !== undefined;
  }

  async #placeAtEnd(): Promise<void> {
    const last = this.dataset.count > 0 ? await at(this.blocks, this.dataset.rows, this.dataset.count - 1) : undefined;
    let end = last && splitRowKey(last.key).position;
    this.#each(row => {
      const given = this.#given(row);
      if (this.#found[row] === there) this.counts.unchanged++;
      else if (this.#rank[row] >= 0) this.#put(row, this.mode === "upsert" && given.length > 0 ? given : undefined);
      else if (given.length > 0) this.#put(row, given);
      else {
        end = between(end, undefined);
        if (end === undefined)
          throw badInput(
            "there is no room for another position at the end of the dataset",
            this.input.lines.place(row),
          );
        this.#put(row, utf8(end));
      }
    });
  }

  #placeRemovals(): void {
    this.#each(row => {
      if (this.#rank[row] >= 0) this.#remove(this.#places.key(this.#placesInOrder[this.#rank[row]]));
    });
  }

  #oldPosition(row: number): Uint8Array {
    const key = this.#oldKey(row);
    return key.subarray(0, key.indexOf(0));
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

  /** Lets an input row stand at this position, or where it stands, and counts what that changes. */
  #put(row: number, position: Uint8Array | undefined): void {
    const found = this.#found[row];
    const moved = found !== absent && position !== undefined && !sameBytes(this.#oldPosition(row), position);
    if (found === absent) this.counts.added++;
    else if (found === other) this.counts.changed++;
    else this.counts.unchanged++;
    if (found !== absent && !moved) {
      if (found === same) return;
      const key = this.#oldKey(row);
      return this.#rowsOut.add(key, key.length, numberBytes(row), 4);
    }
    if (moved) {
      this.counts.moved++;
      const old = this.#oldKey(row);
      this.#rowsOut.add(old, old.length, old, 0);
    }
    this.#stand(row, position ?? noPosition);
  }

  #stand(row: number, position: Uint8Array): void {
    const id = this.#id(row);
    this.#rowsOut.add(rowKeyBytes, writeRowKey(rowKeyBytes, position, id), numberBytes(row), 4);
    this.#idsOut.add(id, id.length, position, position.length);
  }
}

const noPosition = new Uint8Array(0);
const rowKeyBytes = new Uint8Array(maxRowKeyBytes);
const number = new Uint8Array(4);

function* changesOf(table: KeyTable, valueOf: (value: Uint8Array) => Uint8Array): Iterable<TreeChange> {
  for (const row of table.sorted()) {
    const value = table.value(row);
    yield { key: table.key(row), value: value.length > 0 ? valueOf(value) : undefined };
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** A number as bytes that are valid until the next call. */
function numberBytes(value: number): Uint8Array {
  number[0] = value >>> 24;
  number[1] = value >>> 16;
  number[2] = value >>> 8;
  number[3] = value;
  return number;
}

function readNumber(bytes: Uint8Array): number {
  return ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
}
