/** Who a dataset is said to be shared with: kept among its attributes, for clients to read. It gives nobody a right: rights are those of tokens. */
import { amended, isObject, type DatasetInfo, type Value, type ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { attributeOf } from "../catalog/catalog.js";
import { rewriteDataset } from "./editing.js";
import { notFound } from "./errors.js";

/** People and groups are told apart by where they are kept. */
export type Sharers = "users" | "groups";

export interface Sharer {
  readonly id: string;
  readonly role: string;
  /** ISO 8601. */
  readonly since: string;
  /** Of a person. */
  readonly email: string;
}

/** Those that the dataset is shared with, in the order in which they came. */
export function sharersOf(dataset: DatasetInfo, kind: Sharers): Sharer[] {
  const own = attributeOf(dataset, "galileo");
  const list = isObject(own as Value) ? (own as ValueObject)[kind] : undefined;
  return Array.isArray(list) ? list.flatMap(one => (isObject(one) ? (readSharer(one) ?? []) : [])) : [];
}

function readSharer({ id, role, since, email = "" }: ValueObject): Sharer | undefined {
  if (typeof id !== "string" || typeof role !== "string") return undefined;
  return { id, role, since: typeof since === "string" ? since : "", email: typeof email === "string" ? email : "" };
}

/** Shares the dataset with these; who is there already has another role then. */
export function share(call: Call, desk: Desk, dataset: DatasetInfo, kind: Sharers, given: readonly Sharer[]) {
  return change(call, desk, dataset, kind, before => {
    const all = new Map(before.map(one => [one.id, one]));
    for (const one of given) all.set(one.id, { ...one, since: all.get(one.id)?.since ?? one.since });
    return [...all.values()];
  });
}

/** Throws 404 for who it is not shared with. */
export async function reshare(call: Call, desk: Desk, dataset: DatasetInfo, kind: Sharers, id: string, role: string) {
  const after = await change(call, desk, dataset, kind, before => {
    if (!before.some(one => one.id === id)) throw notFound(`the dataset is not shared with ${id}`);
    return before.map(one => (one.id === id ? { ...one, role } : one));
  });
  return after.filter(one => one.id === id);
}

/** Throws 404 as {@link reshare}. */
export async function unshare(call: Call, desk: Desk, dataset: DatasetInfo, kind: Sharers, id: string): Promise<void> {
  await change(call, desk, dataset, kind, before => {
    if (!before.some(one => one.id === id)) throw notFound(`the dataset is not shared with ${id}`);
    return before.filter(one => one.id !== id);
  });
}

/** In a commit that makes no version. */
async function change(
  call: Call,
  desk: Desk,
  dataset: DatasetInfo,
  kind: Sharers,
  edit: (before: readonly Sharer[]) => readonly Sharer[],
): Promise<readonly Sharer[]> {
  let after: readonly Sharer[] = [];
  await rewriteDataset(call, desk, dataset, async ({ info }) => {
    after = edit(sharersOf(info, kind));
    const { attributes = {} } = info.meta;
    const all = isObject(attributes) ? attributes : {};
    const own = isObject(all["galileo"] ?? null) ? (all["galileo"] as ValueObject) : {};
    const list = after.map(({ email, ...one }): ValueObject => ({ ...one, ...(email === "" ? {} : { email }) }));
    const value = { ...all, galileo: { ...own, [kind]: list } };
    return {
      changes: [{ dataset: info.path, patch: [{ op: "add", path: "/meta/attributes", value }] }],
      message: `share ${info.path}`,
      attributes: amended,
    };
  });
  return after;
}
