/**
 * Git's objects as this package passes them around: their names, their bodies, where they come from and where they go.
 *
 * Leaves to others: how bodies are written and read (`tree.ts`, `commit.ts`), how they travel (`pack/`, `transport/`).
 */
import type { Awaitable } from "@sheaf/core";

/** The name of a git object: the sha1 of its head and body, 40 lower-case hex digits. */
export type Oid = string & { readonly __oid: true };

export type ObjectType = "commit" | "tree" | "blob" | "tag";

export interface GitObject {
  readonly type: ObjectType;
  readonly body: Uint8Array;
}

/** Where objects are looked up: a pack that arrived, the cache of trees. */
export interface ObjectSource {
  /** `undefined` when it is not here. Throws bad-input when it is damaged. */
  read(oid: Oid): Awaitable<GitObject | undefined>;
}

/** An object that the reader of a pack has already, or gets in the same pack before: an older version of a file or tree. */
export interface Likeness extends GitObject {
  readonly oid: Oid;
}

/** Where objects go that a projection makes. Taking one twice is harmless. */
export interface ObjectSink {
  /** Takes an object and gives its name; `like` is what it may be sent as a difference from. The body is not changed afterwards. */
  put(type: ObjectType, body: Uint8Array, like?: Likeness): Oid;
  /** Lets the sink move what it holds along; call it now and then in long work. */
  drain(): Awaitable<void>;
}

/** A sha1 under way. */
export interface RunningSha1 {
  update(bytes: Uint8Array): void;
  /** The sha1 of all that was given, as hex; ends it. */
  end(): string;
}

/** What git's formats ask of their place, beside the engine's platform. */
export interface GitPlatform {
  /** The sha1 of the parts end to end, as hex. */
  sha1(...parts: readonly Uint8Array[]): string;
  /** Begins a sha1 of bytes that come one after another, as those of a pack do. */
  startSha1(): RunningSha1;
  /** Compresses as zlib does (RFC 1950). */
  deflate(bytes: Uint8Array): Uint8Array;
  /**
   * Inflates one zlib stream that begins at `from` and holds exactly `size` bytes; `end` is where the stream ends in `bytes`.
   *
   * Throws when it is damaged, holds more or less; `undefined` when `bytes` ends before the stream does.
   */
  inflate(
    bytes: Uint8Array,
    from: number,
    size: number,
  ): { readonly body: Uint8Array; readonly end: number } | undefined;
}
