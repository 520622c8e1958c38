/**
 * Blame: for every row of a dataset at a commit, the commit that made it and the one that last changed its item.
 *
 * Computed along history from the difference of parent and child, so that the next commit costs about what it changed. A row of a merge comes from the first
 * parent that has it with the same item; one that no parent has so was changed by the merge. A move is no change. The index is derived: it rests in a cache,
 * for this commit and some on the way (where lines part, and now and then), and is made again when it is gone.
 */
import type { BlockReader } from "../block/blocks.js";
import { printCid, sameDigest, type Cid, type Digest } from "../block/cid.js";
import type { DatasetId } from "../dataset/dataset.js";
import { diffWindows } from "../edit/dataset-diff.js";
import type { RowChange, RowState } from "../edit/row-edit.js";
import { lookUpRows } from "../edit/row-lookup.js";
import { isSheafError } from "../errors.js";
import type { Platform } from "../platform.js";
import { entries } from "../tree/read.js";
import { decodeCommit } from "./commit.js";
import { DerivedBlocks, type DerivedCache } from "./derived.js";
import { decodeRoots, encodeRoots, OriginIndex, readCommits, readOrigins, shortKey, type Origin, type OriginRoots } from "./origin-index.js";
import { planBlame, type BlameStep } from "./blame-plan.js";

/** What blame works with. */
export interface BlameContext {
  readonly reader: BlockReader;
  readonly cache: DerivedCache;
  readonly digestInto: Platform["digestInto"];
  readonly signal?: AbortSignal | undefined;
}

/** Where a row comes from. Times are those of the committers, in seconds. */
export interface RowOrigin {
  readonly id: string;
  readonly created: Digest;
  readonly createdTime: number;
  readonly changed: Digest;
  readonly changedTime: number;
}

/** Steps after which the index is kept, so that lines that part here later need not begin at the beginning. */
const keepEvery = 256;
/** Bytes of trees in memory after which those that lead nowhere are let go. */
const heldBytes = 64 * 2 ** 20;

/**
 * Gives the origin of every row of the dataset with this id at a commit, by ids in UTF-8 byte order; or of some rows, in the order asked for, without those
 * that are not there. Nothing when the dataset is not there. `path` is where it stands, if known.
 */
export async function* blame(
  context: BlameContext,
  commit: Digest,
  { dataset, path, ids }: { dataset: DatasetId; path?: string | undefined; ids?: readonly string[] | undefined },
): AsyncIterable<RowOrigin> {
  let last: string | undefined;
  for (let isFresh = false; ; isFresh = true) {
    const blocks = new DerivedBlocks(isFresh ? forgetful(context.cache) : context.cache, context.digestInto);
    try {
      const roots = await new BlameWork(context, blocks, dataset).indexAt(commit, path);
      if (!roots) return;
      const rows = ids ? someOrigins(blocks, roots, last === undefined ? ids : ids.slice(ids.indexOf(last) + 1)) : readOrigins(blocks, roots, last);
      for await (const row of named(context.reader, blocks, roots, rows)) {
        context.signal?.throwIfAborted();
        yield row;
        last = row.id;
      }
      return;
    } catch (error) {
      // The cache may lose anything at any time; then the index is made anew, once, without it.
      if (isFresh || !isSheafError(error, "missing-block") || (await context.reader.has(blockOf(error.data.cid)))) throw error;
    }
  }
}
