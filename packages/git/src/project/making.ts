/** What every part of a projection under way works with, and sinks that send nothing. */
import type { BlockReader, Watch } from "@sheaf/core";
import type { GitPlatform, ObjectSink, Oid } from "../object.js";
import { oidOf } from "../oid.js";
import type { Sizes } from "./cut.js";
import type { Layouts } from "./layout.js";
import type { TreeShelf } from "./tree-shelf.js";

export interface Making {
  readonly reader: BlockReader;
  readonly shelf: TreeShelf;
  readonly layouts: Layouts;
  readonly sink: ObjectSink;
  /** Old versions of files are made again to be handed over beside new ones: only where objects are sent. */
  readonly wantsLikes: boolean;
  readonly watch: Watch;
  /** Files made lately: the next commit's are often sent as a difference from them. */
  readonly recent: RecentFiles;
  /** Other sizes than the format's: for tests. */
  readonly sizes?: Sizes;
}

/** Names what it is given, and lets it go. */
export function namingSink(git: GitPlatform): ObjectSink {
  return { put: (type, body) => oidOf(git, type, body), drain: () => undefined };
}

/** Bytes of files that are kept in memory. */
const mostBytes = 8 * 2 ** 20;

/** Keeps the bodies of the files that were made last, by name. */
export class RecentFiles {
  readonly #bodies = new Map<Oid, Uint8Array>();
  #bytes = 0;

  get(oid: Oid): Uint8Array | undefined {
    return this.#bodies.get(oid);
  }

  keep(oid: Oid, body: Uint8Array): void {
    if (this.#bodies.has(oid)) return;
    this.#bodies.set(oid, body);
    this.#bytes += body.length;
    for (const [oldest, { length }] of this.#bodies) {
      if (this.#bytes <= mostBytes) return;
      this.#bodies.delete(oldest);
      this.#bytes -= length;
    }
  }
}
