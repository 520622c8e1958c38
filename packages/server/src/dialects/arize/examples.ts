/** Examples of a dataset: listed, appended, updated, deleted, annotated. */
import type { DatasetInfo, DatasetVersion, RowPlace, Value } from "@sheaf/core";
import { empty, json, jsonText } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t, type Static } from "../../schema.js";
import { readThen } from "../catalog/catalog.js";
import { annotatorOf, readAnnotations } from "./annotations.js";
import { pagination, parseCursor } from "./cursor.js";
import { datasetOf, onDataset, shownDataset, type InDataset } from "./dataset.js";
import { additions, annotate, removing, updating, writeInPlace, writeNew } from "./edits.js";
import { checkCount, invalid } from "./errors.js";
import { exampleText, readChanges, readExamples, type Origin } from "./example.js";
import { freshIds } from "./fresh.js";
import { versionId } from "./ids.js";
import { momentOf } from "./moments.js";
import { anyAnswer, anyList, checkFilter, inDataset, limitOf, searchFields, text } from "./shapes.js";
import { selected, versionsOf, type Version } from "./versions.js";

const tag = "examples";
const path = "/v2/datasets/{dataset_id}/examples";
const versionQuery = { dataset_version_id: t.Optional(text) };
const listQuery = t.Object({ ...versionQuery, limit: limitOf(500), cursor: t.Optional(text) });
const searchBody = t.Object({ ...searchFields, dataset_version_id: maybe(text) });

export const exampleRoutes = [
  route(
    {
      method: "GET",
      path,
      operationId: "list_dataset_examples",
      tag,
      summary: "Lists the examples of a version, in the order in which they came.",
      scope: "read",
      params: inDataset,
      query: listQuery,
      answers: anyAnswer,
    },
    async (call, _, desk) => listExamples(call, desk, call.query),
  ),
  route(
    {
      method: "POST",
      path: `${path}/search`,
      operationId: "search_dataset_examples",
      tag,
      summary: "Lists the examples of a version, as the newer SDKs ask for them.",
      scope: "read",
      params: inDataset,
      body: { json: searchBody },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { filter, limit, cursor, dataset_version_id: version } = await call.json();
      checkFilter(filter);
      const wanted = { limit: limit ?? 50, cursor: cursor ?? "", dataset_version_id: version ?? "" };
      return listExamples(call, desk, wanted);
    },
  ),
  route(
    {
      method: "POST",
      path,
      operationId: "insert_dataset_examples",
      tag,
      summary: "Appends examples to a version, in place.",
      scope: "write",
      params: inDataset,
      query: t.Object(versionQuery),
      body: { json: t.Object({ examples: anyList }) },
      answers: { 201: { description: "they are there" } },
    },
    async (call, _, desk) => {
      const items = readExamples((await call.json()).examples);
      const ids = freshIds(desk, items.length);
      const edit = additions(items, ids);
      const write = { verb: "append", count: ids.length, edit: async () => edit };
      const { dataset_version_id: id } = call.query;
      return onDataset(call, desk, async dataset => {
        const version = await writeInPlace(call, desk, dataset, id, write);
        return json(await withIds(desk, dataset, version, ids), { status: 201 });
      });
    },
  ),
  route(
    {
      method: "PATCH",
      path,
      operationId: "update_dataset_examples",
      tag,
      summary: "Sets columns of examples, in place or as a new version.",
      scope: "write",
      params: inDataset,
      query: t.Object(versionQuery),
      body: { json: t.Object({ examples: anyList, new_version: maybe(text) }) },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { examples, new_version: name } = await call.json();
      const told = new Set<string>();
      const write = updating(readChanges(examples), told);
      const { dataset_version_id: id } = call.query;
      return onDataset(call, desk, async dataset => {
        const version =
          name === undefined || name === null || name === ""
            ? await writeInPlace(call, desk, dataset, id, write)
            : await writeNew(call, desk, dataset, id, name, write);
        return json(await withIds(desk, dataset, version, [...told]));
      });
    },
  ),
  route(
    {
      method: "DELETE",
      path,
      operationId: "delete_dataset_examples",
      tag,
      summary: "Deletes examples from a version, in place.",
      scope: "write",
      params: inDataset,
      body: { json: t.Object({ dataset_version_id: text, example_ids: t.Array(text) }) },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { dataset_version_id: version, example_ids: ids } = await call.json();
      checkIds(version, ids);
      const told = new Set<string>();
      await onDataset(call, desk, dataset => writeInPlace(call, desk, dataset, version, removing(ids, told)));
      return json({
        completed: true,
        deleted_example_ids: ids.filter(id => told.has(id)),
        not_deleted_example_ids: ids.filter(id => !told.has(id)),
      });
    },
  ),
  route(
    {
      method: "POST",
      path: `${path}/annotate`,
      operationId: "annotate_dataset_examples",
      tag,
      summary: "Annotates examples: one annotation of each name.",
      scope: "write",
      params: inDataset,
      body: { json: t.Object({ annotations: anyList }) },
      answers: { 202: { description: "they are annotated" } },
    },
    async (call, repo, desk) => {
      const inputs = readAnnotations((await call.json()).annotations as Value[]);
      const by = await annotatorOf(call, repo);
      await onDataset(call, desk, dataset => annotate(call, desk, dataset, inputs, by));
      return empty(202);
    },
  ),
] as const;

function checkIds(version: string, ids: readonly string[]): void {
  if (version === "") throw invalid("dataset_version_id must not be empty");
  checkCount("example_ids", ids.length);
  if (new Set(ids).size < ids.length) throw invalid("example_ids has an id twice");
  if (ids.includes("")) throw invalid("example_ids has an empty id");
}

async function withIds(desk: Desk, dataset: DatasetInfo, { number }: Version, ids: readonly string[]) {
  return {
    ...(await shownDataset(desk, dataset)),
    dataset_version_id: versionId(dataset, number),
    example_ids: ids,
  };
}

async function listExamples(call: Call<InDataset>, desk: Desk, page: Static<typeof listQuery>): Promise<Response> {
  const { dataset_version_id: wanted, limit = 50, cursor } = page;
  const behind = parseCursor(cursor, 2);
  const dataset = await datasetOf(call, desk);
  const versions = await versionsOf(desk.repo, dataset);
  const version = selected(dataset, versions, wanted);
  const then = await readThen(call, desk.repo, dataset, version);
  const newest = versions[versions.length - 1];
  const now = version === newest ? then : await desk.repo.versions.read(dataset, newest);
  const { rows, next } = await pageOf(then, behind && { position: behind[0], id: behind[1] }, limit, call.signal);
  const texts = await textsOf(call, desk, { wanted: then, now, commit: version.commit }, rows);
  const rest = JSON.stringify({ pagination: pagination(next && [next.position, next.id]) }).slice(1);
  return jsonText(`{"examples":[${texts.join(",")}],${rest}`);
}

interface StoredRow extends RowPlace {
  readonly block: Uint8Array;
}

async function pageOf(version: DatasetVersion, after: RowPlace | undefined, limit: number, signal: AbortSignal) {
  const rows: StoredRow[] = [];
  for await (const { ids, positions, blocks, count } of version.batches({
    limit: limit + 1,
    signal,
    ...(after ? { after } : {}),
  }))
    for (let i = 0; i < count; i++) rows.push({ id: ids[i], position: positions[i], block: blocks[i] });
  return { rows: rows.slice(0, limit), next: rows.length > limit ? rows[limit - 1] : undefined };
}

/** Rows as Arize writes them: as they were then, annotated as they are now, for an annotation is an example's in every version. */
async function textsOf(
  call: Call,
  { repo }: Desk,
  { wanted: then, now, commit }: { wanted: DatasetVersion; now: DatasetVersion; commit: string },
  rows: readonly StoredRow[],
): Promise<string[]> {
  const origins = new Map<string, Origin>();
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0)
    for await (const row of repo.dataset(then.path).blame({ at: commit, ids, signal: call.signal }))
      origins.set(row.id, {
        createdTime: await momentOf(repo, row.created, row.createdTime),
        changedTime: await momentOf(repo, row.changed, row.changedTime),
      });
  const { platform } = repo.context;
  const texts = rows.map(async ({ id, block }) => {
    const current = now === then ? block : (await now.stored(id))?.blocks[0];
    return exampleText(platform, id, block, current ?? block, origins.get(id));
  });
  return Promise.all(texts);
}
