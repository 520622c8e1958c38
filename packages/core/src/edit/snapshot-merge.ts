/**
 * Three-way merge of snapshots: datasets, paired by id and then by path; where they stand and what they hold; then the other files.
 *
 * Step of the walk: edit, for two branches at once. Conflicts are values and nothing is dropped silently: what stands at a conflict is ours, or, of a deletion
 * and a change, the change. Reads only what differs. Leaves to others: who the parents are (`merge-base.ts`), how conflicts are kept (`merge-state.ts`).
 */
import type { Blocks } from "../block/blocks.js";
import { printCid, sameDigest, type Digest } from "../block/cid.js";
import { encodeDataset } from "../dataset/dataset.js";
import { linkValue } from "../dataset/row.js";
import type { Snapshot } from "../history/snapshot.js";
import { samePlaced, type PlacedDataset } from "../history/trace.js";
import type { Value } from "../item/value.js";
import { compareText, fromUtf8 } from "../text.js";
import { emptyTree } from "../tree/builder.js";
import { editTree } from "../tree/edit.js";
import { mergeTrees, type ThreeWay } from "../tree/merge.js";
import { pairDatasets, readPlaced } from "./dataset-pairs.js";
import { mergeContext, mergeDatasets, type DatasetConflict, type Hold, type MergeContext } from "./dataset-merge.js";
import { mergeFiles } from "./file-merge.js";
import type { MergeNote } from "./row-merge.js";

export interface MergedSnapshot {
  readonly snapshot: Snapshot;
  /** By dataset path; inside a dataset metadata first, then rows; files last. */
  readonly conflicts: readonly DatasetConflict[];
  readonly notes: readonly MergeNote[];
}

export interface SnapshotMergeOptions {
  readonly hold?: Hold;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Merges two snapshots that came from the bases; none when they have nothing in common.
 *
 * Of several bases the caller had better make one first ({@link import("./merge-base.js").mergeBase}), who knows their history; here they are folded in the
 * order given, as if made from nothing.
 */
export async function mergeSnapshots(
  blocks: Blocks,
  bases: readonly Snapshot[],
  ours: Snapshot,
  theirs: Snapshot,
  { hold = "ours", signal }: SnapshotMergeOptions = {},
): Promise<MergedSnapshot> {
  const base = await foldBases(blocks, bases, signal);
  const context = mergeContext(blocks, hold, signal);
  const datasets = await mergeDatasetTrees(context, base, ours, theirs);
  const files = await mergeFiles(context, base.files, ours.files, theirs.files);
  return { snapshot: { datasets, files }, conflicts: context.conflicts, notes: context.notes };
}

async function foldBases(
  blocks: Blocks,
  [first, ...others]: readonly Snapshot[],
  signal: AbortSignal | undefined,
): Promise<Snapshot> {
  const empty = emptyTree(blocks);
  let base = first ?? { datasets: empty, files: empty };
  for (const other of others) base = (await mergeSnapshots(blocks, [], base, other, { hold: "base", signal })).snapshot;
  return base;
}

/** What one dataset is in the base and on both sides. */
interface Group {
  readonly base: PlacedDataset | undefined;
  readonly ours: PlacedDataset | undefined;
  readonly theirs: PlacedDataset | undefined;
}

/** A group with what it is merged to; absent when it goes. */
interface MergedGroup extends Group {
  readonly merged: PlacedDataset | undefined;
}

async function mergeDatasetTrees(
  context: MergeContext,
  base: Snapshot,
  ours: Snapshot,
  theirs: Snapshot,
): Promise<Digest> {
  const { blocks } = context;
  const entries: ThreeWay[] = [];
  for await (const entry of mergeTrees(blocks, base.datasets, ours.datasets, theirs.datasets)) entries.push(entry);
  const merged: MergedGroup[] = [];
  for (const group of await groupDatasets(blocks, entries)) {
    context.signal?.throwIfAborted();
    merged.push({ ...group, merged: await mergeGroup(context, group) });
  }
  const placed = settlePaths(context, merged);
  // A dataset comes to a path where one side has it, so every path that is to change is among the entries.
  const changes = entries.map(({ key }) => {
    const dataset = placed.get(fromUtf8(key));
    return { key, value: dataset && linkValue(dataset.digest) };
  });
  return (await editTree(blocks, ours.datasets, changes)).root;
}

/** Finds out which datasets are one, of those that stand at a path where something changed; in the order of their paths. */
async function groupDatasets(blocks: Blocks, entries: readonly ThreeWay[]): Promise<Group[]> {
  const bases = await readPlaced(
    blocks,
    entries.map(({ key, base: value }) => ({ key, value })),
  );
  const ours = await readPlaced(
    blocks,
    entries.map(({ key, ours: value }) => ({ key, value })),
  );
  const theirs = await readPlaced(
    blocks,
    entries.map(({ key, theirs: value }) => ({ key, value })),
  );
  const [toOurs, toTheirs] = [pairDatasets(bases, ours), pairDatasets(bases, theirs)];
  const [known, knownToThem] = [new Set(toOurs.values()), new Set(toTheirs.values())];
  const [made, madeByThem] = [
    ours.filter(dataset => !known.has(dataset)),
    theirs.filter(dataset => !knownToThem.has(dataset)),
  ];
  const toMade = pairDatasets(made, madeByThem);
  const madeByBoth = new Set(toMade.values());
  const groups: Group[] = [
    ...bases.map(base => ({ base, ours: toOurs.get(base), theirs: toTheirs.get(base) })),
    ...made.map(dataset => ({ base: undefined, ours: dataset, theirs: toMade.get(dataset) })),
    ...madeByThem
      .filter(dataset => !madeByBoth.has(dataset))
      .map(dataset => ({ base: undefined, ours: undefined, theirs: dataset })),
  ];
  return groups.sort((a, b) => compareText(nameOf(a), nameOf(b)));
}

function nameOf({ base, ours, theirs }: Group): string {
  return (base ?? ours ?? theirs)?.path ?? "";
}

async function mergeGroup(context: MergeContext, group: Group): Promise<PlacedDataset | undefined> {
  const { base, ours, theirs } = group;
  if (samePlaced(ours, theirs) || samePlaced(base, theirs)) return ours;
  if (samePlaced(base, ours)) return theirs;
  if (!ours || !theirs) return mergeDeletion(context, group);
  const path = mergePaths(context, base?.path, ours.path, theirs.path);
  if (sameDigest(ours.digest, theirs.digest) || (base && sameDigest(base.digest, theirs.digest)))
    return { ...ours, path };
  if (base && sameDigest(base.digest, ours.digest)) return { ...theirs, path };
  const block = await mergeDatasets(context, path, base?.block, ours.block, theirs.block);
  return { path, digest: context.blocks.put(encodeDataset(block)), block };
}

/** One side deleted a dataset that the other changed or renamed: it stays until somebody decides. */
function mergeDeletion(context: MergeContext, { base, ours, theirs }: Group): PlacedDataset | undefined {
  const kept = ours ?? theirs;
  if (kept) context.conflicts.push({ dataset: kept.path, pointer: "", ...cids({ base, ours, theirs }) });
  return context.hold === "ours" ? kept : base;
}

function mergePaths({ conflicts, hold }: MergeContext, base: string | undefined, ours: string, theirs: string): string {
  if (ours === theirs || base === theirs) return ours;
  if (base === ours) return theirs;
  const inBase = base ?? (compareText(ours, theirs) < 0 ? ours : theirs);
  const path = hold === "ours" ? ours : inBase;
  conflicts.push({ dataset: path, pointer: "/path", ...(base !== undefined && { base }), ours, theirs });
  return path;
}

/** Gives each path its dataset. Two different ones that came to the same path are a conflict. */
function settlePaths(context: MergeContext, groups: readonly MergedGroup[]): Map<string, PlacedDataset> {
  const placed = new Map<string, PlacedDataset>();
  const owners = new Map<string, MergedGroup>();
  for (const group of groups) {
    const { merged } = group;
    if (!merged) continue;
    const rival = owners.get(merged.path);
    const owner = rival ? settleRivals(context, rival, group, merged.path) : group;
    owners.set(merged.path, owner);
    if (owner.merged) placed.set(merged.path, owner.merged);
  }
  return placed;
}

/** Of two datasets at one path, says which is held there; each side brought one of them. */
function settleRivals(context: MergeContext, a: MergedGroup, b: MergedGroup, path: string): MergedGroup {
  const [mine, other] = a.ours?.path === path ? [a, b] : [b, a];
  const base = [a, b].find(group => group.base?.path === path);
  context.conflicts.push({
    dataset: path,
    pointer: "",
    ...cids({ base: base?.base, ours: mine.merged, theirs: other.merged }),
  });
  if (context.hold === "ours") return mine;
  return base ?? [a, b].sort((x, y) => compareText(x.merged?.block.id ?? "", y.merged?.block.id ?? ""))[0];
}

/** What stands for whole datasets in a conflict: their CIDs. */
function cids({ base, ours, theirs }: Group): { base?: Value; ours?: Value; theirs?: Value } {
  return {
    ...(base && { base: printCid(base.digest) }),
    ...(ours && { ours: printCid(ours.digest) }),
    ...(theirs && { theirs: printCid(theirs.digest) }),
  };
}
