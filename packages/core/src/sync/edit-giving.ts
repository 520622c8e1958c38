/** A push as edits: for each commit that the other side lacks, what it changes against its first parent, and blocks where that is not the shorter way. */
import type { BlockReader } from "../block/blocks.js";
import { dagCbor, raw, sameDigest, type Digest } from "../block/cid.js";
import { decodeDataset, type DatasetBlock } from "../dataset/dataset.js";
import { linkedDigest, splitRowKey } from "../dataset/row.js";
import { difference } from "../history/ancestry.js";
import { blockType, decodeCommit, decodeTag } from "../history/commit.js";
import { peel } from "../history/revision.js";
import { decodeSnapshot, snapshotOf, type Snapshot } from "../history/snapshot.js";
import { decode, Link } from "../item/cbor.js";
import { sameValue } from "../item/value.js";
import { DigestSet } from "../store/digest-set.js";
import { fromUtf8 } from "../text.js";
import { diffTrees } from "../tree/diff.js";
import { entries } from "../tree/read.js";
import { printBlock, printSection } from "./car.js";
import type { Passage } from "./copy.js";
import { editCodec, printEdit, type SentDataset, type SentEdit, type SentFile, type SentRow } from "./edit-block.js";
import { missingBlocks } from "./missing.js";

/** A commit with more rows, or more bytes of new items, goes as blocks: it is held in memory on both sides. */
const maxRows = 20_000;
const maxItemBytes = 2 ** 24;

/** Gives the sections of the CAR file behind its head. What `haves` name is there, whole. */
export async function* editedBlocks(passage: Omit<Passage, "to">): AsyncGenerator<Uint8Array> {
  const { near, wants, haves, platform, signal } = passage;
  const tips: Digest[] = [];
  for (const want of wants) {
    const { tags, commit } = await peeled(near, want);
    for (const bytes of tags) yield printSection(dagCbor, bytes, platform);
    tips.push(commit);
  }
  const had = await Promise.all(haves.map(have => peel(near, have)));
  const { ahead } = await difference(near, tips, had);
  const sent = new DigestSet();
  // Parents before children.
  for (const commit of ahead.toReversed()) {
    signal?.throwIfAborted();
    const bytes = await near.load(commit);
    const { parents } = decodeCommit(bytes);
    const edit = await new Giving(near, sent).edit(bytes);
    if (edit) {
      yield* edit.files.length > 0 ? filesOf(passage, edit) : [];
      yield printSection(editCodec, printEdit(edit), platform);
    } else yield* missingBlocks({ ...passage, wants: [commit], haves: parents });
    await platform.pause();
  }
}

async function* filesOf({ near }: Pick<Passage, "near">, { files }: SentEdit): AsyncGenerator<Uint8Array> {
  for (const { becomes } of files)
    if (becomes) {
      const bytes = await near.load(becomes.content);
      yield printBlock({ digest: becomes.content, codec: raw, bytes });
    }
}

/** The annotated tags that lead to a commit, and the commit. */
async function peeled(reader: BlockReader, digest: Digest): Promise<{ tags: Uint8Array[]; commit: Digest }> {
  const tags: Uint8Array[] = [];
  for (let at = digest; ;) {
    const bytes = await reader.load(at);
    if (blockType(decode(bytes)) !== "tag") return { tags, commit: at };
    tags.push(bytes);
    at = decodeTag(bytes).target;
  }
}

/** One commit on its way. */
class Giving {
  readonly #items: Digest[] = [];
  readonly #numbers = new DigestSet();
  #rows = 0;

  constructor(
    readonly near: BlockReader,
    /** Items that went with earlier commits. */
    readonly sent: DigestSet,
  ) {}

  /** The edit that makes the commit of its parent; `undefined` where it is too large. */
  async edit(bytes: Uint8Array): Promise<SentEdit | undefined> {
    const { snapshot, parents } = decodeCommit(bytes);
    const after = decodeSnapshot(await this.near.load(snapshot));
    const before = parents[0] && (await snapshotOf(this.near, parents[0]));
    const datasets = await this.#datasets(before, after);
    if (!datasets) return undefined;
    const files = await filesBetween(this.near, before, after);
    const items = await this.near.loadMany(this.#items);
    if (items.reduce((sum, { length }) => sum + length, 0) > maxItemBytes) return undefined;
    for (const item of this.#items) this.sent.add(item);
    return { commit: bytes, datasets, files, items };
  }

  async #datasets(before: Snapshot | undefined, after: Snapshot): Promise<SentDataset[] | undefined> {
    const [old, gone] = [new Map<string, { path: string; block: DatasetBlock }>(), [] as string[]];
    const now: { path: string; block: DatasetBlock }[] = [];
    for await (const change of changed(this.near, before?.datasets, after.datasets)) {
      const path = fromUtf8(change.key);
      if (change.before) {
        const block = decodeDataset(await this.near.load(linkedDigest(change.before)));
        old.set(block.id, { path, block });
      }
      if (change.after) now.push({ path, block: decodeDataset(await this.near.load(linkedDigest(change.after))) });
      else gone.push(path);
    }
    const sent: SentDataset[] = gone.map(path => ({ path }));
    for (const { path, block } of now) {
      const from = old.get(block.id);
      const rows = await this.#changes(from?.block, block);
      if (!rows) return undefined;
      const meta = from && sameValue(from.block.meta, block.meta) ? undefined : block.meta;
      sent.push({ path, becomes: { from: from?.path, id: block.id, meta, rows } });
    }
    return sent;
  }

  async #changes(before: DatasetBlock | undefined, { rows: root }: DatasetBlock): Promise<SentRow[] | undefined> {
    const rows: SentRow[] = [];
    for await (const { key, after } of changed(this.near, before?.rows, root)) {
      if (++this.#rows > maxRows) return undefined;
      rows.push({ ...splitRowKey(key), item: after && this.#number(linkedDigest(after)) });
    }
    return rows;
  }

  /** An item that went before is named, any other is sent, though it may be there under another row. */
  #number(item: Digest): number | Digest {
    if (this.sent.find(item) >= 0) return item.slice();
    const known = this.#numbers.find(item);
    if (known >= 0) return known;
    this.#items.push(item.slice());
    return this.#numbers.add(item);
  }
}

interface Changed {
  readonly key: Uint8Array;
  readonly before?: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

async function* changed(reader: BlockReader, before: Digest | undefined, after: Digest): AsyncGenerator<Changed> {
  if (before) yield* diffTrees(reader, before, after);
  else for await (const { key, value } of entries(reader, after)) yield { key, after: value };
}

async function filesBetween(reader: BlockReader, before: Snapshot | undefined, after: Snapshot): Promise<SentFile[]> {
  if (before && sameDigest(before.files, after.files)) return [];
  const files: SentFile[] = [];
  for await (const { key, after: value } of changed(reader, before?.files, after.files)) {
    const path = fromUtf8(key);
    const [mode, content] = value ? (decode(value) as [number, Link]) : [];
    files.push(content && mode !== undefined ? { path, becomes: { mode, content: content.digest } } : { path });
  }
  return files;
}
