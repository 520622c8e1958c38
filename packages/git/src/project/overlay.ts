/** What adoption laid over a commit's projection: the files and folders that somebody wrote otherwise than Sheaf would, byte for byte. */
import {
  decode,
  entries,
  fromUtf8,
  isObject,
  Link,
  SheafError,
  type Commit,
  type Digest,
  type Ipld,
  type Tag,
  type Value,
} from "@sheaf/core";
import type { Oid } from "../object.js";
import { modes } from "../tree.js";
import type { Making } from "./making.js";
import { editPaths, type Placed } from "./path-edit.js";

/** The attribute that holds what adoption keeps; nobody else may use it. */
export const overlayKey = "git";

/** What adoption keeps of a commit or tag: the raw body of its git object, and a tree of the files that differ, path → `[mode, link]` or `null`. */
export interface Overlay {
  readonly commit?: Digest;
  readonly tag?: Digest;
  readonly files?: Digest;
}

/** What adoption keeps of this commit or tag; empty for one that was made by Sheaf. */
export function overlayOf({ attributes }: Pick<Commit | Tag, "attributes">): Overlay {
  const kept = attributes[overlayKey] as Value | undefined;
  if (!isObject(kept)) return {};
  const link = (key: keyof Overlay) => {
    const value = kept[key] as Ipld | undefined;
    return value instanceof Link ? { [key]: value.digest } : {};
  };
  return { ...link("commit"), ...link("tag"), ...link("files") };
}

/** Lays the files over the projection of the commit's snapshot and gives the commit's own top tree. Throws `TreeLoss`; corrupt-block when they do not fit. */
export async function layOver(making: Making, projected: Oid, files: Digest): Promise<Oid> {
  const { reader, sink, shelf } = making;
  const places = new Map<string, Placed | undefined>();
  const bodies = new Map<string, Uint8Array>();
  for await (const { key, value } of entries(reader, files)) {
    const path = fromUtf8(key);
    const kept = keptFile(path, value);
    if (!kept) places.set(path, undefined);
    else if (kept.mode === modes.folder) bodies.set(path, await reader.load(kept.digest));
    else places.set(path, { mode: kept.mode, oid: sink.put("blob", await reader.load(kept.digest)) });
    await sink.drain();
  }
  return editPaths(shelf, sink, projected, { places, bodies });
}

/** One file that differs; `undefined` for one that is not there. */
export function keptFile(path: string, value: Uint8Array): { mode: number; digest: Digest } | undefined {
  const kept = decode(value);
  if (kept === null) return undefined;
  if (Array.isArray(kept) && typeof kept[0] === "number" && kept[1] instanceof Link)
    return { mode: kept[0], digest: kept[1].digest };
  throw new SheafError(
    "corrupt-block",
    { cid: "" },
    `what is kept for ${JSON.stringify(path)} of an adopted commit is malformed; run sheaf verify`,
  );
}
