/** Rows taken over from a version of another dataset: what Opik's migration asks of a write. */
import { decode, pointer, type DatasetVersion, type Operation, type Value } from "@sheaf/core";
import { readThen } from "../catalog/catalog.js";
import { needById } from "./dataset.js";
import { noSuchVersion } from "./errors.js";
import type { Fields, Rules } from "./fields.js";
import type { Ask } from "./operation.js";
import { placesFor } from "./places.js";
import { versionsOf } from "./version-list.js";

/** The version that a request names to take rows from. */
export interface CopyFrom {
  readonly dataset: string;
  readonly version: string;
}

/** Reads which version is named; a half of it is a broken rule. */
export function copyFromIn(body: Fields, rules: Rules): CopyFrom | undefined {
  const [dataset, version] = [body.uuid("copy_from_dataset_id"), body.uuid("copy_from_version_id")];
  const isWhole = (dataset === undefined) === (version === undefined);
  rules.hold(isWhole, "copy_from_dataset_id and copy_from_version_id go together");
  return dataset === undefined || version === undefined ? undefined : { dataset, version };
}

/** The rows that it names. Throws 404 where there is no such version. */
export async function readCopied(ask: Ask, from: CopyFrom): Promise<DatasetVersion> {
  const dataset = await needById(ask, from.dataset);
  const found = (await versionsOf(ask, dataset)).find(({ id }) => id === from.version);
  if (!found) throw noSuchVersion(from.version);
  return readThen(ask.call, ask.repo, dataset, found.info);
}

/** The patch that gives a dataset the rows of another: the same ids, each in its place. */
export async function copying(version: DatasetVersion, source: DatasetVersion): Promise<Operation[]> {
  const patch: Operation[] = [];
  const added: string[] = [];
  for await (const { ids, blocks } of source.batches())
    for (const [i, id] of ids.entries()) {
      const there = await version.cid(id);
      if (there === undefined) added.push(id);
      if (there === undefined || there !== (await source.cid(id)))
        patch.push({ op: "add", path: pointer("items", id), value: decode(blocks[i]) as Value });
    }
  for await (const { ids } of version.batches())
    for (const id of ids)
      if ((await source.cid(id)) === undefined) patch.push({ op: "remove", path: pointer("items", id) });
  const places = await placesFor(version, added);
  for (const [id, position] of places) patch.push({ op: "add", path: pointer("positions", id), value: position });
  return patch;
}
