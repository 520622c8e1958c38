/**
 * A commit as an edit of its first parent: for a push to a server, which rebuilds the trees and checks the root.
 *
 * It travels as a section of the push's CAR file whose codec is plain CBOR, and never rests. The new items and the commit's block stand in it as bytes; rows
 * refer to items by their number.
 *
 *     { commit, items: [bytes, …], datasets: [[path, null] | [path, from, id, meta, [[position, id, item], …]], …], files: [[path, mode, link] | [path, null], …] }
 *
 * `from` is the path that the dataset has in the parent, `null` for a new one; `meta` is `null` where it stays; `item` is a number, a link, or `null` for a row
 * that is no longer there.
 */
import { dagCbor, raw, type BlockCodec, type Digest } from "../block/cid.js";
import { badInput, isSheafError } from "../errors.js";
import { decode, encode, Link, type Ipld } from "../item/cbor.js";
import { isObject, type Value, type ValueObject } from "../item/value.js";

/** The codec of such a section: multicodec's plain CBOR, which no block of Sheaf's has. */
export const editCodec = 0x51;

/** A row that changed: its item as a number among the new ones, as a digest, or `undefined` where it is gone. */
export interface SentRow {
  readonly position: string;
  readonly id: string;
  readonly item: number | Digest | undefined;
}

export interface SentDataset {
  readonly path: string;
  /** `undefined` where there is no dataset at the path any more. */
  readonly becomes?: {
    readonly from: string | undefined;
    readonly id: string;
    readonly meta: ValueObject | undefined;
    readonly rows: readonly SentRow[];
  };
}

export interface SentFile {
  readonly path: string;
  readonly becomes?: { readonly mode: number; readonly content: Digest };
}

/** A commit's block, and how its snapshot comes of that of its first parent. */
export interface SentEdit {
  readonly commit: Uint8Array;
  readonly datasets: readonly SentDataset[];
  readonly files: readonly SentFile[];
  readonly items: readonly Uint8Array[];
}

export function printEdit({ commit, datasets, files, items }: SentEdit): Uint8Array {
  return encode({ commit, items: [...items], datasets: datasets.map(datasetOf), files: files.map(fileOf) });
}

/** Reads it. Throws bad-input for anything else. */
export function parseEdit(bytes: Uint8Array): SentEdit {
  const { commit, items, datasets, files } = mapOf(bytes);
  return {
    commit: bytesOf(commit),
    items: listOf(items).map(bytesOf),
    datasets: listOf(datasets).map(parseDataset),
    files: listOf(files).map(parseFile),
  };
}

function datasetOf({ path, becomes }: SentDataset): Ipld {
  if (!becomes) return [path, null];
  const { from, id, meta, rows } = becomes;
  return [path, from ?? null, id, meta ?? null, rows.map(rowOf)];
}

function rowOf({ position, id, item }: SentRow): Ipld {
  return [position, id, item === undefined ? null : typeof item === "number" ? item : new Link(item, dagCbor)];
}

function fileOf({ path, becomes }: SentFile): Ipld {
  return becomes ? [path, becomes.mode, new Link(becomes.content, raw)] : [path, null];
}

function parseDataset(listed: Ipld): SentDataset {
  const [path, from, id, meta, rows] = listOf(listed);
  if (typeof path !== "string") throw malformed();
  if (from === null && id === undefined) return { path };
  if ((from !== null && typeof from !== "string") || typeof id !== "string") throw malformed();
  if (meta !== null && !isObject(meta as Value)) throw malformed();
  return {
    path,
    becomes: {
      from: from ?? undefined,
      id,
      meta: (meta ?? undefined) as ValueObject | undefined,
      rows: listOf(rows).map(parseRow),
    },
  };
}

function parseRow(listed: Ipld): SentRow {
  const [position, id, item] = listOf(listed);
  if (typeof position !== "string" || typeof id !== "string") throw malformed();
  if (item === null) return { position, id, item: undefined };
  if (typeof item === "number") return { position, id, item };
  return { position, id, item: digestOf(item, dagCbor) };
}

function parseFile(listed: Ipld): SentFile {
  const [path, mode, content] = listOf(listed);
  if (typeof path !== "string") throw malformed();
  if (mode === null) return { path };
  if (typeof mode !== "number") throw malformed();
  return { path, becomes: { mode, content: digestOf(content, raw) } };
}

function digestOf(link: Ipld | undefined, codec: BlockCodec): Digest {
  if (link instanceof Link && link.codec === codec) return link.digest;
  throw malformed();
}

function listOf(value: Ipld | undefined): readonly Ipld[] {
  if (Array.isArray(value)) return value;
  throw malformed();
}

function bytesOf(value: Ipld | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw malformed();
}

function mapOf(bytes: Uint8Array): { readonly [key: string]: Ipld } {
  try {
    const map = decode(bytes);
    if (isObject(map as Value)) return map as { readonly [key: string]: Ipld };
  } catch (error) {
    if (!isSheafError(error)) throw error;
  }
  throw malformed();
}

function malformed() {
  return badInput("an edit of the push is none");
}
