/** Datasets: listed, made, read, renamed, removed. */
import { amended, compareText, isSheafError, type DatasetInfo } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { t, type Static } from "../../schema.js";
import { rewrite } from "../catalog/rewrite.js";
import { isoTime } from "../catalog/time.js";
import { pageBehind, pagination, parseCursor } from "./cursor.js";
import { createdTime, datasetOf, onDataset, shownDataset, shownWhole } from "./dataset.js";
import { additions, needSame } from "./edits.js";
import { conflict } from "./errors.js";
import { readExamples } from "./example.js";
import { freshIds } from "./fresh.js";
import { nowAttributes } from "./moments.js";
import { anyAnswer, anyList, holds, inDataset, listQuery, text } from "./shapes.js";
import { needSpace, pathIn, placeOf, spacesOf, type Space } from "./space.js";

const tag = "datasets";

export const datasetRoutes = [
  route(
    {
      method: "GET",
      path: "/v2/datasets",
      operationId: "list_datasets",
      tag,
      summary: "Lists datasets, the newest first.",
      scope: "read",
      query: listQuery,
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { limit = 50, cursor } = call.query;
      const behind = parseCursor(cursor, 2);
      const all = await listed(call, desk);
      const isBehind = (entry: Entry) => !behind || compare(keyOf(entry), behind) > 0;
      const { page, next } = pageBehind(all, keyOf, isBehind, limit);
      const datasets = await Promise.all(page.map(({ dataset }) => shownDataset(desk, dataset)));
      return json({ datasets, pagination: pagination(next) });
    },
  ),
  route(
    {
      method: "POST",
      path: "/v2/datasets",
      operationId: "create_dataset",
      tag,
      summary: "Makes a dataset of examples.",
      scope: "write",
      body: { json: t.Object({ name: text, space_id: text, examples: anyList }) },
      answers: { 201: { description: "it is made" } },
    },
    async (call, repo, desk) => {
      const { name, space_id: id, examples } = await call.json();
      const items = readExamples(examples);
      const spaces = await spacesOf(desk);
      const path = pathIn(spaces, needSpace(spaces, id), name);
      const { patch } = additions(items, freshIds(desk, items.length));
      await rewrite(call, desk, path, async ({ version }) => {
        if (version) throw taken(name);
        return {
          message: `create ${path}`,
          attributes: nowAttributes(desk),
          changes: [
            { dataset: path, create: {} },
            { dataset: path, patch },
          ],
        };
      });
      return json(await shownWhole(desk, (await repo.dataset(path).at()).info), { status: 201 });
    },
  ),
  route(
    {
      method: "GET",
      path: "/v2/datasets/{dataset_id}",
      operationId: "get_dataset",
      tag,
      summary: "Reads a dataset, with its versions.",
      scope: "read",
      params: inDataset,
      answers: anyAnswer,
    },
    async (call, _, desk) => json(await shownWhole(desk, await datasetOf(call, desk))),
  ),
  route(
    {
      method: "PATCH",
      path: "/v2/datasets/{dataset_id}",
      operationId: "update_dataset",
      tag,
      summary: "Gives a dataset another name.",
      scope: "write",
      params: inDataset,
      body: { json: t.Object({ name: text }) },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { name } = await call.json();
      await onDataset(call, desk, dataset => rename(call, desk, dataset, name));
      return json(await shownWhole(desk, await datasetOf(call, desk)));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/v2/datasets/{dataset_id}",
      operationId: "delete_dataset",
      tag,
      summary: "Removes a dataset; history keeps it.",
      scope: "write",
      params: inDataset,
      answers: { 204: { description: "it is removed" } },
    },
    async (call, _, desk) => {
      await onDataset(call, desk, dataset =>
        rewrite(call, desk, dataset.path, async reading => {
          const { path } = needSame(dataset, reading);
          return { message: `remove ${path}`, changes: [{ dataset: path, remove: true }] };
        }),
      );
      return empty();
    },
  ),
] as const;

function taken(name: string) {
  return conflict(`there is a dataset called ${JSON.stringify(name)} in the space already`);
}

async function rename(call: Call, desk: Desk, dataset: DatasetInfo, name: string): Promise<void> {
  const { path } = dataset;
  const spaces = await spacesOf(desk);
  const to = pathIn(spaces, placeOf(spaces, dataset).space, name);
  await call.permit({ scope: "write", dataset: to });
  await rewrite(call, desk, path, async reading => {
    needSame(dataset, reading);
    if (to === path) return undefined;
    const attributes = { ...amended, ...nowAttributes(desk) };
    return { message: `rename ${path} to ${to}`, attributes, changes: [{ dataset: path, rename: to }] };
  }).catch((error: unknown) => {
    throw isSheafError(error, "already-exists") ? taken(name) : error;
  });
}

/** A dataset of the list. */
interface Entry {
  readonly dataset: DatasetInfo;
  readonly name: string;
  readonly created: string;
}

type ListCall = Call<unknown, Static<typeof listQuery>>;

/** The datasets that a query wants, in order. */
async function listed(call: ListCall, desk: Desk): Promise<Entry[]> {
  const { space_id: given, space_name: spaceName, name: part } = call.query;
  const id = given === "" ? undefined : given;
  const spaces = await spacesOf(desk);
  if (id !== undefined) needSpace(spaces, id);
  const isWanted = (space: Space) => (id === undefined || space.id === id) && holds(space.name, spaceName);
  const entries: Entry[] = [];
  for (const dataset of await desk.catalog.datasets(call)) {
    const { space, name } = placeOf(spaces, dataset);
    if (isWanted(space) && holds(name, part))
      entries.push({ dataset, name, created: isoTime(await createdTime(desk, dataset)) });
  }
  return entries.sort((a, b) => compare(keyOf(a), keyOf(b)));
}

function keyOf({ created, dataset }: Entry): readonly string[] {
  return [created, dataset.path];
}

/** The newest first, then by path. */
function compare([created, path]: readonly string[], [otherCreated, otherPath]: readonly string[]): number {
  return compareText(otherCreated, created) || compareText(path, otherPath);
}
