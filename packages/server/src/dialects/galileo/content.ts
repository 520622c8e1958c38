/** A dataset's content: read in pages, queried, edited, put back. */
import { empty } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { readEdits } from "./edits.js";
import { rewriteContent, runEdits } from "./editing.js";
import { unprocessable } from "./errors.js";
import { uuid } from "./ids.js";
import { memoryOf } from "./memory.js";
import { pageOf, pageQuery } from "./paging.js";
import { copying, rollback } from "./replacing.js";
import { findDataset, inDataset, needDataset } from "./shapes.js";
import { contentAnswer } from "./sheet.js";
import { readNumbered } from "./versions.js";

const tag = "content";
const path = "/datasets/{dataset_id}/content";
const content = { 200: { description: "a DatasetContent" } } as const;
const done = { 204: { description: "it was done; ETag is that of the new content" } } as const;

const filters = t.Optional(
  t.Array(
    t.Object({
      column_name: t.String(),
      value: t.String(),
      operator: t.Optional(t.Union([t.Literal("eq"), t.Literal("ne"), t.Literal("contains")])),
    }),
  ),
);
const sort = maybe(t.Object({ column_name: t.String(), ascending: t.Optional(t.Boolean()) }));

export const contentRoutes = [
  route(
    {
      method: "GET",
      path,
      operationId: "get_dataset_content",
      tag,
      summary: "Gives a page of the rows.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      answers: content,
    },
    async (call, _, desk) => {
      const { dataset, version, at } = await newest(call, desk);
      return contentAnswer(desk, dataset, { version, at }, { ...pageOf(call.query), signal: call.signal });
    },
  ),
  route(
    {
      method: "PATCH",
      path,
      operationId: "update_dataset_content",
      tag,
      summary: "Runs a list of edits, one after another: all of them in one new version, or none.",
      scope: "write",
      params: inDataset,
      body: { json: t.Object({ edits: t.Array(t.Unknown()) }) },
      answers: done,
    },
    async (call, _, desk) => {
      const edits = readEdits((await call.json()).edits);
      const dataset = await needDataset(call, desk);
      return empty(204, { etag: await runEdits(call, desk, dataset, edits) });
    },
  ),
  route(
    {
      method: "PUT",
      path,
      operationId: "upsert_dataset_content",
      tag,
      summary: "Puts the content back to what it was in a version, or makes it a copy of another dataset's.",
      scope: "write",
      params: inDataset,
      body: {
        json: t.Object({
          rollback_version: t.Optional(t.Integer()),
          dataset_id: t.Optional(uuid),
          version_index: maybe(t.Integer()),
        }),
      },
      answers: done,
    },
    async (call, repo, desk) => {
      const { rollback_version: back, dataset_id: from, version_index: index } = await call.json();
      if ((back === undefined) === (from === undefined))
        throw unprocessable(["body"], "give either rollback_version or dataset_id");
      const dataset = await needDataset(call, desk);
      const source = from === undefined ? dataset : await findDataset(call, desk, from);
      const { version, at } = await readNumbered(call, repo, source, back ?? index ?? undefined);
      const become = from === undefined ? rollback : copying;
      const etag = await rewriteContent(call, desk, dataset, now => become(desk, now, version, at));
      return empty(204, { etag });
    },
  ),
  route(
    {
      method: "POST",
      path: `${path}/query`,
      operationId: "query_dataset_content",
      tag,
      summary: "Gives a page of the rows that fit, sorted.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      body: { json: t.Object({ filters, sort }), optional: true },
      answers: content,
    },
    async (call, _, desk) => {
      const { filters: wanted = [], sort: order } = (await call.json()) ?? {};
      const { dataset, version, at } = await newest(call, desk);
      const columns = await memoryOf(desk).columns.of(version);
      wanted.forEach(({ column_name: name }, i) => needColumn(columns, name, ["filters", i]));
      if (order) needColumn(columns, order.column_name, ["sort"]);
      const selection = { ...pageOf(call.query), filters: wanted, sort: order ?? undefined, signal: call.signal };
      return contentAnswer(desk, dataset, { version, at }, selection);
    },
  ),
] as const;

/** A dataset as it is now. */
export async function newest(call: Call<{ dataset_id: string }>, desk: Desk) {
  const dataset = await needDataset(call, desk);
  return { dataset, ...(await readNumbered(call, desk.repo, dataset)) };
}

function needColumn(columns: readonly string[], name: string, loc: readonly (string | number)[]): void {
  if (!columns.includes(name)) throw unprocessable(["body", ...loc, "column_name"], `there is no column ${name}`);
}
