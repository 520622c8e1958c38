/** Datasets: listed, made and changed, read, removed, moved. */
import {
  amended,
  badInput,
  isSheafError,
  type DatasetInfo,
  type DatasetVersion,
  type Value,
  type ValueObject,
} from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t, type Static } from "../../schema.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { rewrite } from "../catalog/rewrite.js";
import { readDatapoint, type Datapoint } from "./datapoint.js";
import { givenOf } from "./edits.js";
import { conflict, invalid, missing } from "./errors.js";
import { isOlder } from "./generation.js";
import { datasetId } from "./ids.js";
import { listed, recordsOf } from "./listing.js";
import { readLine, type Line } from "./saved.js";
import { anyAnswer, anyRecord, pageQuery, recordAnswer, sortQuery, text, versionQuery } from "./shapes.js";
import { chosen, upsert, type Wish } from "./upsert.js";

const tag = "datasets";
export const inDataset = t.Object({ id: text });

/** Two that a body and a form share. */
export const namesShape = {
  version_name: maybe(text),
  version_description: maybe(text),
  commit_message: maybe(text),
};

const upsertBody = t.Object({
  datapoints: t.Array(t.Unknown()),
  path: maybe(text),
  id: maybe(text),
  action: maybe(t.Union([t.Literal("set"), t.Literal("add"), t.Literal("remove")])),
  attributes: maybe(anyRecord),
  ...namesShape,
});
type UpsertBody = Static<typeof upsertBody>;
const upsertQuery = t.Object({ ...versionQuery, include_datapoints: t.Optional(t.Boolean()) });
type UpsertCall = Call<unknown, Static<typeof upsertQuery>, UpsertBody>;

export const datasetRoutes = [
  route(
    {
      method: "GET",
      path: "/datasets",
      operationId: "list__datasets_get",
      tag,
      summary: "Lists datasets, each as its default version.",
      scope: "read",
      query: t.Object({ ...pageQuery(10), ...sortQuery, name: t.Optional(text), user_filter: t.Optional(text) }),
      answers: anyAnswer,
    },
    async (call, repo, desk) => json(await recordsOf(repo, await listed(call, desk, call.query), call.query)),
  ),
  route(
    {
      method: "POST",
      path: "/datasets",
      operationId: "upsert_datasets_post",
      tag,
      summary: "Sets, adds or removes datapoints, which makes a version of the dataset or finds one.",
      scope: "write",
      query: upsertQuery,
      body: { json: upsertBody },
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const body = await call.json();
      const wish = await wishOf(call, desk, body);
      const path = await pathOf(call, desk, body);
      const { line, saved } = await upsert(call, desk, path, wish);
      return recordAnswer(repo, line, saved, call.query.include_datapoints);
    },
  ),
  route(
    {
      method: "GET",
      path: "/datasets/{id}",
      operationId: "get_datasets__id__get",
      tag,
      summary: "Reads a version of a dataset: the one that is named, or the default one.",
      scope: "read",
      params: inDataset,
      query: upsertQuery,
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const line = await lineOf(call, desk);
      const saved = await chosen(repo, line, wantedOf(call.query));
      return recordAnswer(repo, line, saved, call.query.include_datapoints);
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{id}",
      operationId: "delete_datasets__id__delete",
      tag,
      summary: "Removes a dataset; history keeps it.",
      scope: "write",
      params: inDataset,
      answers: { 204: { description: "it is removed" } },
    },
    async (call, _, desk) => {
      const dataset = await datasetOf(call, desk);
      const { path } = dataset;
      await rewrite(call, desk, path, async ({ version }) => {
        checkSame(dataset, version);
        return { message: `remove ${path}`, changes: [{ dataset: path, remove: true }] };
      });
      return empty();
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/datasets/{id}",
      operationId: "move_datasets__id__patch",
      tag,
      summary: "Gives a dataset another path, or another name in its directory.",
      scope: "write",
      params: inDataset,
      body: { json: t.Object({ path: maybe(text), name: maybe(text) }) },
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const { path, name } = await call.json();
      const dataset = await datasetOf(call, desk);
      const to = pathFor(moved(nameOf(dataset), path ?? undefined, name ?? undefined));
      if (to !== dataset.path) await move(call, desk, dataset, to);
      const line = await readLine(call, repo, (await repo.dataset(to).at()).info);
      return recordAnswer(repo, line, await chosen(repo, line, {}));
    },
  ),
] as const;

/** The dataset that the path of a request names. Throws 404. */
export function datasetOf(call: Call<{ id: string }>, desk: Desk): Promise<DatasetInfo> {
  const { id } = call.params;
  return desk.catalog.need(call, datasetId, id, `there is no dataset ${JSON.stringify(id)}`);
}

/** All that is known of the dataset that the path of a request names. Throws 404. */
export async function lineOf(call: Call<{ id: string }>, desk: Desk): Promise<Line> {
  return readLine(call, desk.repo, await datasetOf(call, desk));
}

/** Which version a query wants. */
export function wantedOf({ version_id: versionId, environment }: { version_id?: string; environment?: string }) {
  return { versionId, environment };
}

/** The path of a file as a request writes it. Throws 422 for none. */
export function cleanPath(path: string): string {
  const clean = path.replace(/^\/+/, "");
  if (clean === "") throw invalid(["body", "path"], "a path has at least a name");
  return clean;
}

function moved(before: string, path: string | undefined, name: string | undefined): string {
  const to = path === undefined ? before : cleanPath(path);
  if (name === undefined) return to;
  if (name === "" || name.includes("/")) throw invalid(["body", "name"], "a name is not empty and has no slash");
  return to.slice(0, to.lastIndexOf("/") + 1) + name;
}

async function move(call: Call, desk: Desk, dataset: DatasetInfo, to: string): Promise<void> {
  const { path } = dataset;
  await call.permit({ scope: "write", dataset: to });
  await rewrite(call, desk, path, async ({ version }) => {
    checkSame(dataset, version);
    return { message: `move ${path} to ${to}`, attributes: amended, changes: [{ dataset: path, rename: to }] };
  }).catch((error: unknown) => {
    throw isSheafError(error, "already-exists") ? conflict(`there is a file at ${JSON.stringify(to)} already`) : error;
  });
}

/** Throws 404 where another dataset, or none, is at the path by now. */
function checkSame({ id }: DatasetInfo, version: DatasetVersion | undefined): void {
  if (version?.info.id !== id) throw missing("the dataset is not there any more");
}

/** Where an upsert goes: to the dataset with the id, or at the path, whether one is there or not. Throws 404, 409, 422. */
async function pathOf(call: Call, desk: Desk, { id, path }: UpsertBody): Promise<string> {
  const wanted = path === undefined || path === null ? undefined : pathFor(cleanPath(path));
  if (id === undefined || id === null) {
    if (wanted === undefined) throw invalid(["body", "path"], "a dataset is named by its path or its id");
    return wanted;
  }
  const dataset = await desk.catalog.need(call, datasetId, id, `there is no dataset ${JSON.stringify(id)}`);
  if (wanted !== undefined && wanted !== dataset.path)
    throw conflict(`the dataset ${id} is at ${JSON.stringify(nameOf(dataset))}, and not at ${JSON.stringify(path)}`);
  return dataset.path;
}

async function wishOf(call: UpsertCall, desk: Desk, body: UpsertBody): Promise<Wish> {
  const attributes = body.attributes === null ? undefined : (body.attributes as ValueObject | undefined);
  return {
    action: body.action ?? "set",
    given: await givenOf(desk.repo.context.platform, pointsIn(body.datapoints as Value[])),
    ...(attributes === undefined ? {} : { attributes }),
    ...namesIn(body),
    ...wantedOf(call.query),
    isOnDefault: isOlder(call.request, body.commit_message),
  };
}

function* pointsIn(datapoints: readonly Value[]): Generator<Datapoint> {
  for (const [i, value] of datapoints.entries()) yield readDatapoint(value, ["body", "datapoints", i]);
}

/** The names in a body or a form. */
export function namesIn(body: Partial<Record<keyof typeof namesShape, string | null>>) {
  const { version_name: name, version_description: description, commit_message: commitMessage } = body;
  for (const [key, value] of Object.entries({ version_name: name, version_description: description }))
    if (typeof value === "string" && value.length > maxNameLength) throw badInput(`the body: ${key} is too long`);
  return {
    name: name ?? undefined,
    description: description ?? undefined,
    commitMessage: commitMessage ?? undefined,
  };
}

/** Characters of a version's name or description. */
const maxNameLength = 100_000;
