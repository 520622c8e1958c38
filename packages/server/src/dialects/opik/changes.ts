/** Opik's edits that make one new version each: of one item, of many, and changes on a base version. */
import {
  decode,
  pointer,
  type Change,
  type DatasetInfo,
  type DatasetVersion,
  type Operation,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Route } from "../../route.js";
import { backTo } from "../catalog/back-to.js";
import { readThen } from "../catalog/catalog.js";
import type { Reading } from "../catalog/rewrite.js";
import { copyFromIn, copying, readCopied, type CopyFrom } from "./copy-from.js";
import { needById } from "./dataset.js";
import { makeVersion, opikChanges, putEdit, removeEdit, versionAttributes } from "./edits.js";
import { badRequest, conflict, notFound } from "./errors.js";
import { Rules, type Fields } from "./fields.js";
import { opikOf } from "./ids.js";
import { parseItemFilters } from "./item-filter.js";
import { rowIn, wantedRows } from "./item-reader.js";
import { blockWith, maxTags, readDefaults, readItem, readTags, readWords, wordsOf, type ItemWrite } from "./item.js";
import { locate } from "./locate.js";
import { operation, type Ask } from "./operation.js";
import { addTags, checkFree, checkTag } from "./versions.js";
import { versionsOf, type Version } from "./version-list.js";
import { shownVersion } from "./version.js";

const I = "/v1/private/datasets/items";
const maxItems = 1000;

export const changeRoutes: readonly Route[] = [
  operation(
    {
      id: "batchUpdateDatasetItems",
      method: "PATCH",
      path: `${I}/batch`,
      scope: "write",
      says: "Changes many items alike.",
    },
    updateItems,
  ),
  operation(
    { id: "patchDatasetItem", method: "PATCH", path: `${I}/{itemId}`, scope: "write", says: "Changes one item." },
    patchItem,
  ),
  operation(
    {
      id: "applyDatasetItemChanges",
      method: "POST",
      path: "/v1/private/datasets/{id}/items/changes",
      scope: "write",
      says: "Makes a version of what is added, edited and deleted on a base version.",
      query: ["override"],
    },
    applyChanges,
  ),
];

/** What becomes of an item: data as a whole, words; `null` clears one. */
interface ItemChange {
  readonly data: ValueObject | undefined;
  readonly words: Readonly<Record<string, Value>>;
}

async function patchItem(ask: Ask): Promise<Response> {
  const id = ask.uuid("itemId");
  const body = await ask.body();
  const { data, words } = readChange(ask, body);
  const origin = readWords(body, new Rules());
  const change = { data, words: { ...origin, ...words } };
  const found = await locate(ask, [id]);
  const row = found?.rows.get(id);
  if (!found || row === undefined) throw notFound("Dataset item not found");
  await changeItems(
    ask,
    found.dataset,
    async () => [row],
    () => change,
    "Updated 1 item",
  );
  return empty();
}

/** Reads what is to be changed of an item, and not where it comes from. Absent fields stay; empty ones and `clear_execution_policy` clear. */
function readChange(ask: Ask, fields: Fields): ItemChange {
  const rules = new Rules();
  const { source: _source, trace_id: _trace, span_id: _span, ...given } = readWords(fields, rules);
  const words: Record<string, Value> = { ...given };
  if (fields.bool("clear_execution_policy") === true) words["execution_policy"] = null;
  const data = fields.object("data");
  rules.hold(data === undefined || Object.keys(data).length > 0, "data must not be empty").done();
  return { data: data && ask.columns.own(data), words };
}

/** Makes a version in which some rows are changed, each by what `change` says of its words; none where no row is found. */
async function changeItems(
  ask: Ask,
  { path }: DatasetInfo,
  find: (version: DatasetVersion) => Promise<readonly string[]>,
  change: (tags: readonly string[]) => ItemChange,
  description: string,
): Promise<void> {
  await makeVersion(ask, path, async ({ version }) => {
    const rows = version ? await find(version) : [];
    const patch = version ? await changeRows(version, new Map(rows.map(row => [row, change]))) : [];
    if (patch.length === 0) return undefined;
    const told = description.replace("N", String(patch.length));
    const attributes = versionAttributes({ description: told });
    return { changes: [{ dataset: path, patch }], message: told, attributes, rows };
  });
}

type ChangeOf = (tags: readonly string[]) => ItemChange;

async function changeRows(version: DatasetVersion, changes: ReadonlyMap<string, ChangeOf>): Promise<Operation[]> {
  const patch: Operation[] = [];
  for (const [row, change] of changes) {
    const found = await rowIn(version, row);
    if (!found) continue;
    const { data, words } = change(wordsOf(found.block).tags);
    const before = decode(found.block) as ValueObject;
    patch.push({ op: "add", path: pointer("items", row), value: blockWith(before, data, words) });
  }
  return patch;
}

async function updateItems(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const [ids, id] = [body.uuids("ids"), body.uuid("dataset_id")];
  const given = body.list("filters");
  const filters = parseItemFilters(given);
  const update = body.object("update");
  const rules = new Rules();
  rules.hold((ids === undefined) !== (given === undefined), "either ids or filters must be provided");
  if (ids) rules.size("ids", ids, maxItems);
  rules
    .hold(ids !== undefined || id !== undefined, "dataset_id must be provided with filters")
    .hold(update !== undefined, "update must not be null")
    .done();
  const change = readUpdate(ask, body.inner("update"), body.bool("merge_tags") === true || filters.length > 0);
  if (ids) {
    const found = await locate(ask, ids);
    if (!found) throw notFound("Dataset items not found");
    await changeItems(ask, found.dataset, async () => [...found.rows.values()], change, "Updated N items");
    return empty();
  }
  const dataset = await needById(ask, id ?? "");
  if ((await versionsOf(ask, dataset)).length === 0) throw notFound("Dataset has no versions");
  await changeItems(ask, dataset, version => wantedRows(ask, version, filters), change, "Updated N items by filters");
  return empty();
}

/** Reads what is to become of many items; tags may be replaced, joined, added and removed. */
function readUpdate(ask: Ask, fields: Fields, isMerging: boolean): ChangeOf {
  const { data, words } = readChange(ask, fields);
  const rules = new Rules();
  const added = readTags(fields, "tags_to_add", rules);
  const removed = readTags(fields, "tags_to_remove", rules);
  const tags = readTags(fields, "tags", rules);
  rules.done();
  const tagsAfter = (before: readonly string[]) => {
    if (added || removed) return union(before, added ?? []).filter(tag => !removed?.includes(tag));
    return tags && isMerging ? union(before, tags) : tags;
  };
  return before => {
    const after = tagsAfter(before);
    if (after) new Rules().size("tags", after, maxTags, 0).done();
    return { data, words: after ? { ...words, tags: after } : words };
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}

/** What a request to change a dataset holds. */
interface Changes {
  readonly added: readonly ItemWrite[];
  readonly edited: ReadonlyMap<string, ChangeOf>;
  readonly deleted: readonly string[];
  readonly base: string | undefined;
  readonly isForced: boolean;
  readonly tags: readonly string[];
  readonly description: string | undefined;
  readonly metadata: ValueObject | undefined;
  readonly copyFrom: CopyFrom | undefined;
  /** Defaults of the version; `undefined` as a value takes one away. */
  readonly defaults: { readonly evaluators?: Value | undefined; readonly execution_policy?: Value | undefined };
}

function readChanges(ask: Ask, body: Fields, isForced: boolean): Changes {
  const rules = new Rules();
  const added = (body.each("added_items") ?? []).map(fields => {
    const { id: _ignored, ...item } = readItem(fields, rules, ask.columns);
    return item;
  });
  const edited = new Map<string, ChangeOf>();
  for (const fields of body.each("edited_items") ?? []) {
    const id = fields.uuid("id");
    rules.hold(id !== undefined, `${fields.path}.id must not be null`);
    const change = readChange(ask, fields);
    if (id !== undefined) edited.set(id, () => change);
  }
  const { evaluators, execution_policy: policy } = readDefaults(body, rules);
  const tags = body.texts("tags") ?? [];
  const copyFrom = copyFromIn(body, rules);
  rules.done();
  for (const tag of tags) checkTag(tag);
  const isCleared = body.bool("clear_execution_policy") === true;
  const hasNone = Array.isArray(evaluators) && evaluators.length === 0;
  return {
    added,
    edited,
    deleted: body.uuids("deleted_ids") ?? [],
    base: body.uuid("base_version"),
    isForced,
    tags,
    description: body.text("change_description"),
    metadata: body.object("metadata"),
    copyFrom,
    defaults: {
      ...(evaluators === undefined ? {} : { evaluators: hasNone ? undefined : evaluators }),
      ...(isCleared ? { execution_policy: undefined } : policy === undefined ? {} : { execution_policy: policy }),
    },
  };
}

async function applyChanges(ask: Ask): Promise<Response> {
  const changes = readChanges(ask, await ask.body(), ask.flag("override"));
  const dataset = await needById(ask, ask.uuid("id"));
  await ask.call.permit({ scope: "write", dataset: dataset.path });
  await checkFree(ask, dataset, changes.tags);
  await makeVersion(ask, dataset.path, reading => planChanges(ask, dataset, changes, reading));
  const version = (await versionsOf(ask, dataset)).at(-1);
  if (!version) throw notFound("Version not found");
  await addTags(ask, dataset, version, changes.tags);
  const location = `/v1/private/datasets/${ask.ids.ofDataset(dataset)}/versions/${version.id}`;
  return json(await shownVersion(ask, dataset, version), { status: 201, headers: { location } });
}

async function planChanges(ask: Ask, dataset: DatasetInfo, changes: Changes, { version, commit = "" }: Reading) {
  if (!version) throw notFound("Dataset not found");
  const { path } = dataset;
  const versions = await versionsOf(ask, dataset);
  const base = baseOf(changes, versions);
  const isStale = base !== undefined && base !== versions.at(-1);
  const then = isStale ? await readThen(ask.call, ask.repo, dataset, base.info) : version;
  const copied = changes.copyFrom && (await readCopied(ask, changes.copyFrom));
  const from = copied ?? then;
  const before = copied
    ? await copying(version, copied)
    : isStale
      ? await backTo(ask.repo, path, commit, base.info.commit)
      : [];
  const inherited = isStale ? (opikOf(then.info) as Record<string, Value | undefined>) : {};
  const defaults = {
    ...(isStale ? { evaluators: inherited["evaluators"], execution_policy: inherited["execution_policy"] } : {}),
    ...changes.defaults,
  };
  const all: Change[] = [
    { dataset: path, patch: [...before, ...(await deltaOn(ask, from, changes))] },
    ...opikChanges(path, version.info, defaults),
  ];
  const { description, metadata } = changes;
  const attributes = versionAttributes({ description, metadata, base: isStale ? base.info.number : undefined });
  return { changes: all, message: description || `change ${path}`, attributes };
}

/** The version that the changes are made on. Throws 404 for one that is not there, 409 for one that is not the newest, unless forced. */
function baseOf(changes: Changes, versions: readonly Version[]): Version | undefined {
  const { base, isForced, added, edited, deleted } = changes;
  if (base === undefined) {
    const isBare = added.length + edited.size + deleted.length === 0;
    if (isForced && versions.length === 0 && isBare) return undefined;
    throw badRequest("base_version is required, but for the first version, which is made empty and with override");
  }
  const found = versions.find(({ id }) => id === base);
  if (!found) throw notFound("Version not found");
  if (found !== versions.at(-1) && !isForced)
    throw conflict("Version conflict: the base version is not the latest one; read it again, or override");
  return found;
}

async function deltaOn(ask: Ask, version: DatasetVersion, { added, edited, deleted }: Changes): Promise<Operation[]> {
  const rowOf = (id: string) => ask.ids.find(version, id);
  const edits = new Map<string, ChangeOf>();
  for (const [id, change] of edited) {
    const row = await rowOf(id);
    if (row === undefined) throw notFound("Dataset item not found");
    edits.set(row, change);
  }
  const gone = (await Promise.all(deleted.map(rowOf))).filter(row => row !== undefined);
  const { patch } = await putEdit(ask, version, added);
  return [...(await changeRows(version, edits)), ...patch, ...(await removeEdit(version, gone)).patch];
}
