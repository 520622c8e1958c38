/** How an entry of a pack begins: its kind, the bytes it holds, and what a difference is from. Format: git's Documentation/gitformat-pack. */
import { badInput } from "@sheaf/core";
import type { ObjectType, Oid } from "../object.js";
import { oidBytes, readOid, writeOid } from "../oid.js";

export const headBytes = 12;
export const trailerBytes = oidBytes;
const magic = 0x5041434b;
const ofsDelta = 6;
const refDelta = 7;
const codes: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
const typeOfCode: readonly (ObjectType | undefined)[] = [undefined, "commit", "tree", "blob", "tag"];

/** What an entry is: an object, or a difference from one that stands `back` bytes before, or from one by name. */
export type EntryKind = { readonly type: ObjectType } | { readonly back: number } | { readonly base: Oid };

export interface EntryHead {
  readonly kind: EntryKind;
  /** Bytes of the body or difference when inflated. */
  readonly size: number;
  /** Where the compressed bytes begin. */
  readonly end: number;
}

/** Longest head: ten bytes of kind and size, and a name or nine bytes of distance. */
export const maxEntryHead = 10 + oidBytes;

/** Prints the head of a pack of `count` entries. */
export function printPackHead(count: number): Uint8Array {
  const head = new Uint8Array(headBytes);
  const view = new DataView(head.buffer);
  view.setUint32(0, magic);
  view.setUint32(4, 2);
  view.setUint32(8, count);
  return head;
}

/** Reads how many entries a pack says it has. Throws bad-input for what is no pack of version 2 or 3. */
export function parsePackHead(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headBytes || view.getUint32(0) !== magic) throw badPack("does not begin as a pack does");
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) throw badPack(`is of version ${version}, which is not known here`);
  return view.getUint32(8);
}

export function printEntryHead(kind: EntryKind, size: number): Uint8Array {
  const code = "type" in kind ? codes[kind.type] : "back" in kind ? ofsDelta : refDelta;
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((rest > 0 ? 0x80 : 0) | (code << 4) | (size % 16));
  for (; rest > 0; rest = Math.floor(rest / 0x80)) bytes.push((rest >= 0x80 ? 0x80 : 0) | (rest % 0x80));
  if ("back" in kind) bytes.push(...printDistance(kind.back));
  if (!("base" in kind)) return Uint8Array.from(bytes);
  const head = new Uint8Array(bytes.length + oidBytes);
  head.set(bytes);
  writeOid(kind.base, head, bytes.length);
  return head;
}

/** Reads the head that begins at `at`. Throws bad-input when it is none; `bytes` must reach {@link maxEntryHead} further or to the pack's end. */
export function parseEntryHead(bytes: Uint8Array, at: number): EntryHead {
  let next = at;
  const take = () => {
    if (next >= bytes.length || next - at >= maxEntryHead) throw badPack("is cut off");
    return bytes[next++];
  };
  let byte = take();
  const code = (byte >> 4) & 7;
  let size = byte & 15;
  for (let scale = 16; byte & 0x80; scale *= 0x80) {
    byte = take();
    size += (byte & 0x7f) * scale;
  }
  if (!Number.isSafeInteger(size)) throw badPack("holds an object too large to be one");
  const type = typeOfCode[code];
  if (type) return { kind: { type }, size, end: next };
  if (code === ofsDelta) return { kind: { back: takeDistance(take) }, size, end: next };
  if (code !== refDelta) throw badPack(`holds an entry of kind ${code}, which is not known`);
  if (next + oidBytes > bytes.length) throw badPack("is cut off");
  return { kind: { base: readOid(bytes, next) }, size, end: next + oidBytes };
}

/** Makes the error for a pack that cannot be read: the phrase goes on after "the git pack". */
export function badPack(what: string, options?: { cause: unknown }) {
  const error = badInput(`the git pack ${what}`);
  if (options) error.cause = options.cause;
  return error;
}

function printDistance(back: number): number[] {
  const bytes = [back % 0x80];
  for (let rest = Math.floor(back / 0x80); rest > 0; rest = Math.floor(rest / 0x80))
    bytes.unshift(0x80 | (--rest % 0x80));
  return bytes;
}

function takeDistance(take: () => number): number {
  let byte = take();
  let back = byte & 0x7f;
  while (byte & 0x80) {
    byte = take();
    back = (back + 1) * 0x80 + (byte & 0x7f);
  }
  return back;
}
