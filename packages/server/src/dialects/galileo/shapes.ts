/** What Galileo's routes take and show of datasets and their versions. */
import { printCid, type DatasetInfo, type DatasetVersion, type Platform } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { t } from "../../schema.js";
import { attributeOf } from "../catalog/catalog.js";
import { orderOf } from "../catalog/columns.js";
import { nameOf } from "../catalog/naming.js";
import { isoTime } from "../catalog/time.js";
import { madeUuid } from "../catalog/uuid.js";
import { notFound } from "./errors.js";
import { datasetUuid, uuid } from "./ids.js";
import { memoryOf } from "./memory.js";
import { userInfo } from "./users.js";
import { ownPart, versionsOf, type Version } from "./versions.js";

export const inDataset = t.Object({ dataset_id: uuid });
const action = t.Union([
  t.Literal("update"),
  t.Literal("delete"),
  t.Literal("share"),
  t.Literal("export"),
  t.Literal("rename"),
]);
export const actionsQuery = { actions: t.Optional(t.Union([action, t.Array(action)])) };

/** What this dialect keeps of a dataset beside its rows. */
export interface Own {
  readonly draft: boolean;
  readonly hidden: boolean;
  readonly projects: readonly string[];
}

export function ownOf(dataset: DatasetInfo): Own {
  const { draft, hidden, projects } = ownPart({ galileo: attributeOf(dataset, "galileo") });
  return {
    draft: draft === true,
    hidden: hidden === true,
    projects: Array.isArray(projects) ? projects.filter(project => typeof project === "string") : [],
  };
}

/** The dataset that a path of a request names. Throws 404. */
export function needDataset(call: Call<{ dataset_id: string }>, desk: Desk): Promise<DatasetInfo> {
  return findDataset(call, desk, call.params.dataset_id);
}

export async function findDataset(call: Call, desk: Desk, id: string): Promise<DatasetInfo> {
  const found = await desk.catalog.find(call, datasetUuid, id.toLowerCase());
  if (!found) throw notFound(`there is no dataset ${id}`);
  return found;
}

/** A DatasetDB. */
export async function datasetJson(desk: Desk, dataset: DatasetInfo, actions?: string | readonly string[]) {
  const { repo } = desk;
  const versions = await versionsOf(repo, dataset);
  const [first, last] = [versions[0], versions[versions.length - 1]];
  const { draft, projects } = ownOf(dataset);
  const asked = actions === undefined ? [] : [actions].flat();
  return {
    id: datasetUuid(dataset),
    permissions: asked.map(action => ({ action, allowed: true })),
    name: nameOf(dataset),
    created_at: isoTime(first.created),
    updated_at: isoTime(last.changed),
    project_count: projects.length,
    num_rows: dataset.count,
    column_names: await memoryOf(desk).columns.of(await repo.versions.read(dataset, last)),
    created_by_user: userInfo(repo.local().platform, first.author),
    current_version_index: last.number,
    draft,
  };
}

/** A DatasetVersionDB. */
export async function versionJson(desk: Desk, dataset: DatasetInfo, version: Version, before: Version | undefined) {
  return {
    version_index: version.number,
    name: version.name,
    created_at: isoTime(version.created),
    created_by_user: userInfo(desk.repo.local().platform, version.author),
    ...(await memoryOf(desk).counters.of(dataset, version, before)),
  };
}

/** The ETag of a content: a UUID made from its rows and the order of its columns. */
export function etagOf(platform: Platform, version: DatasetVersion): string {
  return madeUuid(platform, 4, ["galileo content", printCid(version.block.rows), ...orderOf(version)]);
}
