/** Datasets: listed, looked up, renamed, removed. How they are made is in `creation.ts`. */
import { amended, isSheafError, type Change, type DatasetInfo, type Value, type ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { HttpError } from "../../problem.js";
import { route } from "../../route.js";
import { maybe, t, type Static } from "../../schema.js";
import { nameOf, pathFor } from "../catalog/naming.js";
import { freeName, takenName } from "./creation.js";
import { rewriteDataset } from "./editing.js";
import { uuid } from "./ids.js";
import { listed, listParams, type ListParams } from "./listing.js";
import { readMapping } from "./mapping.js";
import { remapping } from "./remapping.js";
import { memoryOf } from "./memory.js";
import { paged, pageOf, pageQuery, type Page } from "./paging.js";
import { actionsQuery, datasetJson, findDataset, inDataset, needDataset, ownOf } from "./shapes.js";

const tag = "datasets";
const listQuery = t.Object({ ...pageQuery, ...actionsQuery });
const lists = { 200: { description: "a ListDatasetResponse" } } as const;
const one = { 200: { description: "a DatasetDB" } } as const;
const name = t.String({ minLength: 1, maxLength: 128 });

const changes = t.Object({
  name: maybe(t.Union([name, t.Object({ value: name, append_suffix_if_duplicate: t.Optional(t.Boolean()) })])),
  column_mapping: t.Optional(t.Unknown()),
  draft: maybe(t.Literal(false)),
});

export const datasetRoutes = [
  route(
    {
      method: "GET",
      path: "/datasets",
      operationId: "list_datasets",
      tag,
      summary: "Lists datasets, the newest first.",
      scope: "read",
      query: listQuery,
      answers: lists,
    },
    async (call, _, desk) => json(await listJson(call, desk, {})),
  ),
  route(
    {
      method: "POST",
      path: "/datasets/query",
      operationId: "query_datasets",
      tag,
      summary: "Lists the datasets that fit all filters, sorted.",
      scope: "read",
      query: listQuery,
      body: { json: listParams, optional: true },
      answers: lists,
    },
    async (call, _, desk) => json(await listJson(call, desk, (await call.json()) ?? {})),
  ),
  route(
    {
      method: "POST",
      path: "/datasets/query/count",
      operationId: "count_datasets",
      tag,
      summary: "Says how many datasets fit all filters.",
      scope: "read",
      body: { json: listParams, optional: true },
      answers: { 200: { description: "a number" } },
    },
    async (call, _, desk) => json((await listed(call, desk, (await call.json()) ?? {})).length),
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/bulk_delete",
      operationId: "bulk_delete_datasets",
      tag,
      summary: "Removes datasets; tells which could not be.",
      scope: "write",
      body: { json: t.Object({ dataset_ids: t.Array(uuid, { minItems: 1, maxItems: 100 }) }) },
      answers: { 200: { description: "a BulkDeleteDatasetsResponse" } },
    },
    bulkDelete,
  ),
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}",
      operationId: "get_dataset",
      tag,
      summary: "Gives a dataset.",
      scope: "read",
      params: inDataset,
      query: t.Object(actionsQuery),
      answers: one,
    },
    async (call, _, desk) => json(await datasetJson(desk, await needDataset(call, desk), call.query.actions)),
  ),
  route(
    {
      method: "PATCH",
      path: "/datasets/{dataset_id}",
      operationId: "update_dataset",
      tag,
      summary: "Renames a dataset, ends its being a draft, or makes its columns of others.",
      scope: "write",
      params: inDataset,
      body: { json: changes },
      answers: one,
    },
    async (call, _, desk) => {
      const asked = await call.json();
      const dataset = await needDataset(call, desk);
      const path = await update(call, desk, dataset, asked);
      return json(await datasetJson(desk, await desk.repo.dataset(path).info()));
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{dataset_id}",
      operationId: "delete_dataset",
      tag,
      summary: "Removes a dataset; it stays in the history.",
      scope: "write",
      params: inDataset,
      answers: { 200: { description: "a message" } },
    },
    async (call, _, desk) => {
      const dataset = await needDataset(call, desk);
      await remove(call, desk, dataset);
      return json({ message: `Dataset ${nameOf(dataset)} was deleted.` });
    },
  ),
] as const;

async function listJson(
  call: Call<unknown, Partial<Page> & { actions?: string | string[] }>,
  desk: Desk,
  params: ListParams,
) {
  const { part, fields } = paged(await listed(call, desk, params), pageOf(call.query));
  const datasets: object[] = [];
  for (const dataset of part) datasets.push(await datasetJson(desk, dataset, call.query.actions));
  return { ...fields, datasets };
}

async function remove(call: Call, desk: Desk, dataset: DatasetInfo): Promise<void> {
  await rewriteDataset(call, desk, dataset, async () => ({
    changes: [{ dataset: dataset.path, remove: true }],
    message: `remove ${dataset.path}`,
  }));
}

async function bulkDelete(
  call: Call<unknown, unknown, { dataset_ids: string[] }>,
  _: unknown,
  desk: Desk,
): Promise<Response> {
  const { dataset_ids: ids } = await call.json();
  const failed: object[] = [];
  for (const id of ids) {
    let dataset_name = "";
    try {
      const dataset = await findDataset(call, desk, id);
      dataset_name = nameOf(dataset);
      await remove(call, desk, dataset);
    } catch (error) {
      if (!(error instanceof HttpError) && !isSheafError(error)) throw error;
      failed.push({ dataset_id: id, dataset_name, reason: error.message });
    }
  }
  const deleted = ids.length - failed.length;
  return json({
    deleted_count: deleted,
    failed_deletions: failed,
    message: `${deleted} of ${ids.length} datasets were deleted.`,
  });
}

/** Makes the changes in one commit; gives the dataset's path then. Only a mapping makes a version. */
async function update(call: Call, desk: Desk, dataset: DatasetInfo, asked: Static<typeof changes>): Promise<string> {
  const { name: wanted, column_mapping: mapping } = asked;
  const { value, append_suffix_if_duplicate: suffix = false } =
    typeof wanted === "object" && wanted !== null ? wanted : { value: wanted ?? undefined };
  let path = dataset.path;
  if (value !== undefined && value !== nameOf(dataset)) {
    path = pathFor(suffix ? await freeName(desk, value) : value);
    await call.permit({ scope: "write", dataset: path });
  }
  await rewriteDataset(call, desk, dataset, async version => {
    const columns = await memoryOf(desk).columns.of(version);
    const look = readMapping(mapping as Value | undefined, columns);
    const made: Change[] = look ? remapping(dataset.path, look) : [];
    if (asked.draft === false && ownOf(version.info).draft) made.push(settled(version.info));
    if (path !== dataset.path) made.push({ dataset: dataset.path, rename: path });
    const attributes = look ? {} : { attributes: amended };
    return { changes: made, message: `update ${nameOf(dataset)}`, ...attributes };
  }).catch((error: unknown) => {
    throw isSheafError(error, "already-exists") ? takenName(value ?? path) : error;
  });
  return path;
}

/** No draft any more. */
function settled({ path, meta }: DatasetInfo): Change {
  const attributes = { ...(meta["attributes"] as ValueObject | undefined) };
  attributes["galileo"] = { ...(attributes["galileo"] as ValueObject | undefined), draft: false };
  return { dataset: path, patch: [{ op: "add", path: "/meta/attributes", value: attributes }] };
}
