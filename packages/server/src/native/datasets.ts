/** Datasets: what there is, made, described, patched as one document, renamed and removed. */
import { parsePatch, type Value } from "@sheaf/core";
import { empty, json } from "../answer.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { anyObject, at, commitQuery, committed, dataset, datasetInfo } from "./shapes.js";
import { commitOptions, isKnown, readVersion } from "./version.js";

const tag = "datasets";

export const datasetRoutes = [
  route(
    {
      method: "GET",
      path: "/api/v1/datasets",
      operationId: "listDatasets",
      tag,
      summary: "Lists the datasets of a revision, in the order of their paths.",
      description: "A token for some datasets sees these.",
      scope: "read",
      isJudged: true,
      query: t.Object({ at }),
      answers: { 200: { description: "the datasets", json: t.Object({ datasets: t.Array(datasetInfo) }) } },
    },
    async (call, repo) => {
      const datasets = [];
      for await (const info of repo.datasets(call.query)) if (call.sees(info.path)) datasets.push(info);
      return json({ datasets });
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets",
      operationId: "createDataset",
      tag,
      summary: "Makes a dataset without rows.",
      scope: "write",
      isJudged: true,
      query: t.Object(commitQuery),
      body: { json: t.Object({ path: t.String({ minLength: 1 }), meta: t.Optional(anyObject) }) },
      answers: { 201: { description: "it was made", json: committed } },
    },
    async (call, repo) => {
      const { path, meta } = await call.json();
      await call.permit({ scope: "write", dataset: path });
      const made = await repo.createDataset(path, meta as Record<string, Value> | undefined, commitOptions(call));
      return json(made, { status: 201, headers: { location: `/api/v1/datasets/${encodeURIComponent(path)}` } });
    },
  ),
  route(
    {
      method: "GET",
      path: "/api/v1/datasets/{dataset}",
      operationId: "getDataset",
      tag,
      summary: "Says what is known of a dataset besides its rows.",
      scope: "read",
      params: t.Object({ dataset }),
      query: t.Object({ at }),
      answers: {
        200: { description: "the dataset", json: datasetInfo },
        304: { description: "it is what the client has" },
      },
    },
    async ({ params, query, request }, repo) => {
      const { version, etag } = await readVersion(repo.dataset(params.dataset), query.at, name => repo.resolve(name));
      return isKnown(request, etag) ? empty(304, { etag }) : json(version.info, { headers: { etag } });
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/api/v1/datasets/{dataset}",
      operationId: "patchDataset",
      tag,
      summary: "Applies a JSON Patch to the dataset's document: meta, items by id, positions by id.",
      description:
        "All of it or nothing, as one commit. With If-Match it is refused (412) where the dataset changed since; the problem names both heads.",
      scope: "write",
      params: t.Object({ dataset }),
      query: t.Object(commitQuery),
      body: { json: t.Array(anyObject), mediaType: "application/json-patch+json" },
      answers: { 200: { description: "the commit", json: committed } },
    },
    async (call, repo) => {
      const patch = parsePatch((await call.json()) as Value);
      return json(await repo.edit([{ dataset: call.params.dataset, patch }], commitOptions(call)));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/api/v1/datasets/{dataset}",
      operationId: "removeDataset",
      tag,
      summary: "Removes a dataset; its versions stay in the history.",
      scope: "write",
      params: t.Object({ dataset }),
      query: t.Object(commitQuery),
      answers: { 200: { description: "the commit", json: committed } },
    },
    async (call, repo) => json(await repo.removeDataset(call.params.dataset, commitOptions(call))),
  ),
] as const;
