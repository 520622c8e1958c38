/** The files of a commit as they are in git, made again one at a time: what adoption kept, or what is projected. */
import { get, utf8, type Commit, type Digest } from "@sheaf/core";
import { keptFile, overlayOf } from "./overlay.js";
import { ProjectedFiles } from "./projected-files.js";
import type { VersionMaker } from "./version-maker.js";

/** Reads one file of a snapshot's projection; `undefined` when there is none. */
export async function readProjected(
  maker: VersionMaker,
  snapshot: Digest,
  path: string,
): Promise<Uint8Array | undefined> {
  const { reader } = maker.place;
  const tree = await maker.atHand(snapshot, undefined, {});
  return new ProjectedFiles(reader, maker.shelf, maker.layouts, snapshot, tree).read(path);
}

/** Reads one file of a commit; `undefined` when there is none. */
export async function readCommitted(
  maker: VersionMaker,
  commit: Commit,
  path: string,
): Promise<Uint8Array | undefined> {
  const { reader } = maker.place;
  const { files } = overlayOf(commit);
  const value = files && (await get(reader, files, utf8(path)));
  if (!value) return readProjected(maker, commit.snapshot, path);
  const kept = keptFile(path, value);
  return kept && reader.load(kept.digest);
}
