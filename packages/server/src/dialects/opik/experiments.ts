/** Experiments: records that say which items of a dataset were tried, and with which traces. */
import { printJson, type ValueObject } from "@sheaf/core";
import { empty, json, lines, stream } from "../../answer.js";
import type { Route } from "../../route.js";
import { changeRecords, removeRecords } from "../catalog/records.js";
import { nameIn, needOrMake } from "./datasets.js";
import { badRequest, conflict, notFound } from "./errors.js";
import { placeKey, shownExperiment } from "./experiment.js";
import { allExperiments, itemsOf } from "./experiment-index.js";
import { shownItem } from "./experiment-item.js";
import { isLike, textOf } from "./filter.js";
import { Rules, type Fields } from "./fields.js";
import { uuid7 } from "./ids.js";
import { readTags } from "./item.js";
import { streamType } from "./items.js";
import { operation, pageOf, pageWords, type Ask } from "./operation.js";
import { projectId, projectIdOf, projectIn } from "./projects.js";
import { promptLinks } from "./prompts.js";
import { compact } from "./shape.js";
import type { KeptRecord } from "./state.js";
import { versionsOf } from "./version-list.js";

const E = "/v1/private/experiments";
const kind = "experiments";
const types = ["regular", "trial", "mini-batch", "mutation"] as const;
const statuses = ["running", "completed", "cancelled"] as const;
const maxStreamed = 2000;
const maxIds = 1000;

export const experimentRoutes: readonly Route[] = [
  operation(
    {
      id: "findExperiments",
      method: "GET",
      path: E,
      scope: "read",
      says: "Lists experiments, newest first.",
      query: ["page", "size", "datasetId", "dataset_id", "name", "types", "project_id", "experiment_ids"],
    },
    listExperiments,
  ),
  operation(
    { id: "createExperiment", method: "POST", path: E, scope: "write", says: "Begins an experiment." },
    createExperiment,
  ),
  operation(
    { id: "streamExperiments", method: "POST", path: `${E}/stream`, scope: "read", says: "Streams experiments." },
    async ask => {
      const body = await ask.body();
      const wanted = await namedIn(ask, body, nameIn(body, "name"));
      return streamed(body, wanted, experiment => shownExperiment(ask, experiment));
    },
  ),
  operation(
    { id: "createExperimentItems", method: "POST", path: `${E}/items`, scope: "write", says: "Adds tried items." },
    createItems,
  ),
  operation(
    {
      id: "streamExperimentItems",
      method: "POST",
      path: `${E}/items/stream`,
      scope: "read",
      says: "Streams tried items.",
    },
    async ask => {
      const body = await ask.body();
      const found = await namedIn(ask, body, nameIn(body, "experiment_name"));
      const items = (await Promise.all(found.map(({ id }) => itemsOf(ask, id)))).flat();
      items.sort((a, b) => (a.id < b.id ? 1 : -1));
      return streamed(body, items, item => shownItem(ask, item));
    },
  ),
  operation(
    {
      id: "deleteExperimentItems",
      method: "POST",
      path: `${E}/items/delete`,
      scope: "write",
      says: "Removes tried items.",
    },
    async ask => removeByIds(ask, "experiment-items"),
  ),
  operation(
    { id: "getExperimentItemById", method: "GET", path: `${E}/items/{id}`, scope: "read", says: "Gives a tried item." },
    async ask => {
      const id = ask.uuid("id");
      const found = await ask.record("experiment-items", id);
      if (!found) throw notFound("Experiment item not found");
      return json(await shownItem(ask, { ...found, id }));
    },
  ),
  operation(
    { id: "deleteExperimentsById", method: "POST", path: `${E}/delete`, scope: "write", says: "Removes experiments." },
    async ask => removeByIds(ask, kind),
  ),
  operation(
    { id: "finishExperiments", method: "POST", path: `${E}/finish`, scope: "write", says: "Says that some are done." },
    async ask => {
      const ids = (await ask.body()).uuids("ids") ?? [];
      new Rules().size("ids", ids, maxIds).done();
      const { now } = ask;
      await changeRecords(
        ask.call,
        ask.desk,
        kind,
        ids,
        (_, before) => before && { ...before, status: before["status"] ?? "completed", last_updated_at: now },
      );
      return empty();
    },
  ),
  operation(
    { id: "getExperimentById", method: "GET", path: `${E}/{id}`, scope: "read", says: "Gives an experiment." },
    async ask => json(await shownExperiment(ask, await needExperiment(ask, ask.uuid("id")))),
  ),
  operation(
    { id: "updateExperiment", method: "PATCH", path: `${E}/{id}`, scope: "write", says: "Changes an experiment." },
    updateExperiment,
  ),
];

async function createExperiment(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const id = body.uuid("id") ?? ask.ids.fresh(1)[0];
  if (!uuid7.test(id)) throw badRequest("Invalid id", "Experiment id must be a version 7 UUID");
  const rules = new Rules();
  const tags = readTags(body, "tags", rules);
  rules.done();
  const dataset = await needOrMake(ask, body, nameIn(body, "dataset_name"));
  const wanted = body.uuid("dataset_version_id");
  const versions = await versionsOf(ask, dataset);
  const version = wanted === undefined ? versions.at(-1) : versions.find(one => one.id === wanted);
  if (wanted !== undefined && !version) throw conflict(`Version ${wanted} is none of the dataset`);
  const { now } = ask;
  const record = compact({
    name: body.text("name") ?? `experiment-${id.slice(-8)}`,
    dataset_id: ask.ids.ofDataset(dataset),
    dataset_name: body.text("dataset_name"),
    dataset_version_id: version?.id,
    [placeKey]: {
      id: dataset.id,
      path: dataset.path,
      commit: version?.info.commit ?? (await ask.repo.resolve("HEAD")),
    },
    project_id: await projectIn(ask, body),
    metadata: body.get("metadata"),
    tags,
    type: body.oneOf("type", types) ?? "regular",
    evaluation_method: body.oneOf("evaluation_method", ["dataset", "evaluation_suite"]) ?? "dataset",
    optimization_id: body.uuid("optimization_id"),
    prompt_versions: await promptLinks(ask, body.each("prompt_versions")),
    experiment_scores: body.get("experiment_scores"),
    status: body.oneOf("status", statuses),
    created_at: now,
    created_by: ask.call.author.name,
    last_updated_at: now,
  });
  await keepNew(ask, id, record);
  return ask.made(id);
}

/** Throws 409 where there is an experiment of this id. */
async function keepNew(ask: Ask, id: string, record: ValueObject): Promise<void> {
  await changeRecords(ask.call, ask.desk, kind, [id], (_, before) => {
    if (before) throw conflict(`Experiment already exists with id '${id}'`);
    return record;
  });
}

async function updateExperiment(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const id = ask.uuid("id");
  await needExperiment(ask, id);
  const rules = new Rules();
  const tags = readTags(body, "tags", rules);
  const [added, removed] = [readTags(body, "tags_to_add", rules), readTags(body, "tags_to_remove", rules)];
  rules.done();
  const given = compact({
    name: body.text("name"),
    metadata: body.get("metadata"),
    type: body.oneOf("type", types),
    status: body.oneOf("status", statuses),
    experiment_scores: body.get("experiment_scores"),
    last_updated_at: ask.now,
  });
  await changeRecords(ask.call, ask.desk, kind, [id], (_, before) => {
    if (!before) return undefined;
    const old = Array.isArray(before["tags"]) ? before["tags"] : [];
    const joined = [...new Set([...old, ...(added ?? [])])].filter(tag => !removed?.some(gone => gone === tag));
    const after = added || removed ? joined : tags;
    return { ...before, ...given, ...(after ? { tags: after } : {}) };
  });
  return empty();
}

async function createItems(ask: Ask): Promise<Response> {
  const given = (await ask.body()).each("experiment_items") ?? [];
  const rules = new Rules().size("experiment_items", given, maxIds);
  const fresh = ask.ids.fresh(given.length);
  const { now } = ask;
  const records = new Map<string, ValueObject>();
  given.forEach((fields, i) => {
    const ids = { experiment_id: fields.uuid("experiment_id"), dataset_item_id: fields.uuid("dataset_item_id") };
    const trace = fields.uuid("trace_id");
    rules.hold(ids.experiment_id !== undefined, `${fields.path}.experiment_id must not be null`);
    rules.hold(ids.dataset_item_id !== undefined, `${fields.path}.dataset_item_id must not be null`);
    rules.hold(trace !== undefined, `${fields.path}.trace_id must not be null`);
    const more = { description: fields.get("description"), execution_policy: fields.get("execution_policy") };
    const times = { created_at: now, last_updated_at: now, created_by: ask.call.author.name };
    records.set(fields.uuid("id") ?? fresh[i], compact({ ...ids, trace_id: trace, ...more, ...times }));
  });
  rules.done();
  await changeRecords(ask.call, ask.desk, "experiment-items", [...records.keys()], id => records.get(id));
  return empty();
}

async function listExperiments(ask: Ask): Promise<Response> {
  const page = ask.page();
  const dataset = (ask.query("datasetId") ?? ask.query("dataset_id"))?.toLowerCase();
  const wantedTypes = listIn(ask.query("types"));
  const ids = listIn(ask.query("experiment_ids"));
  const project = ask.query("project_id")?.toLowerCase();
  const found = (await named(ask, ask.query("name") ?? "")).filter(
    experiment =>
      (dataset === undefined || experiment["dataset_id"] === dataset) &&
      (project === undefined || projectIdOf(ask.platform, experiment) === project) &&
      (!wantedTypes || wantedTypes.includes(textOf(experiment["type"]))) &&
      (!ids || ids.includes(experiment.id)),
  );
  const content = await Promise.all(pageOf(found, page).map(experiment => shownExperiment(ask, experiment)));
  return json({ content, ...pageWords(page, content.length, found.length) });
}

function listIn(text: string | undefined): string[] | undefined {
  if (text === undefined || text === "") return undefined;
  return text.split(/[[\]",\s]+/).filter(word => word !== "");
}

/** As {@link named}; where some of them are in the project that the request names, those alone. */
async function namedIn(ask: Ask, body: Fields, name: string): Promise<KeptRecord[]> {
  const found = await named(ask, name);
  const project = body.text("project_name");
  if (project === undefined) return found;
  const id = projectId(ask.platform, project);
  const own = found.filter(experiment => projectIdOf(ask.platform, experiment) === id);
  return own.length > 0 ? own : found;
}

/** Experiments whose name holds this text, newest first; where some are called exactly so, those alone. */
async function named(ask: Ask, name: string): Promise<KeptRecord[]> {
  const all = [...(await allExperiments(ask))];
  if (name === "") return all;
  const exact = all.filter(experiment => experiment["name"] === name);
  if (exact.length > 0) return exact;
  const pattern = `%${name.toLowerCase()}%`;
  return all.filter(experiment => isLike(textOf(experiment["name"]).toLowerCase(), pattern));
}

async function needExperiment(ask: Ask, id: string): Promise<KeptRecord> {
  const found = await ask.record(kind, id);
  if (!found) throw notFound("Experiment not found");
  return { ...found, id };
}

async function removeByIds(ask: Ask, of: string): Promise<Response> {
  const ids = (await ask.body()).uuids("ids") ?? [];
  new Rules().size("ids", ids, maxIds).done();
  await removeRecords(ask.call, ask.desk, of, ids);
  return empty();
}

/** Records as lines, from behind the cursor on. */
function streamed(
  body: Fields,
  all: readonly KeptRecord[],
  show: (record: KeptRecord) => Promise<ValueObject>,
): Promise<Response> {
  const limit = body.integer("limit") ?? 500;
  new Rules().hold(limit >= 1 && limit <= maxStreamed, `limit must be between 1 and ${maxStreamed}`).done();
  const cursor = body.uuid("last_retrieved_id");
  const wanted = all.filter(({ id }) => cursor === undefined || id < cursor).slice(0, limit);
  return stream(lines(texts(wanted, show)), streamType);
}

async function* texts(all: readonly KeptRecord[], show: (record: KeptRecord) => Promise<ValueObject>) {
  for (const record of all) yield `${printJson(await show(record))}\r`;
}
