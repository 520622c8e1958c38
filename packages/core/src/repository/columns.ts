/** Columns: the top-level fields of a dataset's items, listed, renamed, removed and put in order, and items changed altogether. Rows stream through; none are held. */
import type { BlockReader, Blocks } from "../block/blocks.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { linkedDigest, linkValue, splitRowKey } from "../dataset/row.js";
import { badInput } from "../errors.js";
import { decode, encode } from "../item/cbor.js";
import { blockNames, escapeKey, requireItem, unescapeKey } from "../item/meta.js";
import { setKey, type ValueObject } from "../item/value.js";
import { compareText } from "../text.js";
import { editTree, type TreeChange } from "../tree/edit.js";
import { leavesFrom } from "../tree/read.js";
import type { ColumnChange, ItemEdit, Watch } from "./contract.js";

/** The fields that rows have, with how many rows have each: those named in the metadata first and in that order, then by name. */
export async function listColumns(
  reader: BlockReader,
  dataset: DatasetBlock,
  watch: Watch,
): Promise<{ name: string; rows: number }[]> {
  const counts = new Map<string, number>(columnOrder(dataset.meta).map(name => [name, 0]));
  const named = counts.size;
  for await (const items of itemsOf(reader, dataset, watch))
    for (const { item } of items) for (const key of ownKeys(item)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const all = Array.from(counts, ([name, rows]) => ({ name, rows }));
  return [...all.slice(0, named), ...all.slice(named).sort((a, b) => compareText(a.name, b.name))];
}

/** The column order that the metadata holds. */
export function columnOrder(meta: ValueObject): string[] {
  const { columns } = meta;
  return Array.isArray(columns) ? columns.filter(name => typeof name === "string") : [];
}

/** What an edit of columns made: the dataset, and how many rows it changed. */
export interface ColumnEdit {
  readonly dataset: DatasetBlock;
  readonly rows: number;
}

/** Makes a change of columns; says in words what it did. */
export async function changeColumns(
  blocks: Blocks,
  path: string,
  dataset: DatasetBlock,
  change: ColumnChange,
  watch: Watch,
): Promise<ColumnEdit & { summary: string }> {
  if ("order" in change) {
    const meta = { ...dataset.meta, columns: [...change.order] };
    return { dataset: { ...dataset, meta }, rows: 0, summary: `order columns in ${path}` };
  }
  if ("remove" in change) {
    const edited = await removeColumn(blocks, path, dataset, change.remove, watch);
    return { ...edited, summary: `remove column ${change.remove} in ${path}` };
  }
  const { rename: from, to } = change;
  const edited = await renameColumn(blocks, path, dataset, from, to, watch);
  return { ...edited, summary: `rename column ${from} to ${to} in ${path}` };
}

/** Renames a field in every row that has it. Throws bad-input when a row has a field of the new name too. */
function renameColumn(
  blocks: Blocks,
  path: string,
  dataset: DatasetBlock,
  from: string,
  to: string,
  watch: Watch,
): Promise<ColumnEdit> {
  if (from === to) return Promise.resolve({ dataset, rows: 0 });
  const edit = (item: ValueObject, id: string): ValueObject => {
    if (Object.hasOwn(item, ownKey(to)))
      throw badInput(
        `the row has ${JSON.stringify(from)} and ${JSON.stringify(to)} already; remove one of them first`,
        { dataset: path, id },
      );
    return rename(item, ownKey(from), ownKey(to));
  };
  return editColumn(
    blocks,
    path,
    dataset,
    from,
    edit,
    names => [...new Set(names.map(name => (name === from ? to : name)))],
    watch,
  );
}

/** Removes a field from every row that has it. */
function removeColumn(
  blocks: Blocks,
  path: string,
  dataset: DatasetBlock,
  name: string,
  watch: Watch,
): Promise<ColumnEdit> {
  const edit = (item: ValueObject): ValueObject => rename(item, ownKey(name), undefined);
  return editColumn(blocks, path, dataset, name, edit, names => names.filter(other => other !== name), watch);
}

async function editColumn(
  blocks: Blocks,
  path: string,
  dataset: DatasetBlock,
  column: string,
  edit: (item: ValueObject, id: string) => ValueObject,
  order: (names: string[]) => string[],
  watch: Watch,
): Promise<ColumnEdit> {
  const own = ownKey(column);
  const editOwn: ItemEdit = (item, id) => (Object.hasOwn(item, own) ? edit(item, id) : undefined);
  const { dataset: edited, rows } = await editItems(blocks, dataset, editOwn, watch);
  const names = columnOrder(dataset.meta);
  if (rows === 0 && !names.includes(column))
    throw badInput(`no row has a field ${JSON.stringify(column)}; sheaf columns lists them`, { dataset: path });
  const meta = names.includes(column) ? { ...dataset.meta, columns: order(names) } : dataset.meta;
  return { dataset: { ...edited, meta }, rows };
}

/** Changes every item for which `edit` gives another one; counts those rows. */
export async function editItems(
  blocks: Blocks,
  dataset: DatasetBlock,
  edit: ItemEdit,
  watch: Watch,
): Promise<ColumnEdit> {
  let rows = 0;
  async function* changes(): AsyncIterable<TreeChange> {
    for await (const items of itemsOf(blocks, dataset, watch)) {
      for (const { key, item } of items) {
        const { id } = splitRowKey(key);
        const edited = edit(item, id);
        if (!edited) continue;
        rows++;
        yield { key, value: linkValue(blocks.put(encode(requireItem(edited, { id })))) };
      }
      await blocks.drain();
    }
  }
  const { root } = await editTree(blocks, dataset.rows, changes());
  return { dataset: { ...dataset, rows: root }, rows };
}

/** The items of a dataset, a leaf at a time, in order. */
async function* itemsOf(
  reader: BlockReader,
  dataset: DatasetBlock,
  watch: Watch,
): AsyncIterable<{ key: Uint8Array; item: ValueObject }[]> {
  let done = 0;
  for await (const { leaf } of leavesFrom(reader, dataset.rows, { ahead: 16 })) {
    watch.signal?.throwIfAborted();
    const digests = Array.from({ length: leaf.count }, (_, i) => linkedDigest(leaf.value(i)));
    const blocks = await reader.loadMany(digests);
    yield blocks.map((bytes, i) => ({ key: leaf.key(i), item: decode(bytes) as ValueObject }));
    done += leaf.count;
    watch.progress?.({ phase: "reading", done, total: dataset.count, unit: "rows" });
  }
}

/** The user's fields of an item in the block's form. */
function ownKeys(item: ValueObject): string[] {
  return Object.keys(item)
    .filter(key => key !== "@meta")
    .map(key => unescapeKey(key, blockNames));
}

/** A user's field as it is called in the block. */
function ownKey(name: string): string {
  return escapeKey(name, blockNames);
}

/** A copy with the key renamed, or without it. */
function rename(item: ValueObject, from: string, to: string | undefined): ValueObject {
  const made: ValueObject = {};
  for (const [key, value] of Object.entries(item)) {
    if (key !== from) setKey(made, key, value);
    else if (to !== undefined) setKey(made, to, value);
  }
  return made;
}
