/** Which versions of a dataset blame has to go through to get to one: back from it to where an index is cached, or to where the dataset was made. */
import type { BlockReader } from "../block/blocks.js";
import { printCid, sameDigest, type Digest } from "../block/cid.js";
import type { DatasetBlock, DatasetId } from "../dataset/dataset.js";
import { decodeCommit } from "../history/commit.js";
import type { OriginRoots } from "./origin-index.js";
import { traceDataset, traceFrom, type Trace } from "../history/trace.js";

/** A version of the dataset that differs from what its first parent had. */
export interface BlameStep {
  readonly commit: Digest;
  /** The version, without its metadata. */
  readonly rows: DatasetBlock;
  /** The versions of the parents, in order, each once; of parents that have the dataset. Not known when `roots` is. */
  readonly parents: readonly BlameStep[];
  /** How many steps need this one's index. */
  uses: number;
  /** Set when the index is cached. */
  readonly roots?: OriginRoots;
}

/** A commit on the way back. */
interface Stop {
  readonly commit: Digest;
  readonly rows: DatasetBlock;
  /** CIDs of the parents' commits that have the dataset. */
  readonly parents: readonly string[];
  /** Set when the rows are those of the first of these parents: then so are their origins. */
  readonly isSame: boolean;
  readonly roots?: OriginRoots;
}

/** Gives the steps, parents before children; the last is the version asked for. None when the dataset is not there. */
export async function planBlame(
  reader: BlockReader,
  commit: Digest,
  dataset: DatasetId,
  path: string | undefined,
  cached: (commit: Digest) => Promise<OriginRoots | undefined>,
  signal?: AbortSignal,
): Promise<BlameStep[]> {
  const tip = decodeCommit(await reader.load(commit));
  const stops = new Map<string, Stop>();
  const open: Found[] = [
    { commit, parents: tip.parents, trace: await traceDataset(reader, tip.snapshot, dataset, path) },
  ];
  for (let next = open.pop(); next; next = open.pop()) {
    signal?.throwIfAborted();
    const cid = printCid(next.commit);
    const block = next.trace.dataset?.block;
    if (!block || stops.has(cid)) continue;
    const { stop, parents } = await stopAt(reader, next, { ...block, meta: {} }, dataset, cached);
    stops.set(cid, stop);
    open.push(...parents);
  }
  return new Ordering(stops).steps(printCid(commit));
}

/** A commit in which the dataset was looked for. */
interface Found {
  readonly commit: Digest;
  readonly parents: readonly Digest[];
  readonly trace: Trace;
}

async function stopAt(
  reader: BlockReader,
  { commit, parents: all, trace }: Found,
  rows: DatasetBlock,
  dataset: DatasetId,
  cached: (commit: Digest) => Promise<OriginRoots | undefined>,
): Promise<{ stop: Stop; parents: Found[] }> {
  const parents: Found[] = [];
  for (const parent of all) {
    const block = decodeCommit(await reader.load(parent));
    const found = await traceFrom(reader, trace, block.snapshot, dataset);
    if (!found.dataset) continue;
    parents.push({ commit: parent, parents: block.parents, trace: found });
    // Its rows come from there, whatever the other parents have.
    if (parents.length === 1 && sameDigest(found.dataset.block.rows, rows.rows))
      return { stop: { commit, rows, parents: [printCid(parent)], isSame: true }, parents };
  }
  const roots = await cached(commit);
  if (roots) return { stop: { commit, rows, parents: [], isSame: false, roots }, parents: [] };
  return { stop: { commit, rows, parents: parents.map(parent => printCid(parent.commit)), isSame: false }, parents };
}

/** Puts steps in order, parents first, without recursion: a history may be long. */
class Ordering {
  readonly #steps = new Map<string, BlameStep>();
  readonly #ordered: BlameStep[] = [];

  constructor(readonly stops: ReadonlyMap<string, Stop>) {}

  steps(last: string): BlameStep[] {
    const open = [last];
    for (let cid = open.at(-1); cid !== undefined; cid = open.at(-1)) {
      const stop = this.stops.get(cid);
      const missing = stop?.parents.filter(parent => this.stops.has(parent) && !this.#steps.has(parent)) ?? [];
      if (missing.length > 0) open.push(...missing.toReversed());
      else {
        open.pop();
        if (stop && !this.#steps.has(cid)) this.#steps.set(cid, this.#step(stop));
      }
    }
    return this.#ordered;
  }

  #step({ commit, rows, parents, isSame, roots }: Stop): BlameStep {
    const steps = new Set(parents.flatMap(parent => this.#steps.get(parent) ?? []));
    const [first] = steps;
    if (isSame && first) return first;
    for (const parent of steps) parent.uses++;
    const step: BlameStep = { commit, rows, parents: [...steps], uses: 0, ...(roots && { roots }) };
    this.#ordered.push(step);
    return step;
  }
}
