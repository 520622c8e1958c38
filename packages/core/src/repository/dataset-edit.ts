/** An edit of one dataset that is there: finds it, lets it be changed, puts it back. */
import type { Blocks } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import type { Context } from "./context.js";
import type { Committed, CommitOptions } from "./contract.js";
import { findDataset, noDataset, putDatasets, type StoredDataset } from "./dataset-tree.js";
import { commitEdit } from "./write.js";

/** Makes a commit in which `build` has changed the dataset. Throws no-such-dataset. */
export function editDataset(
  context: Context,
  command: string,
  path: string,
  options: CommitOptions,
  build: (blocks: Blocks, dataset: StoredDataset) => Promise<{ dataset: DatasetBlock; summary: string }>,
): Promise<Committed> {
  return commitEdit(context, { command, touches: [path], isRebuilt: true }, options, async (blocks, base) => {
    const before = await findDataset(blocks, base.snapshot, path);
    if (!before) throw noDataset(path);
    const { dataset, summary } = await build(blocks, before);
    return { snapshot: await putDatasets(blocks, base.snapshot, new Map([[path, dataset]])), summary };
  });
}
