/** What a dataset was at a revision: to be put back. */
import type { Blocks } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { commitCid, readSnapshot, type Context } from "./context.js";
import type { Rev } from "./contract.js";
import { findDataset, findDatasetById, noDataset } from "./dataset-tree.js";
import { commitAt } from "./revisions.js";

/** The dataset as it was, under whatever name; one that is gone by now is found by the name that it had. Throws no-such-dataset. */
export async function datasetThen(
  context: Context,
  blocks: Blocks,
  path: string,
  now: DatasetBlock | undefined,
  from: Rev,
): Promise<{ dataset: DatasetBlock; summary: string }> {
  const commit = await commitAt(context, from);
  const then = await readSnapshot(context.store, commit);
  const dataset = (now && (await findDatasetById(blocks, then, now.id))) ?? (await findDataset(blocks, then, path));
  if (!dataset) throw noDataset(path, from);
  return { dataset, summary: `Restore ${path} from ${commitCid(commit)}` };
}
