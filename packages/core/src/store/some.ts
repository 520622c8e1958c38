/** Reads what is here of some blocks. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { isSheafError } from "../errors.js";

/** The blocks, `undefined` for those that are not here. */
export async function loadSome(reader: BlockReader, digests: readonly Digest[]): Promise<(Uint8Array | undefined)[]> {
  try {
    return await reader.loadMany(digests);
  } catch (error) {
    if (!isSheafError(error, "missing-block")) throw error;
  }
  const blocks: (Uint8Array | undefined)[] = [];
  for (const digest of digests) blocks.push((await reader.has(digest)) ? await reader.load(digest) : undefined);
  return blocks;
}
