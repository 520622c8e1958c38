/** Tags of experiments: of one key an experiment has one, whose id is made of it. */
import { json } from "../../answer.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { nowTime } from "../catalog/time.js";
import { madeUuid } from "../catalog/uuid.js";
import { changeExperiment, experimentsPath, inExperiment, needExperiment, tagsOf } from "./experiment.js";
import { uuid } from "./ids.js";
import { dense, partOf } from "./log-record.js";
import { needProject } from "./projects.js";
import { callerInfo } from "./session.js";

const tag = "experiments";
const path = `${experimentsPath}/{experiment_id}/tags` as const;

export const experimentTagRoutes = [
  route(
    {
      method: "GET",
      path,
      operationId: "get_experiment_tags",
      tag,
      summary: "Lists the tags of an experiment.",
      scope: "read",
      params: inExperiment,
      answers: { 200: { description: "a list of RunTagDB" } },
    },
    async (call, _, desk) => {
      const project = await needProject(call, desk, call.params.project_id);
      return json(tagsOf(await needExperiment(call, desk, project, call.params.experiment_id.toLowerCase())));
    },
  ),
  route(
    {
      method: "POST",
      path,
      operationId: "set_tag_for_experiment",
      tag,
      summary: "Tags an experiment; of one key it has one tag.",
      scope: "write",
      params: inExperiment,
      body: {
        json: t.Object({
          key: t.String({ minLength: 1, maxLength: 255 }),
          value: t.String(),
          tag_type: t.Optional(t.String()),
        }),
      },
      answers: { 200: { description: "a RunTagDB" } },
    },
    async (call, repo, desk) => {
      const { key, value, tag_type: type = "generic" } = await call.json();
      const run = call.params.experiment_id.toLowerCase();
      const id = madeUuid(repo.local().platform, 4, ["galileo experiment tag", run, key]);
      const { id: user } = await callerInfo(call, repo);
      const now = nowTime(desk.repo);
      const item = await changeExperiment(call, desk, call.params, before => {
        const old = tagsOf(before);
        const created = old.find(one => one["id"] === id)?.["created_at"] ?? now;
        const times = { created_at: created, updated_at: now };
        const project = before["project_id"];
        const made = dense({
          id,
          key,
          value,
          tag_type: type,
          project_id: project,
          run_id: run,
          created_by: user,
          ...times,
        });
        const tags = [...old.filter(one => one["id"] !== id), made];
        return { ...before, galileo: { ...partOf(before), tags } };
      });
      return json(tagsOf(item).find(one => one["id"] === id));
    },
  ),
  route(
    {
      method: "DELETE",
      path: `${path}/{tag_id}`,
      operationId: "delete_experiment_tag",
      tag,
      summary: "Takes a tag off an experiment.",
      scope: "write",
      params: t.Object({ project_id: uuid, experiment_id: uuid, tag_id: uuid }),
      answers: { 200: { description: "it was done" } },
    },
    async (call, _, desk) => {
      const id = call.params.tag_id.toLowerCase();
      await changeExperiment(call, desk, call.params, before => {
        const tags = tagsOf(before).filter(one => one["id"] !== id);
        return { ...before, galileo: { ...partOf(before), tags } };
      });
      return json({ message: "The tag was removed." });
    },
  ),
] as const;
