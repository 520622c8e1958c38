/** Files: datasets by their paths, as Humanloop's lists of all kinds of files show them. */
import { json } from "../../answer.js";
import { route } from "../../route.js";
import { t } from "../../schema.js";
import { cleanPath } from "./datasets.js";
import { entryAt, listed, recordsOf } from "./listing.js";
import { anyAnswer, pageQuery, recordAnswer, sortQuery, text } from "./shapes.js";
import { chosen } from "./upsert.js";

const tag = "files";
const kinds = ["prompt", "tool", "dataset", "evaluator", "flow", "agent"] as const;
const kind = t.Union(kinds.map(name => t.Literal(name)));

export const fileRoutes = [
  route(
    {
      method: "GET",
      path: "/files",
      operationId: "list_files_files_get",
      tag,
      summary: "Lists datasets, each as its default version or as it is deployed.",
      scope: "read",
      query: t.Object({
        ...pageQuery(10),
        ...sortQuery,
        name: t.Optional(text),
        path: t.Optional(text),
        environment: t.Optional(text),
        template: t.Optional(t.Boolean()),
        type: t.Optional(t.Union([t.Array(kind), kind])),
      }),
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const { type, template = false } = call.query;
      const isWanted = !template && (type === undefined || type.includes("dataset"));
      return json(await recordsOf(repo, isWanted ? await listed(call, desk, call.query) : [], call.query));
    },
  ),
  route(
    {
      method: "POST",
      path: "/files/retrieve-by-path",
      operationId: "retrieve_by_path_files_retrieve_by_path_post",
      tag,
      summary: "Reads the dataset at a path.",
      scope: "read",
      query: t.Object({ environment: t.Optional(text) }),
      body: { json: t.Object({ path: text }) },
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const line = await entryAt(call, desk, cleanPath((await call.json()).path));
      return recordAnswer(repo, line, await chosen(repo, line, { environment: call.query.environment }));
    },
  ),
] as const;
