/** Puts a row beside another one. Where no position is free between two neighbours, those around them move apart. */
import type { Blocks } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { findRow } from "../dataset/lookup.js";
import { manyBetween } from "../dataset/position.js";
import { linkedDigest, rowKey, splitRowKey } from "../dataset/row.js";
import { changeRows, type RowChange } from "../edit/row-edit.js";
import { badInput, SheafError } from "../errors.js";
import { at, entries, rank } from "../tree/read.js";

/** Where something is to stand: right before or right behind a row. */
export type Beside = { readonly before: string } | { readonly after: string };

/** The dataset with a row standing beside another one. Throws no-such-item when one of them is not there. */
export async function moveBeside(
  blocks: Blocks,
  dataset: DatasetBlock,
  path: string,
  id: string,
  beside: Beside,
): Promise<DatasetBlock> {
  const anchor = "before" in beside ? beside.before : beside.after;
  if (anchor === id) throw badInput("a row cannot stand beside itself", { dataset: path, id });
  const row = await need(blocks, dataset, path, id);
  // Without the row itself, so that its old place is room like any other.
  const rest = await changeRows(blocks, dataset, [{ id, before: row }]);
  const { position } = await need(blocks, rest, path, anchor);
  const index = await rank(blocks, rest.rows, rowKey(position, anchor));
  const gap = "before" in beside ? index : index + 1;
  const changes = await makeRoom(blocks, rest, gap);
  const after = { item: row.item, position: changes.position };
  const moved = await changeRows(blocks, dataset, [...changes.others, { id, before: row, after }]);
  return moved;
}

/** A position for a row that comes before the row with this index, and rows that move to make room: none, mostly. */
async function makeRoom(
  blocks: Blocks,
  dataset: DatasetBlock,
  gap: number,
): Promise<{ position: string; others: RowChange[] }> {
  for (let reach = 0; ; reach = reach * 2 + 1) {
    const from = Math.max(0, gap - reach);
    const to = Math.min(dataset.count, gap + reach);
    const positions = manyBetween(
      await positionAt(blocks, dataset, from - 1),
      await positionAt(blocks, dataset, to),
      to - from + 1,
    );
    if (!positions) {
      if (from === 0 && to === dataset.count) throw badInput("there is no room for another position in the dataset");
      continue;
    }
    const rows = to > from ? await rowsBetween(blocks, dataset, from, to) : [];
    const others = rows.map(({ id, state }, i) => ({
      id,
      before: state,
      after: { ...state, position: positions[i < gap - from ? i : i + 1] },
    }));
    return { position: positions[gap - from], others };
  }
}

async function positionAt(blocks: Blocks, dataset: DatasetBlock, index: number): Promise<string | undefined> {
  const entry = index >= 0 && index < dataset.count ? await at(blocks, dataset.rows, index) : undefined;
  return entry && splitRowKey(entry.key).position;
}

async function rowsBetween(blocks: Blocks, dataset: DatasetBlock, from: number, to: number) {
  const rows = [];
  for await (const { key, value } of entries(blocks, dataset.rows, { from, limit: to - from })) {
    const { id, position } = splitRowKey(key);
    rows.push({ id, state: { position, item: linkedDigest(value).slice() } });
  }
  return rows;
}

async function need(blocks: Blocks, dataset: DatasetBlock, path: string, id: string) {
  const row = await findRow(blocks, dataset, id);
  if (!row)
    throw new SheafError("no-such-item", { dataset: path, id }, `there is no row ${JSON.stringify(id)} in ${path}`);
  return row;
}
