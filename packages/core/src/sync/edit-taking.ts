/** Makes a commit of an edit that was sent: rebuilds the trees of its snapshot from its first parent's, and sees that the root is the commit's. */
import type { Blocks } from "../block/blocks.js";
import { raw, sameDigest, type Digest } from "../block/cid.js";
import { decodeDataset, emptyDataset, encodeDataset, type DatasetBlock } from "../dataset/dataset.js";
import { checkPath, idFault } from "../dataset/path.js";
import { isPosition } from "../dataset/position.js";
import { linkedDigest, linkValue, rowKey, textValue } from "../dataset/row.js";
import { badInput } from "../errors.js";
import { decodeCommit } from "../history/commit.js";
import { encodeSnapshot, snapshotOf, type Snapshot } from "../history/snapshot.js";
import { encode, Link } from "../item/cbor.js";
import { compareBytes, utf8 } from "../text.js";
import { emptyTree } from "../tree/builder.js";
import { editTree, type TreeChange } from "../tree/edit.js";
import { get } from "../tree/read.js";
import { parseEdit, type SentDataset, type SentEdit, type SentFile, type SentRow } from "./edit-block.js";

/** Puts all blocks that the edit comes to, telling each to `made`; gives their number. Throws bad-input where it does not come to the commit. */
export async function takeEdit(
  to: Blocks,
  bytes: Uint8Array,
  made: (digest: Digest, bytes: Uint8Array) => void,
): Promise<number> {
  let count = 0;
  const put = (block: Uint8Array) => {
    const digest = to.put(block);
    made(digest, block);
    count++;
    return digest;
  };
  const blocks: Blocks = {
    put,
    load: digest => to.load(digest),
    loadMany: digests => to.loadMany(digests),
    has: digest => to.has(digest),
    putMany: (batch, digests) => to.putMany(batch, digests),
    drain: () => to.drain(),
  };
  const edit = parseEdit(bytes);
  const commit = decodeCommit(edit.commit);
  const base = await baseOf(blocks, commit.parents[0]);
  const items = edit.items.map(put);
  const datasets = await changedTree(blocks, base.datasets, await datasetChanges(blocks, base, edit, items));
  const files = await changedTree(blocks, base.files, edit.files.map(fileChange));
  const snapshot = blocks.put(encodeSnapshot({ datasets, files }));
  if (!sameDigest(snapshot, commit.snapshot))
    throw badInput("an edit of the push does not come to what its commit says; send the blocks instead");
  put(edit.commit);
  return count;
}

async function baseOf(blocks: Blocks, parent: Digest | undefined): Promise<Snapshot> {
  if (parent) return snapshotOf(blocks, parent);
  const root = emptyTree(blocks);
  return { datasets: root, files: root };
}

function datasetChanges(blocks: Blocks, base: Snapshot, { datasets }: SentEdit, items: readonly Digest[]) {
  return Promise.all(
    datasets.map(async (sent): Promise<TreeChange> => {
      checkPath(sent.path);
      const key = utf8(sent.path);
      if (!sent.becomes) return { key, value: undefined };
      return { key, value: linkValue(blocks.put(encodeDataset(await datasetOf(blocks, base, sent.becomes, items)))) };
    }),
  );
}

async function datasetOf(
  blocks: Blocks,
  base: Snapshot,
  { from, id, meta, rows }: NonNullable<SentDataset["becomes"]>,
  items: readonly Digest[],
): Promise<DatasetBlock> {
  const before = from === undefined ? emptyDataset(blocks, id) : await datasetAt(blocks, base, from);
  const changes = rows.map(row => rowChange(row, items));
  const tree = await editTree(blocks, before.rows, changes.sort(byKey));
  const ids = await changedTree(blocks, before.ids, idChanges(rows));
  return { ...before, id, ...(meta ? { meta } : {}), rows: tree.root, ids, count: tree.count };
}

async function datasetAt(blocks: Blocks, { datasets }: Snapshot, path: string): Promise<DatasetBlock> {
  const link = await get(blocks, datasets, utf8(path));
  if (link) return decodeDataset(await blocks.load(linkedDigest(link)));
  throw badInput(`an edit of the push is made on a dataset ${JSON.stringify(path)} that its parent does not have`);
}

function rowChange({ position, id, item }: SentRow, items: readonly Digest[]): TreeChange {
  const fault = isPosition(position) ? idFault(id) : "has a malformed position";
  if (fault !== undefined) throw badInput(`a row of the push: ${fault}`);
  const digest = typeof item === "number" ? items[item] : item;
  if (item !== undefined && digest === undefined) throw badInput(`the push has no item ${String(item)}`);
  return { key: rowKey(position, id), value: digest && linkValue(digest) };
}

/** Ids follow the rows: where a row stands now, or that it is gone. */
function idChanges(rows: readonly SentRow[]): TreeChange[] {
  const positions = new Map<string, string | undefined>();
  for (const { position, id, item } of rows)
    if (item !== undefined) positions.set(id, position);
    else if (!positions.has(id)) positions.set(id, undefined);
  return Array.from(positions, ([id, position]) => ({
    key: utf8(id),
    value: position === undefined ? undefined : textValue(position),
  }));
}

function fileChange({ path, becomes }: SentFile): TreeChange {
  checkPath(path);
  return { key: utf8(path), value: becomes && encode([becomes.mode, new Link(becomes.content, raw)]) };
}

async function changedTree(blocks: Blocks, root: Digest, changes: TreeChange[]): Promise<Digest> {
  return changes.length === 0 ? root : (await editTree(blocks, root, changes.sort(byKey))).root;
}

function byKey(a: TreeChange, b: TreeChange): number {
  return compareBytes(a.key, b.key);
}
