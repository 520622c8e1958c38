/**
 * Blame: for every row of a dataset at a commit, the commit that made it and the one that last changed its item.
 *
 * Computed along history from the difference of parent and child, so that the next commit costs about what it changed. A row of a merge comes from the first
 * parent that has it with the same item; one that no parent has so was changed by the merge. A move is no change. The index is derived: it rests in a cache,
 * for this commit and some on the way (where lines part, and now and then), and is made again when it is gone.
 */
import type { BlockReader } from "../block/blocks.js";
import { printCid, sameDigest, type Digest } from "../block/cid.js";
import type { DatasetId } from "../dataset/dataset.js";
import { diffWindows } from "../edit/dataset-diff.js";
import type { RowChange, RowState } from "../edit/row-edit.js";
import { lookUpRows } from "../edit/row-lookup.js";
import type { Platform } from "../platform.js";
import { entries } from "../tree/read.js";
import { decodeCommit } from "../history/commit.js";
import { DerivedBlocks, DerivedLoss, forgetful, type DerivedCache } from "./derived.js";
import {
  decodeRoots,
  encodeRoots,
  OriginIndex,
  readOrigins,
  shortKey,
  wholeCommit,
  type Origin,
  type OriginRoots,
} from "./origin-index.js";
import { planBlame, type BlameStep } from "./plan.js";

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
/** Rows that are looked up together. */
const rowsAtOnce = 256;

/**
 * Gives the origin of every row of the dataset with this id at a commit, by ids in UTF-8 byte order; or of some rows, in the order asked for, without those
 * that are not there. Nothing when the dataset is not there. `path` is where it stands, if known.
 */
export async function* blame(
  context: BlameContext,
  commit: Digest,
  {
    dataset,
    path,
    ids,
  }: { readonly dataset: DatasetId; readonly path?: string | undefined; readonly ids?: readonly string[] | undefined },
): AsyncIterable<RowOrigin> {
  let given = 0;
  let last: string | undefined;
  for (let cache = context.cache; ; cache = forgetful(context.cache)) {
    try {
      const blocks = new DerivedBlocks(cache, context.digestInto);
      const roots = await new BlameWork({ ...context, cache }, blocks, dataset).indexAt(commit, path);
      if (!roots) return;
      for await (const row of named(
        context.reader,
        blocks,
        roots,
        ids ? someOrigins(blocks, roots, ids, given) : readOrigins(blocks, roots, last),
      )) {
        context.signal?.throwIfAborted();
        yield row;
        given++;
        last = row.id;
      }
      return;
    } catch (error) {
      // A cache may lose anything at any time; then the index is made anew, once, without it.
      if (cache !== context.cache || !(error instanceof DerivedLoss)) throw error;
    }
  }
}

/** The origins of some rows, in the order asked for, after the first `skip` that are there. */
async function* someOrigins(
  blocks: DerivedBlocks,
  roots: OriginRoots,
  ids: readonly string[],
  skip: number,
): AsyncIterable<{ id: string; origin: Origin }> {
  const index = new OriginIndex(blocks, roots);
  let seen = 0;
  for (let at = 0; at < ids.length; at += rowsAtOnce) {
    const slice = ids.slice(at, at + rowsAtOnce);
    const origins = await index.find([...new Set(slice)]);
    for (const id of slice) {
      const origin = origins.get(id);
      if (origin && seen++ >= skip) yield { id, origin };
    }
  }
}

/** Makes short digests whole, and reads the times of the commits, each once. */
async function* named(
  reader: BlockReader,
  blocks: DerivedBlocks,
  roots: OriginRoots,
  rows: AsyncIterable<{ id: string; origin: Origin }>,
): AsyncIterable<RowOrigin> {
  const known = new Map<string, { commit: Digest; time: number }>();
  const name = async (short: Uint8Array) => {
    const found = known.get(shortKey(short));
    if (found) return found;
    const commit = await wholeCommit(blocks, roots, short);
    const made = { commit, time: decodeCommit(await reader.load(commit)).committer.time };
    known.set(shortKey(short), made);
    return made;
  };
  for await (const { id, origin } of rows) {
    const created = known.get(shortKey(origin.created)) ?? (await name(origin.created));
    const changed = known.get(shortKey(origin.changed)) ?? (await name(origin.changed));
    yield {
      id,
      created: created.commit,
      createdTime: created.time,
      changed: changed.commit,
      changedTime: changed.time,
    };
  }
}

/** Computes the index of a version of one dataset from those of its parents. */
class BlameWork {
  readonly #indexes = new Map<BlameStep, OriginIndex>();
  #sinceKept = 0;
  #limit = heldBytes;

  constructor(
    readonly context: BlameContext,
    readonly blocks: DerivedBlocks,
    readonly dataset: DatasetId,
  ) {}

  async indexAt(commit: Digest, path: string | undefined): Promise<OriginRoots | undefined> {
    const { reader, cache, signal } = this.context;
    const cached = async (of: Digest) => {
      const bytes = await cache.get(this.#key(of));
      return bytes && decodeRoots(bytes);
    };
    const steps = await planBlame(reader, commit, this.dataset, path, cached, signal);
    for (const [i, step] of steps.entries()) {
      signal?.throwIfAborted();
      const index = step.roots ? new OriginIndex(this.blocks, step.roots) : await this.#derive(step);
      this.#indexes.set(step, index);
      for (const parent of step.parents) if (--parent.uses === 0) this.#indexes.delete(parent);
      if (i === steps.length - 1) return step.roots ?? this.#keep(step, index);
      await this.#rest(step, index);
    }
    return undefined;
  }

  /** Keeps the index if it is time to, and lets go of what leads nowhere. */
  async #rest(step: BlameStep, index: OriginIndex): Promise<void> {
    const wanted = step.uses > 1 ? keepEvery / 16 : keepEvery;
    if (!step.roots && ++this.#sinceKept >= wanted) await this.#keep(step, index);
    if (index.isLarge) await index.write();
    if (this.blocks.heldBytes < this.#limit) return;
    const live: Digest[] = [];
    for (const each of this.#indexes.values()) {
      const { rows, commits } = await each.write();
      live.push(rows, commits);
    }
    await this.blocks.retain(live);
    this.#limit = Math.max(heldBytes, 2 * this.blocks.heldBytes);
  }

  async #keep(step: BlameStep, index: OriginIndex): Promise<OriginRoots> {
    const roots = await index.write();
    await this.blocks.keep([roots.rows, roots.commits]);
    await this.context.cache.put(this.#key(step.commit), encodeRoots(roots));
    this.#sinceKept = 0;
    return roots;
  }

  #key(commit: Digest): string {
    return `blame/${this.dataset}/${printCid(commit)}`;
  }

  async #derive(step: BlameStep): Promise<OriginIndex> {
    const { reader } = this.context;
    const [first, ...others] = step.parents;
    if (!first) return OriginIndex.ofNew(this.blocks, entries(reader, step.rows.ids, { ahead: 16 }), step.commit);
    const index = await this.#heir(first);
    for await (const window of diffWindows(reader, first.rows, step.rows))
      await this.#deriveRows(step, index, others, window);
    return index;
  }

  /** The index of the first parent, to be changed: its own if nobody else needs it. */
  async #heir(parent: BlameStep): Promise<OriginIndex> {
    const index = this.#index(parent);
    return parent.uses === 1 ? index : new OriginIndex(this.blocks, await index.write());
  }

  #index(step: BlameStep): OriginIndex {
    const index = this.#indexes.get(step);
    if (!index) throw new TypeError(`the index of ${printCid(step.commit)} was let go too early`);
    return index;
  }

  async #deriveRows(
    { commit }: BlameStep,
    index: OriginIndex,
    others: readonly BlameStep[],
    window: readonly RowChange[],
  ): Promise<void> {
    const changed = window.filter(({ before, after }) => after && !(before && sameDigest(before.item, after.item)));
    const known = await index.find(changed.flatMap(({ id, before }) => (before ? id : [])));
    const inherited = await this.#inherit(index, others, changed);
    for (const { id, after } of window) if (!after) index.set(id, undefined);
    for (const { id } of changed) {
      const from = inherited.get(id);
      if (from?.isSame) index.set(id, from.origin);
      else index.set(id, { created: (known.get(id) ?? from?.origin)?.created ?? commit, changed: commit });
    }
    if (changed.length > 0) index.know(commit);
  }

  /** What the parents after the first say of rows that differ from the first's: the first of them with the same item, or else the first with the row. */
  async #inherit(
    index: OriginIndex,
    others: readonly BlameStep[],
    changed: readonly RowChange[],
  ): Promise<Map<string, { origin: Origin; isSame: boolean }>> {
    const inherited = new Map<string, { origin: Origin; isSame: boolean }>();
    for (const parent of others) {
      const open = changed.filter(({ id }) => inherited.get(id)?.isSame !== true);
      const rows = await lookUpRows(
        this.context.reader,
        parent.rows,
        open.map(({ id }) => id),
      );
      const origins = await this.#index(parent).find([...rows.keys()]);
      for (const { id, after } of open) {
        const origin = origins.get(id);
        if (!origin) continue;
        const isSame = hasItem(rows.get(id), after);
        if (isSame || !inherited.has(id)) inherited.set(id, { origin, isSame });
        for (const short of [origin.created, origin.changed]) index.know(await this.#index(parent).whole(short));
      }
    }
    return inherited;
  }
}

function hasItem(a: RowState | undefined, b: RowState | undefined): boolean {
  return a !== undefined && b !== undefined && sameDigest(a.item, b.item);
}
