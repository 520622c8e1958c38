/** Spaces: listed, made, read, changed, removed. */
import { empty, json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { birthTime } from "../catalog/time.js";
import { pageAfter, pagination, parseCursor } from "./cursor.js";
import { anyAnswer, holds, limitOf, text } from "./shapes.js";
import { changeSpace, makeSpace, removeSpace } from "./space-edits.js";
import { needSpace, seenSpaces, type MadeSpace, type Space } from "./space.js";
import { isStrict } from "./strict.js";

const tag = "spaces";
const params = t.Object({ space_id: text });

export const spaceRoutes = [
  route(
    {
      method: "GET",
      path: "/v2/spaces",
      operationId: "list_spaces",
      tag,
      summary: "Lists the spaces: the repository, those that are configured, and those that were made.",
      scope: "read",
      query: t.Object({
        org_id: t.Optional(text),
        name: t.Optional(text),
        limit: limitOf(100),
        cursor: t.Optional(text),
      }),
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { name, limit = 50, cursor } = call.query;
      const behind = parseCursor(cursor, 1);
      const all = (await seenSpaces(call, desk)).filter(space => holds(space.name, name));
      const { page, next } = pageAfter(all, behind, limit);
      const spaces = await Promise.all(page.map(space => shown(call, desk, space)));
      return json({ spaces, pagination: pagination(next) });
    },
  ),
  route(
    {
      method: "GET",
      path: "/v2/spaces/{space_id}",
      operationId: "get_space",
      tag,
      summary: "Reads a space.",
      scope: "read",
      params,
      answers: anyAnswer,
    },
    async (call, _, desk) =>
      json(await shown(call, desk, needSpace(await seenSpaces(call, desk), call.params.space_id))),
  ),
  route(
    {
      method: "POST",
      path: "/v2/spaces",
      operationId: "create_space",
      tag,
      summary: "Makes a space: a folder of the repository.",
      scope: "write",
      body: { json: t.Object({ name: text, organization_id: text, description: maybe(text) }) },
      answers: { 201: { description: "it is made" } },
    },
    async (call, _, desk) => {
      const { name, description } = await call.json();
      return json(await shown(call, desk, await makeSpace(call, desk, name, description ?? "")), { status: 201 });
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/v2/spaces/{space_id}",
      operationId: "update_space",
      tag,
      summary: "Gives a space that was made another name, or says something else of it.",
      scope: "write",
      params,
      body: { json: t.Object({ name: maybe(text), description: maybe(text) }) },
      answers: anyAnswer,
    },
    async (call, _, desk) => json(await shown(call, desk, await changeSpace(call, desk, await call.json()))),
  ),
  route(
    {
      method: "DELETE",
      path: "/v2/spaces/{space_id}",
      operationId: "delete_space",
      tag,
      summary: "Removes a space that was made, with its datasets; history keeps them.",
      scope: "write",
      params,
      answers: { 204: { description: "it is removed" } },
    },
    async (call, _, desk) => {
      await removeSpace(call, desk);
      return empty();
    },
  ),
] as const;

/**
 * A space as Arize writes it: one that is configured was made when the repository was. The SDK for Python takes no fields that it does not know, and `is_private` is
 * one.
 */
async function shown(call: Call, { repo }: Desk, space: Space | MadeSpace) {
  const { id, name } = space;
  const told =
    "record" in space
      ? { description: space.description, created_at: space.created }
      : { description: "", created_at: await birthTime(repo) };
  return { id, name, ...told, ...(isStrict(call) ? {} : { is_private: false }) };
}
