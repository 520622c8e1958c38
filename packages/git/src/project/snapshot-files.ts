/** The files of a snapshot that are no datasets: kept byte for byte, where they are. */
import { decode, diffTrees, entries, fromUtf8, utf8, type Digest, type Ipld, type Link } from "@sheaf/core";
import type { Likeness } from "../object.js";
import { oidOf } from "../oid.js";
import { modes } from "../tree.js";
import { mistakable, type Layout } from "./layout.js";
import type { Making } from "./making.js";
import type { Placed } from "./path-edit.js";
import { isDatasetText } from "./texts.js";

type Places = Map<string, Placed | undefined>;

export class SnapshotFiles {
  /** @param layout  of the datasets beside which they lie */
  constructor(
    readonly making: Making,
    readonly files: Digest,
    readonly layout: Layout,
  ) {}

  /** Throws refused when any file lies where it could be taken for a dataset's. */
  async checkAll(): Promise<void> {
    for await (const { key } of entries(this.making.reader, this.files)) this.layout.checkFile(fromUtf8(key));
  }

  /** What differs from the earlier snapshot's files, by path. */
  async changed(before: Digest | undefined): Promise<Places> {
    if (!before) return this.below("");
    const places: Places = new Map();
    for await (const { key, before: was, after } of diffTrees(this.making.reader, before, this.files)) {
      const path = fromUtf8(key);
      if (after) this.layout.checkFile(path);
      places.set(path, after && (await this.#put(path, after, was)));
    }
    return places;
  }

  /** All files whose paths begin so. */
  async below(prefix: string): Promise<Places> {
    const places: Places = new Map();
    for await (const { key, value } of entries(this.making.reader, this.files, { from: utf8(prefix) })) {
      const path = fromUtf8(key);
      if (!path.startsWith(prefix)) break;
      places.set(path, await this.#put(path, value, undefined));
    }
    return places;
  }

  async #put(path: string, value: Uint8Array, was: Uint8Array | undefined): Promise<Placed> {
    const { reader, sink } = this.making;
    const { mode, digest } = fileOf(value);
    const body = await reader.load(digest);
    if (mode !== modes.link && isDatasetText(path, body)) throw mistakable(path);
    const oid = sink.put("blob", body, await this.#like(was));
    await sink.drain();
    return { mode, oid };
  }

  async #like(was: Uint8Array | undefined): Promise<Likeness | undefined> {
    const { reader, shelf, wantsLikes } = this.making;
    if (!was || !wantsLikes) return undefined;
    const body = await reader.load(fileOf(was).digest);
    return { oid: oidOf(shelf.git, "blob", body), type: "blob", body };
  }
}

/** A file as a value of a snapshot's tree of files. */
export function fileOf(value: Uint8Array): { mode: number; digest: Digest } {
  const [mode, link] = decode(value) as Ipld[];
  return { mode: mode as number, digest: (link as Link).digest };
}
