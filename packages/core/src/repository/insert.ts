/** A new row in a dataset: under an id that must be free, or one that is made, at the end or beside another row. */
import type { Blocks } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { findRow } from "../dataset/lookup.js";
import { idFault } from "../dataset/path.js";
import { pointer } from "../edit/pointer.js";
import { badInput, SheafError } from "../errors.js";
import type { ValueObject } from "../item/value.js";
import { moveBeside, type Beside } from "./beside.js";
import type { Context } from "./context.js";
import { patchDataset } from "./patch.js";

/** A row to be made; its item in the block's form. */
export interface NewRow {
  readonly item: ValueObject;
  readonly id?: string | undefined;
  readonly beside?: Beside | undefined;
}

/** The dataset with the row in it, and the row's id. Throws bad-input for what is no id, already-exists for one that is taken. */
export async function insertRow(
  context: Context,
  blocks: Blocks,
  path: string,
  dataset: DatasetBlock,
  { item, id, beside }: NewRow,
): Promise<{ dataset: DatasetBlock; id: string }> {
  const fault = id === undefined ? undefined : idFault(id);
  if (fault !== undefined) throw badInput(fault, { dataset: path, id: id as string });
  if (id !== undefined && (await findRow(blocks, dataset, id))) throw taken(path, id);
  const patched = await patchDataset(context, blocks, path, dataset, [
    { op: "add", path: pointer("items", id ?? "-"), value: item },
  ]);
  const made = id ?? patched.made[0];
  const placed = beside ? await moveBeside(blocks, patched.dataset, path, made, beside) : patched.dataset;
  return { dataset: placed, id: made };
}

function taken(dataset: string, name: string): SheafError<"already-exists"> {
  return new SheafError(
    "already-exists",
    { kind: "item", name },
    `${dataset} has a row ${JSON.stringify(name)} already; choose another id, or change it with a patch`,
  );
}
