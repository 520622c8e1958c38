/**
 * Rows of a dataset by the leaf that holds them: the leaf's digest names every one of its rows, so what is made of them can be kept by it.
 *
 * For whoever shows the same rows again and again: in other pages, at other commits, in other branches the leaf is the same.
 */
import type { Digest } from "../block/cid.js";
import type { DatasetBlock } from "../dataset/dataset.js";
import { splitRowKey } from "../dataset/row.js";
import { Trail } from "../store/trail.js";
import { leavesFrom, type LeafSlice } from "../tree/read.js";
import type { Context } from "./context.js";
import { pageRows, passed, type Page } from "./rows.js";
import { RowGathering, type StoredBatch } from "./stored-batch.js";

/** A stretch of a leaf: its rows from `start` up to, not including, `end` are meant. */
export class RowLeaf {
  constructor(
    readonly context: Context,
    readonly slice: LeafSlice,
    readonly trail: Trail,
  ) {}

  get digest(): Digest {
    return this.slice.leaf.digest;
  }

  get start(): number {
    return this.slice.start;
  }

  get end(): number {
    return this.slice.end;
  }

  /** Rows of the whole leaf. */
  get count(): number {
    return this.slice.leaf.count;
  }

  /** Where the row with this number in the leaf stands, and its id. */
  place(i: number): { position: string; id: string } {
    return splitRowKey(this.slice.leaf.key(i));
  }

  /** Reads rows of the leaf, each proven. */
  async load(start: number, end: number): Promise<StoredBatch> {
    const { leaf, index } = this.slice;
    const gathering = new RowGathering(this.context.platform, false);
    gathering.add({ leaf, start, end, index: index - this.slice.start + start });
    return gathering.load(this.trail);
  }
}

/** The leaves of a page, in order; reads the nodes on the way to them. */
export async function* readLeaves(
  context: Context,
  dataset: DatasetBlock,
  { offset = 0, limit = Infinity, after, signal }: Omit<Page, "reverse">,
): AsyncGenerator<RowLeaf, void, undefined> {
  const from = offset + (after ? await passed(context, dataset, after, false) : 0);
  const total = Math.max(0, Math.min(limit, dataset.count - from));
  if (total === 0) return;
  const cache = total <= pageRows ? context.nodes : undefined;
  const trail = new Trail(context.store);
  for await (const slice of leavesFrom(context.store, dataset.rows, { from, limit: total, ahead: 16, cache })) {
    signal?.throwIfAborted();
    yield new RowLeaf(context, slice, trail);
  }
}
