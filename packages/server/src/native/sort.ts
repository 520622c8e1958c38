/** Rows sorted by places in their items, in memory that grows with how far into the order a page lies, and not with the dataset. */
import { badInput, isObject, type DatasetVersion, type Digest, type Value } from "@sheaf/core";
import { compareValues, stepsOf, valueAt } from "./filter.js";
import { itemOf, rowText, type PageQuery, type RowPage } from "./row-reader.js";

/** A place to sort by. */
export interface SortKey {
  readonly steps: readonly string[];
  readonly isTurned: boolean;
}

/** How far into the order a page may lie, and how many places may be sorted by. */
const maxSorted = 100_000;
const maxKeys = 8;
/** Characters of text that a row is sorted by at most; the rest does not count. */
const maxKeyLength = 256;

/** Reads `/a` and `-/b`. Throws bad-input for what is no pointer. */
export function parseSort(texts: readonly string[]): SortKey[] {
  if (texts.length > maxKeys) throw badInput(`rows can be sorted by at most ${maxKeys} places`);
  return texts.map((text, i) => {
    const isTurned = text.startsWith("-");
    return { isTurned, steps: stepsOf(isTurned ? text.slice(1) : text, `/sort/${i}`) };
  });
}

/** What is kept of a row while its place in the order is found. */
interface Kept {
  readonly keys: readonly (Value | undefined)[];
  readonly index: number;
  readonly id: string;
  readonly position: string;
  readonly digest: Digest;
}

/** A page of the sorted rows; equal ones keep the order of the dataset. Throws bad-input for one that lies too far in. */
export async function sortedPage(
  version: DatasetVersion,
  query: PageQuery,
  sort: readonly SortKey[],
): Promise<RowPage> {
  const { limit, offset, projection } = query;
  const wanted = offset + limit + 1;
  if (wanted > maxSorted)
    throw badInput(
      `a sorted page must lie within the first ${maxSorted} rows of the order; narrow it with a filter, or sort the export`,
    );
  const first = await firstRows(version, query, sort, wanted);
  const rows = first.slice(offset, offset + limit);
  const blocks = await version.context.store.loadMany(rows.map(({ digest }) => digest));
  const batch = {
    ids: rows.map(({ id }) => id),
    positions: rows.map(({ position }) => position),
    digests: rows.map(({ digest }) => digest),
    blocks,
  };
  const texts = rows.map((_, i) => rowText(batch, i, projection));
  return first.length > offset + limit ? { texts, end: { offset: offset + limit } } : { texts };
}

/** The first so many rows of the order: of all that were read, never more than twice as many are kept. */
async function firstRows(
  version: DatasetVersion,
  { holds, reverse, signal }: PageQuery,
  sort: readonly SortKey[],
  wanted: number,
): Promise<Kept[]> {
  let kept: Kept[] = [];
  let index = 0;
  for await (const { count, blocks, ids, positions, digests } of version.batches({ reverse, signal })) {
    for (let i = 0; i < count; i++) {
      const item = itemOf(blocks[i]);
      if (holds && !holds(item)) continue;
      const keys = sort.map(({ steps }) => keyOf(valueAt(item, steps)));
      kept.push({ keys, index: index++, id: ids[i], position: positions[i], digest: digests[i].slice() });
    }
    if (kept.length > 2 * wanted) kept = best(kept, sort, wanted);
  }
  return best(kept, sort, wanted);
}

/** Only that there is a list or an object counts, so nothing of it is kept. */
function keyOf(value: Value | undefined): Value | undefined {
  if (typeof value === "string") return value.slice(0, maxKeyLength).toWellFormed();
  if (Array.isArray(value)) return [];
  if (isObject(value)) return {};
  return value;
}

function best(rows: Kept[], sort: readonly SortKey[], wanted: number): Kept[] {
  return rows.sort((a, b) => order(a, b, sort)).slice(0, wanted);
}

function order(a: Kept, b: Kept, sort: readonly SortKey[]): number {
  for (const [i, { isTurned }] of sort.entries()) {
    const [x, y] = [a.keys[i], b.keys[i]];
    // What is absent comes last, either way round.
    const isFixed = x === undefined || y === undefined;
    const way = compareValues(x, y);
    if (way !== 0) return isTurned && !isFixed ? -way : way;
  }
  return a.index - b.index;
}
