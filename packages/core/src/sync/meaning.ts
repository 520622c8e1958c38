/**
 * What a block must be in the place where it stands, and what it promises of the blocks that it links to.
 *
 * A CID proves bytes; this proves that they are what Sheaf itself would have written there: every member, every key, every node cut where content says.
 */
import { dagCbor, raw, type Digest } from "../block/cid.js";
import { decodeDataset, encodeDataset } from "../dataset/dataset.js";
import { checkPath, idFault } from "../dataset/path.js";
import { isPosition } from "../dataset/position.js";
import { splitRowKey } from "../dataset/row.js";
import { badInput } from "../errors.js";
import { blockType, decodeCommit, decodeTag, encodeCommit, encodeTag } from "../history/commit.js";
import { decodeSnapshot, encodeSnapshot } from "../history/snapshot.js";
import { decode, Link, type Ipld } from "../item/cbor.js";
import { printItem } from "../item/text.js";
import { compareBytes, fromUtf8 } from "../text.js";
import { parseNode, type Node } from "../tree/node.js";
import { endsNode, hashKey } from "../tree/split.js";

/** Of what kind a block is: structured ones, the four kinds of trees, and the item of a row. */
export type Role = "commit" | "tag" | "snapshot" | "dataset" | TreeRole | "item";
export type TreeRole = "datasets" | "files" | "rows" | "ids";

/** A block in its place. */
export interface Place {
  readonly role: Role;
  readonly digest: Digest;
  /** Of a node: what its parent says of it, or that there is none. */
  readonly node?: NodePlace;
}

export interface NodePlace {
  /** Entries below; absent where nothing says it. */
  readonly rows?: number;
  readonly level?: number;
  readonly lastKey?: Uint8Array;
  /** The key that all of the node's are greater than. */
  readonly after?: Uint8Array;
  /** Says whether it is the last one of its level, which may end anywhere. */
  readonly isLast: boolean;
}

/** Says what stands below a block. Throws bad-input or corrupt-block when it is not what its place wants. */
export function placesBelow(place: Place, bytes: Uint8Array): Place[] {
  const { role, node } = place;
  if (role === "item") {
    printItem(bytes);
    return [];
  }
  if (role === "commit" || role === "tag") return belowHistory(role, bytes);
  if (role === "snapshot") {
    const snapshot = decodeSnapshot(bytes);
    same(encodeSnapshot(snapshot), bytes, role);
    return [tree("datasets", snapshot.datasets), tree("files", snapshot.files)];
  }
  if (role === "dataset") return belowDataset(bytes);
  const parsed = parseNode(place.digest, bytes);
  checkPlace(parsed, node ?? { isLast: true });
  checkCut(parsed, node?.isLast ?? true);
  return parsed.level > 0 ? children(role, parsed, node) : leafLinks(role, parsed);
}

function tree(role: TreeRole, digest: Digest, rows?: number): Place {
  return { role, digest, node: { isLast: true, ...(rows === undefined ? {} : { rows }) } };
}

/** A tag may name a tag or a commit; which it is the block says. */
function belowHistory(role: "commit" | "tag", bytes: Uint8Array): Place[] {
  if (role === "tag" && blockType(decode(bytes)) === "tag") {
    const tag = decodeTag(bytes);
    same(encodeTag(tag), bytes, role);
    return [{ role: "tag", digest: tag.target }];
  }
  const commit = decodeCommit(bytes);
  same(encodeCommit(commit), bytes, "commit");
  const parents = commit.parents.map((digest): Place => ({ role: "commit", digest }));
  return [{ role: "snapshot", digest: commit.snapshot }, ...parents];
}

function belowDataset(bytes: Uint8Array): Place[] {
  const dataset = decodeDataset(bytes);
  same(encodeDataset(dataset), bytes, "dataset");
  if (!/^[0-9a-f]{32}$/.test(dataset.id)) throw badInput(`a dataset has the id ${JSON.stringify(dataset.id)}`);
  const { rows, ids, count } = dataset;
  return [tree("rows", rows, count), tree("ids", ids, count)];
}

function same(written: Uint8Array, bytes: Uint8Array, role: Role): void {
  if (compareBytes(written, bytes) !== 0) throw badInput(`a ${role} is not written as Sheaf writes it`);
}

function checkPlace(node: Node, place: NodePlace): void {
  const { level, rows, count } = node;
  const isRoot = place.level === undefined;
  if (place.rows !== undefined && place.rows !== rows)
    throw badInput(`a tree holds ${rows} entries where ${place.rows} are said to be`);
  if (!isRoot && place.level !== level) throw badInput("a node of a tree is of another level than its parent says");
  if (isRoot && level > 0 && count < 2) throw badInput("the root of a tree has but one child");
  if (isRoot) return;
  const { lastKey, after } = place;
  const isAfter = after === undefined || (count > 0 && compareBytes(node.key(0), after) > 0);
  const isUpTo = lastKey !== undefined && count > 0 && compareBytes(node.key(count - 1), lastKey) === 0;
  if (!isAfter || !isUpTo) throw badInput("a node of a tree has other keys than its parent says");
}

/** A node ends where content says, and nowhere else: so one content has one root. */
function checkCut(node: Node, isLast: boolean): void {
  const { count, level, bytes } = node;
  const start = node.entryStart(0);
  for (let i = 0; i < count; i++) {
    const end = node.entryStart(i + 1);
    const mayEnd = level === 0 || i > 0;
    const entry = end - node.entryStart(i);
    const ends =
      mayEnd &&
      endsNode(end - start, entry, 0) &&
      endsNode(end - start, entry, hashKey(level, bytes, node.keyStart(i), node.valueStart(i)));
    if (ends ? i < count - 1 : i === count - 1 && !isLast)
      throw badInput("a node of a tree does not end where it should");
  }
}

function children(role: TreeRole, parsed: Node, place: NodePlace | undefined): Place[] {
  return Array.from({ length: parsed.count }, (_, i) => {
    const after = i === 0 ? place?.after : parsed.key(i - 1);
    const node: NodePlace = {
      rows: parsed.childRows(i),
      level: parsed.level - 1,
      lastKey: parsed.key(i),
      isLast: (place?.isLast ?? true) && i === parsed.count - 1,
      ...(after === undefined ? {} : { after }),
    };
    return { role, digest: parsed.link(i), node };
  });
}

function leafLinks(role: TreeRole, leaf: Node): Place[] {
  const places: Place[] = [];
  for (let i = 0; i < leaf.count; i++) {
    const key = leaf.key(i);
    const value = decode(leaf.value(i));
    if (role === "ids") checkId(fromUtf8(key), value);
    else if (role === "files") checkFile(fromUtf8(key), value);
    else places.push(role === "rows" ? rowPlace(key, value) : datasetPlace(key, value));
  }
  return places;
}

function checkId(id: string, position: Ipld): void {
  if (typeof position !== "string" || !isPosition(position)) throw badInput("an id stands at what is no position");
  const fault = idFault(id);
  if (fault !== undefined) throw badInput(fault);
}

function checkFile(path: string, value: Ipld): void {
  checkPath(path);
  const [mode, content, ...more] = Array.isArray(value) ? value : [];
  if (typeof mode !== "number" || !(content instanceof Link) || content.codec !== raw || more.length > 0)
    throw badInput(`the file ${JSON.stringify(path)} is no mode and content`);
}

function rowPlace(key: Uint8Array, value: Ipld): Place {
  if (!key.includes(0)) throw badInput("a row has no position");
  const { position, id } = splitRowKey(key);
  checkId(id, position);
  return { role: "item", digest: linked(value) };
}

function datasetPlace(key: Uint8Array, value: Ipld): Place {
  checkPath(fromUtf8(key));
  return { role: "dataset", digest: linked(value) };
}

function linked(value: Ipld): Digest {
  if (value instanceof Link && value.codec === dagCbor) return value.digest;
  throw badInput("an entry of a tree is no link where it must be one");
}
