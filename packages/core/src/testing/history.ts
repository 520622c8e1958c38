/** Histories drawn in a line, and datasets as plain documents: what tests of history, diff and merge build from and compare with. */
import type { BlockReader, Blocks } from "../block/blocks.js";
import { raw, type Digest } from "../block/cid.js";
import { decodeDataset, encodeDataset, type DatasetBlock } from "../dataset/dataset.js";
import { linkedDigest, linkValue, rowKey, splitRowKey, textValue } from "../dataset/row.js";
import { encodeCommit } from "../history/commit.js";
import { encodeSnapshot, type Snapshot } from "../history/snapshot.js";
import { decode, encode, Link } from "../item/cbor.js";
import type { Value, ValueObject } from "../item/value.js";
import { compareBytes, compareText, fromUtf8, utf8 } from "../text.js";
import { TreeBuilder } from "../tree/builder.js";
import { entries } from "../tree/scan.js";

/** A dataset as one plain document; its rows by id. */
export interface PlainDataset {
  readonly id: string;
  readonly meta: ValueObject;
  readonly rows: ReadonlyMap<string, PlainRow>;
}
export interface PlainRow {
  readonly position: string;
  readonly item: ValueObject;
}
export interface PlainFile {
  readonly mode: number;
  readonly text: string;
}
/** A snapshot as plain documents, by path. */
export interface PlainSnapshot {
  readonly datasets: ReadonlyMap<string, PlainDataset>;
  readonly files: ReadonlyMap<string, PlainFile>;
}

/** A dataset from rows drawn as `[id, position, item]`. */
export function plainDataset(
  id: string,
  rows: readonly (readonly [string, string, ValueObject])[],
  meta: ValueObject = {},
): PlainDataset {
  return { id, meta, rows: new Map(rows.map(([row, position, item]) => [row, { position, item }])) };
}

/** Writes a document as a dataset. */
export function putDataset(blocks: Blocks, { id, meta, rows }: PlainDataset): DatasetBlock {
  const all = Array.from(rows, ([row, { position, item }]) => ({ row, position, item: blocks.put(encode(item)) }));
  return {
    id,
    meta,
    rows: putTree(
      blocks,
      all.map(({ row, position, item }) => [rowKey(position, row), linkValue(item)]),
    ),
    ids: putTree(
      blocks,
      all.map(({ row, position }) => [utf8(row), textValue(position)]),
    ),
    count: all.length,
  };
}

/** Reads a dataset back as a document, its rows in dataset order. */
export async function plainOf(reader: BlockReader, { id, meta, rows }: DatasetBlock): Promise<PlainDataset> {
  const read = new Map<string, PlainRow>();
  for await (const { key, value } of entries(reader, rows)) {
    const { position, id: row } = splitRowKey(key);
    read.set(row, { position, item: decode(await reader.load(linkedDigest(value))) as ValueObject });
  }
  return { id, meta, rows: read };
}

/** Writes documents as a snapshot. */
export function putSnapshot(blocks: Blocks, { datasets, files }: PlainSnapshot): Snapshot {
  return {
    datasets: putTree(
      blocks,
      Array.from(datasets, ([path, dataset]) => [
        utf8(path),
        linkValue(blocks.put(encodeDataset(putDataset(blocks, dataset)))),
      ]),
    ),
    files: putTree(
      blocks,
      Array.from(files, ([path, { mode, text }]) => [
        utf8(path),
        encode([mode, new Link(blocks.put(utf8(text)), raw)]),
      ]),
    ),
  };
}

/** Reads a snapshot back as documents. */
export async function plainSnapshotOf(reader: BlockReader, snapshot: Snapshot): Promise<PlainSnapshot> {
  const datasets = new Map<string, PlainDataset>();
  for await (const { key, value } of entries(reader, snapshot.datasets))
    datasets.set(fromUtf8(key), await plainOf(reader, decodeDataset(await reader.load(linkedDigest(value)))));
  const files = new Map<string, PlainFile>();
  for await (const { key, value } of entries(reader, snapshot.files)) {
    const [mode, link] = decode(value) as [number, Link];
    files.set(fromUtf8(key), { mode, text: fromUtf8(await reader.load(link.digest)) });
  }
  return { datasets, files };
}

/** Writes a tree from entries in any order. */
export function putTree(blocks: Blocks, pairs: readonly (readonly [Uint8Array, Uint8Array])[]): Digest {
  const builder = new TreeBuilder(blocks);
  for (const [key, value] of pairs.toSorted((a, b) => compareBytes(a[0], b[0]))) builder.add(key, value);
  return builder.finish().root;
}

/** A commit in a drawing: its name, the names of its parents, and its time in seconds. */
export interface DrawnCommit {
  readonly name: string;
  readonly parents: readonly string[];
  readonly time: number;
}

/**
 * Reads a history drawn in a line.
 *
 *     a b c  d(b) e  f(c,e)        c - f        a bare name comes after the name before it; (…) names the parents, () none; @n sets the time
 *     x@5 y@3                    a - b - d - e
 */
export function parseDrawing(line: string): DrawnCommit[] {
  let before: string | undefined;
  return line
    .trim()
    .split(/\s+/)
    .map((word, index) => {
      const match = /^([^(@\s]+)(?:\(([^)]*)\))?(?:@(\d+))?$/.exec(word);
      if (!match) throw new Error(`${word} cannot be drawn`);
      const [, name, named, time] = match;
      const parents =
        named === undefined ? (before === undefined ? [] : [before]) : named.split(",").filter(parent => parent !== "");
      before = name;
      return { name, parents, time: time === undefined ? 1_000_000 + 60 * index : Number(time) };
    });
}

/** Writes a drawn history; gives the commits by name. `contents` says what each holds, by default one file with its name. */
export function drawHistory(
  blocks: Blocks,
  drawing: string | readonly DrawnCommit[],
  contents: (name: string) => PlainSnapshot | Snapshot = name => ({
    datasets: new Map(),
    files: new Map([["name", { mode: 0o100644, text: name }]]),
  }),
): Map<string, Digest> {
  const commits = new Map<string, Digest>();
  for (const { name, parents, time } of typeof drawing === "string" ? parseDrawing(drawing) : drawing) {
    const content = contents(name);
    const snapshot =
      content.datasets instanceof Uint8Array ? (content as Snapshot) : putSnapshot(blocks, content as PlainSnapshot);
    const who = { name: "Ada", email: "ada@example.org", time, zone: 0 };
    const block = encodeCommit({
      snapshot: blocks.put(encodeSnapshot(snapshot)),
      parents: parents.map(parent => {
        const digest = commits.get(parent);
        if (!digest) throw new Error(`${parent} is drawn after ${name}`);
        return digest;
      }),
      author: who,
      committer: who,
      message: name,
      attributes: {},
    });
    commits.set(name, blocks.put(block));
  }
  return commits;
}

/** A document as one JSON value, keys sorted, as a patch sees it: to compare documents by. */
export function patchedDocument({ meta, rows }: PlainDataset): ValueObject {
  const ids = [...rows.keys()].sort(compareText);
  const items = Object.create(null) as Record<string, Value>;
  const positions = Object.create(null) as Record<string, Value>;
  for (const id of ids) {
    items[id] = rows.get(id)?.item ?? null;
    positions[id] = rows.get(id)?.position ?? null;
  }
  return { meta, items, positions };
}
