/** Experiments: records that say with which version of a dataset a program was tried. What it did are traces that name the experiment. */
import { fieldOf } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { itemOf } from "../../native/row-reader.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { nameOf } from "../catalog/naming.js";
import { changeRecords, recordPath, recordsNow, removeRecords, type RecordEntry } from "../catalog/records.js";
import { nowTime } from "../catalog/time.js";
import { freshUuid } from "../catalog/uuid.js";
import { notFound, unprocessable } from "./errors.js";
import {
  changeExperiment,
  experimentKind,
  experimentsPath,
  inExperiment,
  needExperiment,
  shownExperiment,
  taskType,
} from "./experiment.js";
import { uuid } from "./ids.js";
import { dense } from "./log-record.js";
import { paged, pageOf, pageQuery } from "./paging.js";
import { inProject, needProject } from "./projects.js";
import { callerInfo } from "./session.js";
import { findDataset } from "./shapes.js";

const tag = "experiments";
const path = experimentsPath;
const kind = experimentKind;
const answers = { 200: { description: "an ExperimentResponse" } } as const;
const name = t.String({ minLength: 1, maxLength: 255 });

export const experimentRoutes = [
  route(
    {
      method: "GET",
      path,
      operationId: "list_experiments",
      tag,
      summary: "Lists the experiments of a project, oldest first.",
      scope: "read",
      params: inProject,
      answers: { 200: { description: "a list of ExperimentResponse" } },
    },
    async (call, repo, desk) => {
      const user = await callerInfo(call, repo);
      return json((await allExperiments(call, desk)).map(({ id, item }) => shownExperiment(id, item, user)));
    },
  ),
  route(
    {
      method: "GET",
      path: `${path}/paginated`,
      operationId: "list_experiments_paginated",
      tag,
      summary: "As list_experiments, in pages.",
      scope: "read",
      params: inProject,
      query: t.Object(pageQuery),
      answers: { 200: { description: "a ListExperimentResponse" } },
    },
    async (call, repo, desk) => {
      const { part, fields } = paged(await allExperiments(call, desk), pageOf(call.query));
      const user = await callerInfo(call, repo);
      return json({ ...fields, experiments: part.map(({ id, item }) => shownExperiment(id, item, user)) });
    },
  ),
  route(
    {
      method: "POST",
      path,
      operationId: "create_experiment",
      tag,
      summary: "Begins an experiment, which the client runs.",
      scope: "write",
      params: inProject,
      body: {
        json: t.Object({
          name,
          task_type: maybe(t.Integer()),
          dataset: maybe(t.Object({ dataset_id: uuid, version_index: maybe(t.Integer()) })),
          experiment_group_id: maybe(uuid),
          experiment_group_name: maybe(name),
          trigger: maybe(t.Boolean()),
        }),
      },
      answers,
    },
    async (call, repo, desk) => {
      const body = await call.json();
      const project = await needProject(call, desk, call.params.project_id);
      if (body.trigger === true)
        throw unprocessable(
          ["body", "trigger"],
          "prompts are not run here; give the experiment a function, which the client runs",
        );
      if (body.experiment_group_id) throw notFound("there is no such group of experiments");
      const dataset = body.dataset ? await findDataset(call, desk, body.dataset.dataset_id) : undefined;
      const id = freshUuid(desk.repo.local().platform, 4);
      const now = nowTime(desk.repo);
      const galileo = dense({
        dataset: dense({ ...body.dataset }),
        task_type: body.task_type ?? taskType,
        experiment_group_name: body.experiment_group_name,
      });
      const item = dense({
        name: body.name,
        dataset_name: dataset && nameOf(dataset),
        project_id: project.id,
        created_at: now,
        last_updated_at: now,
        galileo,
      });
      await changeRecords(call, desk, kind, [id], () => item);
      return json(shownExperiment(id, item, await callerInfo(call, repo)));
    },
  ),
  route(
    {
      method: "GET",
      path: `${path}/{experiment_id}`,
      operationId: "get_experiment",
      tag,
      summary: "Gives an experiment.",
      scope: "read",
      params: inExperiment,
      answers,
    },
    async (call, repo, desk) => {
      const project = await needProject(call, desk, call.params.project_id);
      const id = call.params.experiment_id.toLowerCase();
      const item = await needExperiment(call, desk, project, id);
      return json(shownExperiment(id, item, await callerInfo(call, repo)));
    },
  ),
  route(
    {
      method: "PUT",
      path: `${path}/{experiment_id}`,
      operationId: "update_experiment",
      tag,
      summary: "Renames an experiment.",
      scope: "write",
      params: inExperiment,
      body: { json: t.Object({ name }) },
      answers,
    },
    async (call, repo, desk) => {
      const { name: given } = await call.json();
      const id = call.params.experiment_id.toLowerCase();
      const item = await changeExperiment(call, desk, call.params, before => ({ ...before, name: given }));
      return json(shownExperiment(id, item, await callerInfo(call, repo)));
    },
  ),
  route(
    {
      method: "DELETE",
      path: `${path}/{experiment_id}`,
      operationId: "delete_experiment",
      tag,
      summary: "Removes an experiment; it stays in the history, and its traces stay.",
      scope: "write",
      params: inExperiment,
      answers: { 200: { description: "it was done" } },
    },
    async (call, _, desk) => {
      const project = await needProject(call, desk, call.params.project_id);
      const id = call.params.experiment_id.toLowerCase();
      await needExperiment(call, desk, project, id);
      await removeRecords(call, desk, kind, [id]);
      return json({ message: "The experiment was removed." });
    },
  ),
] as const;

type InProject = Call<{ project_id: string }>;

async function allExperiments(call: InProject, desk: Desk): Promise<RecordEntry[]> {
  const project = await needProject(call, desk, call.params.project_id);
  const all: RecordEntry[] = [];
  const version = call.sees(recordPath(kind)) ? await recordsNow(desk, kind) : undefined;
  if (version)
    for await (const { ids, blocks } of version.batches({ signal: call.signal }))
      blocks.forEach((block, i) => {
        if (fieldOf(block, "project_id") === project.id) all.push({ id: ids[i], item: itemOf(block) });
      });
  return all;
}
