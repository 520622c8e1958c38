/** A version of a dataset as its ref names it: an annotated tag of the commit that it is by now, with the one that began it. */
import { dagCbor, parseCid, printCid, sameDigest, type Cid, type Digest } from "../block/cid.js";
import type { BlockReader } from "../block/blocks.js";
import { decodeTag, encodeTag, type Signature } from "../history/commit.js";
import { Link } from "../item/ipld.js";
import type { Value, ValueObject } from "../item/value.js";
import { readCommit, type Tip } from "./context.js";

/** One version of a dataset. */
export interface VersionInfo {
  /** From 1 upwards, by when it was entered. */
  readonly number: number;
  /** What the version is by now. */
  readonly commit: Cid;
  /** The commit that began it: the same for as long as the version lives. */
  readonly first: Cid;
  /** Of the first commit. */
  readonly author: Signature;
  readonly message: string;
  readonly attributes: ValueObject;
  /** When it last changed in place, in seconds since 1970. */
  readonly changedTime: number;
  /** What faces keep of it beside. */
  readonly note: ValueObject;
}

/** Prints the tag. */
export function encodeVersion(info: Omit<VersionInfo, "attributes" | "changedTime">): Uint8Array {
  const { number, author, message, note } = info;
  const first = new Link(parseCid(info.first).digest, dagCbor) as unknown as Value;
  return encodeTag({
    target: parseCid(info.commit).digest,
    name: `v${number}`,
    tagger: author,
    message,
    attributes: { first, note },
  });
}

/** Reads the tag, and the commits that it tells of. */
export async function readVersion(reader: BlockReader, value: string, number: number): Promise<VersionInfo> {
  const tag = decodeTag(await reader.load(parseCid(value).digest));
  const { first, note } = tag.attributes as unknown as { first: { digest: Digest }; note: ValueObject };
  const begun = await readCommit(reader, first.digest);
  const now = sameDigest(first.digest, tag.target) ? begun : await readCommit(reader, tag.target);
  return { ...beginningOf(begun), number, commit: printCid(tag.target), changedTime: now.author.time, note };
}

/** What a version takes from the commit that begins it. */
export function beginningOf({ digest, author, message, attributes }: Tip): Omit<VersionInfo, "number"> {
  const first = printCid(digest);
  return { first, commit: first, author, message, attributes, changedTime: author.time, note: {} };
}
