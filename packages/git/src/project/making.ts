/** What every part of a projection under way works with, and sinks that send nothing. */
import type { BlockReader, Watch } from "@sheaf/core";
import type { GitPlatform, ObjectSink } from "../object.js";
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
  /** Other sizes than the format's: for tests. */
  readonly sizes?: Sizes;
}

/** Names what it is given, and lets it go. */
export function namingSink(git: GitPlatform): ObjectSink {
  return { put: (type, body) => oidOf(git, type, body), drain: () => undefined };
}
