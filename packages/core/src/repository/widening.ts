/** Adds datasets to a partial clone: their rows come, in all versions that are here, and are held from then on. */
import { parseCid } from "../block/cid.js";
import type { DatasetId } from "../dataset/dataset.js";
import { badInput, isSheafError, SheafError } from "../errors.js";
import { copyMissing } from "../sync/copy.js";
import { digestsOf } from "../sync/haves.js";
import type { Fetched } from "../sync/remote.js";
import type { Watch } from "../watch.js";
import type { Connection } from "./connection.js";
import type { Context } from "./context.js";
import { fetchFrom } from "./fetching.js";
import { sum } from "./note-exchange.js";
import { findPart, notePart, partOf } from "./part.js";
import type { FetchOptions, FetchResult } from "./remote-contract.js";

const travelling = /^refs\/(?:heads|tags|environments|notes)\//;

/**
 * Fetches what is new, then the rows of more datasets from nothing, as commits that are here came without them.
 *
 * What a partial clone holds is noted only when everything is here that its refs need. Throws refused where all is held anyway, or the other side lacks rows.
 */
export async function fetchWider(
  context: Context,
  { name, remote }: Connection,
  { datasets = [], ...options }: FetchOptions,
): Promise<FetchResult> {
  if (options.refs) throw badInput("the rows of a dataset come with all branches: name none");
  if (!(await partOf(context)))
    throw new SheafError("refused", {}, "the rows of all datasets are here: this is no partial clone; fetch without");
  const result = await fetchFrom(context, { remote, ...(name !== undefined && { name }) }, options);
  const commits = result.refs.flatMap(({ after }) => after ?? []);
  const found = await findPart(context, commits, datasets, remote.url);
  const holds = (id: DatasetId) => found.has(id);
  const { signal, progress } = options;
  const theirs = (await remote.refs(options)).refs.filter(ref => travelling.test(ref.name));
  const { refs, traffic } = await remote.fetch(theirs, { signal, progress, holds, fromNothing: true });
  await checkWhole(context, refs, holds, remote.url, options);
  await notePart(context, found, "fetch");
  return { ...result, traffic: sum(result.traffic, traffic) };
}

/** Walks what refs here name, and those of the other side do not. */
async function checkWhole(
  { platform, store, logs }: Context,
  fetched: readonly Fetched[],
  holds: (dataset: DatasetId) => boolean,
  url: string,
  { signal }: Watch,
): Promise<void> {
  const wants = await digestsOf(logs);
  const haves = fetched.flatMap(({ cid }) => (cid === undefined ? [] : [parseCid(cid).digest]));
  const to = { put: () => undefined, drain: () => undefined, stands: () => true };
  try {
    await copyMissing({ platform, near: store, far: store, giver: "near", to, wants, haves, signal, holds });
  } catch (error) {
    if (!isSheafError(error, "missing-block")) throw error;
    const sentence = `commits here need rows of these datasets that ${url} does not have; fetch from where they were made, or delete the branch that has them`;
    throw new SheafError("refused", {}, sentence, { cause: error });
  }
}
