/** Which records a search finds, and in which order. Source: Galileo's public API reference, "Query traces". */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import { checked, maybe, t, type Static } from "../../schema.js";
import { unprocessable, type Loc } from "./errors.js";
import { uuid } from "./ids.js";
import { absent } from "./log-record.js";
import { columnOf } from "./log-view.js";
import { pageQuery } from "./paging.js";

const operator = (...names: readonly string[]) => t.Union(names.map(name => t.Literal(name)));
const listed = ["eq", "ne", "contains", "one_of", "not_in"];
const column = t.String({ minLength: 1, maxLength: 1000 });
/** The Python SDK says `name` for `column_id`. */
const where = { column_id: t.Optional(column), name: t.Optional(column) };
const texts = t.Union([t.String(), t.Array(t.String())]);

const leaf = t.Union([
  t.Object({ type: t.Literal("id"), ...where, operator: t.Optional(operator(...listed)), value: texts }),
  t.Object({
    type: t.Union([t.Literal("text"), t.Literal("collection")]),
    ...where,
    operator: operator(...listed),
    value: texts,
    case_sensitive: t.Optional(t.Boolean()),
  }),
  t.Object({
    type: t.Literal("date"),
    ...where,
    operator: operator("eq", "ne", "gt", "gte", "lt", "lte"),
    value: t.String(),
  }),
  t.Object({
    type: t.Literal("number"),
    ...where,
    operator: operator("eq", "ne", "gt", "gte", "lt", "lte", "between"),
    value: t.Union([t.Number(), t.Array(t.Number(), { minItems: 2, maxItems: 2 })]),
  }),
  t.Object({
    type: t.Literal("boolean"),
    ...where,
    operator: t.Optional(operator("eq", "ne")),
    value: t.Boolean(),
  }),
]);
type Leaf = Static<typeof leaf>;

const wanted = {
  log_stream_id: maybe(uuid),
  experiment_id: maybe(uuid),
  filters: maybe(t.Array(leaf)),
  filter_tree: t.Optional(t.Unknown()),
};
const sort = maybe(
  t.Object({ column_id: t.Optional(column), name: t.Optional(column), ascending: t.Optional(t.Boolean()) }),
);
export const countParams = t.Object(wanted);
export const exportParams = t.Object({ ...wanted, sort });
export const searchParams = t.Object({ ...wanted, ...pageQuery, sort });
export type CountParams = Static<typeof countParams>;
export type ExportParams = Static<typeof exportParams>;
export type SearchParams = Static<typeof searchParams>;

export type Test = (record: ValueObject) => boolean;

/** Says whether a record, as it is shown, is wanted. Throws 422 for a tree of filters that is none. */
export function testOf({
  log_stream_id: stream,
  experiment_id: experiment,
  filters,
  filter_tree: tree,
}: CountParams): Test {
  const runs = [stream, experiment].flatMap(id => (id ? [id.toLowerCase()] : []));
  const tests = (filters ?? []).map(leafTest);
  if (!absent(tree as Value)) tests.push(treeTest(tree as Value, ["body", "filter_tree"]));
  return record => runs.every(run => record["run_id"] === run) && tests.every(test => test(record));
}

function treeTest(tree: Value, loc: Loc): Test {
  const [[key, inner] = ["", null]] = isObject(tree) ? Object.entries(tree) : [];
  if (key === "filter") return leafTest(checked(leaf, plainLeaf(inner), "the body"));
  if (key === "not") {
    const test = treeTest(inner, [...loc, key]);
    return record => !test(record);
  }
  if ((key !== "and" && key !== "or") || !Array.isArray(inner))
    throw unprocessable(loc, "this must hold one of filter, and, or, not");
  const tests = inner.map((one, i) => treeTest(one, [...loc, key, i]));
  return key === "and" ? record => tests.every(test => test(record)) : record => tests.some(test => test(record));
}

function plainLeaf(value: Value): unknown {
  return columnOf({ value }, "value");
}

function leafTest(filter: Leaf): Test {
  const name = filter.column_id ?? filter.name;
  if (name === undefined) throw unprocessable(["body", "filters"], "a filter names its column_id");
  const is = comparison(filter);
  return record => is(columnOf(record, name));
}

function comparison(filter: Leaf): (value: unknown) => boolean {
  switch (filter.type) {
    case "date":
      return value => compares(filter.operator, Date.parse(asText(value)), [Date.parse(filter.value)]);
    case "number":
      return value =>
        compares(filter.operator, typeof value === "bigint" ? Number(value) : value, [filter.value].flat());
    case "boolean":
      return value => (value === filter.value) === (filter.operator !== "ne");
    case "id":
      return textTest(filter.operator ?? "eq", [filter.value].flat(), false);
    case "text":
    case "collection":
    default:
      return textTest(filter.operator, [filter.value].flat(), filter.case_sensitive ?? true);
  }
}

function compares(by: string, value: unknown, [first, second = first]: readonly number[]): boolean {
  if (typeof value !== "number" || Number.isNaN(value)) return by === "ne";
  switch (by) {
    case "eq":
      return value === first;
    case "ne":
      return value !== first;
    case "gt":
      return value > first;
    case "gte":
      return value >= first;
    case "lt":
      return value < first;
    case "lte":
      return value <= first;
    default:
      return value >= first && value <= second;
  }
}

function textTest(by: string, wanted: readonly string[], isCased: boolean): (value: unknown) => boolean {
  const fold = (text: string) => (isCased ? text : text.toLowerCase());
  const texts = wanted.map(fold);
  const whole = new Set(texts);
  return value => {
    const held = (Array.isArray(value) ? value : [value ?? ""]).map(one => fold(asText(one)));
    if (by === "contains" && !Array.isArray(value)) return texts.some(text => held[0].includes(text));
    const isOne = held.some(one => whole.has(one));
    return by === "ne" || by === "not_in" ? !isOne : isOne;
  };
}

/** What records are ordered and compared by. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : (JSON.stringify(value, bigText) ?? "");
}

function bigText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
