/**
 * Changes of rows as changes of a dataset's two trees.
 *
 * Comes after the patch or the merge has said what shall be; leaves to `tree` how a tree is changed, to `repository` how a commit is made.
 */
import type { Blocks } from "../block/blocks.js";
import { sameDigest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import type { RowState } from "../dataset/lookup.js";
import { linkValue, rowKey, textValue } from "../dataset/row.js";
import { compareBytes, utf8 } from "../text.js";
import type { NodeCache } from "../tree/cache.js";
import { editTree, type TreeChange } from "../tree/edit.js";

export type { RowState } from "../dataset/lookup.js";

/** One row before and after an edit; absent before when it is new, absent after when it goes. */
export interface RowChange {
  readonly id: string;
  readonly before?: RowState | undefined;
  readonly after?: RowState | undefined;
}

/** The dataset after these changes, at most one for each id, in any order. Gives back `dataset` itself when they change nothing. */
export async function changeRows(
  blocks: Blocks,
  dataset: DatasetBlock,
  changes: readonly RowChange[],
  cache?: NodeCache,
): Promise<DatasetBlock> {
  const rows: TreeChange[] = [];
  const ids: TreeChange[] = [];
  for (const { id, before, after } of changes) {
    const moved = before?.position !== after?.position;
    if (!moved && (!before || !after || sameDigest(before.item, after.item))) continue;
    if (before && moved) rows.push({ key: rowKey(before.position, id), value: undefined });
    if (after) rows.push({ key: rowKey(after.position, id), value: linkValue(after.item) });
    if (moved) ids.push({ key: utf8(id), value: after && textValue(after.position) });
  }
  if (rows.length === 0) return dataset;
  const byKey = (a: TreeChange, b: TreeChange) => compareBytes(a.key, b.key);
  const changedRows = await editTree(blocks, dataset.rows, rows.sort(byKey), cache);
  const changedIds =
    ids.length > 0 ? await editTree(blocks, dataset.ids, ids.sort(byKey), cache) : { root: dataset.ids };
  return { ...dataset, rows: changedRows.root, ids: changedIds.root, count: changedRows.count };
}
