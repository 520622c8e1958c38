/** Commands that change what datasets hold. */
import { expect } from "vitest";
import { pointer, type PlainOperation } from "@sheaf/core";
import type { Dice, Deed } from "./commands.js";
import {
  importInto,
  madeId,
  Refused,
  type ImportPlan,
  type PlainDataset,
  type PlainItem,
  type PlainRow,
  type PlainSnapshot,
} from "./plain.js";
import { itemFrom, Patch } from "./patch-draft.js";
import { edit, type Model } from "./world.js";

const paths = ["qa", "safety/a", "z"];

function put(snapshot: PlainSnapshot, path: string, dataset: PlainDataset | undefined): PlainSnapshot {
  const next = new Map(snapshot);
  if (dataset) next.set(path, dataset);
  else next.delete(path);
  return next;
}

function someDataset(model: Model, dice: Dice): [string, PlainDataset] | undefined {
  return dice.pick([...model.snapshot]);
}

/** Imports rows in any mode: fresh ones, old ones, shuffled, twice, keyed or not. */
export const importRows: Deed = async (model, world, dice) => {
  const path = dice.pick(paths) as string;
  const before = model.snapshot.get(path);
  const old = before?.rows.map(({ item }) => item) ?? [];
  const kept = old.filter((_, i) => (dice.numbers[i % 14] + i) % 5 > 0);
  const fresh = Array.from({ length: dice.roll(7) }, () => itemFrom(dice));
  const input = dice.chance(3)
    ? [...fresh, ...kept.reverse()]
    : dice.chance(3)
      ? [...kept.slice(2), ...fresh, ...kept.slice(0, 2)]
      : [...kept, ...fresh];
  const mode = dice.pick(["set", "set", "add", "upsert", "remove"] as const) as ImportPlan["mode"];
  const key = dice.chance(3) ? "k" : undefined;
  const unique =
    key !== undefined && !dice.chance(4) ? [...new Map(input.map(item => [item["k"], item])).values()] : input;
  const plan: ImportPlan = { mode, key, dedupe: dice.chance(4) };
  let counts: unknown;
  await edit(
    model,
    world,
    snapshot => {
      if (mode === "remove" && !before) throw new Refused("no dataset");
      const outcome = importInto(before?.rows ?? [], unique, plan);
      counts = outcome.counts;
      const rows = mode === "set" ? outcome.rows : keepPositions(before, outcome.rows);
      return put(snapshot, path, { ...(before ?? { meta: {} }), rows });
    },
    async () => {
      const { mode, dedupe } = plan;
      const imported = await world.repo
        .dataset(path)
        .import(unique, { mode, ...(key === undefined ? {} : { key }), dedupe: dedupe ?? false });
      expect(imported).toMatchObject(counts as object);
      return imported;
    },
  );
  if (mode === "set" && model.snapshot.get(path) !== before)
    checkFewMoves(before?.rows ?? [], model.snapshot.get(path)?.rows ?? []);
};

/** Rows that were there keep their positions; new ones are left open. */
function keepPositions(before: PlainDataset | undefined, rows: readonly PlainRow[]): PlainRow[] {
  const old = new Map(before?.rows.map(row => [row.id, row.position]));
  return rows.map(row => ({ ...row, position: old.get(row.id) }));
}

/** Where positions differ, no more rows move than must: those outside a longest run that stands in order. */
function checkFewMoves(before: readonly PlainRow[], after: readonly PlainRow[]): void {
  if (new Set(before.map(({ position }) => position)).size < before.length) return;
  const rank = new Map(before.map(({ id }, i) => [id, i]));
  const ranks = after.map(({ id }) => rank.get(id)).filter(i => i !== undefined);
  const best: number[] = [];
  ranks.forEach((r, i) => (best[i] = 1 + Math.max(0, ...ranks.slice(0, i).map((s, j) => (s < r ? best[j] : 0)))));
  const old = new Map(before.map(({ id, position }) => [id, position]));
  const moved = after.filter(({ id, position }) => old.has(id) && old.get(id) !== position).length;
  expect(moved).toBe(ranks.length - Math.max(0, ...best));
}

export const patch: Deed = async (model, world, dice) => {
  const found = someDataset(model, dice);
  if (!found) return;
  const [path, dataset] = found;
  const work = new Patch(dataset, dice);
  let refused: Error | undefined;
  try {
    for (let steps = dice.roll(4) + 1; steps > 0; steps--) work.step();
  } catch (error) {
    refused = error as Error;
  }
  await edit(
    model,
    world,
    snapshot => {
      if (refused) throw refused;
      return put(snapshot, path, work.result);
    },
    () => world.repo.dataset(path).patch(work.operations),
  );
};

/** Changes, removes or moves one of the first rows: two branches often meet here. */
export const touch: Deed = async (model, world, dice) => {
  const found = [...model.snapshot][0];
  const row = found?.[1].rows[dice.roll(2)];
  if (!found || !row) return;
  const [path, dataset] = found;
  const change = dice.roll(5);
  const item = { ...row.item, a: dice.roll(3), ...(dice.chance(2) && { b: { c: dice.roll(3) } }) };
  const others = dataset.rows.filter(other => other !== row);
  const wanted = change === 0 ? others : dataset.rows.map(other => (other === row ? { ...row, item } : other));
  const at = pointer("items", row.id);
  const value = Object.fromEntries(
    Object.entries(item).map(([key, member]) => [key.replace(/^@+meta$/, "@$&"), member]),
  );
  const operation: PlainOperation = change === 0 ? { op: "remove", path: at } : { op: "replace", path: at, value };
  await edit(
    model,
    world,
    snapshot => put(snapshot, path, { ...dataset, rows: wanted }),
    () => world.repo.dataset(path).patch([operation]),
  );
};

/** Appends a row whose id is made, or puts one beside another. */
export const insert: Deed = async (model, world, dice) => {
  const found = someDataset(model, dice);
  if (!found) return;
  const [path, dataset] = found;
  const item = itemFrom(dice);
  const id = dice.chance(2) ? `i${dice.roll(4)}` : undefined;
  const anchor = dice.chance(2) ? dice.pick(dataset.rows) : undefined;
  const isBefore = dice.chance(2);
  const beside = anchor && (isBefore ? { before: anchor.id } : { after: anchor.id });
  const free = id ?? freeId(dataset, item);
  await edit(
    model,
    world,
    snapshot => {
      if (dataset.rows.some(row => row.id === free)) throw new Refused("taken");
      return put(snapshot, path, {
        ...dataset,
        rows: beside
          ? besides(dataset.rows, { id: free, item }, anchor, isBefore)
          : [...dataset.rows, { id: free, item }],
      });
    },
    async () => {
      const inserted = await world.repo
        .dataset(path)
        .insert(item, { ...(id === undefined ? {} : { id }), ...(beside ? { beside } : {}) });
      expect(inserted.id).toBe(free);
      return inserted;
    },
  );
};

/** The id of an appended item: the ordinal at which doubling and bisection end. */
function freeId({ rows }: PlainDataset, item: PlainItem): string {
  const taken = (ordinal: number) => rows.some(({ id }) => id === madeId(item, ordinal));
  let [low, high] = [-1, 0];
  for (let step = 1; taken(high); step *= 2) [low, high] = [high, high + step];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (taken(middle)) low = middle;
    else high = middle;
  }
  return madeId(item, high);
}

/** The rows with one beside another. Neighbours may have to move where positions are equal or long. */
function besides(rows: readonly PlainRow[], row: PlainRow, anchor: PlainRow, isBefore: boolean): PlainRow[] {
  const rest = rows.filter(({ id }) => id !== row.id);
  const at = rest.indexOf(anchor) + (isBefore ? 0 : 1);
  const isTight = at > 0 && at < rest.length && rest[at - 1].position === rest[at].position;
  const others = isTight ? rest.map(({ id, item }) => ({ id, item })) : rest;
  return [...others.slice(0, at), { id: row.id, item: row.item }, ...others.slice(at)];
}

export const move: Deed = async (model, world, dice) => {
  const found = someDataset(model, dice);
  const row = found && dice.pick(found[1].rows);
  const anchor = found && dice.pick(found[1].rows);
  if (!found || !row || !anchor) return;
  const [path, dataset] = found;
  const isBefore = dice.chance(2);
  await edit(
    model,
    world,
    snapshot => {
      if (row === anchor) throw new Refused("beside itself");
      return put(snapshot, path, { ...dataset, rows: besides(dataset.rows, row, anchor, isBefore) });
    },
    () => world.repo.dataset(path).move(row.id, isBefore ? { before: anchor.id } : { after: anchor.id }),
  );
};

export const renameColumn: Deed = async (model, world, dice) => {
  const found = someDataset(model, dice);
  if (!found) return;
  const [path, dataset] = found;
  const from = dice.pick(["a", "b", "c", "@meta", ""]) ?? "";
  const to = dice.pick<string | undefined>(["a", "b", "c", undefined]);
  if (from === to) return;
  const has = (item: PlainItem, name: string) => Object.hasOwn(item, name);
  await edit(
    model,
    world,
    snapshot => {
      if (!dataset.rows.some(({ item }) => has(item, from))) throw new Refused("no such column");
      if (to !== undefined && dataset.rows.some(({ item }) => has(item, from) && has(item, to)))
        throw new Refused("both columns");
      const rows = dataset.rows.map(row => {
        if (!has(row.item, from)) return row;
        const { [from]: value, ...rest } = row.item;
        return { ...row, item: to === undefined ? rest : { ...rest, [to]: value } };
      });
      return put(snapshot, path, { ...dataset, rows });
    },
    () =>
      to === undefined ? world.repo.dataset(path).removeColumn(from) : world.repo.dataset(path).renameColumn(from, to),
  );
};

export const shapeDatasets: Deed = async (model, world, dice) => {
  const kind = dice.roll(5);
  const [from, to] = [dice.pick(paths) as string, dice.pick([...paths, "new/one"]) as string];
  const dataset = model.snapshot.get(from);
  const { repo } = world;
  if (kind < 2) {
    const wanted = (snapshot: PlainSnapshot) => {
      if (dataset) throw new Refused("taken");
      return put(snapshot, from, { meta: { description: "made" }, rows: [] });
    };
    await edit(model, world, wanted, () => repo.createDataset(from, { description: "made" }));
  } else if (kind < 4) {
    const wanted = (snapshot: PlainSnapshot) => {
      if (!dataset || snapshot.has(to)) throw new Refused("not there, or taken");
      return put(put(snapshot, from, undefined), to, dataset);
    };
    await edit(model, world, wanted, () => repo.renameDataset(from, to));
  } else {
    const wanted = (snapshot: PlainSnapshot) => {
      if (!dataset) throw new Refused("not there");
      return put(snapshot, from, undefined);
    };
    await edit(model, world, wanted, () => repo.removeDataset(from));
  }
};
