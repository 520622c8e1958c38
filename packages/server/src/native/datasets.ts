/** Datasets: what there is, made, described, patched as one document, renamed and removed. */
import { parsePatch, type Value, type ValueObject } from "@sheaf/core";
import { empty, json } from "../answer.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import { edit, editAnswers, edited } from "./edits.js";
import { anyObject, at, commitQuery, dataset, datasetInfo, editQuery, fields, patch } from "./shapes.js";
import { isKnown, readVersion } from "./version.js";

const tag = "datasets";
const inDataset = t.Object({ dataset });

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
      body: { json: fields({ path: t.String({ minLength: 1 }), meta: t.Optional(anyObject) }) },
      answers: { 201: { description: "it was made", json: edited } },
    },
    async (call, _, desk) => {
      const { path, meta } = await call.json();
      await call.permit({ scope: "write", dataset: path });
      const create = meta === undefined ? {} : { meta: meta as ValueObject };
      const made = await edit(call, desk, [{ dataset: path, create }]);
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
      params: inDataset,
      query: t.Object({ at }),
      answers: {
        200: { description: "the dataset", json: datasetInfo },
        304: { description: "it is what the client has" },
      },
    },
    async ({ params, query, request }, repo) => {
      const { version, etag } = await readVersion(repo, params.dataset, query.at);
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
        "All of it or nothing. With If-Match it is refused (412) where the dataset changed since, and the problem names both heads; with merge it is merged into the newest version, field by field. An item's attributes stand in it as @meta.",
      scope: "write",
      params: inDataset,
      query: t.Object(editQuery),
      body: { json: patch, mediaType: "application/json-patch+json" },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const patch = parsePatch((await call.json()) as Value);
      return json(await edit(call, desk, [{ dataset: call.params.dataset, patch }]));
    },
  ),
  route(
    {
      method: "PUT",
      path: "/api/v1/datasets/{dataset}/meta",
      operationId: "setMeta",
      tag,
      summary: "Sets the metadata: description, columns, schema, attributes, readme, and what else is to be known.",
      scope: "write",
      params: inDataset,
      query: t.Object(editQuery),
      body: { json: t.Record(t.String(), t.Unknown(), { examples: [{ description: "questions and answers" }] }) },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const value = (await call.json()) as ValueObject;
      return json(
        await edit(call, desk, [{ dataset: call.params.dataset, patch: [{ op: "add", path: "/meta", value }] }]),
      );
    },
  ),
  route(
    {
      method: "POST",
      path: "/api/v1/datasets/{dataset}/rename",
      operationId: "renameDataset",
      tag,
      summary: "Gives a dataset another path; its history and its environments stay with it.",
      scope: "write",
      isJudged: true,
      params: inDataset,
      query: t.Object(editQuery),
      body: { json: fields({ to: t.String({ minLength: 1 }) }) },
      answers: editAnswers,
    },
    async (call, _, desk) => {
      const { to } = await call.json();
      await call.permit({ scope: "write", dataset: to });
      return json(await edit(call, desk, [{ dataset: call.params.dataset, rename: to }]));
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
      params: inDataset,
      query: t.Object(editQuery),
      answers: editAnswers,
    },
    async (call, _, desk) => json(await edit(call, desk, [{ dataset: call.params.dataset, remove: true }])),
  ),
] as const;
