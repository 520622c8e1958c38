/** Annotation configs: listed, made, read, changed, removed. */
import { pointer, type ValueObject } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { t, type Static } from "../../schema.js";
import { beginning, recordPath, removeRecords } from "../catalog/records.js";
import { rewrite } from "../catalog/rewrite.js";
import { nowTime } from "../catalog/time.js";
import { freshUuid } from "../catalog/uuid.js";
import {
  allConfigs,
  checkRange,
  configKind,
  configsIn,
  needConfig,
  readFields,
  shownConfig,
  type GivenConfig,
  type KeptConfig,
} from "./annotation-config.js";
import { pageAfter, pagination, parseCursor } from "./cursor.js";
import { conflict, invalid, unreadable } from "./errors.js";
import { anyAnswer, holds, listQuery, text } from "./shapes.js";
import { needSpace, spacesOf } from "./space.js";

const tag = "annotation configs";
const path = "/v2/annotation-configs/{annotation_config_id}";
const params = t.Object({ annotation_config_id: text });
const fields = t.Record(t.String(), t.Unknown());

export const annotationConfigRoutes = [
  route(
    {
      method: "GET",
      path: "/v2/annotation-configs",
      operationId: "list_annotation_configs",
      tag,
      summary: "Lists annotation configs, the newest first.",
      scope: "read",
      query: listQuery,
      answers: anyAnswer,
    },
    listConfigs,
  ),
  route(
    {
      method: "POST",
      path: "/v2/annotation-configs",
      operationId: "create_annotation_config",
      tag,
      summary: "Makes an annotation config.",
      scope: "write",
      body: { json: fields },
      answers: { 201: { description: "it is made" } },
    },
    async (call, _, desk) => json(shownConfig(await make(call, desk, await call.json())), { status: 201 }),
  ),
  route(
    {
      method: "GET",
      path,
      operationId: "get_annotation_config",
      tag,
      summary: "Reads an annotation config.",
      scope: "read",
      params,
      answers: anyAnswer,
    },
    async (call, _, desk) =>
      json(shownConfig(needConfig(await allConfigs(call, desk), call.params.annotation_config_id))),
  ),
  route(
    {
      method: "PATCH",
      path,
      operationId: "update_annotation_config",
      tag,
      summary: "Changes an annotation config, but for its type.",
      scope: "write",
      params,
      body: { json: fields },
      answers: anyAnswer,
    },
    async (call, _, desk) =>
      json(shownConfig(await change(call, desk, call.params.annotation_config_id, await call.json()))),
  ),
  route(
    {
      method: "DELETE",
      path,
      operationId: "delete_annotation_config",
      tag,
      summary: "Removes an annotation config; annotations of its name stay.",
      scope: "write",
      params,
      answers: { 204: { description: "it is removed" } },
    },
    async (call, _, desk) => {
      const { id } = needConfig(await allConfigs(call, desk), call.params.annotation_config_id);
      await removeRecords(call, desk, configKind, [id]);
      return empty();
    },
  ),
] as const;

async function listConfigs(call: Call<unknown, Static<typeof listQuery>>, _: unknown, desk: Desk): Promise<Response> {
  const { space_id: id = "", space_name: spaceName, name, limit = 50, cursor } = call.query;
  const behind = parseCursor(cursor, 1);
  if (id !== "") needSpace(await spacesOf(desk), id);
  const all = (await allConfigs(call, desk)).filter(
    config => (id === "" || config.space.id === id) && holds(config.space.name, spaceName) && holds(config.name, name),
  );
  const { page, next } = pageAfter(all, behind, limit);
  return json({ annotation_configs: page.map(shownConfig), pagination: pagination(next) });
}

async function make(call: Call, desk: Desk, body: GivenConfig): Promise<KeptConfig> {
  const { space_id: space, annotation_config_type: type } = body;
  const name = nameIn(body);
  if (name === undefined) throw unreadable("name must be given");
  if (typeof space !== "string") throw unreadable("space_id must be a text");
  if (typeof type !== "string") throw unreadable("annotation_config_type must be a text");
  const fields = readFields(type, body, false);
  checkRange(fields);
  const { platform } = desk.repo.context;
  const item: ValueObject = {
    name,
    created_at: nowTime(desk.repo),
    space_id: needSpace(await spacesOf(desk), space).id,
    type,
    ...fields,
  };
  const made = { id: freshUuid(platform, 7).replaceAll("-", ""), name, item };
  return write(call, desk, `create annotation config ${name}`, () => made);
}

async function change(call: Call, desk: Desk, id: string, body: GivenConfig): Promise<KeptConfig> {
  needConfig(await allConfigs(call, desk), id);
  const given = nameIn(body);
  return write(call, desk, "update an annotation config", all => {
    const before = needConfig(all, id);
    const name = given ?? before.name;
    if (body["annotation_config_type"] !== before.item["type"])
      throw invalid("annotation_config_type must be the config's own, which never changes");
    const fields = readFields(before.item["type"], body, true);
    const item = { ...before.item, name, ...fields };
    checkRange(item);
    return { id: before.id, name, item };
  });
}

/** Throws 400, or 422 for a blank one. */
function nameIn(body: GivenConfig): string | undefined {
  const { name = null } = body;
  if (name === null) return undefined;
  if (typeof name !== "string") throw unreadable("name must be a text");
  if (name.trim() === "") throw invalid("name must not be blank");
  return name;
}

/** Keeps a config that is made of all that there are. Throws 409 where its space has another of its name. */
async function write(
  call: Call,
  desk: Desk,
  message: string,
  plan: (all: readonly KeptConfig[]) => KeptConfig,
): Promise<KeptConfig> {
  const dataset = recordPath(configKind);
  let kept: KeptConfig | undefined;
  await rewrite(call, desk, dataset, async ({ version }) => {
    const all = await configsIn(version);
    const { id, name, item } = (kept = plan(all));
    const isTaken = (other: KeptConfig) =>
      other.id !== id && other.name === name && other.item["space_id"] === item["space_id"];
    if (all.some(isTaken)) throw conflict(`the space has an annotation config called ${JSON.stringify(name)}`);
    const patch = [{ op: "add", path: pointer("items", id), value: item } as const];
    return { changes: [...(await beginning(desk, configKind)), { dataset, patch }], message };
  });
  if (!kept) throw conflict("the annotation config could not be kept");
  return kept;
}
