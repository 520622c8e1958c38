/** One version of a dataset, frozen: reads from it look at no ref, so they are quick, agree with each other, and see no edit that comes later. */
import { parseCid, printCid, type Cid } from "../block/cid.js";
import { printItem } from "../item/text.js";
import { listColumns } from "./columns.js";
import type { BatchOptions, DatasetInfo, Rev, Row, RowsOptions, Watch } from "./contract.js";
import { findRow } from "../dataset/lookup.js";
import { readCommit, readSnapshot, type Context } from "./context.js";
import { findDataset, noDataset, type StoredDataset } from "./dataset-tree.js";
import { currentCommit } from "./heads.js";
import { revisionCid } from "./revisions.js";
import { readLeaves, type RowLeaf } from "./row-leaf.js";
import { readBatches, readRow, readRows } from "./rows.js";
import { storedRow, type StoredBatch } from "./stored-batch.js";

/** Which rows to read: from `offset` on (from the end when `reverse`), at most `limit`. */
export type PageOptions = Omit<RowsOptions, "at">;

export class DatasetVersion {
  constructor(
    readonly context: Context,
    readonly path: string,
    /** The dataset's block. */
    readonly block: StoredDataset,
    /** The commit that it was read from. */
    readonly commit: Cid,
  ) {}

  /** What is known of the dataset besides its rows. */
  get info(): DatasetInfo {
    const { id, digest, count, meta } = this.block;
    return { path: this.path, id, cid: printCid(digest), count, meta };
  }

  /** The row with this id, its item as plain JavaScript; `undefined` when there is none. */
  async get(id: string): Promise<Row | undefined> {
    const row = readRow(this.context, this.block, id);
    return row instanceof Promise ? await row : row;
  }

  /** The row with this id as it rests, a batch of one; `undefined` when there is none. */
  async stored(id: string): Promise<StoredBatch | undefined> {
    const { store, nodes } = this.context;
    const found = await findRow(store, this.block, id, nodes);
    if (!found) return undefined;
    const { position, item } = found;
    return storedRow(id, position, item, await store.load(item));
  }

  /** The row's item as exact JSON text; `undefined` when there is none. */
  async getText(id: string): Promise<string | undefined> {
    const found = await findRow(this.context.store, this.block, id, this.context.nodes);
    return found && printItem(await this.context.store.load(found.item));
  }

  /** The CID of the row's item, as any IPLD tool computes it. */
  async cid(id: string): Promise<Cid | undefined> {
    const found = await findRow(this.context.store, this.block, id, this.context.nodes);
    return found && printCid(found.item);
  }

  /** Rows in order, one by one. */
  rows(page: PageOptions = {}): AsyncIterableIterator<Row> {
    return readRows(this.context, () => Promise.resolve(this.block), page);
  }

  /** Rows in order as they rest, many at a time: what exports are made of. */
  batches(page: Omit<BatchOptions, "at"> = {}): AsyncIterable<StoredBatch> {
    return readBatches(this.context, this.block, page);
  }

  /** Rows in order, forwards, by the leaf that holds them; items are read when they are asked for. */
  leaves(page: Omit<PageOptions, "reverse"> = {}): AsyncIterable<RowLeaf> {
    return readLeaves(this.context, this.block, page);
  }

  /** The top-level fields and how many rows have each: those of the metadata's column order first, the others by name. */
  columns(watch: Watch = {}): Promise<{ name: string; rows: number }[]> {
    return listColumns(this.context.store, this.block, watch);
  }
}

/** The dataset at a revision; default: the current branch. Throws no-such-dataset. */
export async function versionAt(context: Context, path: string, revision: Rev | undefined): Promise<DatasetVersion> {
  const found = await findVersion(context, path, revision);
  if (!found) throw noDataset(path, revision);
  return found;
}

async function findVersion(
  context: Context,
  path: string,
  revision: Rev | undefined,
): Promise<DatasetVersion | undefined> {
  if (revision === undefined) {
    const head = await currentCommit(context);
    return head && versionIn(context, path, head);
  }
  // Only commits' own CIDs are remembered, so what is named is one.
  const known = context.datasets.get(revision, path);
  if (known) return new DatasetVersion(context, path, known, revision as Cid);
  return versionIn(context, path, await revisionCid(context, revision));
}

/** The dataset at a path in a commit; `undefined` when there is none. */
export async function versionIn(context: Context, path: string, commit: Cid): Promise<DatasetVersion | undefined> {
  const { store, datasets } = context;
  const known = datasets.get(commit, path);
  if (known) return new DatasetVersion(context, path, known, commit);
  const snapshot = await readSnapshot(store, await readCommit(store, parseCid(commit).digest));
  const found = await findDataset(store, snapshot, path);
  if (!found) return undefined;
  datasets.keep(commit, path, found);
  return new DatasetVersion(context, path, found, commit);
}
