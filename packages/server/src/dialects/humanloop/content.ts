/**
 * What a version of a dataset holds, as a set of datapoints: which they are, how many, and what the version is called.
 *
 * Made by reading the tree of rows, whose items are looked at only when they were never seen, or of what differs from the version that was read before; kept by
 * the dataset's CID, which is frozen.
 */
import {
  decodeItem,
  diffChunks,
  isObject,
  isSheafError,
  leavesFrom,
  linkedDigest,
  printJson,
  type Cid,
  type DatasetInfo,
  type DatasetVersion,
  type Repository,
  type ValueObject,
} from "@sheaf/core";
import { attributeOf } from "../catalog/catalog.js";
import { digestOf, seenInBlock } from "./datapoint.js";
import { missing } from "./errors.js";
import { madeId } from "./ids.js";
import { keepContent, keptContent, type Content } from "./kept-content.js";

export type { Content } from "./kept-content.js";

/** The digests of a version's distinct datapoints, ascending. */
export type DigestList = readonly string[];

/** Most contents, digests of items, and digests in lists that are kept. */
const maxContents = 20_000;
const maxItems = 300_000;
const maxListed = 500_000;
/** Most rows that differ from the version before, for it to be worth while to begin from that. */
const maxChanged = 10_000;
const ahead = 16;

export class Contents {
  readonly #versions = new Map<string, DatasetVersion | undefined>();
  readonly #contents = new Map<string, Content>();
  readonly #lists = new Map<string, DigestList>();
  /** The version that was read last, by the dataset's id. */
  readonly #last = new Map<string, DatasetVersion>();
  /** By an item's digest that of its datapoint. */
  readonly #seen = new Map<string, string>();
  #listed = 0;

  constructor(readonly repo: Repository) {}

  /** A dataset as it was in a commit, under whatever path; `undefined` where it was not there. */
  async at(dataset: DatasetInfo, commit: Cid): Promise<DatasetVersion | undefined> {
    const key = `${dataset.id} ${commit}`;
    if (!this.#versions.has(key)) {
      const version = await this.repo.versions.read(dataset, { commit }).catch(ifAbsent);
      if (this.#versions.size >= maxContents) this.#versions.clear();
      this.#versions.set(key, version);
    }
    return this.#versions.get(key);
  }

  async of(version: DatasetVersion): Promise<Content> {
    const { cid, count } = version.info;
    const known = this.#contents.get(cid);
    if (known) return known;
    const kept = await keptContent(this.repo, cid, count);
    return kept ? this.#know(cid, kept) : (await this.#read(version)).content;
  }

  /** The distinct datapoints of a version. */
  async list(version: DatasetVersion): Promise<DigestList> {
    return this.#lists.get(version.info.cid) ?? (await this.#read(version)).list;
  }

  /** What a version of a dataset with these datapoints and attributes is called. */
  versionId(datasetId: string, list: DigestList, attributes: ValueObject): string {
    const { platform } = this.repo.context;
    return madeId(platform, "dsv_", datasetId, printJson(attributes), list.join(""));
  }

  /** Keeps what is known of a version without reading it: it was made to hold these datapoints, and these rows repeat others. */
  async keepMade(version: DatasetVersion, list: DigestList, repeats: readonly number[]): Promise<void> {
    if (version.info.count === list.length + repeats.length) await this.#keep(version, list, repeats);
  }

  /** Learns digests of datapoints. Their items as we write them have the same. */
  know(digests: Iterable<string>): void {
    for (const digest of digests) this.#seen.set(digest, digest);
    if (this.#seen.size > maxItems) this.#seen.clear();
  }

  /** The digests of the datapoints of all rows, in the order of the rows, many at a time. */
  async *digests({ block }: DatasetVersion): AsyncGenerator<Slice> {
    const { store, platform } = this.repo.context;
    let leaves = 0;
    for await (const { leaf, start, end, index } of leavesFrom(store, block.rows, { ahead })) {
      if (++leaves % ahead === 0) await platform.pause();
      const items = Array.from({ length: end - start }, (_, i) => leaf.link(start + i));
      const digests = await this.#digestsOf(items);
      yield { index, digests, key: i => leaf.key(start + i) };
    }
  }

  /** The digests of the datapoints in some items; `names` are the items' own as text. */
  async #all(names: readonly string[], items: readonly Uint8Array[]): Promise<string[]> {
    const { store, platform } = this.repo.context;
    const digests = new Map<string, string>();
    const fresh = new Map<string, Uint8Array>();
    names.forEach((name, i) => {
      const known = this.#seen.get(name);
      if (known === undefined) fresh.set(name, items[i]);
      else digests.set(name, known);
    });
    const blocks = fresh.size > 0 ? await store.loadMany([...fresh.values()]) : [];
    if (this.#seen.size + fresh.size > maxItems) this.#seen.clear();
    [...fresh.keys()].forEach((name, i) => {
      const digest = digestOf(platform, seenInBlock(blocks[i]));
      // Items in canonical form are most, and their digest is that of the datapoint: one text for both.
      const kept = digest === name ? name : digest;
      this.#seen.set(name, kept);
      digests.set(name, kept);
    });
    return names.map(name => digests.get(name) ?? "");
  }

  async #read(version: DatasetVersion): Promise<{ content: Content; list: DigestList }> {
    // The version that was read last may be gone from the disk by now.
    const next = await this.#fromLast(version).catch(ifMissing);
    return next ? { content: await this.#keep(version, next, []), list: next } : this.#readWhole(version);
  }

  /** The datapoints of a version by those of the one that was read last and what differs; `undefined` where much does, or rows repeat one another. */
  async #fromLast({ info, block }: DatasetVersion): Promise<DigestList | undefined> {
    const last = this.#last.get(info.id);
    const list = last && this.#lists.get(last.info.cid);
    if (!last || !list || list.length !== last.info.count) return undefined;
    const [gone, come]: [Uint8Array[], Uint8Array[]] = [[], []];
    for await (const differences of diffChunks(this.repo.context.store, last.block.rows, block.rows)) {
      for (const { before, after } of differences) {
        if (before) gone.push(linkedDigest(before).slice());
        if (after) come.push(linkedDigest(after).slice());
      }
      if (gone.length + come.length > maxChanged) return undefined;
    }
    const left = new Set(await this.#digestsOf(gone));
    const next = joined(
      list.filter(digest => !left.has(digest)),
      await this.#digestsOf(come),
    );
    return next.length === info.count ? next : undefined;
  }

  #digestsOf(items: readonly Uint8Array[]): Promise<string[]> {
    const { platform } = this.repo.context;
    return this.#all(
      items.map(item => platform.latin1(item, 0, 32)),
      items,
    );
  }

  async #readWhole(version: DatasetVersion): Promise<{ content: Content; list: DigestList }> {
    const distinct = new Set<string>();
    const repeats: number[] = [];
    for await (const { index, digests } of this.digests(version))
      digests.forEach((digest, i) => (distinct.has(digest) ? repeats.push(index + i) : distinct.add(digest)));
    const list = [...distinct].sort();
    return { content: await this.#keep(version, list, repeats), list };
  }

  async #keep(version: DatasetVersion, list: DigestList, repeats: readonly number[]): Promise<Content> {
    const { cid, id, count } = version.info;
    const content = { versionId: this.versionId(id, list, attributesOf(version)), count: list.length, repeats };
    if ((this.#listed += list.length) > maxListed) {
      this.#lists.clear();
      this.#listed = list.length;
    }
    this.#lists.set(cid, list);
    if (this.#last.size >= maxContents) this.#last.clear();
    this.#last.set(id, version);
    await keepContent(this.repo, cid, count, content);
    return this.#know(cid, content);
  }

  #know(cid: Cid, content: Content): Content {
    if (this.#contents.size >= maxContents) this.#contents.clear();
    this.#contents.set(cid, content);
    return content;
  }
}

/** Rows of a leaf: `digests[i]` is that of the datapoint of the row with the index `index + i`, `key(i)` its key in the tree. */
export interface Slice {
  readonly index: number;
  readonly digests: readonly string[];
  readonly key: (i: number) => Uint8Array;
}

/** The attributes that Humanloop's users gave a version. */
export function attributesOf({ info }: Pick<DatasetVersion, "info">): ValueObject {
  const kept = attributeOf(info, "humanloop") as ValueObject | undefined;
  const attributes = kept && isObject(kept) ? kept["attributes"] : undefined;
  return isObject(attributes) ? attributes : {};
}

/** An item in the block's form. */
export async function fromStored(version: DatasetVersion, id: string): Promise<ValueObject> {
  const batch = await version.stored(id);
  if (!batch) throw missing(`there is no row ${JSON.stringify(id)} any more`);
  return decodeItem(batch.blocks[0]);
}

function ifAbsent(error: unknown): undefined {
  if (!isSheafError(error, "no-such-dataset")) throw error;
}

function ifMissing(error: unknown): undefined {
  if (!isSheafError(error, "missing-block")) throw error;
}

/** Two lists as one. */
export function joined(a: DigestList, b: Iterable<string>): DigestList {
  const more = [...new Set(b)].sort();
  const all: string[] = [];
  let i = 0;
  for (const digest of more) {
    while (i < a.length && a[i] < digest) all.push(a[i++]);
    if (a[i] !== digest) all.push(digest);
  }
  for (; i < a.length; i++) all.push(a[i]);
  return all;
}

/** Says whether a digest is in a list. */
export function holds(list: DigestList, digest: string): boolean {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle] < digest) low = middle + 1;
    else high = middle;
  }
  return list[low] === digest;
}

const all = new WeakMap<Repository["context"]["store"], Contents>();

/** The contents of a repository's versions, as far as they are known: the same for all who act in it. */
export function contentsOf(repo: Repository): Contents {
  const { store } = repo.context;
  const known = all.get(store) ?? new Contents(repo);
  all.set(store, known);
  return known;
}
