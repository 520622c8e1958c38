/**
 * For each row of a version of a dataset the commit that made it and the one that last changed its item, as a tree that grows with the changes.
 *
 * `rows` maps an id to 24 bytes: the first 12 of each commit's digest; `commits` maps whole digests to null, so that the 12 bytes can be made whole. The trees
 * are derived: they rest in {@link DerivedBlocks} and nothing links to them.
 */
import type { Blocks, BlockReader } from "../block/blocks.js";
import { dagCbor, printCid, type Digest } from "../block/cid.js";
import { decode, encode, Link, type Ipld } from "../item/cbor.js";
import { compareBytes, fromUtf8, utf8 } from "../text.js";
import { emptyTree, TreeBuilder } from "../tree/builder.js";
import { editTree, type TreeChange } from "../tree/edit.js";
import { entries, getMany } from "../tree/read.js";
import { DerivedLoss } from "./derived.js";

/** Where a row comes from: the first bytes of the digests of two commits. */
export interface Origin {
  readonly created: Uint8Array;
  readonly changed: Uint8Array;
}

/** Bytes of a commit's digest that stand for it: enough that no two commits of a history share them. */
export const shortBytes = 12;
/** Changes that are held in memory before they are written to the tree. */
const pendingRows = 50_000;

/** Rows of a new index between two calls of `drain`. */
const rowsPerDrain = 10_000;

/** The roots of a finished index. */
export interface OriginRoots {
  readonly rows: Digest;
  readonly commits: Digest;
}

/** Prints what is cached of an index. */
export function encodeRoots({ rows, commits }: OriginRoots): Uint8Array {
  return encode([1, new Link(rows, dagCbor), new Link(commits, dagCbor)]);
}

/** Reads it; `undefined` when it is no such thing. */
export function decodeRoots(bytes: Uint8Array): OriginRoots | undefined {
  try {
    const [version, rows, commits] = decode(bytes) as Ipld[];
    if (version === 1 && rows instanceof Link && commits instanceof Link)
      return { rows: rows.digest, commits: commits.digest };
  } catch {
    // Damaged: as good as not there.
  }
  return undefined;
}

/** An index under construction: two trees, and changes on top of them that are not written yet. */
export class OriginIndex {
  #roots: OriginRoots;
  #rows = new Map<string, Origin | undefined>();
  #commits = new Map<string, Digest>();

  constructor(
    readonly blocks: Blocks,
    roots?: OriginRoots,
  ) {
    this.#roots = roots ?? { rows: emptyTree(blocks), commits: emptyTree(blocks) };
  }

  /** An index in which all these rows (ids as keys of a tree, ascending) come from one commit. */
  static async ofNew(
    blocks: Blocks,
    ids: AsyncIterable<{ readonly key: Uint8Array }>,
    commit: Digest,
  ): Promise<OriginIndex> {
    const builder = new TreeBuilder(blocks);
    const value = originValue({ created: commit, changed: commit });
    for await (const { key } of ids) {
      builder.add(key, value);
      if (builder.count % rowsPerDrain === 0) await blocks.drain();
    }
    const index = new OriginIndex(blocks);
    index.#roots = { ...index.#roots, rows: builder.finish().root };
    index.know(commit);
    return index;
  }

  /** The origins of these rows; ids that are not in the index are left out. */
  async find(ids: readonly string[]): Promise<Map<string, Origin>> {
    const found = new Map<string, Origin>();
    const rest: { id: string; key: Uint8Array }[] = [];
    for (const id of ids) {
      const origin = this.#rows.get(id);
      if (origin) found.set(id, origin);
      else if (!this.#rows.has(id)) rest.push({ id, key: utf8(id) });
    }
    rest.sort(byKey);
    const values = await getMany(
      this.blocks,
      this.#roots.rows,
      rest.map(({ key }) => key),
    );
    for (const [i, { id }] of rest.entries()) {
      const value = values[i];
      if (value) found.set(id, originOf(value));
    }
    return found;
  }

  set(id: string, origin: Origin | undefined): void {
    this.#rows.set(id, origin);
  }

  /** Notes a commit that origins name. */
  know(commit: Digest): void {
    this.#commits.set(shortKey(commit), commit);
  }

  /** The whole digest of a commit that an origin of this index names. */
  async whole(short: Uint8Array): Promise<Digest> {
    return this.#commits.get(shortKey(short)) ?? wholeCommit(this.blocks, this.#roots, short);
  }

  get isLarge(): boolean {
    return this.#rows.size >= pendingRows;
  }

  /** Writes what is pending and gives the roots. */
  async write(): Promise<OriginRoots> {
    const rows = Array.from(this.#rows, ([id, origin]): TreeChange => ({
      key: utf8(id),
      value: origin && originValue(origin),
    }));
    const commits = Array.from(this.#commits.values(), (key): TreeChange => ({ key, value: nothing }));
    this.#roots = {
      rows: (await editTree(this.blocks, this.#roots.rows, rows.sort(byKey))).root,
      commits: (await editTree(this.blocks, this.#roots.commits, commits.sort(byKey))).root,
    };
    this.#rows = new Map();
    this.#commits = new Map();
    return this.#roots;
  }
}

/** Reads all rows of an index, by ids in UTF-8 byte order, those after `after` if given. */
export async function* readOrigins(
  reader: BlockReader,
  roots: OriginRoots,
  after?: string,
): AsyncIterable<{ id: string; origin: Origin }> {
  for await (const { key, value } of entries(reader, roots.rows, {
    from: after === undefined ? undefined : utf8(after),
    ahead: 16,
  })) {
    const id = fromUtf8(key);
    if (id !== after) yield { id, origin: originOf(value) };
  }
}

/** The whole digest of a commit that an origin names. */
export async function wholeCommit(reader: BlockReader, roots: OriginRoots, short: Uint8Array): Promise<Digest> {
  for await (const { key } of entries(reader, roots.commits, { from: short, limit: 1 }))
    if (shortKey(key) === shortKey(short)) return key.slice();
  throw new DerivedLoss(printCid(roots.commits));
}

/** What stands for a commit, or for the first bytes of its digest, in a Map. */
export function shortKey(commit: Uint8Array): string {
  return String.fromCharCode(...commit.subarray(0, shortBytes));
}

const nothing = encode(null);

function originValue({ created, changed }: Origin): Uint8Array {
  const bytes = new Uint8Array(2 * shortBytes);
  bytes.set(created.subarray(0, shortBytes));
  bytes.set(changed.subarray(0, shortBytes), shortBytes);
  return encode(bytes);
}

function originOf(value: Uint8Array): Origin {
  const bytes = decode(value) as Uint8Array;
  return { created: bytes.subarray(0, shortBytes), changed: bytes.subarray(shortBytes) };
}

function byKey(a: { readonly key: Uint8Array }, b: { readonly key: Uint8Array }): number {
  return compareBytes(a.key, b.key);
}
