/**
 * A dataset's block: who it is, its metadata, and the roots of its two trees.
 *
 * `rows` maps (position, id) to the item, `ids` maps an id to its position. A change of content touches `rows` alone.
 * Leaves to others: the trees (`tree`), how edits come about (`edit`).
 */
import type { BlockWriter } from "../block/blocks.js";
import { dagCbor, printCid, type Digest } from "../block/cid.js";
import { decode, encode, Link } from "../item/cbor.js";
import type { ValueObject } from "../item/value.js";
import type { Platform } from "../platform.js";
import { utf8 } from "../text.js";
import { emptyTree } from "../tree/builder.js";
import { asDigest, asObject, asText, asCount, asBlock } from "../block/shape.js";

/** Names a dataset for ever: 32 hex digits, made at creation; survives rename, restore and merge. */
export type DatasetId = string;

/**
 * The parts of a dataset.
 *
 * `meta` is what is known of it beside its rows: `description` (text), `columns` (the order of the top-level fields, for people and for CSV),
 * `schema` (JSON Schema), `attributes`, `readme` (text); other members are kept.
 */
export interface DatasetBlock {
  readonly id: DatasetId;
  readonly meta: ValueObject;
  readonly rows: Digest;
  readonly ids: Digest;
  readonly count: number;
}

/** The id of a dataset that is made at this path by a commit on this parent (none for the first commit). */
export function datasetIdOf(platform: Platform, path: string, parent: Digest | undefined): DatasetId {
  const name = utf8(`sheaf dataset\0${path}\0${parent ? printCid(parent) : ""}`);
  const digest = new Uint8Array(32);
  platform.digestInto(name, digest, 0);
  return Array.from(digest.subarray(0, 16), byte => byte.toString(16).padStart(2, "0")).join("");
}

/** A dataset without rows and metadata. */
export function emptyDataset(blocks: BlockWriter, id: DatasetId): DatasetBlock {
  const root = emptyTree(blocks);
  return { id, meta: {}, rows: root, ids: root, count: 0 };
}

/** Prints the block. */
export function encodeDataset({ id, meta, rows, ids, count }: DatasetBlock): Uint8Array {
  return encode({
    type: "dataset",
    version: 1,
    id,
    meta,
    rows: new Link(rows, dagCbor),
    ids: new Link(ids, dagCbor),
    count,
  });
}

/** Reads the block; throws corrupt-block when it is not a dataset. */
export function decodeDataset(bytes: Uint8Array): DatasetBlock {
  const block = asBlock(decode(bytes), "dataset");
  return {
    id: asText(block, "id"),
    meta: asObject(block, "meta"),
    rows: asDigest(block, "rows"),
    ids: asDigest(block, "ids"),
    count: asCount(block, "count"),
  };
}
