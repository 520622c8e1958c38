/**
 * Scorers: what Galileo's own servers compute metrics with. Nothing here does.
 *
 * So there are none, unless the configuration (`galileo.metrics`: `accept`) says that programs which name metrics shall run nevertheless: then each name that is
 * asked for is one, the experiment keeps it, and it stays without a value.
 */
import type { Platform, Value } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { madeUuid } from "../catalog/uuid.js";
import { changeExperiment, needExperiment } from "./experiment.js";
import { uuid } from "./ids.js";
import { partOf } from "./log-record.js";
import { paged, pageOf, pageQuery } from "./paging.js";
import { needProject } from "./projects.js";

const tag = "scorers";
const path = "/projects/{project_id}/runs/{run_id}/scorer-settings";
const inRun = t.Object({ project_id: uuid, run_id: uuid });
const settings = { 200: { description: "a RunScorerSettingsResponse" } } as const;
const filter = t.Object({ name: t.String(), value: t.Optional(t.Unknown()) });

/** How an experiment's scorers are set. */
const setting = {
  path,
  tag,
  summary: "Keeps which scorers an experiment names.",
  scope: "write",
  params: inRun,
  body: { json: t.Object({ scorers: maybe(t.Array(t.Record(t.String(), t.Unknown()))) }) },
  answers: settings,
} as const;

export const scorerRoutes = [
  route(
    {
      method: "POST",
      path: "/scorers/list",
      operationId: "list_scorers_with_filters",
      tag,
      summary: "Lists the scorers of these names, where names are accepted; none else.",
      scope: "read",
      query: t.Object(pageQuery),
      body: { json: t.Object({ filters: maybe(t.Array(filter)) }), optional: true },
      answers: { 200: { description: "a ListScorersResponse" } },
    },
    async (call, repo, desk) => {
      const { filters } = (await call.json()) ?? {};
      const isAccepted = (await desk.repo.config.get("galileo.metrics")) === "accept";
      const wanted = (filters ?? []).filter(({ name }) => name === "name" || name === "label");
      const names = isAccepted ? wanted.flatMap(({ value }) => textsIn(value as Value | undefined)) : [];
      const { part, fields } = paged([...new Set(names)], pageOf(call.query));
      return json({ ...fields, scorers: part.map(name => scorer(repo.local().platform, name)) });
    },
  ),
  route({ ...setting, method: "POST", operationId: "upsert_scorers_config" }, keep),
  route({ ...setting, method: "PATCH", operationId: "update_scorers_config" }, keep),
  route(
    {
      method: "GET",
      path,
      operationId: "get_scorers_config",
      tag,
      summary: "Gives the scorers that an experiment names.",
      scope: "read",
      params: inRun,
      answers: settings,
    },
    async (call, _, desk) => {
      const project = await needProject(call, desk, call.params.project_id);
      const id = call.params.run_id.toLowerCase();
      const { scorers = [] } = partOf(await needExperiment(call, desk, project, id));
      return json({ run_id: id, scorers });
    },
  ),
] as const;

type Setting = Call<{ project_id: string; run_id: string }, unknown, { scorers?: object[] | null }>;

async function keep(call: Setting, _: unknown, desk: Desk): Promise<Response> {
  const scorers = ((await call.json()).scorers ?? []) as Value[];
  const { project_id, run_id } = call.params;
  const item = await changeExperiment(call, desk, { project_id, experiment_id: run_id }, before => ({
    ...before,
    galileo: { ...partOf(before), scorers },
  }));
  return json({ run_id: run_id.toLowerCase(), scorers: partOf(item)["scorers"] ?? [] });
}

function textsIn(value: Value | undefined): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.filter(one => typeof one === "string");
}

/** A ScorerResponse. */
function scorer(platform: Platform, name: string) {
  return {
    id: madeUuid(platform, 4, ["galileo scorer", name]),
    name,
    label: name,
    scorer_type: "preset",
    tags: [],
    description: "Its name is accepted; nothing computes it here.",
  };
}
