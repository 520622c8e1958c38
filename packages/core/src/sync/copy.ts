/**
 * Copies to one store what it lacks of another: everything below some commits, and nothing that is there already.
 *
 * What may be passed over is decided by reach, not by presence: a block with links is taken for whole with all that is below it only when a ref of the
 * receiving side reaches it (law 4 speaks of refs; a fetch that broke off, or a half swept pack, leaves blocks whose links lead nowhere). So two walks
 * keep step, one over the commits that are missing, one over their parents on the receiving side, and meet wherever trees are equal: each reads only what
 * differs. A block that lies there unreached is proven by reading it, and looked into; an item or a file has no links, so lying there is enough.
 */
import type { BlockReader } from "../block/blocks.js";
import { dagCbor, raw, type BlockCodec, type Digest } from "../block/cid.js";
import { decodeDataset, type DatasetId } from "../dataset/dataset.js";
import { difference } from "../history/ancestry.js";
import { blockType, decodeCommit, decodeTag } from "../history/commit.js";
import { badInput, isSheafError } from "../errors.js";
import { decode } from "../item/cbor.js";
import type { Awaitable, Platform } from "../platform.js";
import { DigestSet } from "../store/digest-set.js";
import { linkKinds, listLinks } from "../store/links.js";
import { loadSome } from "../store/some.js";
import type { Watch } from "../watch.js";
import { Frontier, isTreeNode, type Open } from "./frontier.js";
import { Roles } from "./roles.js";

/** Takes blocks: a transaction, or a file in the making. */
export interface Receiver {
  /** Takes a block that does not stand yet. */
  put(bytes: Uint8Array, codec: BlockCodec): unknown;
  /** Lets it move what it holds along. */
  drain(): Awaitable<void>;
  /** Says whether it need not be put. */
  stands(digest: Digest): Awaitable<boolean>;
}

/** What is copied from where to where. */
export interface Passage extends Watch {
  readonly platform: Platform;
  /** This repository's blocks, whichever side it is: reading them costs little. */
  readonly near: BlockReader;
  /** The other side's. */
  readonly far: BlockReader;
  /** Which of the two gives. */
  readonly giver: "near" | "far";
  /** Takes what is missing, on the other of the two. */
  readonly to: Receiver;
  /** Commits and annotated tags that are to be there. */
  readonly wants: readonly Digest[];
  /** What the refs of the receiving side name: whole with all that is below. */
  readonly haves: readonly Digest[];
  /** Says whether the rows of a dataset go along; without it all do, and the files of snapshots too. */
  readonly holds?: ((dataset: DatasetId) => boolean) | undefined;
}

/** Blocks that were copied, and their bytes. */
export interface Copied {
  readonly blocks: number;
  readonly bytes: number;
}

/** Nodes read together: a leaf has some seventy rows. */
const nodesTogether = 64;
/** Items read together. */
const itemsTogether = 512;

/** Questions for blocks that are under way at once. */
const askedTogether = 64;

/** Copies what is missing. Throws missing-block or corrupt-block when the giving side does not have it whole, bad-input for what is no commit. */
export async function copyMissing(passage: Passage): Promise<Copied> {
  const copy = new Copy(passage);
  await copy.begin();
  await copy.walk();
  return copy.copied;
}

class Copy {
  blocks = 0;
  bytes = 0;
  /** What is wanted, and what the receiving side is known to have. */
  readonly #wanted = new Frontier(listLinks);
  readonly #had = new Frontier(listLinks);
  readonly #roles = new Roles();
  readonly #from: BlockReader;
  readonly #either: BlockReader;
  /** Datasets that are wanted in another version: only of these is it worth to look what the other side has. */
  readonly #datasets = new Set<DatasetId>();

  constructor(readonly passage: Passage) {
    const { near, far, giver } = passage;
    this.#from = giver === "near" ? near : far;
    this.#either = firstOf(near, far);
  }

  get copied(): Copied {
    return { blocks: this.blocks, bytes: this.bytes };
  }

  /** Finds the commits that are missing, and those of the receiving side that they are made from. */
  async begin(): Promise<void> {
    const { wants } = this.passage;
    const haves: Digest[] = [];
    for (const have of this.passage.haves) {
      const { commit } = await this.#peel(have).catch(orUnknown);
      if (commit) haves.push(commit);
    }
    const tips: Digest[] = [];
    for (const want of wants) {
      const { tags, commit } = await this.#peel(want);
      this.#roles.set(want, "named");
      for (const tag of tags) this.#wanted.add(tag);
      if (!commit) throw badInput("a ref of the other side names something that is no commit");
      tips.push(commit);
    }
    if (haves.length === 0) for (const tip of tips) this.#wanted.add(tip);
    else await this.#beginFrom(tips, haves);
  }

  async #beginFrom(tips: readonly Digest[], haves: readonly Digest[]): Promise<void> {
    const { ahead } = await difference(this.#either, tips, haves);
    const missing = new DigestSet();
    for (const commit of ahead) missing.add(commit);
    for (const tip of tips) if (missing.find(tip) < 0) this.#wanted.pass(tip);
    for (const commit of ahead) {
      this.#roles.set(commit, "named");
      this.#wanted.add(commit);
    }
    for (const commit of ahead)
      for (const parent of decodeCommit(await this.#either.load(commit)).parents)
        if (missing.find(parent) < 0 && this.#wanted.pass(parent)) await this.#addHad(parent);
  }

  async #addHad(commit: Digest): Promise<void> {
    const bytes = await this.#either.load(commit);
    for (const parent of decodeCommit(bytes).parents) this.#had.pass(parent);
    this.#had.expand({ number: 0, kind: linkKinds.any }, bytes, () => undefined);
  }

  async walk(): Promise<void> {
    const { signal, platform } = this.passage;
    for (;;) {
      if (this.#wanted.rank < 0) return;
      const rank = Math.max(this.#wanted.rank, this.#had.rank);
      const wanted = this.#wanted.take(rank).filter(open => !this.#knows(this.#had, this.#wanted, open));
      const had = this.#had.take(rank).filter(open => !this.#knows(this.#wanted, this.#had, open));
      const isUnknown = rank > 23;
      if (!isUnknown) await this.#look(had);
      for (let at = 0; at < wanted.length; at += nodesTogether) {
        signal?.throwIfAborted();
        await this.#bring(wanted.slice(at, at + nodesTogether));
        await platform.pause();
      }
      // Which datasets changed is known only now.
      if (isUnknown) await this.#look(had);
    }
  }

  #knows(other: Frontier, own: Frontier, { number, kind }: Open): boolean {
    const { digests } = own.marks;
    return other.marks.holds(digests.segment(number), digests.offset(number), kind);
  }

  /** Looks into blocks of the receiving side. One that cannot be had tells nothing. */
  async #look(opens: readonly Open[]): Promise<void> {
    for (let at = 0; at < opens.length; at += nodesTogether) {
      const some = opens.slice(at, at + nodesTogether);
      const blocks = await loadSome(
        this.passage.near,
        some.map(({ number }) => this.#had.digest(number)),
      );
      some.forEach((open, i) => {
        const bytes = open.bytes ?? blocks[i];
        if (!bytes || !this.#isWorthwhile(bytes)) return;
        this.#had.file(open, bytes, at => void this.#had.marks.add(bytes, at, linkKinds.leaf));
      });
    }
  }

  #isWorthwhile(bytes: Uint8Array): boolean {
    return isTreeNode(bytes) || typeOf(bytes) !== "dataset" || this.#datasets.has(decodeDataset(bytes).id);
  }

  /** Brings blocks over, and takes up what they link to. */
  async #bring(opens: readonly Open[]): Promise<void> {
    const [items, files] = [new DigestSet(), new DigestSet()];
    const blocks = await this.#read(opens);
    opens.forEach((open, i) => {
      const bytes = blocks[i];
      if (this.#isLeftOut(open, bytes)) return;
      const isItem = open.kind === linkKinds.rows;
      const staysAway = !isItem && isTreeNode(bytes) && this.passage.holds !== undefined;
      this.#wanted.file(open, bytes, at => {
        const isKnown = this.#had.marks.holds(bytes, at, linkKinds.leaf);
        if (!isKnown && !staysAway) (isItem ? items : files).add(bytes, at);
      });
    });
    await this.#bringLeaves(items, dagCbor);
    await this.#bringLeaves(files, raw);
  }

  /** Checks that a structured block means what it should; says whether it is a dataset whose rows stay away. */
  #isLeftOut({ number, bytes: known }: Open, bytes: Uint8Array): boolean {
    if (known) return false;
    const id = this.#roles.check(this.#wanted.digest(number), bytes);
    if (id === undefined) return false;
    this.#datasets.add(id);
    return this.passage.holds?.(id) === false;
  }

  async #read(opens: readonly Open[]): Promise<Uint8Array[]> {
    const digests = opens.map(({ number }) => this.#wanted.digest(number));
    const standing = await this.#standing(digests);
    const blocks = opens.map(({ bytes }) => bytes);
    for (const [reader, stands] of [[this.passage.near, true] as const, [this.#from, false] as const]) {
      const open = opens.flatMap((_, i) => (blocks[i] === undefined && standing[i] === stands ? [i] : []));
      const read = await reader.loadMany(open.map(i => digests[i]));
      for (const [n, i] of open.entries()) blocks[i] = read[n];
    }
    const whole = blocks as Uint8Array[];
    for (const [i, bytes] of whole.entries())
      if (!standing[i] && opens[i].bytes === undefined) await this.#put(bytes, dagCbor);
    return whole;
  }

  async #bringLeaves(leaves: DigestSet, codec: BlockCodec): Promise<void> {
    if (leaves.size === 0) return;
    const digests: Digest[] = [];
    for (let i = 0; i < leaves.size; i++) digests.push(leaves.digest(i));
    const standing = await this.#standing(digests);
    const missing = digests.filter((_, i) => !standing[i]);
    for (let at = 0; at < missing.length; at += itemsTogether) {
      this.passage.signal?.throwIfAborted();
      for (const bytes of await this.#from.loadMany(missing.slice(at, at + itemsTogether)))
        await this.#put(bytes, codec);
    }
  }

  /** Which of these the receiving side has already; many are asked for at once, as each may be a request. */
  async #standing(digests: readonly Digest[]): Promise<boolean[]> {
    const standing: boolean[] = [];
    for (let at = 0; at < digests.length; at += askedTogether)
      standing.push(
        ...(await Promise.all(
          digests.slice(at, at + askedTogether).map(async digest => this.passage.to.stands(digest)),
        )),
      );
    return standing;
  }

  async #put(bytes: Uint8Array, codec: BlockCodec): Promise<void> {
    this.passage.to.put(bytes, codec);
    this.blocks++;
    this.bytes += bytes.length;
    if (this.blocks % 1024 === 0) this.passage.progress?.({ phase: "copying", done: this.blocks, unit: "blocks" });
    await this.passage.to.drain();
  }

  /** The annotated tags that lead to a commit, and the commit. */
  async #peel(digest: Digest): Promise<{ tags: Digest[]; commit?: Digest }> {
    const tags: Digest[] = [];
    for (let at = digest; ;) {
      const bytes = await this.#either.load(at);
      const type = typeOf(bytes);
      if (type === "commit") return { tags, commit: at };
      if (type !== "tag") return { tags };
      tags.push(at);
      at = decodeTag(bytes).target;
    }
  }
}

function typeOf(bytes: Uint8Array): string | undefined {
  return blockType(decode(bytes));
}

/** A ref of the receiving side that cannot be read there says nothing about what it has. */
function orUnknown(error: unknown): { commit?: Digest } {
  if (isSheafError(error, "missing-block")) return {};
  throw error;
}

/** Reads here what is here, and the rest there. */
export function firstOf(near: BlockReader, far: BlockReader): BlockReader {
  const has = async (digest: Digest) => (await near.has(digest)) || (await far.has(digest));
  const load = async (digest: Digest) => ((await near.has(digest)) ? near : far).load(digest);
  return { has, load, loadMany: async digests => Promise.all(digests.map(load)) };
}
