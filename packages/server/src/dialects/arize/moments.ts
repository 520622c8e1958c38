/**
 * When things were, to the millisecond: a commit of Arize's tells in its attributes, for Arize lists by time, and much may be made in one second.
 *
 * Of other commits the second counts.
 */
import { isObject, type Cid, type Repository, type ValueObject } from "@sheaf/core";
import type { Desk } from "../../desk.js";

/** How far what a commit tells may be from its own time, in seconds; else it is not believed. */
const maxApart = 60;
const maxKept = 100_000;

/** What a commit made now tells. */
export function nowAttributes({ repo }: Desk, more: ValueObject = {}): ValueObject {
  return { arize: { ...more, at: repo.context.platform.now() } };
}

/** What Arize keeps in the attributes of a commit. */
export function partOf({ arize }: ValueObject): ValueObject {
  return arize !== undefined && isObject(arize) ? arize : {};
}

/** The time that attributes tell, in seconds since 1970; the commit's own where they tell none. */
export function momentIn(attributes: ValueObject, seconds: number): number {
  const { at } = partOf(attributes);
  if (typeof at !== "number" || Math.abs(at / 1000 - seconds) > maxApart) return seconds;
  return at / 1000;
}

const all = new WeakMap<Repository["context"]["store"], Map<Cid, number>>();

/** The moment of a commit whose time this is; a commit that is not here has its time. */
export async function momentOf(repo: Repository, commit: Cid, seconds: number): Promise<number> {
  const { store } = repo.context;
  const known = all.get(store) ?? new Map<Cid, number>();
  all.set(store, known);
  const kept = known.get(commit);
  if (kept !== undefined) return kept;
  const moment = await repo.show(commit).then(
    ({ attributes }) => momentIn(attributes, seconds),
    () => seconds,
  );
  if (known.size >= maxKept) known.clear();
  known.set(commit, moment);
  return moment;
}
