/** Datasets as Arize shows them, and found by what it calls them. */
import type { DatasetInfo } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { isoTime } from "../catalog/time.js";
import { missing } from "./errors.js";
import { datasetId, decoded } from "./ids.js";
import { placeOf, spacesOf } from "./space.js";
import { shownVersion, versionsOf, type Version } from "./versions.js";

export interface InDataset {
  readonly dataset_id: string;
}

/** The dataset that the path of a request names. Throws 404. */
export function datasetOf(call: Call<InDataset>, desk: Desk): Promise<DatasetInfo> {
  return needDataset(call, desk, call.params.dataset_id);
}

/** The dataset that Arize calls so. Throws 404. */
export async function needDataset(call: Call, desk: Desk, id: string): Promise<DatasetInfo> {
  const found = await desk.catalog.find(call, datasetId, id);
  if (found) return found;
  const hint = decoded(id).startsWith("Dataset:")
    ? ""
    : "; a name is looked up by the SDK, unless it looks like an id to it";
  throw missing(`there is no dataset with the id ${JSON.stringify(id)}${hint}`);
}

/** Does something with the dataset that the path of a request names; once more where it got another path meanwhile. Throws 404. */
export async function onDataset<T>(
  call: Call<InDataset>,
  desk: Desk,
  work: (dataset: DatasetInfo) => Promise<T>,
): Promise<T> {
  for (;;) {
    const dataset = await datasetOf(call, desk);
    try {
      return await work(dataset);
    } catch (error) {
      const now = await datasetOf(call, desk);
      if (now.path === dataset.path) throw error;
    }
  }
}

const created = new WeakMap<Desk, Map<string, number>>();

/** When the first version of a dataset was made, in seconds since 1970: once there is one, this never changes. */
export async function createdTime(desk: Desk, dataset: DatasetInfo): Promise<number> {
  const known = created.get(desk) ?? new Map<string, number>();
  created.set(desk, known);
  const time = known.get(dataset.id);
  if (time !== undefined) return time;
  const [first] = await versionsOf(desk.repo, dataset);
  if (first.isEntered) known.set(dataset.id, first.created);
  return first.created;
}

/** A dataset as Arize writes it, without its versions. */
export async function shownDataset(desk: Desk, dataset: DatasetInfo, given?: readonly Version[]) {
  const versions = given ?? (await versionsOf(desk.repo, dataset));
  const { space, name } = placeOf(await spacesOf(desk), dataset);
  return {
    id: datasetId(dataset),
    name,
    space_id: space.id,
    created_at: isoTime(versions[0].created),
    updated_at: isoTime(Math.max(...versions.map(({ changed }) => changed))),
  };
}

/** A dataset as Arize writes it, with its versions, the newest first. */
export async function shownWhole(desk: Desk, dataset: DatasetInfo) {
  const versions = await versionsOf(desk.repo, dataset);
  const shown = versions.map(version => shownVersion(dataset, version)).toReversed();
  return { ...(await shownDataset(desk, dataset, versions)), versions: shown };
}
