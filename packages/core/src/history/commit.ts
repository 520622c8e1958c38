/**
 * A commit's block: one snapshot of the whole repository, where it came from, who made it, when and why; and the annotated tag's.
 *
 * What git could not write is refused when the block is made, so that every history can be projected (law 10).
 */
import { dagCbor, type Digest } from "../block/cid.js";
import { asBlock, asCount, asDigest, asDigests, asObject, asText } from "../block/shape.js";
import { badInput } from "../errors.js";
import { decode, encode, Link, type Ipld } from "../item/cbor.js";
import { isObject, type Value, type ValueObject } from "../item/value.js";
import { isWellFormed } from "../text.js";

/** Who, and when: `time` in seconds since 1970, `zone` in minutes east of UTC. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly time: number;
  readonly zone: number;
}

export interface Commit {
  readonly snapshot: Digest;
  readonly parents: readonly Digest[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  readonly attributes: ValueObject;
}

export interface Tag {
  readonly target: Digest;
  readonly name: string;
  readonly tagger: Signature;
  readonly message: string;
  readonly attributes: ValueObject;
}

/** Greatest time: as many digits as are read from git, where more are a slip. */
const maxTime = 999_999_999_999_999;
/** Greatest zone offset that git can write: 99 h 59 min. */
const maxZone = 99 * 60 + 59;

/** Refuses a signature that git cannot write. `role` names it in the error. */
export function checkSignature({ name, email, time, zone }: Signature, role: string): void {
  for (const [what, text] of [
    ["name", name],
    ["e-mail", email],
  ] as const)
    if (/[<>\0\r\n]/.test(text) || !isWellFormed(text))
      throw badInput(
        `the ${role}'s ${what} ${JSON.stringify(text)} holds <, >, NUL, a line break or half a character; git cannot write that`,
      );
  if (!Number.isSafeInteger(time) || time < 0 || time > maxTime)
    throw badInput(`the ${role}'s time ${time} is not a whole number of seconds from 1970 on, of at most 15 digits`);
  if (!Number.isSafeInteger(zone) || Math.abs(zone) > maxZone)
    throw badInput(`the ${role}'s zone ${zone} is beyond ±99:59`);
}

/** Refuses a message that git cannot write. */
export function checkMessage(message: string): void {
  if (message.includes("\0")) throw badInput("the message holds a NUL character; git cannot write that");
  if (!isWellFormed(message)) throw badInput("the message holds half a character (a lone surrogate)");
}

/** Prints the block; throws bad-input for what git cannot write. */
export function encodeCommit(commit: Commit): Uint8Array {
  checkSignature(commit.author, "author");
  checkSignature(commit.committer, "committer");
  checkMessage(commit.message);
  const { snapshot, parents, author, committer, message, attributes } = commit;
  return encode({
    type: "commit",
    version: 1,
    snapshot: new Link(snapshot, dagCbor),
    parents: parents.map(parent => new Link(parent, dagCbor)),
    author: signatureBlock(author),
    committer: signatureBlock(committer),
    message,
    attributes,
  });
}

/** Reads the block; throws corrupt-block when it is not a commit. */
export function decodeCommit(bytes: Uint8Array): Commit {
  const block = asBlock(decode(bytes), "commit");
  return {
    snapshot: asDigest(block, "snapshot"),
    parents: asDigests(block, "parents"),
    author: asSignature(asObject(block, "author")),
    committer: asSignature(asObject(block, "committer")),
    message: asText(block, "message"),
    attributes: asObject(block, "attributes"),
  };
}

/** Prints the block of an annotated tag; throws bad-input for what git cannot write. */
export function encodeTag({ target, name, tagger, message, attributes }: Tag): Uint8Array {
  checkSignature(tagger, "tagger");
  checkMessage(message);
  return encode({
    type: "tag",
    version: 1,
    target: new Link(target, dagCbor),
    name,
    tagger: signatureBlock(tagger),
    message,
    attributes,
  });
}

/** Reads the block of an annotated tag; throws corrupt-block when it is not one. */
export function decodeTag(bytes: Uint8Array): Tag {
  const block = asBlock(decode(bytes), "tag");
  return {
    target: asDigest(block, "target"),
    name: asText(block, "name"),
    tagger: asSignature(asObject(block, "tagger")),
    message: asText(block, "message"),
    attributes: asObject(block, "attributes"),
  };
}

/** Says which structured block this is; `undefined` for tree nodes and items. */
export function blockType(value: Ipld): string | undefined {
  const type = isObject(value as Value) ? (value as ValueObject)["type"] : undefined;
  return typeof type === "string" ? type : undefined;
}

function signatureBlock({ name, email, time, zone }: Signature): ValueObject {
  return { name, email, time, zone };
}

function asSignature(block: ValueObject): Signature {
  return {
    name: asText(block, "name"),
    email: asText(block, "email"),
    time: asCount(block, "time"),
    zone: asCount(block, "zone"),
  };
}
