/** Rows with exact items, drawn at random, and the ways in which they come into a dataset. */
import * as fc from "fast-check";
import {
  Repository as Engine,
  parseCid,
  pointer,
  type Dataset,
  type Drive,
  type Operation,
  type RowBatch,
  type ValueObject,
} from "@sheaf/core";
import { encodeItem } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { BatchBuilder } from "../../packages/core/src/item/batch.js";
import { toBlockForm } from "../../packages/core/src/item/meta.js";
import { awkwardKeys, objects } from "../../packages/core/src/testing/values.js";

/** A row, its item in the user's form. */
export interface ExactRow {
  readonly id: string;
  readonly position: string;
  readonly item: ValueObject;
}

const ids = ["a", "b", "c", "d", ...awkwardKeys.filter(key => key !== "" && key !== "-")];
const positions = fc.constantFrom("Zz", "a0", "a1", "a1i", "a2", "b00", "c000z");

/** Up to eight rows with different ids; positions may be equal. */
export const exactRows: fc.Arbitrary<ExactRow[]> = fc.uniqueArray(
  fc.record({ id: fc.constantFrom(...ids), position: positions, item: objects }),
  {
    maxLength: 8,
    selector: ({ id }) => id,
  },
);

export const author = () => ({ name: "Ada", email: "ada@example.org" });

/** Opens a repository on a drive, a fresh one by default. */
export function open(drive: Drive = new MemoryDrive()): Promise<Engine> {
  return Engine.open(drive, { platform: nodePlatform, author, create: true });
}

/** The operations that put a row in place, in the block's form. */
export function putRow({ id, position, item }: ExactRow): Operation[] {
  return [
    { op: "add", path: pointer("items", id), value: toBlockForm(item) },
    { op: "add", path: pointer("positions", id), value: position },
  ];
}

export function removeRow({ id }: ExactRow): Operation {
  return { op: "remove", path: pointer("items", id) };
}

/** Rows as a format would hand them in, a few at a time. `exactly` gives ids and positions too. */
export async function* batches(rows: readonly ExactRow[], { exactly = true, size = 3 } = {}): AsyncIterable<RowBatch> {
  for (let from = 0; from < rows.length || from === 0; from += size) {
    const slice = rows.slice(from, from + size);
    const builder = new BatchBuilder();
    slice.forEach(({ item }, i) => builder.add(encodeItem(item, "plain"), from + i + 1));
    const items = builder.batch();
    const given = exactly ? { ids: slice.map(({ id }) => id), positions: slice.map(({ position }) => position) } : {};
    yield { count: slice.length, items, lines: items.lines, place: i => ({ line: from + i + 1 }), ...given };
  }
}

/** What a dataset holds, as roots: equal exactly if all rows are. */
export async function rootsOf(dataset: Dataset, at?: string): Promise<string> {
  const { rows, ids: names, count } = (await dataset.at(at)).block;
  return [rows, names].map(digest => Buffer.from(digest).toString("hex")).join() + count;
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const element of source) list.push(element);
  return list;
}

/** The bytes of a block. */
export async function bytesOf({ context }: Engine, cid: string): Promise<Uint8Array> {
  return context.store.load(parseCid(cid).digest);
}
