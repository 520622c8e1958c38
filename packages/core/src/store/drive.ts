/**
 * A drive: where bytes rest, all of them frozen. The only thing that the engine asks of a folder, a bucket, a browser or memory.
 *
 * Names are relative paths of ASCII letters (lower case), digits and `-_.~%` in segments separated by `/`; no empty segment, none that begins
 * with a dot, each at most 200 bytes. Nothing is ever overwritten. Any number of processes may hold the same drive open.
 * Every method throws `drive-failed` when the storage fails (no space, no permission, connection lost); it is never thrown for an
 * absent or a taken name.
 */
import type { Awaitable } from "../platform.js";

/** Part of the bytes at a name: from `start` up to `end` (default: the last byte). A negative `start` counts from the last byte; spans are cut to what is there. */
export interface Span {
  readonly start: number;
  readonly end?: number;
}

export interface Drive {
  /**
   * The bytes at a name, or the part that the span covers; `undefined` when nothing is there. Never a mixture of two creations.
   *
   * They may come in `room`, memory of the caller's that is to be used again: from its beginning, where it suffices.
   */
  read(name: string, span?: Span, room?: Uint8Array): Awaitable<Uint8Array | undefined>;
  /**
   * Puts bytes at a name that is free.
   *
   * Resolves to `true` when they are there whole and durable (they survive a power cut), to `false` when the name is taken, which then holds what it
   * held. A chunk of a stream is the drive's until it asks for the next; then its memory may be used again. Of rivals for one name exactly one gets `true`. When it throws, or the process is killed, the name is free or holds all the bytes.
   */
  create(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean>;
  /** The names that begin with the prefix (any text), in byte order, each greater than `after` if given. What is created or removed meanwhile may or may not be seen. */
  list(prefix: string, after?: string): AsyncIterable<string>;
  /** Makes the name free; nothing happens when it is. Only garbage collection calls it. */
  remove(name: string): Promise<void>;
}
