/** A JSON Patch on a dataset: reads the rows that it names, and writes those that it changes. */
import type { Blocks } from "../block/blocks.js";
import { sameDigest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { IdMaker } from "../dataset/made-id.js";
import { idFault } from "../dataset/path.js";
import { between, isPosition } from "../dataset/position.js";
import { splitRowKey } from "../dataset/row.js";
import { applyDatasetPatch, type DatasetChanges } from "../edit/document.js";
import type { Operation } from "../edit/patch.js";
import { changeRows, type RowChange, type RowState } from "../edit/row-edit.js";
import { lookUpRows } from "../edit/row-lookup.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { decode, encode } from "../item/cbor.js";
import { requireItem } from "../item/meta.js";
import type { Value, ValueObject } from "../item/value.js";
import { at } from "../tree/read.js";
import type { Context } from "./context.js";

/** What a patch made: the dataset, how many rows it changed, and the ids that were made for `/items/-`, in order. */
export interface Patched {
  readonly dataset: DatasetBlock;
  readonly rows: number;
  readonly made: readonly string[];
}

/** Applies a patch to a dataset: all of it, or an error that names the operation. */
export async function patchDataset(
  context: Context,
  blocks: Blocks,
  path: string,
  dataset: DatasetBlock,
  patch: readonly Operation[],
): Promise<Patched> {
  const work = new Patching(context, blocks, dataset);
  try {
    const changes = await applyDatasetPatch(work, patch, work);
    const rows = await work.rowChanges(changes);
    const changed = await changeRows(blocks, dataset, rows, context.nodes);
    return {
      dataset: changes.meta ? { ...changed, meta: changes.meta } : changed,
      rows: rows.length,
      made: changes.made,
    };
  } catch (error) {
    if (isSheafError(error, "bad-input"))
      throw new SheafError("bad-input", { ...error.data, dataset: path }, `dataset ${path}, ${error.message}`);
    throw error;
  }
}

/** The dataset as a patch sees it. */
class Patching {
  readonly #ids: IdMaker;
  readonly #known = new Map<string, Promise<RowState | undefined>>();
  readonly #asked: string[] = [];
  #answer: Promise<Map<string, RowState>> | undefined;

  constructor(
    readonly context: Context,
    readonly blocks: Blocks,
    readonly dataset: DatasetBlock,
  ) {
    this.#ids = new IdMaker(context.platform);
  }

  readonly isPosition = isPosition;

  meta(): ValueObject {
    return this.dataset.meta;
  }

  async position(id: string): Promise<string | undefined> {
    return (await this.#row(id))?.position;
  }

  async item(id: string): Promise<Value | undefined> {
    const row = await this.#row(id);
    return row && (decode(await this.blocks.load(row.item)) as Value);
  }

  /** The id of an appended item: the first ordinal of its content that is free, found by doubling and bisection. */
  async makeId(item: ValueObject, isTaken: (id: string) => boolean): Promise<string> {
    const digest = new Uint8Array(32);
    this.context.platform.digestInto(encode(item), digest, 0);
    const taken = async (ordinal: number): Promise<boolean> => {
      const id = this.#ids.make(digest, ordinal);
      return isTaken(id) || (await this.position(id)) !== undefined;
    };
    let free = 0;
    let last = -1;
    for (let step = 1; await taken(free); step *= 2) {
      last = free;
      free += step;
    }
    while (free - last > 1) {
      const middle = (free + last) >>> 1;
      if (await taken(middle)) last = middle;
      else free = middle;
    }
    return this.#ids.make(digest, free);
  }

  /** The patch's changes as rows. Throws bad-input for an id or an item that cannot be stored. */
  async rowChanges({ items, positions, appended }: DatasetChanges): Promise<RowChange[]> {
    const ends = await this.#ends(appended);
    const changes: RowChange[] = [];
    for (const id of new Set([...items.keys(), ...positions.keys(), ...appended])) {
      const before = await this.#row(id);
      const item = items.has(id) ? this.#put(id, items.get(id)) : before?.item;
      const position = ends.get(id) ?? positions.get(id) ?? before?.position;
      const after = item && position !== undefined ? { item, position } : undefined;
      const isSame =
        before && after ? sameDigest(before.item, after.item) && before.position === after.position : before === after;
      if (!isSame) changes.push({ id, before, after });
    }
    return changes;
  }

  #put(id: string, item: ValueObject | undefined) {
    if (!item) return undefined;
    const fault = idFault(id);
    if (fault !== undefined) throw badInput(fault, { id });
    return this.blocks.put(encode(requireItem(item, { id })));
  }

  /** Positions behind all others, for the rows that are appended. */
  async #ends(appended: readonly string[]): Promise<Map<string, string>> {
    const ends = new Map<string, string>();
    if (appended.length === 0) return ends;
    const last = await at(this.blocks, this.dataset.rows, this.dataset.count - 1);
    let end = last && splitRowKey(last.key).position;
    for (const id of appended) {
      end = between(end, undefined);
      if (end === undefined) throw badInput("there is no room for another position at the end of the dataset", { id });
      ends.set(id, end);
    }
    return ends;
  }

  /** Looks a row up, once. Rows that are asked for together are looked up together. */
  #row(id: string): Promise<RowState | undefined> {
    const known = this.#known.get(id);
    if (known) return known;
    if (idFault(id) === undefined) this.#asked.push(id);
    this.#answer ??= Promise.resolve().then(() => this.#lookUp());
    const found = this.#answer.then(rows => rows.get(id));
    this.#known.set(id, found);
    return found;
  }

  #lookUp(): Promise<Map<string, RowState>> {
    this.#answer = undefined;
    return lookUpRows(this.blocks, this.dataset, this.#asked.splice(0), this.context.nodes);
  }
}
