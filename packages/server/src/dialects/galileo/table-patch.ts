/** What a table comes to after its edits, as changes of its dataset. */
import {
  entries,
  fromUtf8,
  manyBetween,
  pointer,
  SheafError,
  setKey,
  toBlockForm,
  type Change,
  type DatasetVersion,
  type ItemEdit,
  type Operation,
  type ValueObject,
} from "@sheaf/core";
import type { Table } from "./table.js";

/** The changes of the dataset that turn it into the table. */
export async function changesOf(table: Table, version: DatasetVersion): Promise<Change[]> {
  const { path: dataset } = version;
  const operations: Operation[] = [];
  if (table.kept) for await (const id of idsOf(version)) if (!table.kept.has(id)) table.gone.add(id);
  for (const id of table.gone) operations.push({ op: "remove", path: pointer("items", id) });
  if (!table.isReshaped) operations.push(...touched(table));
  operations.push(...(await added(table, version)));
  if (table.columns && (table.isReshaped || table.hasNewColumns))
    operations.push({ op: "add", path: "/meta/columns", value: [...table.columns] });
  const patch: Change[] = operations.length > 0 ? [{ dataset, patch: operations }] : [];
  return table.isReshaped ? [{ dataset, items: reshaping(table) }, ...patch] : patch;
}

/** Says of which rows' items alone the patch depends; `undefined` where it depends on the whole dataset. */
export function rowsOf(table: Table): string[] | undefined {
  const { isReshaped, hasNewColumns, kept, heads, touched: cells, gone, given } = table;
  if (isReshaped || hasNewColumns || kept || heads.length > 0) return undefined;
  return [...cells.keys(), ...gone, ...given];
}

/** The ids of all rows, without their items. */
async function* idsOf({ context, block }: DatasetVersion): AsyncGenerator<string> {
  for await (const { key } of entries(context.store, block.ids)) yield fromUtf8(key);
}

function* touched(table: Table): Generator<Operation> {
  for (const [id, cells] of table.touched) {
    if (table.gone.has(id)) continue;
    for (const [column, value] of Object.entries(cells)) {
      yield { op: "add", path: pointer("items", id, blockKey(column)), value };
    }
  }
}

/** What becomes of a row of the base that is left, in the block's form. */
function reshaping({ origins, touched: put, gone }: Table): ItemEdit {
  const names = new Map([["@meta", "@meta"]]);
  for (const [name, origin] of origins) if (origin !== undefined) names.set(blockKey(origin), blockKey(name));
  return (item, id) => {
    if (gone.has(id)) return undefined;
    const cells = put.get(id);
    const keys = Object.keys(item);
    if (!cells && keys.every(key => names.get(key) === key)) return undefined;
    const row: ValueObject = {};
    for (const key of keys) {
      const name = names.get(key);
      if (name !== undefined) setKey(row, name, item[key]);
    }
    for (const [column, value] of Object.entries(cells ?? {})) setKey(row, blockKey(column), value);
    return row;
  };
}

/** What a column is called in the block. */
function blockKey(column: string): string {
  return Object.keys(toBlockForm({ [column]: null }))[0];
}

/** New rows: on top in front of the first row of the base, at the end as what is added always stands. */
async function added(table: Table, version: DatasetVersion): Promise<Operation[]> {
  const put = (id: string): Operation => ({
    op: "add",
    path: pointer("items", id),
    value: toBlockForm(table.added.get(id) ?? {}),
  });
  const { heads, tails } = table;
  const first = heads.length > 0 ? await firstPosition(version) : undefined;
  if (first === undefined) return [...heads, ...tails].map(put);
  const positions = manyBetween(undefined, first, heads.length);
  if (!positions) throw new SheafError("refused", {}, "there is no room left before the first row");
  const placed = heads.flatMap((id, i): Operation[] => [
    put(id),
    { op: "add", path: pointer("positions", id), value: positions[i] },
  ]);
  return [...placed, ...tails.map(put)];
}

async function firstPosition(version: DatasetVersion): Promise<string | undefined> {
  for await (const { positions } of version.batches({ limit: 1 })) return positions[0];
  return undefined;
}
