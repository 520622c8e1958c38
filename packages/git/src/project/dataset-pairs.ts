/** Which datasets of a snapshot lie or are otherwise than in an earlier one, each paired with what it was. */
import {
  decodeDataset,
  diffTrees,
  entries,
  fromUtf8,
  get,
  linkedDigest,
  utf8,
  type DatasetBlock,
  type Digest,
} from "@sheaf/core";
import { Layout } from "./layout.js";
import type { Making } from "./making.js";

/** A dataset in one of two snapshots. */
export interface Placing {
  readonly path: string;
  readonly folder: string;
  readonly block: DatasetBlock;
}

/** `was` is absent for a dataset that is new, `is` for one that is gone. One that was renamed is one pair. */
export interface Pair {
  readonly was?: Placing | undefined;
  readonly is?: Placing | undefined;
}

/** The datasets of a snapshot; no tree where there is no snapshot. */
export interface Side {
  readonly datasets: Digest | undefined;
  readonly layout: Layout;
}

export const emptySide: Side = { datasets: undefined, layout: new Layout(new Map()) };

interface Difference {
  readonly path: string;
  readonly before: Digest | undefined;
  readonly after: Digest | undefined;
}

/** Compares the datasets of two snapshots; gives the layout of the newer one too, which is the earlier one's when the paths are the same. */
export async function changedDatasets(
  making: Making,
  before: Side,
  datasets: Digest,
): Promise<{ now: Layout; pairs: Pair[] }> {
  const differences = await diff(making, before.datasets, datasets);
  const isSame = before.datasets && differences.every(({ before: was, after }) => was && after);
  const now = isSame ? making.layouts.keep(datasets, before.layout) : await making.layouts.of(making.reader, datasets);
  if (before.datasets && !isSame) differences.push(...(await moved(making, before, now, datasets, differences)));
  const place = async (path: string, digest: Digest | undefined, layout: Layout): Promise<Placing | undefined> =>
    digest && { path, folder: layout.folder(path), block: decodeDataset(await making.reader.load(digest)) };
  const pairs: Pair[] = [];
  for (const { path, before: was, after } of differences)
    pairs.push({ was: await place(path, was, before.layout), is: await place(path, after, now) });
  return { now, pairs: joinRenamed(pairs) };
}

async function diff({ reader }: Making, before: Digest | undefined, after: Digest): Promise<Difference[]> {
  const found: Difference[] = [];
  const digestOf = (value: Uint8Array | undefined) => value && linkedDigest(value).slice();
  if (!before)
    for await (const { key, value } of entries(reader, after))
      found.push({ path: fromUtf8(key), before: undefined, after: digestOf(value) });
  else
    for await (const { key, before: was, after: is } of diffTrees(reader, before, after))
      found.push({ path: fromUtf8(key), before: digestOf(was), after: digestOf(is) });
  return found;
}

/** Datasets that are what they were, but lie in another folder because siblings came or went. */
async function moved(
  { reader }: Making,
  before: Side,
  now: Layout,
  datasets: Digest,
  known: readonly Difference[],
): Promise<Difference[]> {
  const found: Difference[] = [];
  const seen = new Set(known.map(({ path }) => path));
  for (const [path, folder] of before.layout.folders) {
    if (seen.has(path) || now.folder(path) === folder) continue;
    const value = await get(reader, datasets, utf8(path));
    const digest = value && linkedDigest(value).slice();
    found.push({ path, before: digest, after: digest });
  }
  return found;
}

/** Makes one pair of a dataset that is gone at one path and new at another. */
function joinRenamed(pairs: readonly Pair[]): Pair[] {
  const gone = new Map(pairs.flatMap(pair => (pair.was && !pair.is ? [[pair.was.block.id, pair] as const] : [])));
  const joined = new Set<Pair>();
  const renamed = pairs.map(pair => {
    const from = pair.is && !pair.was ? gone.get(pair.is.block.id) : undefined;
    if (!from || joined.has(from)) return pair;
    joined.add(from);
    return { was: from.was, is: pair.is };
  });
  return renamed.filter(pair => !joined.has(pair));
}
