/**
 * The log: commits newest first, children before their parents, as a stream that reads little more than it gives.
 *
 * Filtered to a dataset or a row it simplifies history as git does: a commit is given when its state differs from that of every parent; a merge that took
 * one parent's state leads on to that parent alone. Comparing follows the dataset's id, so renames are followed (and given).
 */
import type { BlockReader } from "../block/blocks.js";
import { printCid, sameDigest, type Digest } from "../block/cid.js";
import type { DatasetId } from "../dataset/dataset.js";
import { findRow, type RowState } from "../dataset/lookup.js";
import { decodeCommit, type Commit } from "./commit.js";
import { NewestFirst } from "./queue.js";
import { findRowFrom, samePlaced, sameRow, traceDataset, traceFrom, type Trace } from "./trace.js";

/** A commit with its digest at hand. */
export interface LoggedCommit extends Commit {
  readonly digest: Digest;
}

export interface LogOptions {
  /** At most so many commits. */
  readonly limit?: number;
  /** Walk, and compare with, the first parent only. */
  readonly firstParent?: boolean;
  /** Only commits in which this dataset changed: its content or its path. */
  readonly dataset?: DatasetId;
  /** Where the dataset stands at the tip, if it does; saves looking for it. */
  readonly path?: string;
  /** With `dataset`: only commits in which this row changed: its item or its position. */
  readonly row?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Gives the history of some tips.
 *
 * Of the commits whose children were all given, the one with the latest time comes next. To know the children, everything that claims to be as new or newer is
 * read first; so a parent can come before a child only where that child's clock claims to be older than the parent.
 */
export async function* log(
  reader: BlockReader,
  tips: Digest | readonly Digest[],
  options: LogOptions = {},
): AsyncIterable<LoggedCommit> {
  const walk = new LogWalk(reader, options);
  for (const tip of tips instanceof Uint8Array ? [tips] : tips) await walk.start(tip);
  let left = options.limit ?? Infinity;
  while (left > 0) {
    options.signal?.throwIfAborted();
    const next = await walk.next();
    if (!next) return;
    if (!next.isShown) continue;
    left--;
    yield next.commit;
  }
}

interface Vertex {
  readonly cid: string;
  readonly time: number;
  readonly commit: LoggedCommit;
  /** The parents that history goes on with; known once the vertex is explored. */
  parents: readonly Vertex[];
  isShown: boolean;
  /** Children that are explored and not given yet. */
  children: number;
  trace?: Trace;
  row?: { of: Trace; state: RowState | undefined };
}

class LogWalk {
  readonly #known = new Map<string, Vertex>();
  readonly #given = new Set<string>();
  /** Read, and still to be asked for their parents. */
  readonly #frontier = new NewestFirst<Vertex>();
  /** Without children that are still to be given, as far as is known. */
  readonly #ready = new NewestFirst<Vertex>();

  constructor(
    readonly reader: BlockReader,
    readonly options: LogOptions,
  ) {}

  async start(tip: Digest): Promise<void> {
    const cid = printCid(tip);
    if (this.#known.has(cid)) return;
    const vertex = await this.#read(cid, tip);
    const { dataset, path } = this.options;
    if (dataset !== undefined) vertex.trace = await traceDataset(this.reader, vertex.commit.snapshot, dataset, path);
    this.#known.set(cid, vertex);
    this.#frontier.push(vertex);
    this.#ready.push(vertex);
  }

  /** The next commit of the walk, shown or not. */
  async next(): Promise<Vertex | undefined> {
    for (;;) {
      const vertex = this.#ready.pop();
      if (!vertex) return undefined;
      if (vertex.children > 0 || this.#given.has(vertex.cid)) continue;
      await this.#exploreUpTo(vertex.time);
      if (vertex.children === 0) return this.#give(vertex);
    }
  }

  #give(vertex: Vertex): Vertex {
    this.#given.add(vertex.cid);
    this.#known.delete(vertex.cid);
    for (const parent of vertex.parents) if (--parent.children === 0) this.#ready.push(parent);
    return vertex;
  }

  /** Asks all that are as new as `time`, or newer, for their parents. */
  async #exploreUpTo(time: number): Promise<void> {
    for (let top = this.#frontier.top; top && top.time >= time; top = this.#frontier.top) {
      this.#frontier.pop();
      await this.#explore(top);
    }
  }

  async #explore(vertex: Vertex): Promise<void> {
    const parents: Vertex[] = [];
    const { commit } = vertex;
    for (const digest of this.options.firstParent ? commit.parents.slice(0, 1) : commit.parents) {
      const cid = printCid(digest);
      if (parents.some(parent => parent.cid === cid)) continue;
      parents.push(this.#known.get(cid) ?? (await this.#read(cid, digest)));
    }
    // A parent that was given already (a clock lies) has nothing left to wait for.
    vertex.parents = (await this.#simplify(vertex, parents)).filter(parent => !this.#given.has(parent.cid));
    for (const parent of vertex.parents) {
      parent.children++;
      if (this.#known.has(parent.cid)) continue;
      this.#known.set(parent.cid, parent);
      this.#frontier.push(parent);
    }
  }

  /** The parents to go on with; says whether the commit is shown. */
  async #simplify(vertex: Vertex, parents: readonly Vertex[]): Promise<readonly Vertex[]> {
    if (this.options.dataset === undefined) return parents;
    for (const parent of parents) {
      if (!(await this.#isSame(vertex, parent))) continue;
      vertex.isShown = false;
      return [parent];
    }
    vertex.isShown = parents.length > 0 || (await this.#exists(vertex));
    return parents;
  }

  async #isSame(vertex: Vertex, parent: Vertex): Promise<boolean> {
    const own = await this.#trace(vertex);
    parent.trace ??= await traceFrom(this.reader, own, parent.commit.snapshot, this.options.dataset ?? "");
    if (own === parent.trace || samePlaced(own.dataset, parent.trace.dataset)) return true;
    if (this.options.row === undefined) return false;
    const row = await this.#row(vertex);
    parent.row ??= { of: parent.trace, state: await this.#rowIn(parent.trace, { of: own, state: row }) };
    return sameRow(row, parent.row.state);
  }

  async #exists(vertex: Vertex): Promise<boolean> {
    const { dataset } = await this.#trace(vertex);
    return dataset !== undefined && (this.options.row === undefined || (await this.#row(vertex)) !== undefined);
  }

  async #trace(vertex: Vertex): Promise<Trace> {
    return (vertex.trace ??= await traceDataset(
      this.reader,
      vertex.commit.snapshot,
      this.options.dataset ?? "",
      this.options.path,
    ));
  }

  async #row(vertex: Vertex): Promise<RowState | undefined> {
    const trace = await this.#trace(vertex);
    vertex.row ??= { of: trace, state: await this.#rowIn(trace) };
    return vertex.row.state;
  }

  async #rowIn(trace: Trace, known?: { of: Trace; state: RowState | undefined }): Promise<RowState | undefined> {
    const { row = "" } = this.options;
    if (!trace.dataset) return undefined;
    if (!known?.of.dataset) return findRow(this.reader, trace.dataset.block, row);
    if (sameDigest(trace.dataset.digest, known.of.dataset.digest)) return known.state;
    return findRowFrom(this.reader, trace.dataset.block, row, { dataset: known.of.dataset.block, row: known.state });
  }

  async #read(cid: string, digest: Digest): Promise<Vertex> {
    const commit = { digest, ...decodeCommit(await this.reader.load(digest)) };
    return { cid, time: commit.committer.time, commit, parents: [], isShown: true, children: 0 };
  }
}
