/** The columns of a dataset: its top-level fields, listed, put in order, renamed and removed in every row. */
import type { ColumnChange } from "@sheaf/core";
import { json } from "../answer.js";
import type { Call } from "../call.js";
import type { Desk } from "../desk.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { edit, editAnswers, edited, type EditQuery } from "./edits.js";
import { nameOf } from "./segment.js";
import { at, dataset, editQuery, fields } from "./shapes.js";
import { readVersion } from "./version.js";

const tag = "columns";
const inDataset = t.Object({ dataset });
const changed = t.Composite([edited, t.Object({ rows: t.Integer({ description: "rows that changed" }) })]);
const answers = { ...editAnswers, 200: { description: "the commit", json: changed } } as const;
const waits = "Other edits of the branch wait until every row is through.";
const ofColumn = t.Object({
  dataset,
  column: t.String({ description: "the field's name, percent-encoded as one segment; `-` where the query names it" }),
});
const columnQuery = t.Object({
  ...editQuery,
  field: t.Optional(
    t.String({
      description: "with `-` in the path, the field's name: for `.`, `..` and the empty one, which no path holds",
    }),
  ),
});

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
      query: t.Object(editQuery),
      body: { json: fields({ columns: t.Array(t.String()) }) },
      answers,
    },
    async (call, _, desk) => changeColumns(call, desk, { order: (await call.json()).columns }),
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/columns/{column}/rename",
      operationId: "renameColumn",
      tag,
      summary: "Renames a field in every row that has it.",
      description: waits,
      scope: "write",
      params: ofColumn,
      query: columnQuery,
      body: { json: fields({ to: t.String() }) },
      answers,
    },
    async (call, _, desk) => changeColumns(call, desk, { rename: columnOf(call), to: (await call.json()).to }),
  ),
  route(
    {
      method: "DELETE",
      path: "/api/v1/datasets/{dataset}/columns/{column}",
      operationId: "removeColumn",
      tag,
      summary: "Removes a field from every row that has it.",
      description: waits,
      scope: "write",
      params: ofColumn,
      query: columnQuery,
      answers,
    },
    async (call, _, desk) => changeColumns(call, desk, { remove: columnOf(call) }),
  ),
] as const;

function columnOf({ params, query }: Call<{ column: string }, { field?: string }>): string {
  return nameOf("column", params.column, query.field);
}

async function changeColumns(
  call: Call<{ dataset: string }, EditQuery>,
  desk: Desk,
  columns: ColumnChange,
): Promise<Response> {
  return json({ rows: 0, ...(await edit(call, desk, [{ dataset: call.params.dataset, columns }])) });
}
