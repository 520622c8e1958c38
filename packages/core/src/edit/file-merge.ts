/** Three-way merge of the other files of a snapshot: what one side changed is taken; texts that both changed merge by line. */
import type { Blocks, BlockReader } from "../block/blocks.js";
import { parseCid, printCid, raw, sameDigest, type Digest } from "../block/cid.js";
import { badInput } from "../errors.js";
import { decode, encode, Link } from "../item/cbor.js";
import { getKey, isObject, type Value } from "../item/value.js";
import { compareBytes, fromUtf8, utf8 } from "../text.js";
import type { TreeChange } from "../tree/edit.js";
import { editTree } from "../tree/edit.js";
import { mergeTrees, type ThreeWay } from "../tree/merge.js";
import type { MergeContext } from "./dataset-merge.js";
import { mergeTexts } from "./text-merge.js";

/** A file as it rests in a snapshot. `mode` is git's. */
export interface StoredFile {
  readonly mode: number;
  readonly content: Digest;
}

/** Git's modes of what can be merged by line: files, executable or not; not symlinks. */
const mergeable = new Set([0o100644, 0o100755]);
/** Longest file that is merged by line, or shown in a conflict as text. */
const maxTextBytes = 2 ** 20;

/** Reads a value of a snapshot's `files`. */
export function fileOf(value: Uint8Array): StoredFile {
  const [mode, link] = decode(value) as [number, Link];
  return { mode, content: link.digest };
}

/** Prints a file as a value of a snapshot's `files`. */
export function fileValue({ mode, content }: StoredFile): Uint8Array {
  return encode([mode, new Link(content, raw)]);
}

/**
 * What people see of a file in a conflict: its text, or `{ "/": CID }` where it is not text or very long; for what is not an ordinary file with its mode, as
 * `{ "mode": …, "content": … }`.
 */
export async function viewFile(reader: BlockReader, file: StoredFile): Promise<Value> {
  const content = (await textOf(reader, file)) ?? { "/": printCid(file.content, raw) };
  return file.mode === 0o100644 ? content : { mode: file.mode, content };
}

/** The file that such a view stands for; its text becomes a block. Throws bad-input for what is no such view. */
export function fileFromView(blocks: Blocks, path: string, view: Value): StoredFile {
  const mode = isObject(view) ? getKey(view, "mode") : undefined;
  const content = isObject(view) && mode !== undefined ? getKey(view, "content") : view;
  const cid = isObject(content) ? getKey(content, "/") : undefined;
  if (mode !== undefined && typeof mode !== "number") throw badInput("the mode of a file is a number", { file: path });
  if (typeof content === "string") return { mode: mode ?? 0o100644, content: blocks.put(utf8(content)) };
  if (typeof cid === "string") return { mode: mode ?? 0o100644, content: parseCid(cid).digest };
  throw badInput('a file is given as its text, or as { "/": CID }', { file: path });
}

/** Merges the trees of files and gives the new root; without a base both sides made theirs from nothing. */
export async function mergeFiles(context: MergeContext, base: Digest, ours: Digest, theirs: Digest): Promise<Digest> {
  const changes: TreeChange[] = [];
  for await (const entry of mergeTrees(context.blocks, base, ours, theirs)) {
    context.signal?.throwIfAborted();
    changes.push({ key: entry.key, value: await mergeEntry(context, entry) });
  }
  return (await editTree(context.blocks, ours, changes)).root;
}

/** The merged value. */
async function mergeEntry(context: MergeContext, entry: ThreeWay): Promise<Uint8Array | undefined> {
  const { base, ours, theirs } = entry;
  if (same(ours, theirs) || same(base, theirs)) return ours;
  if (same(base, ours)) return theirs;
  const merged =
    base && ours && theirs && (await mergeContents(context.blocks, fileOf(base), fileOf(ours), fileOf(theirs)));
  if (merged) return fileValue(merged);
  await report(context, entry);
  return context.hold === "base" ? base : (ours ?? theirs);
}

async function mergeContents(
  blocks: Blocks,
  base: StoredFile,
  ours: StoredFile,
  theirs: StoredFile,
): Promise<StoredFile | undefined> {
  const mode = pick(base.mode, ours.mode, theirs.mode, (a, b) => a === b);
  if (mode === undefined) return undefined;
  const content = pick(base.content, ours.content, theirs.content, sameDigest);
  if (content) return { mode, content };
  const texts = await Promise.all([base, ours, theirs].map(file => textOf(blocks, file)));
  const [was, our, their] = texts;
  if (was === undefined || our === undefined || their === undefined) return undefined;
  const merged = mergeTexts(was, our, their);
  return merged === undefined ? undefined : { mode, content: blocks.put(utf8(merged)) };
}

function pick<T>(base: T, ours: T, theirs: T, isSame: (a: T, b: T) => boolean): T | undefined {
  if (isSame(ours, theirs) || isSame(base, theirs)) return ours;
  return isSame(base, ours) ? theirs : undefined;
}

/** The text of an ordinary file; `undefined` for what is none: long, binary, a symlink. */
async function textOf(reader: BlockReader, { mode, content }: StoredFile): Promise<string | undefined> {
  if (!mergeable.has(mode)) return undefined;
  const bytes = await reader.load(content);
  if (bytes.length > maxTextBytes || bytes.includes(0)) return undefined;
  try {
    return fromUtf8(bytes);
  } catch {
    return undefined;
  }
}

async function report({ blocks, conflicts }: MergeContext, { key, base, ours, theirs }: ThreeWay): Promise<void> {
  const [was, our, their] = await Promise.all(
    [base, ours, theirs].map(async value => value && viewFile(blocks, fileOf(value))),
  );
  conflicts.push({
    dataset: "",
    id: fromUtf8(key),
    pointer: "",
    ...(was !== undefined && { base: was }),
    ...(our !== undefined && { ours: our }),
    ...(their !== undefined && { theirs: their }),
  });
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a && b ? compareBytes(a, b) === 0 : a === b;
}
