/**
 * Resolves conflicts of a merge under way: puts what was chosen into the merged snapshot.
 *
 * Step of the walk: edit. What a conflict is about says where the choice goes: a field, an item, metadata, a dataset's name, a dataset, a file.
 */
import type { Blocks } from "../block/blocks.js";
import { parseCid } from "../block/cid.js";
import { decodeDataset, encodeDataset, type DatasetBlock } from "../dataset/dataset.js";
import { checkPath } from "../dataset/path.js";
import { linkedDigest, linkValue } from "../dataset/row.js";
import { badInput, SheafError } from "../errors.js";
import { decodeSnapshot, encodeSnapshot } from "../history/snapshot.js";
import { decode, encode } from "../item/cbor.js";
import { isObject, type Value } from "../item/value.js";
import type { Awaitable } from "../platform.js";
import { compareBytes, utf8 } from "../text.js";
import { editTree } from "../tree/edit.js";
import { get } from "../tree/read.js";
import { resolveConflicts, type Choice, type Conflict } from "./conflict.js";
import { fileFromView, fileValue } from "./file-merge.js";
import { putConflicts, readConflicts, type KeptConflict, type MergeBlock } from "./merge-state.js";
import { changeRows, type RowChange } from "./row-edit.js";
import { lookUpRows } from "./row-lookup.js";

/** Chooses how a conflict is resolved; `undefined` leaves it. */
export type Pick = (conflict: KeptConflict, index: number) => Awaitable<Choice | undefined>;

/**
 * Resolves the conflicts for which `pick`, asked about each that is open, has a choice. All or nothing: gives the new state, or throws and changes nothing.
 *
 * Throws bad-input for a value that cannot stand there (an item that is no object, a file that is no text), already-exists when a dataset is to have the name
 * of another one.
 */
export async function resolveIn(blocks: Blocks, state: MergeBlock, pick: Pick): Promise<MergeBlock> {
  const resolution = new Resolution(blocks, state);
  await resolution.choose(pick);
  return resolution.carryOut();
}

/** A conflict with its choice, if it has one. */
interface Open {
  readonly index: number;
  readonly conflict: KeptConflict;
  readonly choice: Choice | undefined;
}

class Resolution {
  readonly #conflicts: KeptConflict[] = [];
  readonly #open: Open[] = [];
  readonly #datasets = new Map<string, DatasetBlock | undefined>();
  readonly #files = new Map<string, Uint8Array | undefined>();

  constructor(
    readonly blocks: Blocks,
    readonly state: MergeBlock,
  ) {}

  async choose(pick: Pick): Promise<void> {
    for await (const conflict of readConflicts(this.blocks, this.state)) {
      const index = this.#conflicts.push(conflict) - 1;
      if (!conflict.resolved) this.#open.push({ index, conflict, choice: await pick(conflict, index) });
    }
  }

  /** Inside datasets first, then the datasets themselves, then their names, so that each finds what it is about. */
  async carryOut(): Promise<MergeBlock> {
    for (const [path, open] of groupBy(this.#open.filter(isInside), ({ conflict }) => conflict.dataset))
      await this.#resolveInside(path, open);
    for (const open of this.#open)
      if (isAbout(open, "") && open.choice !== undefined) await this.#resolveWhole(open.conflict, open.choice);
    for (const open of this.#open)
      if (isAbout(open, "/path") && open.choice !== undefined) await this.#rename(open.conflict, open.choice);
    for (const { conflict, choice } of this.#open)
      if (isFile(conflict) && choice !== undefined) this.#resolveFile(conflict, choice);
    for (const { index, choice } of this.#open)
      if (choice !== undefined) this.#conflicts[index] = { ...this.#conflicts[index], resolved: true };
    return { ...this.state, snapshot: await this.#putSnapshot(), ...putConflicts(this.blocks, this.#conflicts) };
  }

  async #resolveInside(path: string, open: readonly Open[]): Promise<void> {
    if (open.every(({ choice }) => choice === undefined)) return;
    const dataset = await this.#find(path);
    // Another resolution took the dataset away, and all that was in it.
    if (!dataset) return;
    const meta = this.#resolveValue(
      dataset.meta,
      open.filter(({ conflict }) => conflict.id === undefined),
      "/meta",
    );
    if (!isObject(meta)) throw badInput("the metadata of a dataset is an object", { dataset: path, pointer: "/meta" });
    const changes = await this.#resolveRows(path, dataset, open);
    this.#datasets.set(path, { ...(await changeRows(this.blocks, dataset, changes)), meta });
  }

  async #resolveRows(path: string, dataset: DatasetBlock, open: readonly Open[]): Promise<RowChange[]> {
    const byId = groupBy(
      open.filter(({ conflict }) => conflict.id !== undefined),
      ({ conflict }) => conflict.id ?? "",
    );
    for (const [id, rows] of byId) if (rows.every(({ choice }) => choice === undefined)) byId.delete(id);
    const rows = await lookUpRows(this.blocks, dataset, [...byId.keys()]);
    const changes: RowChange[] = [];
    for (const [id, before] of rows) {
      const item = decode(await this.blocks.load(before.item)) as Value;
      const value = this.#resolveValue(item, byId.get(id) ?? [], "");
      if (value !== undefined && !isObject(value)) throw badInput("an item is an object", { dataset: path, id });
      changes.push({ id, before, after: value && { position: before.position, item: this.blocks.put(encode(value)) } });
    }
    return changes;
  }

  /** Puts the choices into a value whose place in the conflicts' document is `root`; keeps where the conflicts that are left now are. */
  #resolveValue(value: Value, open: readonly Open[], root: string): Value | undefined {
    if (open.every(({ choice }) => choice === undefined)) return value;
    // A deletion against a change holds the change, whichever side made it: the whole value is replaced.
    const whole = open.find(({ conflict, choice }) => conflict.pointer === root && choice !== undefined);
    if (whole) return chosen(whole.conflict, whole.choice);
    const conflicts = open.map(({ conflict }): Conflict => ({
      ...conflict,
      pointer: conflict.pointer.slice(root.length),
    }));
    const left = open.filter(({ choice }) => choice === undefined);
    const resolved = resolveConflicts({ value, conflicts }, (_, i) => open[i].choice);
    for (const [i, { index }] of left.entries())
      this.#conflicts[index] = { ...this.#conflicts[index], pointer: root + resolved.conflicts[i].pointer };
    return resolved.value;
  }

  async #resolveWhole(conflict: KeptConflict, choice: Choice): Promise<void> {
    const cid = chosen(conflict, choice);
    if (cid !== undefined && typeof cid !== "string")
      throw badInput("a whole dataset is chosen as ours, theirs or base, removed, or named by its CID", {
        dataset: conflict.dataset,
      });
    this.#datasets.set(
      conflict.dataset,
      cid === undefined ? undefined : decodeDataset(await this.blocks.load(parseCid(cid).digest)),
    );
  }

  async #rename({ dataset: from, ...conflict }: KeptConflict, choice: Choice): Promise<void> {
    const to = chosen(conflict, choice);
    if (typeof to !== "string") throw badInput("the name of a dataset is text", { dataset: from });
    const dataset = await this.#find(from);
    if (!dataset || to === from) return;
    checkPath(to);
    if (await this.#find(to))
      throw new SheafError(
        "already-exists",
        { kind: "dataset", name: to },
        `${from} cannot be called ${to}: there is a dataset of that name already; choose another name`,
      );
    this.#datasets.set(from, undefined).set(to, dataset);
    for (const { index, conflict: other } of this.#open)
      if (other.dataset === from) this.#conflicts[index] = { ...this.#conflicts[index], dataset: to };
  }

  #resolveFile(conflict: KeptConflict, choice: Choice): void {
    const view = chosen(conflict, choice);
    const path = conflict.id ?? "";
    this.#files.set(path, view === undefined ? undefined : fileValue(fileFromView(this.blocks, path, view)));
  }

  async #find(path: string): Promise<DatasetBlock | undefined> {
    if (this.#datasets.has(path)) return this.#datasets.get(path);
    const { datasets } = decodeSnapshot(await this.blocks.load(this.state.snapshot));
    const value = await get(this.blocks, datasets, utf8(path));
    return value && decodeDataset(await this.blocks.load(linkedDigest(value)));
  }

  async #putSnapshot(): Promise<MergeBlock["snapshot"]> {
    const { datasets, files } = decodeSnapshot(await this.blocks.load(this.state.snapshot));
    const placed = Array.from(this.#datasets, ([path, dataset]) => ({
      key: utf8(path),
      value: dataset && linkValue(this.blocks.put(encodeDataset(dataset))),
    }));
    const filed = Array.from(this.#files, ([path, value]) => ({ key: utf8(path), value }));
    const snapshot = {
      datasets: (await editTree(this.blocks, datasets, placed.sort(byKey))).root,
      files: (await editTree(this.blocks, files, filed.sort(byKey))).root,
    };
    return this.blocks.put(encodeSnapshot(snapshot));
  }
}

/** What a choice puts in the place of a conflict; nothing when the side has nothing there. */
function chosen(conflict: Conflict, choice: Choice | undefined): Value | undefined {
  if (choice === undefined || typeof choice === "string") return choice && conflict[choice];
  return "value" in choice ? choice.value : undefined;
}

function isFile({ dataset }: KeptConflict): boolean {
  return dataset === "";
}

/** Says whether the conflict is about the dataset as such: all of it ("") or its name (`/path`). */
function isAbout({ conflict }: Open, pointer: "" | "/path"): boolean {
  return !isFile(conflict) && conflict.id === undefined && conflict.pointer === pointer;
}

function isInside(open: Open): boolean {
  return !isFile(open.conflict) && !isAbout(open, "") && !isAbout(open, "/path");
}

function groupBy<T>(list: readonly T[], name: (of: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const element of list) {
    const group = groups.get(name(element));
    if (group) group.push(element);
    else groups.set(name(element), [element]);
  }
  return groups;
}

function byKey(a: { key: Uint8Array }, b: { key: Uint8Array }): number {
  return compareBytes(a.key, b.key);
}
