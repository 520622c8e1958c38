/** Everything by which other repositories reach this one. */
import { json } from "../answer.js";
import { route, type Route } from "../route.js";
import { t } from "../schema.js";
import { gitRoutes } from "./git.js";
import { syncRoutes } from "./sync.js";

/** Which form of the API this is. */
const apiVersion = 1;

const describe = route(
  {
    method: "GET",
    path: "/api/v1",
    operationId: "describeServer",
    tag: "exchange",
    summary: "Says that this is a server of Sheaf's: how clients tell it from a git host.",
    scope: "open",
    answers: {
      200: { description: "it is", json: t.Object({ server: t.Literal("sheaf"), api: t.Literal(apiVersion) }) },
    },
  },
  async () => json({ server: "sheaf", api: apiVersion }),
);

/** The routes. `name` is what git calls the repository. */
export function exchangeRoutes(name: string): readonly Route[] {
  return [describe, ...syncRoutes, ...gitRoutes(name)];
}
