/**
 * Where items stand: Opik lists them by id, descending, so a dataset holds them ascending, and what is new comes last.
 *
 * Rows that another face made, with ids of another form, count as older than all of Opik's.
 */
import { manyBetween, type DatasetVersion, type RowPlace } from "@sheaf/core";
import { uuid7, type Ids } from "./ids.js";

/** Positions for new ids, ascending, that do not belong at the end. */
export async function placesFor(version: DatasetVersion, ids: readonly string[]): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  const last = await rowAt(version, version.info.count - 1);
  const early = last && uuid7.test(last.id) ? ids.filter(id => id < last.id) : [];
  const gaps = new Map<number, string[]>();
  for (const id of early) {
    const gap = await firstBehind(version, row => uuid7.test(row) && row > id);
    gaps.set(gap, [...(gaps.get(gap) ?? []), id]);
  }
  for (const [gap, between] of gaps) {
    const [before, behind] = [await rowAt(version, gap - 1), await rowAt(version, gap)];
    const positions = manyBetween(before?.position, behind?.position, between.length);
    // Rows with one position stand by their ids, which is where these belong.
    between.forEach((id, i) => places.set(id, positions?.[i] ?? before?.position ?? behind?.position ?? ""));
  }
  return places;
}

/** From where on to read behind a cursor, backwards: the place of its row, or how many rows to pass over. */
export async function behindCursor(
  version: DatasetVersion,
  ids: Ids,
  cursor: string,
): Promise<{ after: RowPlace } | { offset: number }> {
  const id = await ids.find(version, cursor);
  const row = id === undefined ? undefined : await version.stored(id);
  if (row) return { after: { position: row.positions[0], id: row.ids[0] } };
  const first = await firstBehind(version, own => ids.shown(version, own) >= cursor);
  return { offset: version.info.count - first };
}

/** Index of the first row for which this holds, in a dataset where it holds for all behind it. */
async function firstBehind(version: DatasetVersion, holds: (id: string) => boolean): Promise<number> {
  let [low, high] = [0, version.info.count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = await rowAt(version, middle);
    if (row && holds(row.id)) high = middle;
    else low = middle + 1;
  }
  return low;
}

async function rowAt(version: DatasetVersion, index: number): Promise<RowPlace | undefined> {
  if (index < 0 || index >= version.info.count) return undefined;
  for await (const { ids, positions } of version.batches({ offset: index, limit: 1 }))
    return { id: ids[0], position: positions[0] };
  return undefined;
}
