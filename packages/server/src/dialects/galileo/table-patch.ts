/** What a table comes to after its edits, as a patch of its dataset. */
import {
  entries,
  fromBlockForm,
  decode,
  fromUtf8,
  manyBetween,
  pointer,
  SheafError,
  setKey,
  toBlockForm,
  type DatasetVersion,
  type Operation,
  type ValueObject,
} from "@sheaf/core";
import type { Table } from "./table.js";

/** The operations on the dataset that turn it into the table. */
export async function patchOf(table: Table, version: DatasetVersion): Promise<Operation[]> {
  const operations: Operation[] = [];
  if (table.kept) for await (const id of idsOf(version)) if (!table.kept.has(id)) table.gone.add(id);
  for (const id of table.gone) operations.push({ op: "remove", path: pointer("items", id) });
  if (table.isReshaped) for await (const operation of reshaped(table, version)) operations.push(operation);
  else operations.push(...touched(table));
  operations.push(...(await added(table, version)));
  if (table.columns && (table.isReshaped || table.hasNewColumns))
    operations.push({ op: "add", path: "/meta/columns", value: [...table.columns] });
  return operations;
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
      const [key] = Object.keys(toBlockForm({ [column]: null }));
      yield { op: "add", path: pointer("items", id, key), value };
    }
  }
}

/** Every row of the base that is left and looks otherwise now. */
async function* reshaped(table: Table, version: DatasetVersion): AsyncGenerator<Operation> {
  const names = new Map<string, string>();
  for (const [name, origin] of table.origins) if (origin !== undefined) names.set(origin, name);
  for await (const { ids, blocks } of version.batches())
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      if (table.gone.has(id)) continue;
      const { item, meta } = fromBlockForm(decode(blocks[i]) as ValueObject);
      const cells = table.touched.get(id);
      if (!cells && Object.keys(item).every(key => names.get(key) === key)) continue;
      const row = renamed(item, names);
      for (const [column, value] of Object.entries(cells ?? {})) setKey(row, column, value);
      yield { op: "replace", path: pointer("items", id), value: toBlockForm(row, meta) };
    }
}

function renamed(item: ValueObject, names: ReadonlyMap<string, string>): ValueObject {
  const row: ValueObject = {};
  for (const key of Object.keys(item)) {
    const name = names.get(key);
    if (name !== undefined) setKey(row, name, item[key]);
  }
  return row;
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
