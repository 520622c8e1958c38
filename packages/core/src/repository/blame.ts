/** Blame: for rows and fields the commits that they come from. The index that makes it quick lies beside the blocks, below `derived/`, and may be deleted. */
import { printCid } from "../block/cid.js";
import { blame } from "../blame/rows.js";
import { blameFields } from "../blame/fields.js";
import type { DerivedCache } from "../blame/derived.js";
import { SheafError } from "../errors.js";
import type { Drive } from "../store/drive.js";
import type { BlameInfo, FieldBlame, Rev, Watch } from "./contract.js";
import { readSnapshot, type Context } from "./context.js";
import { findDataset, noDataset } from "./dataset-tree.js";
import { commitAt } from "./revisions.js";

/** The origin of every row of a dataset, or of those with these ids. Throws no-such-dataset. */
export async function* blameDataset(
  context: Context,
  path: string,
  options: { at?: Rev; ids?: readonly string[] } & Watch,
): AsyncIterable<BlameInfo> {
  const { commit, id } = await locate(context, path, options.at);
  const { store, platform } = context;
  const work = {
    reader: store,
    cache: derivedCache(store.drive),
    digestInto: platform.digestInto.bind(platform),
    signal: options.signal,
  };
  for await (const { id: row, created, changed, createdTime, changedTime } of blame(work, commit, {
    dataset: id,
    path,
    ids: options.ids,
  }))
    yield { id: row, created: printCid(created), createdTime, changed: printCid(changed), changedTime };
}

/** The origin of each field of a row, by JSON Pointer. Throws no-such-item. */
export async function blameRow(
  context: Context,
  path: string,
  row: string,
  at?: Rev,
): Promise<Map<string, FieldBlame>> {
  const { commit, id } = await locate(context, path, at);
  const origins = await blameFields(context.store, commit, { dataset: id, row, path });
  if (!origins)
    throw new SheafError(
      "no-such-item",
      { dataset: path, id: row },
      `there is no row ${JSON.stringify(row)} in ${path}`,
    );
  return new Map(
    Array.from(origins, ([pointer, { commit: from, time }]) => [pointer, { commit: printCid(from), time }]),
  );
}

async function locate(context: Context, path: string, at: Rev = "HEAD") {
  const tip = await commitAt(context, at);
  const dataset = await findDataset(context.store, await readSnapshot(context.store, tip), path);
  if (!dataset) throw noDataset(path, at);
  return { commit: tip.digest, id: dataset.id };
}

function derivedCache(drive: Drive): DerivedCache {
  return {
    get: key => drive.read(`derived/${key}`),
    put: async (key, bytes) => void (await drive.create(`derived/${key}`, bytes)),
  };
}
