/**
 * The block of a merge under way: what is merged with what, the merged snapshot so far, and the conflicts, which rest in blocks of their own.
 *
 * So a merge with a hundred thousand conflicts is a small block and a few hundred larger ones, and what was resolved survives the process.
 */
import type { BlockReader, Blocks } from "../block/blocks.js";
import { dagCbor, parseCid, type Digest } from "../block/cid.js";
import { asBlock, asCount, asDigest, asDigests, asText } from "../block/shape.js";
import { encodeSnapshot } from "../history/snapshot.js";
import { decode, encode, Link, type Ipld, type IpldMap } from "../item/cbor.js";
import type { DatasetConflict } from "./dataset-merge.js";
import type { MergedSnapshot } from "./snapshot-merge.js";

/** What becomes of it in the end: a commit with both sides as parents, or one with `ours` alone (a revert, a cherry-pick). */
export type MergeKind = "merge" | "pick";

/** The state of a merge. `ours` and `theirs` are commits, `snapshot` a snapshot's block, `conflicts` lists of conflicts. */
export interface MergeBlock {
  readonly kind: MergeKind;
  readonly branch: string;
  readonly ours: Digest;
  readonly theirs: Digest;
  readonly message: string;
  readonly snapshot: Digest;
  readonly conflicts: readonly Digest[];
  /** Conflicts in all, and those not resolved yet. */
  readonly total: number;
  readonly open: number;
}

/** A conflict as it is kept. The pointer of one that is resolved is the one that it had then. */
export interface KeptConflict extends DatasetConflict {
  readonly resolved: boolean;
}

/** Aimed-for bytes in a list of conflicts. */
const listBytes = 65_536;

/** Prints the block. */
export function encodeMerge({
  kind,
  branch,
  ours,
  theirs,
  message,
  snapshot,
  conflicts,
  total,
  open,
}: MergeBlock): Uint8Array {
  const link = (digest: Digest) => new Link(digest, dagCbor);
  const links = { ours: link(ours), theirs: link(theirs), snapshot: link(snapshot), conflicts: conflicts.map(link) };
  return encode({ type: "merge", version: 1, kind, branch, message, total, open, ...links });
}

/** Reads the block; throws corrupt-block when it is not a merge. */
export function decodeMerge(bytes: Uint8Array): MergeBlock {
  const block = asBlock(decode(bytes), "merge");
  return {
    kind: asText(block, "kind") === "pick" ? "pick" : "merge",
    branch: asText(block, "branch"),
    ours: asDigest(block, "ours"),
    theirs: asDigest(block, "theirs"),
    message: asText(block, "message"),
    snapshot: asDigest(block, "snapshot"),
    conflicts: asDigests(block, "conflicts"),
    total: asCount(block, "total"),
    open: asCount(block, "open"),
  };
}

/** Puts what a merge gave into blocks, all conflicts unresolved, and gives its state (not put yet). */
export function startMerge(
  blocks: Blocks,
  about: Pick<MergeBlock, "kind" | "branch" | "ours" | "theirs" | "message">,
  merged: MergedSnapshot,
): MergeBlock {
  const kept = merged.conflicts.map(conflict => ({ ...conflict, resolved: false }));
  return { ...about, snapshot: blocks.put(encodeSnapshot(merged.snapshot)), ...putConflicts(blocks, kept) };
}

/** Puts a list of conflicts. */
export function putConflicts(
  blocks: Blocks,
  conflicts: readonly KeptConflict[],
): Pick<MergeBlock, "conflicts" | "total" | "open"> {
  const lists: Digest[] = [];
  let list: IpldMap[] = [];
  let size = 0;
  const close = () => {
    if (list.length > 0) lists.push(blocks.put(encode(list)));
    list = [];
    size = 0;
  };
  for (const conflict of conflicts) {
    const block = conflictBlock(conflict);
    list.push(block);
    size += encode(block).length;
    if (size >= listBytes) close();
  }
  close();
  return { conflicts: lists, total: conflicts.length, open: conflicts.filter(({ resolved }) => !resolved).length };
}

/** Reads the conflicts of a merge, in order. */
export async function* readConflicts(reader: BlockReader, { conflicts }: MergeBlock): AsyncIterable<KeptConflict> {
  for (const list of conflicts) {
    for (const conflict of decode(await reader.load(list)) as unknown as (KeptConflict & { links?: unknown })[]) {
      const { links: _links, ...kept } = conflict;
      yield kept;
    }
  }
}

/** The conflict with links to the datasets that it names by CID, so that garbage collection keeps them. */
function conflictBlock(conflict: KeptConflict): IpldMap {
  const isWhole = conflict.id === undefined && conflict.pointer === "";
  const cids = isWhole ? [conflict.base, conflict.ours, conflict.theirs].filter(side => typeof side === "string") : [];
  const links: Ipld[] = cids.map(cid => new Link(parseCid(cid).digest, dagCbor));
  return { ...(conflict as unknown as IpldMap), ...(links.length > 0 && { links }) };
}
