/** Snapshots as plain data, what imports make of them, and the naive three-way merge: the model that the repository is compared with. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { encodeItem, parseJson } from "@sheaf/core";
import { nodePlatform } from "@sheaf/drives/node";
import { IdMaker } from "../../packages/core/src/dataset/made-id.js";

export type PlainItem = Readonly<Record<string, unknown>>;

/** A row; without a position where the model leaves it to the repository. */
export interface PlainRow {
  readonly id: string;
  readonly position?: string | undefined;
  readonly item: PlainItem;
}

/** A dataset, rows in order. `id` is learned from the repository. */
export interface PlainDataset {
  readonly id?: string;
  readonly meta: PlainItem;
  readonly rows: readonly PlainRow[];
}

export type PlainSnapshot = ReadonlyMap<string, PlainDataset>;

/** A text that two items share exactly if they are the same. */
export function contentOf(item: PlainItem): string {
  const sorted = (value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value)
          .map(([key, member]): [string, unknown] => [key, sorted(member)])
          .sort(([a], [b]) => (a < b ? -1 : 1))
      : value;
  return JSON.stringify(sorted(item));
}

const ids = new IdMaker(nodePlatform);

/** The id that is made for the `ordinal`-th item of this content. */
export function madeId(item: PlainItem, ordinal: number): string {
  const block = encodeItem(parseJson(JSON.stringify(item)), "plain");
  return ids.make(createHash("sha256").update(block).digest(), ordinal);
}

/** Refused by the model: the repository must refuse it too. */
export class Refused extends Error {}

export interface ImportPlan {
  readonly mode: "set" | "add" | "upsert" | "remove";
  readonly key?: string | undefined;
  readonly dedupe?: boolean;
}

export interface ImportOutcome {
  readonly rows: PlainRow[];
  readonly counts: { added: number; changed: number; removed: number; unchanged: number };
}

/** What an import makes of rows. Throws {@link Refused}. */
export function importInto(rows: readonly PlainRow[], input: readonly PlainItem[], plan: ImportPlan): ImportOutcome {
  const wanted = identified(plan.dedupe ? deduped(rows, input, plan.mode) : input, plan.key);
  if (new Set(wanted.map(({ id }) => id)).size < wanted.length) throw new Refused("an id stands twice");
  const old = new Map(rows.map(row => [row.id, row]));
  const placed = plan.mode === "add" ? withFreeIds(old, wanted, plan.key !== undefined) : wanted;
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  if (plan.mode === "remove") {
    const going = new Set(placed.map(({ id }) => id).filter(id => old.has(id)));
    return { rows: rows.filter(({ id }) => !going.has(id)), counts: { ...counts, removed: going.size } };
  }
  for (const { id, item } of placed) {
    const before = old.get(id);
    if (!before) counts.added++;
    else if (isDeepStrictEqual(before.item, item)) counts.unchanged++;
    else counts.changed++;
  }
  if (plan.mode === "set") {
    const kept = new Set(placed.map(({ id }) => id));
    return { rows: placed, counts: { ...counts, removed: rows.filter(({ id }) => !kept.has(id)).length } };
  }
  const news = new Map(placed.map(row => [row.id, row]));
  const merged = rows.map(row => ({ ...row, item: news.get(row.id)?.item ?? row.item }));
  return { rows: [...merged, ...placed.filter(({ id }) => !old.has(id))], counts };
}

function deduped(rows: readonly PlainRow[], input: readonly PlainItem[], mode: ImportPlan["mode"]): PlainItem[] {
  const seen = new Set(mode === "add" || mode === "upsert" ? rows.map(({ item }) => contentOf(item)) : []);
  return input.filter(item => seen.size < seen.add(contentOf(item)).size);
}

function identified(input: readonly PlainItem[], key: string | undefined): PlainRow[] {
  const ordinals = new Map<string, number>();
  return input.map(item => {
    if (key !== undefined) {
      const id = item[key];
      if (typeof id !== "string" && !Number.isInteger(id)) throw new Refused("no key");
      if (id === "" || id === "-") throw new Refused("no id");
      return { id: String(id), item };
    }
    const ordinal = ordinals.get(contentOf(item)) ?? 0;
    ordinals.set(contentOf(item), ordinal + 1);
    return { id: madeId(item, ordinal), item };
  });
}

/** In mode `add` a made id that another item has by now gives way to the next ordinal that is free or has this very content. */
function withFreeIds(old: ReadonlyMap<string, PlainRow>, wanted: readonly PlainRow[], isKeyed: boolean): PlainRow[] {
  const copies = new Map<string, number>();
  for (const { item } of wanted) copies.set(contentOf(item), (copies.get(contentOf(item)) ?? 0) + 1);
  return wanted.map(row => {
    const before = old.get(row.id);
    if (!before || isDeepStrictEqual(before.item, row.item)) return row;
    if (isKeyed) throw new Refused("the id is taken");
    const isFree = (ordinal: number) => {
      const there = old.get(madeId(row.item, ordinal));
      return !there || isDeepStrictEqual(there.item, row.item);
    };
    let ordinal = copies.get(contentOf(row.item)) ?? 0;
    while (!isFree(ordinal)) ordinal++;
    copies.set(contentOf(row.item), ordinal + 1);
    return { ...row, id: madeId(row.item, ordinal) };
  });
}

type Maybe<T> = T | undefined;
/** Decides for a place which side is taken; `undefined` leaves the conflict, which holds ours. */
export type Chooser = (place: string) => "ours" | "theirs" | undefined;

/** The naive merge, every row after the other. `conflicts` are `dataset|id|pointer`. */
export class NaiveMerge {
  readonly conflicts: string[] = [];
  /** Set where the model does not say what comes out: datasets renamed, made apart, or removed on one side and changed on the other. */
  isBeyond = false;

  constructor(readonly choose: Chooser) {}

  snapshots(base: Maybe<PlainSnapshot>, ours: PlainSnapshot, theirs: PlainSnapshot): PlainSnapshot {
    const merged = new Map<string, PlainDataset>();
    for (const path of new Set([...(base?.keys() ?? []), ...ours.keys(), ...theirs.keys()])) {
      const sides = [base?.get(path), ours.get(path), theirs.get(path)] as const;
      const dataset = this.#dataset(path, ...sides);
      if (dataset) merged.set(path, dataset);
    }
    this.isBeyond ||= hasMoved([base ?? new Map(), ours, theirs]);
    return merged;
  }

  #dataset(
    path: string,
    base: Maybe<PlainDataset>,
    ours: Maybe<PlainDataset>,
    theirs: Maybe<PlainDataset>,
  ): Maybe<PlainDataset> {
    if (isDeepStrictEqual(ours, theirs) || isDeepStrictEqual(base, theirs)) return ours;
    if (isDeepStrictEqual(base, ours)) return theirs;
    if (!ours || !theirs) {
      this.isBeyond = true;
      return ours ?? theirs;
    }
    const meta = this.#value(base?.meta, ours.meta, theirs.meta, `${path}||/meta`) as PlainItem;
    const byId = [base, ours, theirs].map(dataset => new Map(dataset?.rows.map(row => [row.id, row])));
    const rows: PlainRow[] = [];
    for (const id of new Set(byId.flatMap(side => [...side.keys()]))) {
      const row = this.#row(`${path}|${id}|`, byId[0].get(id), byId[1].get(id), byId[2].get(id));
      if (row) rows.push(row);
    }
    return { ...ours, meta, rows: rows.sort(byPosition) };
  }

  #row(place: string, base: Maybe<PlainRow>, ours: Maybe<PlainRow>, theirs: Maybe<PlainRow>): Maybe<PlainRow> {
    if (ours && theirs) {
      const item = this.#value(base?.item, ours.item, theirs.item, place) as PlainItem;
      return {
        id: ours.id,
        item,
        position: mergePositions(base?.position, ours.position as string, theirs.position as string),
      };
    }
    const kept = ours ?? theirs;
    if (!kept || !base) return kept;
    if (isDeepStrictEqual(kept.item, base.item)) return undefined;
    this.conflicts.push(place);
    const choice = this.choose(place);
    return choice === undefined ? kept : choice === "ours" ? ours : theirs;
  }

  #value(base: unknown, ours: unknown, theirs: unknown, place: string): unknown {
    if (isDeepStrictEqual(ours, theirs) || isDeepStrictEqual(base, theirs)) return ours;
    if (isDeepStrictEqual(base, ours)) return theirs;
    const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isMap(ours) || !isMap(theirs) || (base !== undefined && !isMap(base))) {
      this.conflicts.push(place);
      return this.choose(place) === "theirs" ? theirs : ours;
    }
    const [b, o, t] = [base ?? {}, ours, theirs] as Record<string, unknown>[];
    const merged: Record<string, unknown> = {};
    for (const key of new Set([b, o, t].flatMap(side => Object.keys(side)))) {
      const value = this.#value(b[key], o[key], t[key], `${place}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
      if (value !== undefined) merged[key] = value;
    }
    return merged;
  }
}

function mergePositions(base: Maybe<string>, ours: string, theirs: string): string {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  return ours < theirs ? ours : theirs;
}

export function byPosition(a: PlainRow, b: PlainRow): number {
  const [x, y] = [`${a.position}\0${a.id}`, `${b.position}\0${b.id}`];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Says whether a dataset stands at different paths, or a path has different datasets. */
function hasMoved(sides: readonly PlainSnapshot[]): boolean {
  const pairs = new Set(sides.flatMap(side => Array.from(side, ([path, { id }]) => `${path}\0${id}`)));
  const paths = new Set(sides.flatMap(side => [...side.keys()]));
  const all = new Set(sides.flatMap(side => Array.from(side.values(), ({ id }) => id)));
  return pairs.size > paths.size || pairs.size > all.size;
}
