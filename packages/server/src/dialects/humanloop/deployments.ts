/** Deployments: which version of a dataset an environment has. */
import { isSheafError } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { inDataset, lineOf } from "./datasets.js";
import { environmentsOf, refNameOf, type Environment } from "./environments.js";
import { missing } from "./errors.js";
import { findSaved, needSaved, type Line } from "./saved.js";
import { anyAnswer, deploymentsOf, recordAnswer, text } from "./shapes.js";

const tag = "deployments";
const inEnvironment = t.Object({ id: text, environment_id: text });

export const deploymentRoutes = [
  route(
    {
      method: "GET",
      path: "/datasets/{id}/environments",
      operationId: "list_environments_datasets__id__environments_get",
      tag,
      summary: "Lists the environments, with what of the dataset is deployed to each.",
      scope: "read",
      params: inDataset,
      answers: anyAnswer,
    },
    async (call, repo, desk) => json(await deploymentsOf(repo, await lineOf(call, desk))),
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{id}/environments/{environment_id}",
      operationId: "set_deployment_datasets__id__environments__environment_id__post",
      tag,
      summary: "Deploys a version to an environment, instead of what is there.",
      scope: "write",
      params: inEnvironment,
      query: t.Object({ version_id: text }),
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const line = await lineOf(call, desk);
      const { path } = line.dataset;
      await call.permit({ scope: "write", dataset: path });
      const environment = await environmentOf(desk, line, call.params.environment_id);
      const saved = needSaved(line, call.query.version_id);
      await again(() => repo.setEnvironment(path, refNameOf(environment.name), saved.commit));
      const after = await lineOf(call, desk);
      return recordAnswer(repo, after, findSaved(after, saved.id) ?? saved);
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{id}/environments/{environment_id}",
      operationId: "remove_deployment_datasets__id__environments__environment_id__delete",
      tag,
      summary: "Makes an environment have no version of the dataset.",
      scope: "write",
      params: inEnvironment,
      answers: { 204: { description: "nothing is deployed there" } },
    },
    async (call, repo, desk) => {
      const line = await lineOf(call, desk);
      const { path } = line.dataset;
      await call.permit({ scope: "write", dataset: path });
      const environment = await environmentOf(desk, line, call.params.environment_id);
      await again(() => repo.setEnvironment(path, refNameOf(environment.name), null)).catch(unlessGone);
      return empty();
    },
  ),
] as const;

/** The environment with this id or name. Throws 404. */
async function environmentOf({ repo }: Desk, line: Line, named: string): Promise<Environment> {
  const all = await environmentsOf(repo, [...line.deployed.keys()]);
  const found = all.find(({ id }) => id === named) ?? all.find(({ name }) => name === named);
  if (!found) throw missing(`there is no environment ${JSON.stringify(named)}`);
  return found;
}

/** How often a ref is moved again that somebody else moved meanwhile. */
const maxTries = 16;

async function again(move: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return await move();
    } catch (error) {
      if (tries === maxTries || !isSheafError(error, "stale-base")) throw error;
    }
}

function unlessGone(error: unknown): void {
  if (!isSheafError(error, "no-such-ref")) throw error;
}
