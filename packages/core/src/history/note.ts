/**
 * What is known of a version of a dataset beside its commits. It goes by the commit that began the version, so it means the same in every repository,
 * however that one counts.
 *
 * A ref, `refs/notes/<dataset id>/<CID of that commit>`, names an annotated tag. The attribute `note` is what faces know (names, descriptions); the target is
 * the commit that began the version or, where it was changed beside the branch, the commit that it is by now.
 */
import type { BlockReader } from "../block/blocks.js";
import { parseCid, printCid, sameDigest, type Cid, type Digest } from "../block/cid.js";
import { decodeDataset, type DatasetId } from "../dataset/dataset.js";
import { linkedDigest } from "../dataset/row.js";
import { isSheafError, SheafError } from "../errors.js";
import { decode } from "../item/cbor.js";
import { isObject, type ValueObject } from "../item/value.js";
import { entries } from "../tree/read.js";
import { isAncestor } from "./ancestry.js";
import { blockType, decodeTag, encodeTag, type Signature } from "./commit.js";
import { snapshotOf } from "./snapshot.js";

export interface VersionNote {
  /** The commit that began the version, or what it is by now. */
  readonly commit: Digest;
  readonly note: ValueObject;
  /** Who wrote it last, and when. */
  readonly writer: Signature;
}

/** Where notes are. */
export const notePrefix = "refs/notes/";

/** The ref of a note. */
export function noteRef(dataset: DatasetId, first: Cid): string {
  return `${notePrefix}${dataset}/${first}`;
}

/** The dataset and the commit that a ref's name says; `undefined` for what is no name of a note. */
export function parseNoteRef(name: string): { dataset: DatasetId; first: Cid } | undefined {
  const [, dataset, first] = /^refs\/notes\/([0-9a-f]{32})\/([a-z2-7]+)$/.exec(name) ?? [];
  return first !== undefined && isCommitName(first) ? { dataset, first } : undefined;
}

function isCommitName(text: string): text is Cid {
  try {
    return printCid(parseCid(text).digest) === text;
  } catch {
    return false;
  }
}

/** Prints the block. Throws bad-input for what git could not write. */
export function encodeNote({ commit, note, writer }: VersionNote): Uint8Array {
  return encodeTag({ target: commit, name: "note", tagger: writer, message: "", attributes: { note } });
}

/** Reads the block. Throws corrupt-block for what is no note. */
export function decodeNote(bytes: Uint8Array): VersionNote {
  const { target, tagger, attributes } = decodeTag(bytes);
  const { note } = attributes;
  if (isObject(note)) return { commit: target, note, writer: tagger };
  throw new SheafError("corrupt-block", { cid: "" }, "a tag that should be the note of a version is none");
}

/** Says why a ref of this name must not name this block, whose commits are here; `undefined` where it may. */
export async function noteFault(reader: BlockReader, name: string, digest: Digest): Promise<string | undefined> {
  const place = parseNoteRef(name);
  if (!place) return `${name} is no name of a note: that is ${notePrefix}<dataset id>/<commit>`;
  const found = await readNote(reader, digest);
  if (!found) return `${name} must name a note: an annotated tag of a commit`;
  const first = parseCid(place.first).digest;
  if (sameDigest(found.commit, first)) return undefined;
  // What the name says may be no commit, or not here.
  const comesFrom = await soundly(() => isAncestor(reader, first, found.commit));
  if (comesFrom !== true) return `${name} names a commit that does not come from it`;
  if (await holdsDataset(reader, found.commit, place.dataset)) return undefined;
  return `${name} names a commit without the dataset`;
}

function readNote(reader: BlockReader, digest: Digest): Promise<VersionNote | undefined> {
  return soundly(async () => {
    const note = decodeNote(await reader.load(digest));
    return blockType(decode(await reader.load(note.commit))) === "commit" ? note : undefined;
  });
}

/** What comes of looking at blocks; `undefined` where they are missing, or not what they should be. */
async function soundly<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isSheafError(error)) return undefined;
    throw error;
  }
}

async function holdsDataset(reader: BlockReader, commit: Digest, id: DatasetId): Promise<boolean> {
  const { datasets } = await snapshotOf(reader, commit);
  for await (const { value } of entries(reader, datasets))
    if (decodeDataset(await reader.load(linkedDigest(value).slice())).id === id) return true;
  return false;
}
