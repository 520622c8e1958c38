/** Versions of a dataset: listed, named, committed, removed. */
import { empty, json } from "../../answer.js";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { route } from "../../route.js";
import { maybe, t } from "../../schema.js";
import { rewrite } from "../catalog/rewrite.js";
import { attributesOf, contentsOf } from "./content.js";
import { datasetOf, inDataset, lineOf } from "./datasets.js";
import { editOf } from "./edits.js";
import { conflict, missing } from "./errors.js";
import { checkFree, checkName, naming, noteNames, noteVersion, nowOf } from "./naming.js";
import { findSaved, needSaved, partOf, readLine, type Line, type Saved } from "./saved.js";
import { anyAnswer, datapointsOf, recordAnswer, recordOf, text } from "./shapes.js";
import { attributesPatch } from "./upsert.js";

const tag = "versions";
const inVersion = t.Object({ id: text, version_id: text });
type VersionCall<B = unknown> = Call<{ id: string; version_id: string }, unknown, B>;

export const versionRoutes = [
  route(
    {
      method: "GET",
      path: "/datasets/{id}/versions",
      operationId: "list_versions_datasets__id__versions_get",
      tag,
      summary: "Lists the versions of a dataset, the newest first.",
      scope: "read",
      params: inDataset,
      query: t.Object({
        include_datapoints: t.Optional(t.Union([t.Literal("latest_saved"), t.Literal("latest_committed")])),
        status: t.Optional(t.Union([t.Literal("uncommitted"), t.Literal("committed"), t.Literal("deleted")])),
      }),
      answers: anyAnswer,
    },
    async (call, repo, desk) => {
      const line = await lineOf(call, desk);
      const { status, include_datapoints: wanted } = call.query;
      const all = status === "deleted" ? line.deleted : line.versions.filter(saved => isOf(saved, status));
      const full = wanted && all.findLast(saved => wanted === "latest_saved" || saved.committed !== null);
      const records = all.toReversed().map(async saved => {
        const record = await recordOf(repo, line, saved);
        return saved === full ? { ...record, datapoints: await datapointsOf(repo, saved) } : record;
      });
      return json({ records: await Promise.all(records) });
    },
  ),
  route(
    {
      method: "DELETE",
      path: "/datasets/{id}/versions/{version_id}",
      operationId: "delete_dataset_version_datasets__id__versions__version_id__delete",
      tag,
      summary: "Removes a version from the list; history keeps it.",
      scope: "write",
      params: inVersion,
      answers: { 204: { description: "it is removed" } },
    },
    async (call, _, desk) => {
      const { path } = await datasetOf(call, desk);
      await naming(desk, path, () => remove(call, desk, path));
      return empty();
    },
  ),
  route(
    {
      method: "PATCH",
      path: "/datasets/{id}/versions/{version_id}",
      operationId: "update_dataset_version_datasets__id__versions__version_id__patch",
      tag,
      summary: "Names or describes a version.",
      scope: "write",
      params: inVersion,
      body: { json: t.Object({ name: maybe(text), description: maybe(text) }) },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const change = await call.json();
      return inTurn(call, desk, async (line, saved) => {
        if (typeof change.name === "string") checkFree(line, saved, change.name);
        const said = { ...change, updated_at: nowOf(desk) };
        await noteVersion(call, desk, line.dataset.path, saved, said);
      });
    },
  ),
  route(
    {
      method: "POST",
      path: "/datasets/{id}/versions/{version_id}/commit",
      operationId: "commit_datasets__id__versions__version_id__commit_post",
      tag,
      summary: "Commits a version, as the older generation calls it: describes it, once.",
      scope: "write",
      params: inVersion,
      body: { json: t.Object({ commit_message: text }) },
      answers: anyAnswer,
    },
    async (call, _, desk) => {
      const { commit_message: commitMessage } = await call.json();
      return inTurn(call, desk, async (line, saved) => {
        checkName(line, saved, { commitMessage });
        await noteNames(call, desk, line.dataset.path, saved, { commitMessage });
      });
    },
  ),
] as const;

function isOf({ committed }: Saved, status: string | undefined): boolean {
  return status === undefined || (status === "committed") === (committed !== null);
}

/** Changes what is known of the version that the path names, while nobody else names one, and answers it. */
async function inTurn(
  call: VersionCall,
  desk: Desk,
  change: (line: Line, saved: Saved) => Promise<void>,
): Promise<Response> {
  const { path } = await datasetOf(call, desk);
  return naming(desk, path, async () => {
    const before = await lineOf(call, desk);
    const saved = needSaved(before, call.params.version_id);
    await change(before, saved);
    const line = await lineOf(call, desk);
    return recordAnswer(desk.repo, line, findSaved(line, saved.id) ?? saved);
  });
}

/** Marks a version as deleted; where it is the latest, the dataset is first put back to the one before, for all who read it. */
async function remove(call: VersionCall, desk: Desk, path: string): Promise<void> {
  let numbers: readonly number[] = [];
  const contents = contentsOf(desk.repo);
  await rewrite(call, desk, path, async ({ version: head }) => {
    if (!head) throw missing("the dataset is not there any more");
    const line = await readLine(call, desk.repo, head.info);
    const saved = needSaved(line, call.params.version_id);
    checkRemovable(line, saved);
    ({ numbers } = saved);
    if (saved.version.info.cid !== head.info.cid) return undefined;
    const base = line.versions.findLast(other => other.content !== saved.content) as Saved;
    const { patch } = await editOf(contents, "add", { head, base: base.version }, new Map());
    const kept = attributesPatch(head.info, attributesOf(base.version));
    const attributes = { humanloop: { created_at: nowOf(desk) } };
    return {
      message: `delete the version ${saved.id}`,
      attributes,
      changes: [{ dataset: path, patch: [...patch, ...kept] }],
    };
  });
  for (const number of numbers)
    await desk.repo.versions.note(path, number, note => ({ ...note, humanloop: { ...partOf(note), deleted: true } }));
}

function checkRemovable(line: Line, saved: Saved): void {
  for (const [name, deployed] of line.deployed)
    if (deployed.content === saved.content || deployed.id === saved.id)
      throw conflict(`the version is deployed to ${name}; remove the deployment first`);
  if (line.versions.length === 1) throw conflict("it is the only version of the dataset; delete the dataset instead");
}
