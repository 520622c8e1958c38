/** A snapshot's block: every dataset of the repository by path, and every other file by path. */
import type { BlockReader } from "../block/blocks.js";
import { dagCbor, type Digest } from "../block/cid.js";
import { asBlock, asDigest } from "../block/shape.js";
import { decode, encode, Link } from "../item/cbor.js";
import { decodeCommit } from "./commit.js";

/** `datasets`: tree of path → dataset; `files`: tree of path → [mode, raw CID]. Both by UTF-8 bytes of the path. */
export interface Snapshot {
  readonly datasets: Digest;
  readonly files: Digest;
}

/** Prints the block. */
export function encodeSnapshot({ datasets, files }: Snapshot): Uint8Array {
  return encode({
    type: "snapshot",
    version: 1,
    datasets: new Link(datasets, dagCbor),
    files: new Link(files, dagCbor),
  });
}

/** Reads the block; throws corrupt-block when it is not a snapshot. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  const block = asBlock(decode(bytes), "snapshot");
  return { datasets: asDigest(block, "datasets"), files: asDigest(block, "files") };
}

/** Reads the snapshot of a commit. */
export async function snapshotOf(reader: BlockReader, commit: Digest): Promise<Snapshot> {
  return decodeSnapshot(await reader.load(decodeCommit(await reader.load(commit)).snapshot));
}
