/** Who a dataset is shared with: the caller, as owner, and whom clients named. It is kept and gives no rights, which are those of tokens. */
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { isoTime, nowTime } from "../catalog/time.js";
import { madeUuid } from "../catalog/uuid.js";
import { unprocessable } from "./errors.js";
import { uuid } from "./ids.js";
import { paged, pageOf, pageQuery } from "./paging.js";
import { callerInfo } from "./session.js";
import { inDataset, needDataset } from "./shapes.js";
import { reshare, share, sharersOf, unshare, type Sharer } from "./sharing.js";
import { versionsOf } from "./versions.js";

const tag = "collaborators";
const role = t.Union(["owner", "editor", "annotator", "viewer"].map(name => t.Literal(name)));
const shared = { 200: { description: "the collaborators" } } as const;

/** How the role of a collaborator is changed, be it a person or a group. */
const change = {
  method: "PATCH",
  tag,
  summary: "Changes the role; it gives no rights.",
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
      summary: "Lists the caller, as owner, and those that it is shared with.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      answers: shared,
    },
    async (call, _, desk) => {
      const { part, fields } = paged(await people(call, desk), pageOf(call.query));
      return json({ ...fields, collaborators: part });
    },
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{dataset_id}/users",
      operationId: "create_user_dataset_collaborators",
      tag,
      summary: "Shares the dataset with people; it gives no rights.",
      scope: "write",
      params: inDataset,
      body: {
        json: t.Array(t.Object({ user_id: maybe(uuid), user_email: maybe(t.String()), role: t.Optional(role) })),
      },
      answers: shared,
    },
    async (call, repo, desk) => {
      const given = (await call.json()).map(({ user_id: id, user_email: email, role: as = "viewer" }, i): Sharer => {
        if (!id && !email) throw unprocessable(["body", i], "give user_id or user_email");
        const made = id ?? madeUuid(repo.local().platform, 4, ["galileo user", email ?? ""]);
        return { id: made.toLowerCase(), role: as, since: nowTime(desk.repo), email: email ?? "" };
      });
      const all = await share(call, desk, await needDataset(call, desk), "users", given);
      return json(given.flatMap(({ id }) => all.filter(one => one.id === id).map(person)));
    },
  ),
  route(
    {
      ...change,
      path: "/datasets/{dataset_id}/users/{user_id}",
      operationId: "update_user_dataset_collaborator",
      params: inUser,
    },
    async (call, _, desk) => {
      const { role: as } = await call.json();
      const id = call.params.user_id.toLowerCase();
      const [changed] = await reshare(call, desk, await needDataset(call, desk), "users", id, as);
      return json(person(changed));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{dataset_id}/users/{user_id}",
      operationId: "delete_user_dataset_collaborator",
      tag,
      summary: "Ends sharing with a person.",
      scope: "write",
      params: inUser,
      answers: shared,
    },
    async (call, _, desk) => {
      await unshare(call, desk, await needDataset(call, desk), "users", call.params.user_id.toLowerCase());
      return json({ message: "The collaborator was removed." });
    },
  ),
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}/groups",
      operationId: "list_group_dataset_collaborators",
      tag,
      summary: "Lists the groups that it is shared with.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      answers: shared,
    },
    async (call, _, desk) => {
      const all = sharersOf(await needDataset(call, desk), "groups").map(group);
      const { part, fields } = paged(all, pageOf(call.query));
      return json({ ...fields, collaborators: part });
    },
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{dataset_id}/groups",
      operationId: "create_group_dataset_collaborators",
      tag,
      summary: "Shares the dataset with groups; it gives no rights.",
      scope: "write",
      params: inDataset,
      body: { json: t.Array(t.Object({ group_id: uuid, role: t.Optional(role) })) },
      answers: shared,
    },
    async (call, _, desk) => {
      const given = (await call.json()).map(({ group_id: id, role: as = "viewer" }): Sharer => {
        return { id: id.toLowerCase(), role: as, since: nowTime(desk.repo), email: "" };
      });
      const all = await share(call, desk, await needDataset(call, desk), "groups", given);
      return json(given.flatMap(({ id }) => all.filter(one => one.id === id).map(group)));
    },
  ),
  route(
    {
      ...change,
      path: "/datasets/{dataset_id}/groups/{group_id}",
      operationId: "update_group_dataset_collaborator",
      params: inGroup,
    },
    async (call, _, desk) => {
      const { role: as } = await call.json();
      const id = call.params.group_id.toLowerCase();
      const [changed] = await reshare(call, desk, await needDataset(call, desk), "groups", id, as);
      return json(group(changed));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{dataset_id}/groups/{group_id}",
      operationId: "delete_group_dataset_collaborator",
      tag,
      summary: "Ends sharing with a group.",
      scope: "write",
      params: inGroup,
      answers: shared,
    },
    async (call, _, desk) => {
      await unshare(call, desk, await needDataset(call, desk), "groups", call.params.group_id.toLowerCase());
      return json({ message: "The group was removed." });
    },
  ),
] as const;

/** A UserCollaborator. */
function person({ id, email, role: as, since }: Sharer) {
  return { id, permissions: [], role: as, created_at: since, user_id: id, email, first_name: null, last_name: null };
}

/** A GroupCollaborator. */
function group({ id, role: as, since }: Sharer) {
  return { id, permissions: [], role: as, created_at: since, group_id: id, group_name: "" };
}

/** The caller, as owner, and who it is shared with beside. */
async function people(call: Call<{ dataset_id: string }>, desk: Desk) {
  const dataset = await needDataset(call, desk);
  const { id, email, first_name, last_name } = await callerInfo(call, desk.repo);
  const [{ created }] = await versionsOf(desk.repo, dataset);
  const owner = { ...person({ id, email, role: "owner", since: isoTime(created) }), first_name, last_name };
  return [
    owner,
    ...sharersOf(dataset, "users")
      .filter(one => one.id !== id)
      .map(person),
  ];
}
