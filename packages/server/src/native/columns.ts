/** The columns of a dataset: its top-level fields, listed, put in order, renamed and removed in every row. */
import { json } from "../answer.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { at, commitQuery, committed, dataset, fields } from "./shapes.js";
import { commitOptions, readVersion } from "./version.js";

const tag = "columns";
const inDataset = t.Object({ dataset });
const changed = t.Composite([committed, t.Object({ rows: t.Integer({ description: "rows that changed" }) })]);
const answers = { 200: { description: "the commit", json: changed } } as const;
const column = t.String({ description: "the field's name, percent-encoded as one segment" });

export const columnRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/columns",
      operationId: "listColumns",
      tag,
      summary:
        "Lists the top-level fields and how many rows have each: those of the metadata's order first, then by name.",
      scope: "read",
      params: inDataset,
      query: t.Object({ at }),
      answers: {
        200: {
          description: "the columns",
          json: t.Object({ columns: t.Array(t.Object({ name: t.String(), rows: t.Integer() })) }),
        },
      },
    },
    async ({ params, query, signal }, repo) => {
      const { version, etag } = await readVersion(repo, params.dataset, query.at);
      return json({ columns: await version.columns({ signal }) }, { headers: { etag } });
    },
  ),
  route(
    {
      method: "PUT",
      path: "/api/v1/datasets/{dataset}/columns",
      operationId: "orderColumns",
      tag,
      summary: "Sets the order of the columns for people and for CSV; rows do not change.",
      scope: "write",
      params: inDataset,
      query: t.Object(commitQuery),
      body: { json: fields({ columns: t.Array(t.String()) }) },
      answers,
    },
    async (call, repo) => {
      const { columns } = await call.json();
      return json(await repo.dataset(call.params.dataset).orderColumns(columns, commitOptions(call)));
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/columns/{column}/rename",
      operationId: "renameColumn",
      tag,
      summary: "Renames a field in every row that has it.",
      scope: "write",
      params: t.Object({ dataset, column }),
      query: t.Object(commitQuery),
      body: { json: fields({ to: t.String() }) },
      answers,
    },
    async (call, repo) => {
      const { to } = await call.json();
      const { params } = call;
      return json(await repo.dataset(params.dataset).renameColumn(params.column, to, commitOptions(call)));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/api/v1/datasets/{dataset}/columns/{column}",
      operationId: "removeColumn",
      tag,
      summary: "Removes a field from every row that has it.",
      scope: "write",
      params: t.Object({ dataset, column }),
      query: t.Object(commitQuery),
      answers,
    },
    async (call, repo) =>
      json(await repo.dataset(call.params.dataset).removeColumn(call.params.column, commitOptions(call))),
  ),
] as const;
