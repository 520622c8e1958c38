/** Items found by their ids alone: of which dataset they are. */
import type { DatasetInfo, DatasetVersion } from "@sheaf/core";
import { badRequest } from "./errors.js";
import type { Ask } from "./operation.js";

export interface Located {
  readonly dataset: DatasetInfo;
  readonly version: DatasetVersion;
  /** Of the rows that are there, by the ids that Opik knows. */
  readonly rows: ReadonlyMap<string, string>;
}

/** Versions in which an item that is gone is looked for, at most. */
const maxLooked = 200;

/** An item as it was in the newest version that has it, for one that no dataset has any more. */
export async function locateFormer(ask: Ask, shown: string): Promise<(Located & { commit: string }) | undefined> {
  let left = maxLooked;
  for (const dataset of await ask.desk.catalog.datasets(ask.call))
    for (const info of (await ask.repo.versions.of(dataset.path)).toReversed()) {
      if (left-- <= 0) return undefined;
      const version = await ask.repo.versions.read(dataset, info);
      const row = ask.call.sees(version.path) ? await ask.ids.find(version, shown) : undefined;
      if (row !== undefined) return { dataset, version, rows: new Map([[shown, row]]), commit: info.commit };
    }
  return undefined;
}

/** The dataset that items are of; `undefined` where there is none of them. Throws 400 when they are of several. */
export async function locate(ask: Ask, shown: readonly string[]): Promise<Located | undefined> {
  let found: Located | undefined;
  let left: readonly string[] = shown;
  for (const dataset of await ask.desk.catalog.datasets(ask.call)) {
    if (left.length === 0) break;
    const version = await ask.repo.dataset(dataset.path).at();
    const rows = new Map<string, string>();
    for (const id of left) {
      const row = await ask.ids.find(version, id);
      if (row !== undefined) rows.set(id, row);
    }
    if (rows.size === 0) continue;
    if (found) throw badRequest("Dataset items belong to different datasets");
    found = { dataset, version, rows };
    left = left.filter(id => !rows.has(id));
  }
  return found;
}
