/** Opik's operations on versions: listed, found, described, tagged, restored, compared. */
import type { DatasetInfo, Value, ValueObject } from "@sheaf/core";
import { empty, json } from "../../answer.js";
import type { Route } from "../../route.js";
import { permitFormerNames } from "../../native/former-name.js";
import { backTo } from "../catalog/back-to.js";
import { findById, needById } from "./dataset.js";
import { D } from "./datasets.js";
import { makeVersion, opikChanges, versionAttributes } from "./edits.js";
import { conflict, notFound, noSuchVersion, refusedRequest } from "./errors.js";
import { isBlank, Rules } from "./fields.js";
import { opikOf } from "./ids.js";
import { maxTagLength } from "./item.js";
import { operation, pageOf, type Ask } from "./operation.js";
import { dropTag, setTag, tagsOf } from "./tags.js";
import { versionsOf, type Version } from "./version-list.js";
import { latest, resolveVersion, shownVersion, shownVersions } from "./version.js";

export const versionRoutes: readonly Route[] = [
  operation(
    {
      id: "listDatasetVersions",
      method: "GET",
      path: `${D}/{id}/versions`,
      scope: "read",
      says: "Lists the versions of a dataset, newest first.",
      query: ["page", "size"],
    },
    async ask => {
      const page = ask.page();
      const dataset = await findById(ask, ask.uuid("id"));
      const versions = dataset ? (await versionsOf(ask, dataset)).toReversed() : [];
      const content = dataset ? await shownVersions(ask, dataset, pageOf(versions, page)) : [];
      return json({ content, ...page, total: versions.length });
    },
  ),
  operation(
    {
      id: "retrieveDatasetVersion",
      method: "POST",
      path: `${D}/{id}/versions/retrieve`,
      scope: "read",
      says: "Gives a version by its name.",
    },
    async ask => {
      const name = (await ask.body()).text("version_name") ?? "";
      new Rules().hold(/^v\d+$/.test(name), "version_name must be 'v' and a number").done();
      const dataset = await needById(ask, ask.uuid("id"));
      const version = (await versionsOf(ask, dataset)).find(one => one.name === name);
      if (!version) throw noSuchVersion(name);
      return json(await shownVersion(ask, dataset, version));
    },
  ),
  operation(
    {
      id: "restoreDatasetVersion",
      method: "POST",
      path: `${D}/{id}/versions/restore`,
      scope: "write",
      says: "Makes a new version with the items of an old one.",
    },
    restoreVersion,
  ),
  operation(
    {
      id: "compareDatasetVersions",
      method: "GET",
      path: `${D}/{id}/versions/diff`,
      scope: "read",
      says: "Compares the newest version with a draft, of which there is none.",
    },
    async ask => {
      const dataset = await needById(ask, ask.uuid("id"));
      if ((await versionsOf(ask, dataset)).length === 0) throw notFound("Version not found");
      const counts = { items_added: 0, items_modified: 0, items_deleted: 0, items_unchanged: dataset.count };
      const statistics = Object.entries(counts).flatMap(([name, count]) => [
        [name, count],
        [name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), count],
      ]);
      return json({ from_version: latest, to_version: "draft", statistics: Object.fromEntries(statistics) as object });
    },
  ),
  operation(
    {
      id: "updateDatasetVersion",
      method: "PATCH",
      path: `${D}/{id}/versions/hash/{versionHash}`,
      scope: "write",
      says: "Describes a version, and tags it.",
    },
    describeVersion,
  ),
  operation(
    {
      id: "createVersionTag",
      method: "POST",
      path: `${D}/{id}/versions/hash/{versionHash}/tags`,
      scope: "write",
      says: "Tags a version.",
    },
    async ask => {
      const tag = (await ask.body()).text("tag") ?? "";
      checkTag(tag);
      const dataset = await needById(ask, ask.uuid("id"));
      await addTags(ask, dataset, await needHash(ask, dataset), [tag]);
      return empty();
    },
  ),
  operation(
    {
      id: "deleteVersionTag",
      method: "DELETE",
      path: `${D}/{id}/versions/{versionHash}/tags/{tag}`,
      scope: "write",
      says: "Takes a tag away.",
    },
    async ask => {
      const tag = ask.param("tag");
      if (tag.toLowerCase() === latest) throw refusedRequest(`Cannot delete '${latest}' tag`);
      const dataset = await findById(ask, ask.uuid("id"));
      if (!dataset) return empty();
      await ask.call.permit({ scope: "write", dataset: dataset.path });
      await ask.desk.turns(`opik tags ${dataset.id}`).alone(() => dropTag(ask, dataset, tag));
      return empty();
    },
  ),
];

async function needHash(ask: Ask, dataset: DatasetInfo): Promise<Version> {
  const hash = ask.param("versionHash");
  const version = (await versionsOf(ask, dataset)).findLast(one => one.hash === hash);
  if (!version) throw noSuchVersion(hash);
  return version;
}

/** Throws 422 for what no tag may be. */
export function checkTag(tag: string): void {
  new Rules().hold(!isBlank(tag), "tag must not be blank").size("tag", tag, maxTagLength, 0).done();
}

/** Tags a version; all or none. Throws 409 for a tag that the dataset has already. */
export async function addTags(
  ask: Ask,
  dataset: DatasetInfo,
  version: Version,
  tags: readonly string[],
): Promise<void> {
  if (tags.length === 0) return;
  await ask.call.permit({ scope: "write", dataset: dataset.path });
  await ask.desk.turns(`opik tags ${dataset.id}`).alone(async () => {
    await checkFree(ask, dataset, tags);
    for (const tag of new Map(tags.map(text => [text.toLowerCase(), text])).values())
      await setTag(ask, dataset, tag, version);
  });
}

/** Throws 409 for a tag that the dataset has already. */
export async function checkFree(ask: Ask, dataset: DatasetInfo, tags: readonly string[]): Promise<void> {
  const taken = (await tagsOf(ask, dataset, await versionsOf(ask, dataset))).map(({ tag }) => tag.toLowerCase());
  for (const tag of tags)
    if (tag.toLowerCase() === latest || taken.includes(tag.toLowerCase()))
      throw conflict(`Tag '${tag}' already exists for this dataset`);
}

async function describeVersion(ask: Ask): Promise<Response> {
  const body = await ask.body();
  const description = body.text("change_description");
  const tags = body.texts("tags_to_add") ?? [];
  new Rules().size("tags_to_add", tags, 100, 0).done();
  for (const tag of tags) checkTag(tag);
  const dataset = await needById(ask, ask.uuid("id"));
  const version = await needHash(ask, dataset);
  await ask.call.permit({ scope: "write", dataset: dataset.path });
  await addTags(ask, dataset, version, tags);
  if (description !== undefined)
    await ask.repo.versions.note(dataset.path, version.info.number, note => ({
      ...note,
      opik: { ...(note["opik"] as ValueObject | undefined), description },
    }));
  return json(await shownVersion(ask, dataset, await needHash(ask, dataset)));
}

async function restoreVersion(ask: Ask): Promise<Response> {
  const ref = (await ask.body()).text("version_ref") ?? "";
  new Rules().hold(!isBlank(ref), "version_ref must not be blank").done();
  const dataset = await needById(ask, ask.uuid("id"));
  const { path } = dataset;
  let made = false;
  await makeVersion(ask, path, async ({ commit = "", version }) => {
    const target = await resolveVersion(ask, dataset, ref);
    if (!target || !version) throw noSuchVersion(ref);
    made = target !== (await versionsOf(ask, dataset)).at(-1);
    if (!made) return undefined;
    await permitFormerNames(ask.call, ask.repo, path, [commit, target.info.commit]);
    const then = await ask.repo.versions.read(dataset, target.info);
    const patch = await backTo(ask.repo, path, commit, target.info.commit);
    const { evaluators, execution_policy } = opikOf(then.info) as Record<string, Value | undefined>;
    return {
      changes: [{ dataset: path, patch }, ...opikChanges(path, version.info, { evaluators, execution_policy })],
      message: `restore ${path} from ${target.name}`,
      attributes: versionAttributes({ description: `Restored from version: ${ref}` }),
    };
  });
  const newest = (await versionsOf(ask, dataset)).at(-1);
  if (!newest) throw noSuchVersion(ref);
  return json(await shownVersion(ask, dataset, newest));
}
