/**
 * Projects a snapshot: every dataset as its folder, every file as it is, and `sheaf.json`, as one git tree.
 *
 * With an earlier snapshot and its tree at hand, only what differs is looked at; the tree is the same either way.
 */
import { decodeSnapshot, sameDigest, type Digest, type Snapshot } from "@sheaf/core";
import type { Oid } from "../object.js";
import { modes } from "../tree.js";
import { DatasetFolders } from "./dataset-folders.js";
import { changedDatasets, emptySide, type Side } from "./dataset-pairs.js";
import type { Making } from "./making.js";
import { editPaths, type Placed } from "./path-edit.js";
import { SnapshotFiles } from "./snapshot-files.js";
import { formatFile, formatText } from "./texts.js";

/** A snapshot whose projection is at hand. */
export interface Base {
  readonly snapshot: Digest;
  readonly tree: Oid;
}

/** Projects the snapshot and gives its top tree. Throws refused for a file that is in the way, `TreeLoss` when the base's trees are not at hand. */
export async function projectSnapshot(making: Making, snapshot: Digest, base?: Base): Promise<Oid> {
  if (base && sameDigest(base.snapshot, snapshot)) return base.tree;
  const parts = await read(making, snapshot);
  const before = base && (await sideOf(making, await read(making, base.snapshot)));
  const { now, pairs } = await changedDatasets(making, before ?? emptySide, parts.datasets);
  const folders = new DatasetFolders(making, base && before && { tree: base.tree, files: before.files });
  const places = new Map<string, Placed | undefined>();
  if (!base) places.set(formatFile, { mode: modes.file, oid: making.sink.put("blob", formatText) });
  for (const { was, is } of pairs) if (was && was.folder !== is?.folder) folders.remove(was);
  for (const { was, is } of pairs) if (is) await folders.put(is, was);
  const files = new SnapshotFiles(making, parts.files, now);
  if (now !== before?.layout) await files.checkAll();
  const changed = [...(await files.changed(before?.files))];
  // A dataset may come where a file goes, at the same path or above it.
  for (const [path, place] of changed) if (!place && !folders.hasRenewed(path)) places.set(path, place);
  for (const [path, place] of folders.places) places.set(path, place);
  for (const [path, place] of changed) if (place) places.set(path, place);
  for (const folder of folders.renewed)
    for (const [path, place] of await files.below(`${folder}/`)) places.set(path, place);
  return editPaths(making.shelf, making.sink, base?.tree, { places });
}

async function read({ reader }: Making, digest: Digest): Promise<Snapshot> {
  return decodeSnapshot(await reader.load(digest));
}

async function sideOf({ reader, layouts }: Making, { datasets, files }: Snapshot): Promise<Side & { files: Digest }> {
  return { datasets, files, layout: await layouts.of(reader, datasets) };
}
