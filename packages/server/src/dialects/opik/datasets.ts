/** Opik's operations on datasets: listed, made, found, changed, deleted. */
import {
  amended,
  isSheafError,
  pointer,
  type Change,
  type DatasetInfo,
  type Operation,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { empty, json } from "../../answer.js";
import { HttpError } from "../../problem.js";
import type { Route } from "../../route.js";
import { pathFor } from "../catalog/naming.js";
import { findByName, needById, needByName, shownDataset, findById } from "./dataset.js";
import { opikChanges } from "./edits.js";
import { badRequest, conflict } from "./errors.js";
import { isBlank, Rules, type Fields } from "./fields.js";
import { uuid7 } from "./ids.js";
import { readTags } from "./item.js";
import { operation, type Ask } from "./operation.js";
import { projectId, projectIn, projectOf } from "./projects.js";
import { compact } from "./shape.js";
import { listDatasets, listQuery } from "./dataset-list.js";

export const D = "/v1/private/datasets";
const maxName = 255;

export const datasetRoutes: readonly Route[] = [
  operation(
    { id: "findDatasets", method: "GET", path: D, scope: "read", says: "Lists datasets.", query: listQuery },
    ask => listDatasets(ask, ask.query("project_id")?.toLowerCase()),
  ),
  operation(
    {
      id: "findDatasetsByProject",
      method: "GET",
      path: "/v1/private/projects/{projectId}/datasets",
      scope: "read",
      says: "Lists the datasets of a project.",
      query: listQuery,
    },
    ask => listDatasets(ask, ask.uuid("projectId")),
  ),
  operation({ id: "createDataset", method: "POST", path: D, scope: "write", says: "Makes a dataset." }, createDataset),
  operation(
    { id: "getDatasetByIdentifier", method: "POST", path: `${D}/retrieve`, scope: "read", says: "Finds one by name." },
    retrieveDataset,
  ),
  operation(
    { id: "deleteDatasetByName", method: "POST", path: `${D}/delete`, scope: "write", says: "Deletes one by name." },
    async ask => {
      const name = nameIn(await ask.body(), "dataset_name");
      await removeDataset(ask, await needByName(ask, name));
      return empty();
    },
  ),
  operation(
    { id: "deleteDatasetsBatch", method: "POST", path: `${D}/delete-batch`, scope: "write", says: "Deletes several." },
    async ask => {
      const ids = (await ask.body()).uuids("ids") ?? [];
      new Rules().size("ids", ids, 1000).done();
      for (const id of ids) await removeById(ask, id);
      return empty();
    },
  ),
  operation(
    { id: "getDatasetById", method: "GET", path: `${D}/{id}`, scope: "read", says: "Gives a dataset." },
    async ask => json(await shownDataset(ask, await needById(ask, ask.uuid("id")))),
  ),
  operation(
    { id: "updateDataset", method: "PUT", path: `${D}/{id}`, scope: "write", says: "Changes what is known of one." },
    updateDataset,
  ),
  operation(
    { id: "deleteDataset", method: "DELETE", path: `${D}/{id}`, scope: "write", says: "Deletes a dataset." },
    async ask => {
      await removeById(ask, ask.uuid("id"));
      return empty();
    },
  ),
];

/** The name in a request. Throws 422 for one that no dataset may have. */
export function nameIn(body: Fields, field: string): string {
  const name = body.text(field) ?? "";
  new Rules().hold(!isBlank(name), `${field} must not be blank`).size(field, name, maxName, 0).done();
  return name;
}

/** The description in a request. */
function descriptionIn(body: Fields, rules: Rules): string | undefined {
  const description = body.text("description");
  rules.hold(description === undefined || !isBlank(description), "description must not be blank");
  rules.size("description", description ?? "", maxName, 0);
  return description;
}

async function createDataset(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const name = nameIn(body, "name");
  const id = body.uuid("id") ?? ask.ids.fresh(1)[0];
  if (!uuid7.test(id)) throw badRequest("Invalid id", "dataset id must be a version 7 UUID");
  const rules = new Rules();
  const meta = newMeta(ask, {
    id,
    description: descriptionIn(body, rules),
    type: body.oneOf("type", ["dataset", "evaluation_suite"]),
    visibility: body.oneOf("visibility", ["private", "public"]),
    tags: readTags(body, "tags", rules),
  });
  rules.done();
  const project = await projectIn(ask, body);
  await makeDataset(ask, name, meta(project));
  return ask.made(id);
}

/** What is kept of a new dataset; its project comes last, for it is made on the way. */
export function newMeta(
  { platform, call }: Ask,
  { description, ...kept }: Readonly<Record<string, Value | undefined>>,
): (project: string | undefined) => ValueObject {
  const { name } = call.author;
  return project => {
    const opik = compact({ ...kept, project_id: project, created_at: platform.now(), created_by: name });
    return { ...(description === undefined ? {} : { description }), attributes: { opik } };
  };
}

/** Makes an empty dataset, which is no version yet. Throws 409 where its name, in whatever case, or its id is taken. */
async function makeDataset(ask: Ask, name: string, meta: ValueObject): Promise<void> {
  const path = pathFor(name);
  await ask.call.permit({ scope: "write", dataset: path });
  const { id } = (meta["attributes"] as { opik: { id: string } }).opik;
  // One after another, for two names may differ by case alone, and an id is nothing that the engine keeps apart.
  await ask.desk.turns("opik names").alone(async () => {
    if (await findByName(ask, name)) throw nameTaken(name);
    if (await findById(ask, id)) throw conflict(`Dataset already exists with id '${id}'`);
    const changes: Change[] = [{ dataset: path, create: { meta } }];
    await makeChanges(ask, changes, `create ${path}`, name);
  });
}

/** The dataset of this name, made empty where it is not there. */
export async function needOrMake(ask: Ask, body: Fields, name: string): Promise<DatasetInfo> {
  const found = await findByName(ask, name);
  if (found) return found;
  const meta = newMeta(ask, { id: ask.ids.fresh(1)[0] })(await projectIn(ask, body));
  await makeDataset(ask, name, meta).catch((error: unknown) => {
    if (!(error instanceof HttpError) || error.status !== 409) throw error;
  });
  return needByName(ask, name);
}

async function makeChanges({ desk, call }: Ask, changes: readonly Change[], message: string, name: string) {
  try {
    const request = { changes, message, author: call.author, attributes: amended };
    await desk.edits.edit(request, undefined, call.signal);
  } catch (error) {
    throw isSheafError(error, "already-exists") ? nameTaken(name) : error;
  }
}

function nameTaken(name: string) {
  return conflict(`Dataset already exists with name '${name}'`);
}

async function retrieveDataset(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const dataset = await needByName(ask, nameIn(body, "dataset_name"));
  return json(await shownDataset(ask, dataset), { headers: elsewhere(ask, body, dataset) });
}

/** Tells a client that named a project in which the dataset is not. */
export function elsewhere(ask: Ask, body: Fields, dataset: DatasetInfo): Readonly<Record<string, string>> {
  const name = body.text("project_name");
  if (name === undefined || projectId(ask.platform, name) === projectOf(ask.platform, dataset)) return {};
  return { "x-opik-deprecation": "The dataset was found outside the project that was named; name its project" };
}

async function updateDataset(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const name = nameIn(body, "name");
  const rules = new Rules();
  const description = descriptionIn(body, rules);
  const tags = readTags(body, "tags", rules);
  const visibility = body.oneOf("visibility", ["private", "public"]);
  rules.done();
  const dataset = await needById(ask, ask.uuid("id"));
  const path = pathFor(name);
  await ask.call.permit({ scope: "write", dataset: dataset.path });
  await ask.call.permit({ scope: "write", dataset: path });
  await ask.desk.turns("opik names").alone(async () => {
    const named = await findByName(ask, name);
    if (named && named.id !== dataset.id) throw nameTaken(name);
    const kept = { ...(tags && { tags }), ...(visibility && { visibility }) };
    const changes: Change[] = [{ dataset: dataset.path, patch: describing(dataset, description) }];
    if (Object.keys(kept).length > 0) changes.push(...opikChanges(dataset.path, dataset, kept));
    if (path !== dataset.path) changes.push({ dataset: dataset.path, rename: path });
    await makeChanges(ask, changes, `Change what is known of ${dataset.path}`, name);
  });
  return empty();
}

function describing({ meta }: DatasetInfo, description: string | undefined): Operation[] {
  const path = pointer("meta", "description");
  if (description !== undefined) return [{ op: "add", path, value: description }];
  return Object.hasOwn(meta, "description") ? [{ op: "remove", path }] : [];
}

async function removeById(ask: Ask, id: string): Promise<void> {
  const dataset = await findById(ask, id);
  if (dataset) await removeDataset(ask, dataset).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (!isSheafError(error, "no-such-dataset")) throw error;
}

async function removeDataset({ call, desk }: Ask, { path }: DatasetInfo): Promise<void> {
  await call.permit({ scope: "write", dataset: path });
  const request = { changes: [{ dataset: path, remove: true } as const], message: `remove ${path}` };
  await desk.edits.edit({ ...request, author: call.author }, undefined, call.signal);
}
