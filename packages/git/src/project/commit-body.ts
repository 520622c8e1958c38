/** The bodies of commits and annotated tags in git, as Sheaf writes them, and raw ones of others, checked. */
import {
  compareText,
  printJson,
  SheafError,
  utf8,
  type Commit,
  type Signature,
  type Tag,
  type ValueObject,
} from "@sheaf/core";
import { parseCommit, parseTag, printCommit, printTag } from "../commit.js";
import { textField, type Field } from "../header.js";
import type { ObjectType, Oid } from "../object.js";
import { printSignature } from "../signature.js";
import { overlayKey } from "./overlay.js";

/** The line in the head of a commit or tag that holds its attributes. */
export const attributesField = "sheaf";

/** What the line of attributes has under the reserved key where a commit is to be read against its parents' projections. */
export const readMark = "projected";

/** Prints a commit on its top tree and the git names of its parents; `isMarked` as `mistaken.ts` says. */
export function printCommitBody(
  { author, committer, message, attributes }: Commit,
  tree: Oid,
  parents: readonly Oid[],
  isMarked: boolean,
): Uint8Array {
  return printCommit({
    tree,
    parents,
    author: signatureBytes(author),
    committer: signatureBytes(committer),
    extra: attributeFields(attributes, isMarked),
    message: messageBytes(message),
  });
}

/** Prints an annotated tag on what it names. */
export function printTagBody({ name, tagger, message, attributes }: Tag, object: Oid, type: ObjectType): Uint8Array {
  return printTag({
    object,
    type,
    name: utf8(name),
    tagger: signatureBytes(tagger),
    extra: attributeFields(attributes),
    message: messageBytes(message),
  });
}

/** Gives back the raw body of an adopted commit; throws corrupt-block unless it is on this tree and these parents. */
export function checkedCommitBody(cid: string, body: Uint8Array, tree: Oid, parents: readonly Oid[]): Uint8Array {
  const raw = parseCommit(body);
  if (raw.tree === tree && compareText(raw.parents.join(), parents.join()) === 0) return body;
  throw new SheafError(
    "corrupt-block",
    { cid },
    `the git commit kept in commit ${cid} is on another tree or other parents than were projected; run sheaf verify`,
  );
}

/** Gives back the raw body of an adopted tag; throws corrupt-block unless it names this object. */
export function checkedTagBody(cid: string, body: Uint8Array, object: Oid): Uint8Array {
  if (parseTag(body).object === object) return body;
  throw new SheafError(
    "corrupt-block",
    { cid },
    `the git tag kept in tag ${cid} names something else than was projected; run sheaf verify`,
  );
}

function signatureBytes(signature: Signature): Uint8Array {
  return utf8(printSignature(signature));
}

function attributeFields(attributes: ValueObject, isMarked = false): Field[] {
  const { [overlayKey]: _kept, ...others } = attributes;
  const own = isMarked ? { ...others, [overlayKey]: readMark } : others;
  return Object.keys(own).length > 0 ? [textField(attributesField, printJson(own))] : [];
}

function messageBytes(message: string): Uint8Array {
  return utf8(message === "" ? "" : `${message}\n`);
}
