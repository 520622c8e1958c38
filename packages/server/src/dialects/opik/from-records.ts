/** Items made of traces and spans that arrived. */
import { isObject, type Value, type ValueObject } from "@sheaf/core";
import { empty } from "../../answer.js";
import type { Route } from "../../route.js";
import { needById } from "./dataset.js";
import { makeVersion, putEdit, versionAttributes } from "./edits.js";
import { spansOf } from "./experiment-index.js";
import { listOf } from "./experiment-item.js";
import { Rules, type Fields } from "./fields.js";
import { opikOf } from "./ids.js";
import { readDefaults, type ItemWrite } from "./item.js";
import { operation, type Ask } from "./operation.js";
import { compact } from "./shape.js";
import type { RecordKind } from "./traces.js";
import { rowsIn } from "../catalog/words.js";

const path = "/v1/private/datasets/{dataset_id}/items";

export const fromRecordRoutes: readonly Route[] = (["traces", "spans"] as const).map(kind =>
  operation(
    {
      id: kind === "traces" ? "createDatasetItemsFromTraces" : "createDatasetItemsFromSpans",
      method: "POST",
      path: `${path}/from-${kind}`,
      scope: "write",
      says: `Adds items made of ${kind}, in one version.`,
    },
    ask => addItems(ask, kind),
  ),
);

async function addItems(ask: Ask, kind: RecordKind): Promise<Response> {
  const body = await ask.body();
  const field = kind === "traces" ? "trace_ids" : "span_ids";
  const ids = body.uuids(field) ?? [];
  const rules = new Rules()
    .hold(ids.length > 0, `${field} must not be empty`)
    .hold(body.object("enrichment_options") !== undefined, "enrichment_options must not be null");
  const defaults = readDefaults(body, rules);
  rules.done();
  const dataset = await needById(ask, ask.uuid("dataset_id"));
  const isSuite = opikOf(dataset).type === "evaluation_suite";
  const items: ItemWrite[] = [];
  for (const id of new Set(ids)) {
    const record = await ask.record(kind, id);
    if (!record) continue;
    const data = isSuite
      ? fieldsOf(record["input"])
      : await enriched(ask, kind, id, record, body.inner("enrichment_options"));
    const origin = kind === "traces" ? { source: "trace", trace_id: id } : { source: "span", span_id: id };
    items.push({ data, words: { ...origin, ...defaults } });
  }
  await makeVersion(ask, dataset.path, async ({ version }) => {
    const { patch, rows } = await putEdit(ask, version, items);
    if (patch.length === 0) return undefined;
    const message = `${rowsIn(dataset.path, "add", items.length)}, from ${kind}`;
    return { changes: [{ dataset: dataset.path, patch }], message, attributes: versionAttributes({}), rows };
  });
  return empty();
}

/** A test suite takes the fields of the input alone. */
function fieldsOf(input: Value | undefined): ValueObject {
  if (input === undefined || input === null) return {};
  return isObject(input) ? input : { input };
}

async function enriched(
  ask: Ask,
  kind: RecordKind,
  id: string,
  record: ValueObject,
  options: Fields,
): Promise<ValueObject> {
  const wants = (name: string) => options.bool(`include_${name}`) === true;
  const some = (name: string) => (wants(name) && !isEmpty(record[name]) ? record[name] : undefined);
  const spans = kind === "traces" && wants("spans") ? (await spansOf(ask, id)).map(shownSpan) : [];
  return compact({
    input: record["input"],
    expected_output: record["output"],
    spans: spans.length > 0 ? spans : undefined,
    tags: some("tags"),
    feedback_scores: wants("feedback_scores") ? scoresOf(record) : undefined,
    comments: some("comments"),
    usage: some("usage"),
    metadata: some("metadata"),
  });
}

function shownSpan(span: ValueObject): ValueObject {
  const names = [
    "id",
    "name",
    "type",
    "parent_span_id",
    "input",
    "output",
    "start_time",
    "end_time",
    "metadata",
    "comments",
  ];
  return compact({ ...Object.fromEntries(names.map(name => [name, span[name]])), feedback_scores: scoresOf(span) });
}

function scoresOf(record: ValueObject): Value[] | undefined {
  const scores = listOf(record["feedback_scores"]).map(({ name, category_name, value, reason, source }) =>
    compact({ name, category_name, value, reason, source }),
  );
  return scores.length > 0 ? scores : undefined;
}

function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
