/** Spaces: listed and read. */
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { birthTime } from "../catalog/time.js";
import { pageBehind, pagination, parseCursor } from "./cursor.js";
import { holds } from "./datasets.js";
import { anyAnswer, limitOf, text } from "./shapes.js";
import { needSpace, spacesOf, type Space } from "./space.js";
import { isStrict } from "./strict.js";

const tag = "spaces";

export const spaceRoutes = [
  route(
    {
      method: "GET",
      path: "/v2/spaces",
      operationId: "list_spaces",
      tag,
      summary: "Lists the spaces: the repository, and those that are configured.",
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
      const all = (await spacesOf(desk)).filter(space => holds(space.name, name));
      const from = behind ? all.findIndex(({ id }) => id === behind[0]) : -1;
      const isBehind = (space: Space) => all.indexOf(space) > from;
      const { page, next } = pageBehind(all, ({ id }) => [id], isBehind, limit);
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
      params: t.Object({ space_id: text }),
      answers: anyAnswer,
    },
    async (call, _, desk) => json(await shown(call, desk, needSpace(await spacesOf(desk), call.params.space_id))),
  ),
] as const;

/** A space as Arize writes it: made when the repository was. The SDK for Python takes no fields that it does not know, and `is_private` is one. */
async function shown(call: Call, { repo }: Desk, { id, name }: Space) {
  const space = { id, name, description: "", created_at: await birthTime(repo) };
  return isStrict(call) ? space : { ...space, is_private: false };
}
