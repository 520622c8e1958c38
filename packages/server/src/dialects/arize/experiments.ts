/** Experiments over datasets: listed, made of runs, read, removed; their runs listed, appended, annotated. */
import type { Value } from "@sheaf/core";
import { empty, json, jsonText } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t, type Static } from "../../schema.js";
import { nowTime } from "../catalog/time.js";
import { annotatorOf, readAnnotations } from "./annotations.js";
import { pageBehind, pagination, parseCursor } from "./cursor.js";
import { needDataset } from "./dataset.js";
import { invalid, unreadable } from "./errors.js";
import { allExperiments, experimentOf, recordId, runId, shownExperiment, type Found, type Kept } from "./experiment.js";
import { datasetId } from "./ids.js";
import { annotateRuns, appendRuns, makeExperiment, readRuns, removeExperiment, runTexts } from "./runs.js";
import { anyAnswer, anyList, checkFilter, holds, limitOf, searchFields, text } from "./shapes.js";
import { needSpace, placeOf, spacesOf } from "./space.js";
import { versionsOf } from "./versions.js";

const tag = "experiments";
const path = "/v2/experiments/{experiment_id}";
const params = t.Object({ experiment_id: text });
const newExperiment = t.Object({
  name: text,
  dataset_id: maybe(text),
  space_id: maybe(text),
  experiment_runs: anyList,
});
const listQuery = t.Object({
  dataset_id: t.Optional(text),
  space_id: t.Optional(text),
  name: t.Optional(text),
  limit: limitOf(100),
  cursor: t.Optional(text),
});

export const experimentRoutes = [
  route(
    {
      method: "GET",
      path: "/v2/experiments",
      operationId: "list_experiments",
      tag,
      summary: "Lists experiments, the newest first.",
      scope: "read",
      query: listQuery,
      answers: anyAnswer,
    },
    listExperiments,
  ),
  route(
    {
      method: "POST",
      path: "/v2/experiments",
      operationId: "create_experiment",
      tag,
      summary: "Makes an experiment of runs.",
      scope: "write",
      body: { json: newExperiment },
      answers: { 201: { description: "it is made" } },
    },
    async (call, _, desk) => json(shownExperiment(call, await make(call, desk, await call.json())), { status: 201 }),
  ),
  route(
    {
      method: "GET",
      path,
      operationId: "get_experiment",
      tag,
      summary: "Reads an experiment, without its runs.",
      scope: "read",
      params,
      answers: anyAnswer,
    },
    async (call, _, desk) => json(shownExperiment(call, await experimentOf(call, desk))),
  ),
  route(
    {
      method: "DELETE",
      path,
      operationId: "delete_experiment",
      tag,
      summary: "Removes an experiment and its runs.",
      scope: "write",
      params,
      answers: { 204: { description: "it is removed" } },
    },
    async (call, _, desk) => {
      const { kept } = await experimentOf(call, desk);
      await removeExperiment(call, desk, kept.id);
      return empty();
    },
  ),
  route(
    {
      method: "GET",
      path: `${path}/runs`,
      operationId: "list_experiment_runs",
      tag,
      summary: "Lists the runs of an experiment, in the order in which they came.",
      scope: "read",
      params,
      query: t.Object({ limit: limitOf(500), cursor: t.Optional(text) }),
      answers: anyAnswer,
    },
    async (call, _, desk) => listRuns(call, desk, call.query),
  ),
  route(
    {
      method: "POST",
      path: `${path}/runs/search`,
      operationId: "search_experiment_runs",
      tag,
      summary: "Lists the runs of an experiment, as the newer SDKs ask for them.",
      scope: "read",
      params,
      body: { json: t.Object(searchFields) },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { filter, limit, cursor } = await call.json();
      checkFilter(filter);
      return listRuns(call, desk, { limit: limit ?? 50, cursor: cursor ?? "" });
    },
  ),
  route(
    {
      method: "POST",
      path: `${path}/runs`,
      operationId: "insert_experiment_runs",
      tag,
      summary: "Appends runs to an experiment.",
      scope: "write",
      params,
      body: { json: t.Object({ experiment_runs: anyList }) },
      answers: { 201: { description: "they are there" } },
    },
    async (call, _, desk) => {
      const { experiment_runs: given } = await call.json();
      const found = await experimentOf(call, desk);
      const runs = readRuns(given, found.dataset !== undefined);
      const kept = await appendRuns(call, desk, found.kept.id, runs);
      const ids = runs.map((_run, i) => runId(kept, kept.runs - runs.length + i));
      return json({ ...shownExperiment(call, { ...found, kept }), run_ids: ids }, { status: 201 });
    },
  ),
  route(
    {
      method: "POST",
      path: `${path}/runs/annotate`,
      operationId: "annotate_experiment_runs",
      tag,
      summary: "Annotates runs: one annotation of each name.",
      scope: "write",
      params,
      body: { json: t.Object({ annotations: anyList }) },
      answers: { 202: { description: "they are annotated" } },
    },
    async (call, repo, desk) => {
      const inputs = readAnnotations((await call.json()).annotations as Value[]);
      const { kept } = await experimentOf(call, desk);
      await annotateRuns(call, desk, kept, inputs, await annotatorOf(call, repo));
      return empty(202);
    },
  ),
] as const;

async function listRuns(
  call: Call<Static<typeof params>>,
  desk: Desk,
  { limit = 50, cursor }: { readonly limit?: number; readonly cursor?: string },
): Promise<Response> {
  const from = startOf(cursor);
  const { kept } = await experimentOf(call, desk);
  const texts = await runTexts(desk, kept, from, limit);
  const next = from + limit < kept.runs ? [String(from + limit)] : undefined;
  const rest = JSON.stringify({ pagination: pagination(next) }).slice(1);
  return jsonText(`{"experiment_runs":[${texts.join(",")}],${rest}`);
}

/** The number of the run with which a page begins. Throws 400. */
function startOf(cursor: string | undefined): number {
  const [start = "0"] = parseCursor(cursor, 1) ?? [];
  if (!/^\d{1,9}$/.test(start)) throw unreadable("this is no cursor of this list");
  return Number(start);
}

type NewExperiment = Static<typeof newExperiment>;

async function make(call: Call, desk: Desk, given: NewExperiment): Promise<Found> {
  const { name, experiment_runs: runs } = given;
  if (name.trim() === "") throw invalid("name must not be blank");
  const place = await placeOfNew(call, desk, given);
  const items = readRuns(runs, place.dataset !== undefined);
  const { platform } = desk.repo.context;
  const at = nowTime(desk.repo);
  const { dataset, space } = place;
  const kept: Kept = {
    id: recordId(platform, dataset?.id ?? space, name),
    name,
    ...(dataset
      ? { dataset: dataset.id, version: (await versionsOf(desk.repo, dataset)).at(-1)?.number ?? 1 }
      : { space }),
    created_at: at,
    updated_at: at,
    runs: items.length,
  };
  await makeExperiment(call, desk, kept, items);
  return { kept, ...place };
}

/** Where a new experiment shall be. Throws 400 unless the request names one of dataset and space, and 404 for what is not there. */
async function placeOfNew(call: Call, desk: Desk, given: NewExperiment): Promise<Omit<Found, "kept">> {
  const { dataset_id: id, space_id: space } = given;
  const [hasDataset, hasSpace] = [id, space].map(one => typeof one === "string" && one !== "");
  if (hasDataset === hasSpace) throw unreadable("exactly one of dataset_id and space_id must be given");
  const spaces = await spacesOf(desk);
  if (hasSpace) return { space: needSpace(spaces, space ?? "").id, dataset: undefined };
  const dataset = await needDataset(call, desk, id ?? "");
  return { space: placeOf(spaces, dataset).space.id, dataset };
}

async function listExperiments(
  call: Call<unknown, Static<typeof listQuery>>,
  _: unknown,
  desk: Desk,
): Promise<Response> {
  const { dataset_id: id = "", space_id: space = "", name, limit = 50, cursor } = call.query;
  const behind = parseCursor(cursor, 2);
  if (id !== "" && space !== "") throw unreadable("only one of dataset_id and space_id may be given");
  if (id !== "") await needDataset(call, desk, id);
  if (space !== "") needSpace(await spacesOf(desk), space);
  const isWanted = (found: Found) =>
    (id === "" || (found.dataset && datasetId(found.dataset) === id)) &&
    (space === "" || found.space === space) &&
    holds(found.kept.name, name);
  const all = (await allExperiments(call, desk)).filter(isWanted);
  const keyOf = ({ kept }: Found) => [kept.created_at, kept.id];
  const isBehind = ({ kept }: Found) => !behind || comesBehind(kept, behind);
  const { page, next } = pageBehind(all, keyOf, isBehind, limit);
  return json({ experiments: page.map(found => shownExperiment(call, found)), pagination: pagination(next) });
}

/** The newest first, then by id. */
function comesBehind({ created_at: created, id }: Kept, [otherCreated, otherId]: readonly string[]): boolean {
  return created < otherCreated || (created === otherCreated && id > otherId);
}
