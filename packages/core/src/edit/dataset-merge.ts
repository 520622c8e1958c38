/**
 * Three-way merge of a dataset: rows by id, each field by field, then positions, then metadata.
 *
 *                 ours    a changed q1, added q9
 *     base  ─<                                      ─ merged   both changes of q1 where they are in different fields, q9, without q4
 *                 theirs  changed q1, removed q4
 *
 * Walks what one side changed, looks those rows up on the other, and applies the changes there; so it reads and writes about what that one side changed. It
 * takes the side with fewer changes. Swapping the sides gives the same merge with the sides swapped (law 6).
 */
import type { Blocks } from "../block/blocks.js";
import { sameDigest, type Digest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { decode, encode } from "../item/cbor.js";
import { isObject, type Value, type ValueObject } from "../item/value.js";
import { RecentNodes } from "../tree/cache.js";
import type { NodeCache } from "../tree/cache.js";
import { resolveConflicts, type Conflict } from "./conflict.js";
import { diffWindows } from "./dataset-diff.js";
import { mergeValues } from "./item-merge.js";
import { changeRows, type RowChange, type RowState } from "./row-edit.js";
import { lookUpRowsNear } from "./row-lookup.js";
import { mergeRow, type MergeNote, type RowVerdict } from "./row-merge.js";

/**
 * A place that two sides changed in two ways. With `id`, `pointer` is inside the item; without, in the dataset's document (`/meta/…`), or `/path` for the
 * dataset's name, or "" for the dataset as a whole. For a file `dataset` is "" and `id` its path. A side that does not have the thing is absent.
 */
export interface DatasetConflict extends Conflict {
  readonly dataset: string;
  readonly id?: string;
}

/**
 * What stands at a conflict until it is resolved: what ours has (a deleted row that the other side changed stays, changed); or what the base has, for merges
 * of merge bases, where neither side may be preferred.
 */
export type Hold = "ours" | "base";

export interface MergeContext {
  readonly blocks: Blocks;
  readonly hold: Hold;
  /** Takes what was found, in the order of the merge. */
  readonly conflicts: DatasetConflict[];
  readonly notes: MergeNote[];
  readonly signal?: AbortSignal | undefined;
  readonly cache?: NodeCache | undefined;
}

/** Rows changed between two writings of the trees: bounds memory. */
const rowsPerEdit = 65_536;
/** A side with more changes than this is walked only when the other has as many. */
const manyChanges = 16_384;
/** Rows whose items are loaded and merged together. */
const itemsAtOnce = 128;

/** Makes a context for one merge. */
export function mergeContext(blocks: Blocks, hold: Hold = "ours", signal?: AbortSignal): MergeContext {
  return { blocks, hold, conflicts: [], notes: [], signal, cache: new RecentNodes(2 ** 24) };
}

/** Merges two versions of a dataset, which goes by `path` in conflicts. Without a base both made it. */
export async function mergeDatasets(
  context: MergeContext,
  path: string,
  base: DatasetBlock | undefined,
  ours: DatasetBlock,
  theirs: DatasetBlock,
): Promise<DatasetBlock> {
  const meta = mergeMeta(context, path, base?.meta, ours.meta, theirs.meta);
  const rows = await mergeRows(context, path, base, ours, theirs);
  return { ...rows, id: mergeIds(base?.id, ours.id, theirs.id), meta };
}

/** A dataset that was made anew has another id; where both were, the smaller id is taken. */
function mergeIds(base: string | undefined, ours: string, theirs: string): string {
  if (ours === theirs || base === theirs) return ours;
  if (base === ours) return theirs;
  return ours < theirs ? ours : theirs;
}

function mergeMeta(
  context: MergeContext,
  path: string,
  base: ValueObject | undefined,
  ours: ValueObject,
  theirs: ValueObject,
): ValueObject {
  const merged = mergeValues(base, ours, theirs);
  const value = held(context, merged, conflict => ({
    ...conflict,
    dataset: path,
    pointer: `/meta${conflict.pointer}`,
  }));
  return isObject(value) ? value : ours;
}

/** The merged value with what stands at its conflicts, which are reported. */
function held(
  context: MergeContext,
  merged: ReturnType<typeof mergeValues>,
  placed: (conflict: Conflict) => DatasetConflict,
): Value | undefined {
  if (merged.conflicts.length === 0) return merged.value;
  for (const conflict of merged.conflicts) context.conflicts.push(placed(conflict));
  return context.hold === "ours" ? merged.value : resolveConflicts(merged, () => "base").value;
}

async function mergeRows(
  context: MergeContext,
  path: string,
  base: DatasetBlock | undefined,
  ours: DatasetBlock,
  theirs: DatasetBlock,
): Promise<DatasetBlock> {
  if (sameDigest(ours.rows, theirs.rows) || (base && sameDigest(base.rows, theirs.rows))) return ours;
  if (base && sameDigest(base.rows, ours.rows)) return theirs;
  const few = await fewChanges(context, base, theirs);
  const fewOurs = few ? undefined : await fewChanges(context, base, ours);
  const [walked, other] = fewOurs ? [ours, theirs] : [theirs, ours];
  const windows = few ?? fewOurs ?? diffWindows(context.blocks, base, walked, context.cache);
  return new RowMerge(context, path, base, other, fewOurs !== undefined).run(windows);
}

/** The changes of a side, if they are not many. */
async function fewChanges(
  { blocks, cache }: MergeContext,
  base: DatasetBlock | undefined,
  side: DatasetBlock,
): Promise<RowChange[][] | undefined> {
  if (Math.abs(side.count - (base?.count ?? 0)) > manyChanges) return undefined;
  const windows: RowChange[][] = [];
  let changes = 0;
  for await (const window of diffWindows(blocks, base, side, cache)) {
    windows.push(window);
    changes += window.length;
    if (changes > manyChanges) return undefined;
  }
  return windows;
}

/** A row that changed, in all three versions, with what is to become of it. */
interface Triple {
  readonly id: string;
  readonly base: RowState | undefined;
  readonly ours: RowState | undefined;
  readonly theirs: RowState | undefined;
  readonly verdict: RowVerdict;
}

/** Merges what one side changed into the other. */
class RowMerge {
  #edits: RowChange[] = [];
  #merged: DatasetBlock;

  constructor(
    readonly context: MergeContext,
    readonly path: string,
    readonly base: DatasetBlock | undefined,
    readonly other: DatasetBlock,
    readonly walksOurs: boolean,
  ) {
    this.#merged = other;
  }

  async run(windows: Iterable<RowChange[]> | AsyncIterable<RowChange[]>): Promise<DatasetBlock> {
    const { blocks, signal } = this.context;
    for await (const window of windows) {
      signal?.throwIfAborted();
      await this.#mergeWindow(window);
      if (this.#edits.length >= rowsPerEdit) await this.#apply();
      await blocks.drain();
    }
    await this.#apply();
    return this.#merged;
  }

  async #mergeWindow(window: readonly RowChange[]): Promise<void> {
    const { blocks, cache } = this.context;
    const idsAreAsInBase = this.base !== undefined && sameDigest(this.base.ids, this.other.ids);
    const others = await lookUpRowsNear(
      blocks,
      this.other,
      window.map(({ id, before, after }) => ({ id, position: (before ?? after)?.position ?? "" })),
      idsAreAsInBase,
      cache,
    );
    const triples = window.map(({ id, before: base, after }): Triple => {
      const other = others.get(id);
      const [ours, theirs] = this.walksOurs ? [after, other] : [other, after];
      return { id, base, ours, theirs, verdict: mergeRow(base, ours, theirs) };
    });
    const items = await this.#mergeItems(triples.filter(({ verdict }) => verdict.kind !== "clean"));
    for (const triple of triples) this.#conclude(triple, items.get(triple.id));
  }

  /** Loads and merges what both sides changed; gives the merged items by id. */
  async #mergeItems(triples: readonly Triple[]): Promise<Map<string, Digest | undefined>> {
    const merged = new Map<string, Digest | undefined>();
    for (let at = 0; at < triples.length; at += itemsAtOnce) {
      const slice = triples.slice(at, at + itemsAtOnce);
      const states = slice.map(({ base, ours, theirs }) => [base, ours, theirs]);
      const loaded = await this.context.blocks.loadMany(states.flatMap(row => row.flatMap(state => state?.item ?? [])));
      let next = 0;
      for (const [i, triple] of slice.entries()) {
        const [base, ours, theirs] = states[i].map(state => state && (decode(loaded[next++]) as Value));
        merged.set(triple.id, this.#mergeItem(triple, base, ours, theirs));
      }
    }
    return merged;
  }

  #mergeItem(
    { id, base: was, verdict }: Triple,
    base: Value | undefined,
    ours: Value | undefined,
    theirs: Value | undefined,
  ): Digest | undefined {
    const value = held(this.context, mergeValues(base, ours, theirs), conflict => ({
      ...conflict,
      dataset: this.path,
      id,
    }));
    // Of a deletion and a change, the change stays until somebody decides.
    if (verdict.kind === "deleted-and-changed") return this.context.hold === "ours" ? verdict.state.item : was?.item;
    return value === undefined ? undefined : this.context.blocks.put(encode(value));
  }

  /** Notes what is to be noted, and takes down what changes in the other side's trees. */
  #conclude({ id, base, ours, theirs, verdict }: Triple, item: Digest | undefined): void {
    const after = this.#outcome(base, verdict, item);
    if (verdict.kind !== "deleted-and-changed" && verdict.note !== undefined) {
      this.context.notes.push({
        kind: verdict.note,
        dataset: this.path,
        id,
        ...(ours && { ours: ours.position }),
        ...(theirs && { theirs: theirs.position }),
        ...(after && { taken: after.position }),
      });
    }
    this.#edits.push({ id, before: this.walksOurs ? theirs : ours, after });
  }

  #outcome(base: RowState | undefined, verdict: RowVerdict, item: Digest | undefined): RowState | undefined {
    if (verdict.kind === "clean") return verdict.state;
    if (verdict.kind === "items") return item && { position: verdict.position, item };
    return this.context.hold === "ours" ? verdict.state : base;
  }

  async #apply(): Promise<void> {
    this.#merged = await changeRows(this.context.blocks, this.#merged, this.#edits, this.context.cache);
    this.#edits = [];
  }
}
