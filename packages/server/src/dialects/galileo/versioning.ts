/** A dataset's versions: their history, what each held, and their names. */
import { setKey, type ValueObject } from "@sheaf/core";
import { json } from "../../answer.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { notFound } from "./errors.js";
import { uuid } from "./ids.js";
import { paged, pageOf, pageQuery } from "./paging.js";
import { inDataset, needDataset, versionJson } from "./shapes.js";
import { contentAnswer } from "./sheet.js";
import { needVersion, ownPart, readNumbered, versionsOf } from "./versions.js";

const tag = "versions";
const inVersion = t.Object({ dataset_id: uuid, version_index: t.Integer({ minimum: 1 }) });

const sort = maybe(
  t.Object({ name: t.Optional(t.Literal("version_index")), ascending: t.Optional(t.Boolean({ default: true })) }),
);

export const versionRoutes = [
  route(
    {
      method: "POST",
      path: "/datasets/{dataset_id}/versions/query",
      operationId: "query_dataset_versions",
      tag,
      summary: "Lists the versions, the newest first, with what each changed.",
      scope: "read",
      params: inDataset,
      query: t.Object(pageQuery),
      body: { json: t.Object({ sort }), optional: true },
      answers: { 200: { description: "a ListDatasetVersionResponse" } },
    },
    async (call, repo, desk) => {
      const { sort: order } = (await call.json()) ?? {};
      const dataset = await needDataset(call, desk);
      const all = await versionsOf(repo, dataset);
      const isAscending = order ? (order.ascending ?? true) : false;
      const { part, fields } = paged(isAscending ? all : [...all].reverse(), pageOf(call.query));
      const versions: object[] = [];
      for (const version of part)
        versions.push(await versionJson(desk, dataset, version, all[all.indexOf(version) - 1]));
      return json({ ...fields, versions });
    },
  ),
  route(
    {
      method: "GET",
      path: "/datasets/{dataset_id}/versions/{version_index}/content",
      operationId: "get_dataset_version_content",
      tag,
      summary: "Gives a page of the rows that a version had.",
      scope: "read",
      params: inVersion,
      query: t.Object(pageQuery),
      answers: { 200: { description: "a DatasetContent" } },
    },
    async (call, repo, desk) => {
      const dataset = await needDataset(call, desk);
      const shown = await readNumbered(call, repo, dataset, call.params.version_index);
      return contentAnswer(desk, dataset, shown, { ...pageOf(call.query), signal: call.signal });
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/datasets/{dataset_id}/versions/{version_index}",
      operationId: "update_dataset_version",
      tag,
      summary: "Names a version.",
      scope: "write",
      params: inVersion,
      body: { json: t.Object({ name: maybe(t.String()) }) },
      answers: { 200: { description: "a DatasetVersionDB" } },
    },
    async (call, repo, desk) => {
      const { version_index: number } = call.params;
      const { name } = await call.json();
      const dataset = await needDataset(call, desk);
      await call.permit({ scope: "write", dataset: dataset.path });
      needVersion(await versionsOf(repo, dataset), number);
      if ((await repo.versions.of(dataset.path)).length === 0)
        throw notFound("the dataset has no version that can be named yet: it is as it was made");
      if (name !== undefined) await repo.versions.note(dataset.path, number, note => named(note, name));
      const all = await versionsOf(repo, dataset);
      const before = all.find(other => other.number === number - 1);
      return json(await versionJson(desk, dataset, needVersion(all, number), before));
    },
  ),
] as const;

function named(note: ValueObject, name: string | null): ValueObject {
  const galileo = { ...ownPart(note), name } as ValueObject;
  const changed = { ...note };
  setKey(changed, "galileo", galileo);
  return changed;
}
