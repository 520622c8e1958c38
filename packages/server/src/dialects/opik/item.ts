/** Opik's items: a row's item is the data; what else Opik knows of it stands among the row's attributes, under names that other faces know too. */
import {
  decodeItem,
  fieldOf,
  fromBlockForm,
  isObject,
  printItem,
  printJson,
  setKey,
  toBlockForm,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import type { Asked } from "../../asked.js";
import { Columns } from "../catalog/system-columns.js";
import { badRequest } from "./errors.js";
import { isBlank, type Fields, type Rules } from "./fields.js";
import { uuid7 } from "./ids.js";
import { compact } from "./shape.js";

export const sources = ["manual", "trace", "span", "sdk"] as const;

/** Attributes of rows that Opik has words for. */
const words = ["description", "tags", "source", "trace_id", "span_id", "evaluators", "execution_policy"] as const;
type Words = Partial<Record<(typeof words)[number], Value>>;

/** The SDKs take `id` in the data for the item's own; that for Python lays the data beside all of Opik's words, and fails where one stands there twice. */
const forPython = new Columns(["id", ...words.filter(word => word !== "tags")]);
const forJavaScript = new Columns(["id"]);
const forOthers = new Columns([]);

/** The names that the data of items may not have for a client: such a column stands under another one there. */
export function columnsFor({ headers }: Pick<Asked, "headers">): Columns {
  const language = headers.get("x-fern-language")?.toLowerCase();
  if (language === "python" || headers.has("x-opik-debug-py-version")) return forPython;
  return language === "javascript" ? forJavaScript : forOthers;
}

/** What a client writes of an item. */
export interface ItemWrite {
  readonly id?: string;
  readonly data?: ValueObject;
  readonly words: Words;
}

export const maxTags = 50;
export const maxTagLength = 100;

/** Reads an item of a request; rules that it breaks are noted. Throws 400 for what is no item. */
export function readItem(fields: Fields, rules: Rules, columns: Columns): ItemWrite {
  const id = fields.uuid("id");
  if (id !== undefined && !uuid7.test(id)) throw badRequest("Invalid id", "dataset_item id must be a version 7 UUID");
  const data = fields.object("data");
  const source = fields.oneOf("source", sources);
  const [trace, span] = [fields.uuid("trace_id"), fields.uuid("span_id")];
  rules.hold(source !== undefined, `${fields.at("source")} must not be null`);
  rules.hold(data !== undefined && Object.keys(data).length > 0, `${fields.at("data")} must not be empty`);
  const description = fields.text("description");
  rules.hold(description === undefined || !isBlank(description), `${fields.at("description")} must not be blank`);
  const wanted = { sdk: "00", manual: "00", trace: "10", span: "11" }[source ?? "sdk"];
  const given = `${Number(trace !== undefined)}${Number(span !== undefined)}`;
  rules.hold(wanted === given, `${fields.at("source")} ${source} does not go with its trace_id and span_id`);
  return {
    ...(id === undefined ? {} : { id }),
    ...(data === undefined ? {} : { data: columns.own(data) }),
    words: readWords(fields, rules),
  };
}

/** The words of an item that are given. */
export function readWords(fields: Fields, rules: Rules): Words {
  return compact({
    description: fields.text("description"),
    tags: readTags(fields, "tags", rules),
    source: fields.oneOf("source", sources),
    trace_id: fields.uuid("trace_id"),
    span_id: fields.uuid("span_id"),
    ...readDefaults(fields, rules),
  });
}

/** Evaluators and policy, of an item or as a version's defaults. */
export function readDefaults(fields: Fields, rules: Rules): Pick<Words, "evaluators" | "execution_policy"> {
  const evaluators = fields.each("evaluators");
  for (const evaluator of evaluators ?? []) {
    rules.hold(!isBlank(evaluator.text("name") ?? ""), `${evaluator.path}.name must not be blank`);
    const type = evaluator.oneOf("type", ["llm_judge", "code_metric"]);
    rules.hold(type !== undefined, `${evaluator.path}.type must not be null`);
    rules.hold(evaluator.get("config") !== undefined, `${evaluator.path}.config must not be null`);
  }
  const policy = fields.object("execution_policy");
  if (policy) checkPolicy(fields.inner("execution_policy"), rules);
  return compact({ evaluators: evaluators && fields.list("evaluators"), execution_policy: policy });
}

function checkPolicy(policy: Fields, rules: Rules): void {
  const [runs, threshold] = [policy.integer("runs_per_item") ?? 1, policy.integer("pass_threshold") ?? 1];
  const isCount = (n: number) => Number.isInteger(n) && n >= 1 && n <= 100;
  rules.hold(isCount(runs), `${policy.path}.runs_per_item must be between 1 and 100`);
  rules.hold(isCount(threshold), `${policy.path}.pass_threshold must be between 1 and 100`);
  rules.hold(threshold <= runs, `${policy.path}.pass_threshold must not be greater than runs_per_item`);
}

export function readTags(fields: Fields, name: string, rules: Rules): string[] | undefined {
  const tags = fields.texts(name);
  rules.size(name, tags ?? [], maxTags, 0);
  for (const tag of tags ?? []) rules.size(name, tag, maxTagLength, 0);
  return tags && [...new Set(tags)];
}

/** The item's block for what a client writes whole; attributes that Opik has no word for stay as they were. */
export function blockFor({ data = {}, words: given }: ItemWrite, before?: ValueObject): ValueObject {
  const kept = before ? fromBlockForm(before).meta : undefined;
  const others = Object.entries(kept ?? {}).filter(([name]) => !words.some(word => word === name));
  return withWords(data, Object.fromEntries(others), given);
}

/** The item's block for what a client changes: `data` as a whole, words that are given; `null` takes one away. */
export function blockWith(
  before: ValueObject,
  data: ValueObject | undefined,
  changed: Readonly<Record<string, Value>>,
): ValueObject {
  const { item, meta = {} } = fromBlockForm(before);
  return withWords(data ?? item, meta, changed);
}

function withWords(data: ValueObject, meta: ValueObject, changed: Readonly<Record<string, Value>>): ValueObject {
  const all: ValueObject = { ...meta };
  for (const [name, value] of Object.entries(changed)) {
    if (value === null || isUsual(name, value)) delete all[name];
    else setKey(all, name, value);
  }
  return toBlockForm(data, Object.keys(all).length === 0 ? undefined : all);
}

/** What is so anyway need not be said. */
function isUsual(name: string, value: Value): boolean {
  return value === "" || (name === "source" && value === "sdk") || (Array.isArray(value) && value.length === 0);
}

/** Where an item comes from, and when it was made and changed. */
export interface Origin {
  readonly dataset_id?: string;
  readonly created_at?: string;
  readonly created_by?: string;
  readonly last_updated_at?: string;
  readonly last_updated_by?: string;
}

/** An item's data as a client takes it, as exact JSON text. */
export function dataText(block: Uint8Array, columns: Columns): string {
  const isPlain = columns.systems.every(
    name => fieldOf(block, name) === undefined && fieldOf(block, `@${name}`) === undefined,
  );
  return isPlain ? printItem(block) : printJson(columns.shown(fromBlockForm(decodeItem(block)).item));
}

/** An item as Opik writes it, as exact JSON text, with its data as such. */
export function itemText(id: string, block: Uint8Array, data: string, origin: Origin = {}, more = ""): string {
  const { source, description, tags, trace_id, span_id, evaluators, execution_policy } = wordsOf(block);
  const head = compact({ id, dataset_item_id: id, trace_id, span_id, source });
  const tail = compact({ description, tags, evaluators, execution_policy, ...origin });
  return `${printJson(head).slice(0, -1)},"data":${data},${printJson(tail).slice(1, -1)}${more}}`;
}

/** The words of a row as Opik shows them; what another face wrote there and Opik could not read is left out. */
export function wordsOf(block: Uint8Array) {
  const meta = fieldOf(block, "@meta");
  const own = isObject(meta) ? meta : {};
  const text = (name: string) => (Object.hasOwn(own, name) && typeof own[name] === "string" ? own[name] : undefined);
  const { tags, evaluators, execution_policy: policy } = own;
  const source = text("source");
  return {
    source: source === undefined ? "sdk" : (sources.find(known => known === source) ?? "manual"),
    description: text("description"),
    tags: Array.isArray(tags) ? tags.filter(tag => typeof tag === "string") : [],
    trace_id: text("trace_id"),
    span_id: text("span_id"),
    evaluators: Array.isArray(evaluators) && evaluators.length > 0 ? evaluators : undefined,
    execution_policy: isObject(policy) ? policy : undefined,
  };
}
