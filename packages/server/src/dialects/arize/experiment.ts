/**
 * Experiments, kept as records; their runs are records of another kind, whose ids are the experiment's with a number behind: so a page of runs is found without
 * looking at any others.
 *
 * An experiment on a dataset is there for as long as the dataset is. Its id is made of the dataset's and its name, so that of two that make one name at once one wins.
 */
import { parseJson, printItem, type DatasetInfo, type Platform, type ValueObject } from "@sheaf/core";
import type { Call } from "../../call.js";
import type { Desk } from "../../desk.js";
import { getRecord, recordPath, recordsNow } from "../catalog/records.js";
import { madeUuid } from "../catalog/uuid.js";
import { missing } from "./errors.js";
import { datasetId, decoded, recordIdForm, versionId } from "./ids.js";
import { placeOf, spacesOf, type Space } from "./space.js";
import { isStrict } from "./strict.js";

export const experimentKind = "arize-experiments";
export const runKind = "arize-runs";

/** What is kept of an experiment. */
export interface Kept {
  /** Of the record: 32 hex digits. */
  readonly id: string;
  readonly name: string;
  /** Sheaf's id of the dataset, and the number of the version; else the space. */
  readonly dataset?: string;
  readonly version?: number;
  readonly space?: string;
  readonly created_at: string;
  readonly updated_at: string;
  /** How many runs it ever got. */
  readonly runs: number;
}

/** An experiment that the caller may see, with the space and the dataset that it is in. */
export interface Found {
  readonly kept: Kept;
  readonly space: string;
  readonly dataset: DatasetInfo | undefined;
}

/** The id of the record of an experiment that is called so, of a dataset or of a space. */
export function recordId(platform: Platform, owner: string, name: string): string {
  return madeUuid(platform, 8, ["arize experiment", owner, name]).replaceAll("-", "");
}

/** What an experiment is called. */
export function experimentId({ id }: Pick<Kept, "id">): string {
  return btoa(`Experiment:1:${id}`);
}

/** The id of the n-th run of an experiment. */
export function runId({ id }: Pick<Kept, "id">, n: number): string {
  return `${id}-${String(n).padStart(9, "0")}`;
}

/** Throws 403 for who may not read experiments. */
export async function permitReading(call: Call): Promise<void> {
  for (const kind of [experimentKind, runKind]) await call.permit({ scope: "read", dataset: recordPath(kind) });
}

/** The experiment that the path of a request names. Throws 404. */
export async function experimentOf(call: Call<{ readonly experiment_id: string }>, desk: Desk): Promise<Found> {
  const { experiment_id: given } = call.params;
  await permitReading(call);
  const id = /^Experiment:1:([0-9a-f]{32})$/.exec(decoded(given))?.[1];
  const record = id === undefined ? undefined : await getRecord(desk, experimentKind, id);
  const kept = record && readKept(id ?? "", record);
  const isIt = kept !== undefined && experimentId(kept) === given;
  const found = isIt
    ? placed(kept, await spacesOf(desk), await desk.catalog.find(call, ownId, kept.dataset ?? ""))
    : undefined;
  if (!found) throw missing(`there is no experiment with the id ${JSON.stringify(given)}`);
  return found;
}

const ownId = ({ id }: DatasetInfo) => id;

/** An experiment in its place, with its dataset if the caller sees one; `undefined` where the place is gone, or hidden from the caller. */
function placed(kept: Kept, spaces: readonly Space[], dataset: DatasetInfo | undefined): Found | undefined {
  if (kept.dataset === undefined) {
    const space = spaces.find(one => one.id === kept.space);
    return space && { kept, space: space.id, dataset: undefined };
  }
  return dataset && { kept, space: placeOf(spaces, dataset).space.id, dataset };
}

interface Listing {
  readonly cid: string;
  readonly all: readonly Kept[];
}

const listings = new WeakMap<Desk, Listing>();

/** The experiments that the caller may see, the newest first. */
export async function allExperiments(call: Call, desk: Desk): Promise<Found[]> {
  await permitReading(call);
  const version = await recordsNow(desk, experimentKind);
  if (!version) return [];
  let listing = listings.get(desk);
  if (listing?.cid !== version.info.cid) {
    const all: Kept[] = [];
    for await (const { ids, blocks } of version.batches())
      blocks.forEach((block, i) => {
        const kept = readKept(ids[i], parseJson(printItem(block)) as ValueObject);
        if (kept) all.push(kept);
      });
    all.sort((a, b) => (a.created_at === b.created_at ? (a.id < b.id ? -1 : 1) : a.created_at < b.created_at ? 1 : -1));
    listings.set(desk, (listing = { cid: version.info.cid, all }));
  }
  const spaces = await spacesOf(desk);
  const datasets = new Map((await desk.catalog.datasets(call)).map(dataset => [dataset.id, dataset]));
  return listing.all.flatMap(kept => placed(kept, spaces, datasets.get(kept.dataset ?? "")) ?? []);
}

/** `undefined` for what another hand wrote there and is none. */
export function readKept(id: string, record: ValueObject): Kept | undefined {
  const { name, dataset, version, space, created_at = "", updated_at = "", runs } = record;
  if (!recordIdForm.test(id)) return undefined;
  if (typeof name !== "string" || typeof created_at !== "string" || typeof updated_at !== "string") return undefined;
  return {
    id,
    name,
    ...(typeof dataset === "string" ? { dataset } : {}),
    ...(typeof version === "number" ? { version } : {}),
    ...(typeof space === "string" ? { space } : {}),
    created_at,
    updated_at,
    runs: typeof runs === "number" && runs > 0 && runs < 1e9 ? Math.floor(runs) : 0,
  };
}

/** An experiment as Arize writes it. The SDK for Python takes no fields that it does not know, and `space_id` is one to most of its versions. */
export function shownExperiment(call: Call, { kept, space, dataset }: Found) {
  const { name, version = 1, created_at, updated_at } = kept;
  return {
    id: experimentId(kept),
    name,
    ...(isStrict(call) ? {} : { space_id: space }),
    dataset_id: dataset ? datasetId(dataset) : null,
    dataset_version_id: dataset ? versionId(dataset, version) : null,
    created_at,
    updated_at,
  };
}
