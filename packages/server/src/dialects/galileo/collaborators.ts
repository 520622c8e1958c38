/** Who a dataset is shared with. Rights are those of tokens here, so that it is always the caller, as owner, and changes come to nothing. */
import type { DatasetInfo, Repository } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { isoTime } from "../catalog/time.js";
import { madeUuid } from "../catalog/uuid.js";
import { unprocessable } from "./errors.js";
import { uuid } from "./ids.js";
import { paged, pageOf, pageQuery } from "./paging.js";
import { callerInfo } from "./session.js";
import { inDataset, needDataset } from "./shapes.js";
import type { UserInfo } from "./users.js";
import { versionsOf } from "./versions.js";

const tag = "collaborators";
const role = t.Union(["owner", "editor", "annotator", "viewer"].map(name => t.Literal(name)));
const shared = { 200: { description: "the collaborators" } } as const;

/** How the role of a collaborator is changed, be it a person or a group. */
const change = {
  method: "PATCH",
  tag,
  summary: "Answers as if the role were changed; nothing is kept.",
  scope: "write",
  body: { json: t.Object({ role }) },
  answers: shared,
} as const;
const inUser = t.Object({ dataset_id: uuid, user_id: uuid });
const inGroup = t.Object({ dataset_id: uuid, group_id: uuid });

export const collaboratorRoutes = [
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}/users",
      operationId: "list_user_dataset_collaborators",
      tag,
      summary: "Lists the caller, as owner.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      answers: shared,
    },
    async (call, repo, desk) => {
      const dataset = await needDataset(call, desk);
      const owner = await collaborator(repo, dataset, await callerInfo(call, repo), "owner");
      const { part, fields } = paged([owner], pageOf(call.query));
      return json({ ...fields, collaborators: part });
    },
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{dataset_id}/users",
      operationId: "create_user_dataset_collaborators",
      tag,
      summary: "Answers as if the dataset were shared with these people; nothing is kept.",
      scope: "write",
      params: inDataset,
      body: {
        json: t.Array(t.Object({ user_id: maybe(uuid), user_email: maybe(t.String()), role: t.Optional(role) })),
      },
      answers: shared,
    },
    async (call, repo, desk) => {
      const asked = await call.json();
      const dataset = await needWritable(call, desk);
      const { platform } = repo.local();
      const made = asked.map(async ({ user_id: id, user_email: email, role: as = "viewer" }, i) => {
        if ((id ?? undefined) === undefined && (email ?? undefined) === undefined)
          throw unprocessable(["body", i], "give user_id or user_email");
        const known = { id: id ?? madeUuid(platform, 4, ["galileo user", email ?? ""]), email: email ?? "" };
        return collaborator(repo, dataset, { ...known, first_name: null, last_name: null }, as);
      });
      return json(await Promise.all(made));
    },
  ),
  route(
    {
      ...change,
      path: "/datasets/{dataset_id}/users/{user_id}",
      operationId: "update_user_dataset_collaborator",
      params: inUser,
    },
    async (call, repo, desk) => {
      const { role: as } = await call.json();
      const dataset = await needWritable(call, desk);
      const user = await callerInfo(call, repo);
      const { user_id: id } = call.params;
      const named = user.id === id ? user : { id, email: "", first_name: null, last_name: null };
      return json(await collaborator(repo, dataset, named, as));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{dataset_id}/users/{user_id}",
      operationId: "delete_user_dataset_collaborator",
      tag,
      summary: "Answers as if the person were removed; nothing is kept.",
      scope: "write",
      params: inUser,
      answers: shared,
    },
    async (call, _, desk) => {
      await needWritable(call, desk);
      return json({ message: "The collaborator was removed." });
    },
  ),
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}/groups",
      operationId: "list_group_dataset_collaborators",
      tag,
      summary: "Lists no groups.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      answers: shared,
    },
    async (call, _, desk) => {
      await needDataset(call, desk);
      return json({ ...paged([], pageOf(call.query)).fields, collaborators: [] });
    },
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{dataset_id}/groups",
      operationId: "create_group_dataset_collaborators",
      tag,
      summary: "Answers as if the dataset were shared with these groups; nothing is kept.",
      scope: "write",
      params: inDataset,
      body: { json: t.Array(t.Object({ group_id: uuid, role: t.Optional(role) })) },
      answers: shared,
    },
    async (call, repo, desk) => {
      const asked = await call.json();
      const dataset = await needWritable(call, desk);
      return json(
        await Promise.all(asked.map(({ group_id: id, role: as = "viewer" }) => group(repo, dataset, id, as))),
      );
    },
  ),
  route(
    {
      ...change,
      path: "/datasets/{dataset_id}/groups/{group_id}",
      operationId: "update_group_dataset_collaborator",
      params: inGroup,
    },
    async (call, repo, desk) => {
      const { role: as } = await call.json();
      return json(await group(repo, await needWritable(call, desk), call.params.group_id, as));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{dataset_id}/groups/{group_id}",
      operationId: "delete_group_dataset_collaborator",
      tag,
      summary: "Answers as if the group were removed; nothing is kept.",
      scope: "write",
      params: inGroup,
      answers: shared,
    },
    async (call, _, desk) => {
      await needWritable(call, desk);
      return json({ message: "The group was removed." });
    },
  ),
] as const;

async function needWritable(call: Call<{ dataset_id: string }>, desk: Desk): Promise<DatasetInfo> {
  const dataset = await needDataset(call, desk);
  await call.permit({ scope: "write", dataset: dataset.path });
  return dataset;
}

async function collaborator(repo: Repository, dataset: DatasetInfo, user: UserInfo, as: string) {
  const { id, email, first_name, last_name } = user;
  return { ...(await sharing(repo, dataset, id, as)), user_id: id, email, first_name, last_name };
}

async function group(repo: Repository, dataset: DatasetInfo, id: string, as: string) {
  return { ...(await sharing(repo, dataset, id, as)), group_id: id, group_name: "" };
}

async function sharing(repo: Repository, dataset: DatasetInfo, who: string, as: string) {
  const [{ created }] = await versionsOf(repo, dataset);
  const id = madeUuid(repo.local().platform, 4, ["galileo collaborator", dataset.id, who]);
  return { id, permissions: [], role: as, created_at: isoTime(created) };
}
