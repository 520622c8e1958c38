/** Rows of a dataset in pages and as a stream: from an offset or a cursor on, filtered, sorted, with chosen fields. */
import { joinBytes, parseJson, utf8, type Repository } from "@sheaf/core";
import { empty, jsonBytes, ndjson } from "../answer.js";
import type { Call } from "../call.js";
import type { Desk } from "../desk.js";
import { route } from "../route.js";
import { t, type Static } from "../schema.js";
import { parseCursor, printCursor, type Cursor } from "./cursor.js";
import { parseFilter, type Holds } from "./filter.js";
import { Projection } from "./projection.js";
import type { BytesPage } from "./printed-rows.js";
import { pageOf, rowTexts, type PageEnd, type PageQuery as RowPageQuery, type RowQuery } from "./row-reader.js";
import { parseSort, sortedPage } from "./sort.js";
import { at, cid, dataset, row } from "./shapes.js";
import { isKnown, readVersion, type Read } from "./version.js";

const tag = "rows";

const choice = {
  at,
  reverse: t.Optional(t.Boolean({ description: "from the last row to the first" })),
  fields: t.Optional(
    t.Array(t.String(), { description: "places in the item to give, as JSON Pointers; others are left out" }),
  ),
  filter: t.Optional(
    t.String({
      description:
        'conditions as JSON: {"path": "/score", "op": ">=", "value": 0.5} with op one of = != < <= > >= in contains startsWith exists, or {"and": […]} or {"or": […]} of such; numbers compare exactly',
    }),
  ),
};

const pageQuery = t.Object({
  ...choice,
  limit: t.Optional(t.Integer({ minimum: 1, maximum: 10_000, default: 100, description: "rows of a page" })),
  offset: t.Optional(
    t.Integer({ minimum: 0, description: "rows to pass over; of those that the filter lets through" }),
  ),
  cursor: t.Optional(t.String({ description: "`next` of the page before, which was of the same query" })),
  sort: t.Optional(
    t.Array(t.String(), {
      description:
        "places to sort by, as JSON Pointers, the first counting most; a - in front turns one round. Rows without the place come last",
    }),
  ),
});
type PageQuery = Static<typeof pageQuery>;

const page = t.Object({
  commit: cid,
  count: t.Integer({ description: "rows of the dataset" }),
  rows: t.Array(row),
  next: t.Optional(t.String({ description: "cursor of the next page, where there may be one" })),
});

export const rowsRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/rows",
      operationId: "listRows",
      tag,
      summary: "Gives a page of rows, in the order of the dataset or sorted.",
      description:
        "`next` goes on where the page ended, in the version that it was read from, at the cost of a page; an offset costs no more in an unfiltered dataset. Sorting reads every row of the dataset and is bounded in how far into the order a page may lie.",
      scope: "read",
      params: t.Object({ dataset }),
      query: pageQuery,
      answers: {
        200: { description: "the page", json: page },
        304: { description: "the dataset is what the client has" },
      },
    },
    listRows,
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}/stream",
      operationId: "streamRows",
      tag,
      summary: "Gives all rows, or those that a filter lets through, one JSON object a line, as they are read.",
      scope: "read",
      params: t.Object({ dataset }),
      query: t.Object(choice),
      answers: { 200: { description: "the rows", lines: row } },
    },
    async ({ params, query, signal }, repo) => {
      const { version, etag } = await readVersion(repo, params.dataset, query.at);
      return ndjson(rowTexts(version, rowQuery(query, signal)), { etag });
    },
  ),
] as const;

async function listRows(call: Call<{ dataset: string }, PageQuery>, repo: Repository, desk: Desk): Promise<Response> {
  const { query, signal } = call;
  const key = JSON.stringify([query.reverse, query.fields, query.filter, query.sort]);
  const cursor = query.cursor === undefined ? undefined : parseCursor(query.cursor, key);
  const read = await readVersion(repo, call.params.dataset, cursor?.commit ?? query.at);
  if (isKnown(call.request, read.etag)) return empty(304, { etag: read.etag });
  const { limit = 100 } = query;
  const offset = cursor?.after ? 0 : (cursor?.offset ?? query.offset ?? 0);
  const asked = { ...rowQuery(query, signal), limit, offset, ...(cursor?.after ? { after: cursor.after } : {}) };
  const { rows, end } = await rowsOf(read, asked, query.sort, desk);
  return jsonBytes(pageBytes(read, rows, next(read, key, end)), { etag: read.etag });
}

/** Whole rows in the order of the dataset are kept as they were printed; what is chosen, sorted or turned round is made anew. */
async function rowsOf(
  { version }: Read,
  asked: RowPageQuery,
  sort: readonly string[] | undefined,
  desk: Desk,
): Promise<BytesPage> {
  if (!sort && !asked.holds && !asked.projection && !asked.reverse) return desk.printed.page(version, asked);
  const { texts, ...page } = sort ? await sortedPage(version, asked, parseSort(sort)) : await pageOf(version, asked);
  return { rows: texts.map(utf8), ...page };
}

const comma = utf8(",");
const pageEnd = utf8("]}\n");

function pageBytes({ version, commit }: Read, rows: readonly Uint8Array[], cursor: string | undefined): Uint8Array {
  const end = cursor === undefined ? "" : `,"next":${JSON.stringify(cursor)}`;
  const parts = [utf8(`{"commit":"${commit}","count":${version.block.count}${end},"rows":[`)];
  for (const [i, row] of rows.entries()) {
    if (i > 0) parts.push(comma);
    parts.push(row);
  }
  parts.push(pageEnd);
  return joinBytes(parts);
}

function next({ commit }: Read, query: string, end: PageEnd | undefined): string | undefined {
  if (end === undefined) return undefined;
  const cursor: Cursor = { commit, query, ...end };
  return printCursor(cursor);
}

function rowQuery(query: Pick<PageQuery, "reverse" | "fields" | "filter">, signal: AbortSignal): RowQuery {
  const holds: Holds | undefined =
    query.filter === undefined ? undefined : parseFilter(parseJson(query.filter, { file: "filter" }));
  return {
    signal,
    reverse: query.reverse === true,
    ...(holds ? { holds } : {}),
    ...(query.fields ? { projection: new Projection(query.fields) } : {}),
  };
}
