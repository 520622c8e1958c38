/** Which datasets a list holds, and in which order. Source: Galileo's public API reference, "Query datasets". */
import { compareText, type DatasetInfo } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { maybe, t, type Static } from "../../schema.js";
import { nameOf } from "../catalog/naming.js";
import { datasetUuid, uuid } from "./ids.js";
import { ownOf } from "./shapes.js";
import { versionsOf } from "./versions.js";

const texts = t.Union([t.String(), t.Array(t.String())]);
const many = ["eq", "ne", "contains", "one_of", "not_in"].map(name => t.Literal(name));

const filter = t.Union([
  t.Object({
    name: t.Literal("name"),
    operator: t.Union(many),
    value: texts,
    case_sensitive: t.Optional(t.Boolean()),
  }),
  t.Object({
    name: t.Literal("draft"),
    operator: t.Optional(t.Union([t.Literal("eq"), t.Literal("ne")])),
    value: t.Boolean(),
  }),
  t.Object({ name: t.Literal("used_in_project"), value: uuid }),
  t.Object({ name: t.Literal("not_in_project"), value: uuid }),
  t.Object({ name: t.Literal("id"), operator: t.Optional(t.Union(many)), value: texts }),
]);

const ascending = t.Optional(t.Boolean());
const sort = t.Union([
  t.Object({
    name: t.Union(["name", "created_at", "updated_at", "num_rows", "project_count"].map(name => t.Literal(name))),
    ascending,
  }),
  t.Object({
    name: t.Union([t.Literal("project_last_used_at"), t.Literal("last_edited_by_user_at")]),
    ascending,
    value: uuid,
  }),
]);

export const listParams = t.Object({
  filters: t.Optional(t.Array(filter)),
  sort: maybe(sort),
});
export type ListParams = Static<typeof listParams>;
type Filter = Static<typeof filter>;
type Sort = Static<typeof sort>;

/** The datasets that fit all filters, hidden ones left out, in order. */
export async function listed(call: Call, desk: Desk, params: ListParams): Promise<DatasetInfo[]> {
  const all = await desk.catalog.datasets(call);
  const { filters = [] } = params;
  const found = all.filter(dataset => !ownOf(dataset).hidden && filters.every(one => fits(dataset, one)));
  return sorted(desk, found, params.sort ?? { name: "created_at", ascending: false });
}

function fits(dataset: DatasetInfo, filter: Filter): boolean {
  switch (filter.name) {
    case "name":
      return compares(nameOf(dataset), filter.operator, filter.value, filter.case_sensitive ?? true);
    case "id":
      return compares(datasetUuid(dataset), filter.operator ?? "eq", filter.value, false);
    case "draft":
      return (ownOf(dataset).draft === filter.value) === (filter.operator !== "ne");
    case "used_in_project":
      return ownOf(dataset).projects.includes(filter.value.toLowerCase());
    case "not_in_project":
      return !ownOf(dataset).projects.includes(filter.value.toLowerCase());
  }
}

function compares(text: string, operator: string, value: string | readonly string[], isCased: boolean): boolean {
  const fold = (one: string) => (isCased ? one : one.toLowerCase());
  const values = [value].flat().map(fold);
  const given = fold(text);
  if (operator === "contains") return values.some(one => given.includes(one));
  const isOne = values.includes(given);
  return operator === "ne" || operator === "not_in" ? !isOne : isOne;
}

async function sorted(desk: Desk, datasets: readonly DatasetInfo[], order: Sort): Promise<DatasetInfo[]> {
  const keys = new Map<DatasetInfo, number | string>();
  for (const dataset of datasets) keys.set(dataset, await keyOf(desk, dataset, order.name));
  const sign = (order.ascending ?? true) ? 1 : -1;
  return [...datasets].sort((a, b) => {
    const [left, right] = [keys.get(a) ?? 0, keys.get(b) ?? 0];
    const isText = typeof left === "string" && typeof right === "string";
    return sign * (isText ? compareText(left, right) : Number(left) - Number(right)) || compareText(a.path, b.path);
  });
}

async function keyOf(desk: Desk, dataset: DatasetInfo, name: Sort["name"]): Promise<number | string> {
  switch (name) {
    case "name":
      return nameOf(dataset);
    case "num_rows":
      return dataset.count;
    case "project_count":
      return ownOf(dataset).projects.length;
    case "created_at":
      return (await versionsOf(desk.repo, dataset))[0].created;
    case "updated_at":
    case "project_last_used_at":
    case "last_edited_by_user_at":
    default:
      return (await versionsOf(desk.repo, dataset)).at(-1)?.changed ?? 0;
  }
}
