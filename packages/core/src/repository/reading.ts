/** What a repository says of itself: its datasets, where it stands, its commits, and what differs between two of them. */
import { printCid } from "../block/cid.js";
import { Link, type Ipld, type IpldMap } from "../item/ipld.js";
import { isObject, setKey, type Value, type ValueObject } from "../item/value.js";
import { express } from "../edit/express.js";
import type { Operation } from "../edit/patch.js";
import { countDifferences, diffSnapshots } from "../edit/snapshot-diff.js";
import { log } from "../history/log.js";
import type { Snapshot } from "../history/snapshot.js";
import { commitCid, readSnapshot, type Context, type Tip } from "./context.js";
import type { CommitInfo, DatasetInfo, Difference, DiffOptions, DiffStat, Rev, Status, Watch } from "./contract.js";
import { allDatasets, findDataset, noDataset, type StoredDataset } from "./dataset-tree.js";
import { currentBranch, headOf } from "./heads.js";
import { partOf } from "./part.js";
import { readRebase, rebaseLog } from "./rebase-state.js";
import { upstreamState } from "./upstream.js";
import { mergeState } from "./waiting-merge.js";
import { commitAt } from "./revisions.js";

/** Which commits to read. With `dataset`, and `id`, only those in which it changed. */
export interface LogOptions extends Watch {
  readonly at?: Rev;
  readonly dataset?: string;
  readonly id?: string;
  readonly limit?: number;
  readonly firstParent?: boolean;
}

/** The datasets of a revision, in the order of their paths. */
export async function* listDatasets(context: Context, at?: Rev): AsyncIterable<DatasetInfo> {
  const tip = await tipAt(context, at);
  if (!tip) return;
  const snapshot = await readSnapshot(context.store, tip);
  for await (const { path, id, digest, count, meta } of allDatasets(context.store, snapshot))
    yield { path, id, cid: printCid(digest), count, meta };
}

/** The current branch, its commit and datasets, and the merge under way, if any. */
export async function status(context: Context): Promise<Status> {
  const branch = await currentBranch(context);
  const { tip } = await headOf(context, branch);
  const datasets: { path: string; count: number }[] = [];
  for await (const { path, count } of listDatasets(context)) datasets.push({ path, count });
  const state = await mergeState(context);
  const rebase = await context.logs.read(rebaseLog(branch));
  const upstream = await upstreamState(context, branch);
  const part = await partOf(context);
  const unresolved = state?.conflicts.filter(({ resolved }) => !resolved).length ?? 0;
  return {
    branch,
    ...(tip ? { commit: commitCid(tip) } : {}),
    datasets,
    ...(state ? { merging: { from: state.theirs, conflicts: state.conflicts.length, unresolved } } : {}),
    ...(rebase && rebase.value !== null ? { rebasing: { left: readRebase(rebase.value).todo } } : {}),
    ...(upstream ? { upstream } : {}),
    ...(part ? { part: part.paths } : {}),
  };
}

/** Commits, newest first. */
export async function* readLog(context: Context, options: LogOptions): AsyncIterable<CommitInfo> {
  const { at, dataset, id, ...rest } = options;
  const tip = await tipAt(context, at);
  if (!tip) return;
  const about = dataset === undefined ? {} : await rowsOf(context, tip, dataset, id);
  for await (const commit of log(context.store, tip.digest, { ...rest, ...about })) yield infoOf(commit);
}

/** A commit as callers see it. */
export function infoOf({ digest, parents, author, committer, message, attributes }: Tip): CommitInfo {
  return {
    commit: printCid(digest),
    parents: parents.map(parent => printCid(parent)),
    author,
    committer,
    message,
    attributes: withoutLinks(attributes) as CommitInfo["attributes"],
  };
}

/** Puts `{ "/": "<cid>" }` for a link, as DAG-JSON does: what is shown of a commit is JSON. */
function withoutLinks(value: Ipld): Ipld {
  if (value instanceof Link) return { "/": printCid(value.digest, value.codec) };
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (!isObject(value as Value)) return value;
  const shown: IpldMap = {};
  for (const [key, member] of Object.entries(value as IpldMap))
    setKey(shown as ValueObject, key, withoutLinks(member) as Value);
  return shown;
}

/** What differs from one revision to another. */
export async function* diff(context: Context, from: Rev, to: Rev, options: DiffOptions): AsyncIterable<Difference> {
  const [before, after] = await pair(context, from, to);
  for (const dataset of await datasetsToCompare(context, options))
    yield* diffSnapshots(context.store, before, after, { ...options, dataset });
}

/** How many rows differ from one revision to another, per dataset. */
export async function diffStat(context: Context, from: Rev, to: Rev, options: DiffOptions): Promise<DiffStat> {
  const [before, after] = await pair(context, from, to);
  const stat: Record<string, DiffStat[string]> = {};
  for (const dataset of await datasetsToCompare(context, options))
    for (const [path, counts] of Object.entries(
      await countDifferences(context.store, before, after, { ...options, dataset }),
    ))
      setKey(stat as never, path, counts as never);
  return stat;
}

/** What to compare: what was asked for, else everything (`undefined`), of a partial clone the datasets that are here. */
async function datasetsToCompare(context: Context, { dataset }: DiffOptions): Promise<readonly (string | undefined)[]> {
  return dataset === undefined ? ((await partOf(context))?.paths ?? [undefined]) : [dataset];
}

/** The JSON Patch that turns a dataset at one revision into what it is at another. Throws no-such-dataset. */
export async function* diffPatch(context: Context, from: Rev, to: Rev, path: string): AsyncIterable<Operation> {
  const [before, after] = await pair(context, from, to);
  yield* express(
    context.store,
    await needDataset(context, before, path, from),
    await needDataset(context, after, path, to),
    context.nodes,
  );
}

async function needDataset(context: Context, snapshot: Snapshot, path: string, at: Rev): Promise<StoredDataset> {
  const dataset = await findDataset(context.store, snapshot, path);
  if (!dataset) throw noDataset(path, at);
  return dataset;
}

async function tipAt(context: Context, revision: Rev | undefined): Promise<Tip | undefined> {
  return revision === undefined
    ? (await headOf(context, await currentBranch(context))).tip
    : commitAt(context, revision);
}

async function pair(context: Context, from: Rev, to: Rev): Promise<[Snapshot, Snapshot]> {
  const read = async (revision: Rev) => readSnapshot(context.store, await commitAt(context, revision));
  return Promise.all([read(from), read(to)]);
}

async function rowsOf(context: Context, tip: Tip, path: string, row: string | undefined) {
  const { id } = await needDataset(context, await readSnapshot(context.store, tip), path, commitCid(tip));
  return { dataset: id, path, ...(row === undefined ? {} : { row }) };
}
