/** Where one node of the tree ends and the next begins: a pure function of the entries, so that equal content has equal shape. */

/** Aimed-for bytes of entries in a node: 4 KiB, about one disk page, so a small change rewrites little. */
export const targetBytes = 4096;
export const minBytes = targetBytes / 8;
export const maxBytes = targetBytes * 4;

/**
 * Says whether a node ends after this entry.
 *
 * Looks only at the entry's key and at the bytes since the last ending, never at how the tree came to be. One set of entries gives one
 * tree, whatever the order of edits; `edit.test.ts` holds this as a law.
 *
 * @param bytes      encoded size of the entries of the node so far, this one included
 * @param entryBytes encoded size of this entry
 * @param keyHash    {@link hashKey} of this entry's key at the node's level: 0 ≤ keyHash < 2³²
 *
 * Idea: boundaries from key hashes with the chance steered by bytes, dolthub/dolt go/store/prolly/tree/node_splitter.go.
 */
export function endsNode(bytes: number, entryBytes: number, keyHash: number): boolean {
  if (bytes < minBytes) return false;
  if (bytes >= maxBytes) return true;
  return keyHash / 2 ** 32 < entryBytes / targetBytes;
}

/**
 * Hashes the key `bytes[from, to)` for the boundaries of one level: MurmurHash3 x86 32-bit with the level as its seed, so that levels cut independently.
 *
 * Cheap rather than strong: who chooses keys to defeat it only gets nodes of the least or the greatest size.
 */
export function hashKey(level: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let hash = level | 0;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    let word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    word = Math.imul(word, 0xcc9e2d51);
    hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  if (at < to) {
    let word = bytes[at];
    if (at + 1 < to) word |= bytes[at + 1] << 8;
    if (at + 2 < to) word |= bytes[at + 2] << 16;
    word = Math.imul(word, 0xcc9e2d51);
    hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  }
  hash ^= to - from;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
