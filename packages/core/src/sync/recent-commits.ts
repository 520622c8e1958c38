/** The latest commits of some histories: by them another side says what it has. */
import type { BlockReader } from "../block/blocks.js";
import type { Digest } from "../block/cid.js";
import { blockType, decodeCommit, decodeTag } from "../history/commit.js";
import { decode } from "../item/cbor.js";
import { DigestSet } from "../store/digest-set.js";
import { loadSome } from "../store/some.js";

/** Up to so many commits and tags, these tips first, then their parents, level by level. What is not here is passed over. */
export async function recentCommits(reader: BlockReader, tips: readonly Digest[], most: number): Promise<Digest[]> {
  const seen = new DigestSet();
  for (const tip of tips) seen.add(tip);
  const found: Digest[] = [];
  for (let at = 0; at < seen.size && found.length < most; at++) {
    const digest = seen.digest(at);
    const [bytes] = await loadSome(reader, [digest]);
    if (!bytes) continue;
    found.push(digest);
    for (const below of linksOf(bytes)) seen.add(below);
  }
  return found;
}

function linksOf(bytes: Uint8Array): readonly Digest[] {
  const type = blockType(decode(bytes));
  if (type === "commit") return decodeCommit(bytes).parents;
  return type === "tag" ? [decodeTag(bytes).target] : [];
}
