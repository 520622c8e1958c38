/** Finds many sorted keys in a tree: by a path for each, many together, or on a walk over the whole tree beside them. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { compareBytes } from "../text.js";
import { getMany, leavesFrom } from "../tree/read.js";

/** Keys in ascending order. */
export interface SortedKeys {
  readonly count: number;
  key(index: number): Uint8Array;
}

/** Told the index of a key that is there, with its value as a view. */
export type Found = (index: number, value: Uint8Array) => void;

/** Keys looked up together. */
const slice = 4096;
/** Leaves loaded together. */
const ahead = 16;

/** Looks the keys up: reads the paths to them. */
export async function findSome(reader: BlockReader, root: Digest, keys: SortedKeys, found: Found): Promise<void> {
  for (let from = 0; from < keys.count; from += slice) {
    const some = Array.from({ length: Math.min(slice, keys.count - from) }, (_, i) => keys.key(from + i));
    const values = await getMany(reader, root, some);
    for (const [i, value] of values.entries()) if (value) found(from + i, value);
  }
}

/** Walks the whole tree, which is cheaper when most keys are there; entries that were not asked for go to `unmatched`. */
export async function findAll(
  reader: BlockReader,
  root: Digest,
  keys: SortedKeys,
  found: Found,
  unmatched?: (key: Uint8Array) => void,
): Promise<void> {
  let index = 0;
  for await (const { leaf, start, end } of leavesFrom(reader, root, { ahead })) {
    for (let i = start; i < end; i++) {
      const key = leaf.key(i);
      let order = -1;
      while (index < keys.count && (order = compareBytes(keys.key(index), key)) < 0) index++;
      if (index < keys.count && order === 0) found(index++, leaf.value(i));
      else unmatched?.(key);
    }
  }
}
