/**
 * Makes a pack of objects that come one by one: each once, as a difference where that is smaller.
 *
 * How many there are stands at a pack's head, so the entries wait in a scratch file until all are there; memory holds their names alone.
 */
import { joinBytes } from "@sheaf/core";
import type { GitPlatform, Likeness, ObjectSink, ObjectType, Oid } from "../object.js";
import { oidBytes, oidOf, writeOid } from "../oid.js";
import { encodeDelta } from "./delta.js";
import { headBytes, printEntryHead, printPackHead, trailerBytes, type EntryKind } from "./entry.js";
import type { Scratch } from "./scratch.js";

/** Differences from differences in a row, as in git: a reader has to go through all of them. */
const maxDepth = 50;
/** A difference is taken when it is less than this share of the body; it compresses less well than the body. */
const worthwhile = 0.5;
/** What is shorter is sent whole. */
const minDeltaBody = 64;
/** Bytes read from the scratch file at a time. */
const chunkBytes = 1 << 18;

export interface PackOptions {
  /** Whether differences from objects that the reader has, and that are not in the pack, may be in it. */
  readonly thin: boolean;
}

/** Where an object stands in the pack, and how many differences lie between it and one that is whole. */
interface Place {
  readonly offset: number;
  readonly depth: number;
}

export class PackWriter implements ObjectSink {
  readonly #places = new Map<Oid, Place>();
  #waiting: Uint8Array[] = [];
  #offset = headBytes;

  constructor(
    readonly platform: GitPlatform,
    readonly scratch: Scratch,
    readonly options: PackOptions,
  ) {}

  /** Objects in the pack. */
  get count(): number {
    return this.#places.size;
  }

  /** Bytes of the whole pack, with head and trailer. */
  get bytes(): number {
    return this.#offset + trailerBytes;
  }

  put(type: ObjectType, body: Uint8Array, like?: Likeness): Oid {
    const oid = oidOf(this.platform, type, body);
    if (this.#places.has(oid)) return oid;
    const offset = this.#offset;
    const depth = (like?.type === type ? this.#putDelta(body, like) : undefined) ?? this.#putEntry({ type }, body, 0);
    this.#places.set(oid, { offset, depth });
    return oid;
  }

  async drain(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const waiting = joinBytes(this.#waiting);
    this.#waiting = [];
    await this.scratch.append(waiting);
  }

  /** Gives the pack, in chunks; nothing may be put in from then on. May be called again. */
  async *stream(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    await this.drain();
    const sha1 = this.platform.startSha1();
    const head = printPackHead(this.count);
    sha1.update(head);
    yield head;
    for (let at = 0; at < this.scratch.size; at += chunkBytes) {
      signal?.throwIfAborted();
      const chunk = await this.scratch.read(at, chunkBytes);
      sha1.update(chunk);
      yield chunk;
    }
    const trailer = new Uint8Array(oidBytes);
    writeOid(sha1.end() as Oid, trailer, 0);
    yield trailer;
  }

  /** Writes a difference where one is allowed and worth it, and gives its depth. */
  #putDelta(body: Uint8Array, like: Likeness): number | undefined {
    const base = this.#places.get(like.oid);
    const depth = (base?.depth ?? 0) + 1;
    if (body.length < minDeltaBody || depth > maxDepth || (!base && !this.options.thin)) return undefined;
    const delta = encodeDelta(like.body, body, body.length * worthwhile);
    if (!delta) return undefined;
    return this.#putEntry(base ? { back: this.#offset - base.offset } : { base: like.oid }, delta, depth);
  }

  #putEntry(kind: EntryKind, content: Uint8Array, depth: number): number {
    const head = printEntryHead(kind, content.length);
    const packed = this.platform.deflate(content);
    this.#waiting.push(head, packed);
    this.#offset += head.length + packed.length;
    return depth;
  }
}
