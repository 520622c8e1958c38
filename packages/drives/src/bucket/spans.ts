/**
 * Parts of frozen objects, kept in memory so that they are asked for once.
 *
 * Objects are cut into blocks of equal length; a read fetches what it lacks in one request, rounded to whole blocks. Only names that nobody makes twice
 * (they end in a nonce, as packs do) belong here: what stands at any other name could go and come again.
 */
import { clip, type Awaitable, type Span } from "@sheaf/core";
import type { Piece } from "./range.js";

/** Gets a part of an object; `undefined` when it is not there. */
export type GetPiece = (name: string, span: Span) => Promise<Piece | undefined>;

/** A request takes about as long as the transfer of this many bytes: less would cost as much, more would often be in vain. */
export const blockBytes = 128 << 10;
/** A longer read is a walk over everything: keeping it would push out what is read again. */
const longestKept = 4 << 20;

/** Says whether the name ends in a nonce, so that it is never used again. */
export function isNonceName(name: string): boolean {
  return /(?:^|\/)[0-9a-f]{32}$/.test(name);
}

export class Spans {
  /** By `name#index`; a Map keeps the order of use. */
  readonly #blocks = new Map<string, Uint8Array>();
  /** Lengths of objects of which something is or was kept. */
  readonly #sizes = new Map<string, number>();
  /** What is being fetched, so that readers who want the same wait together. */
  readonly #pending = new Map<string, Promise<Piece | undefined>>();
  #bytes = 0;

  constructor(
    readonly get: GetPiece,
    readonly maxBytes: number,
  ) {}

  /** Reads a span of an object whose name ends in a nonce: at once when all of it is kept. The bytes are the caller's own. */
  read(name: string, span: Span): Awaitable<Uint8Array | undefined> {
    const size = this.#sizes.get(name);
    if (size === undefined) return this.#readUnknown(name, span);
    const { start, end } = clip(span, size);
    return start === end ? new Uint8Array(0) : this.#readKnown(name, start, end, size);
  }

  /** Keeps bytes that came, or were just written: those blocks of the object that are whole in them. */
  keep(name: string, { at, bytes, size }: Piece): void {
    this.#sizes.set(name, size);
    for (let i = Math.ceil(at / blockBytes); i * blockBytes < at + bytes.length; i++) {
      const from = i * blockBytes - at;
      const end = from + Math.min(blockBytes, size - i * blockBytes);
      if (end <= bytes.length) this.#put(`${name}#${i}`, bytes.slice(from, end));
    }
  }

  /** Forgets an object that is gone. */
  forget(name: string): void {
    const size = this.#sizes.get(name) ?? 0;
    this.#sizes.delete(name);
    for (let i = 0; i * blockBytes < size; i++) this.#drop(`${name}#${i}`);
  }

  /** Forgets the objects whose names begin with the prefix, but those that `stays` claims. */
  forgetWhere(prefix: string, stays: (name: string) => boolean): void {
    for (const name of this.#sizes.keys()) if (name.startsWith(prefix) && !stays(name)) this.forget(name);
  }

  async #readUnknown(name: string, span: Span): Promise<Uint8Array | undefined> {
    const piece = await this.#fetch(
      name,
      span.start < 0 ? { start: Math.min(span.start, -blockBytes) } : rounded(span),
    );
    if (!piece) return undefined;
    const { start, end } = clip(span, piece.size);
    if (start === end) return new Uint8Array(0);
    if (start < piece.at || end > piece.at + piece.bytes.length) return this.#readKnown(name, start, end, piece.size);
    return piece.bytes.slice(start - piece.at, end - piece.at);
  }

  #readKnown(name: string, start: number, end: number, size: number): Awaitable<Uint8Array | undefined> {
    const out = new Uint8Array(end - start);
    let from = Infinity;
    let to = 0;
    for (let i = Math.floor(start / blockBytes); i * blockBytes < end; i++) {
      const block = this.#use(`${name}#${i}`);
      if (block) copyInto(out, start, i * blockBytes, block);
      else [from, to] = [Math.min(from, i * blockBytes), Math.min(size, (i + 1) * blockBytes)];
    }
    if (to === 0) return out;
    return this.#fetch(name, { start: from, end: to }).then(piece => {
      if (piece) copyInto(out, start, piece.at, piece.bytes);
      return piece && out;
    });
  }

  /** Asks for a part, once for all who want it now, and keeps it unless it is long. */
  #fetch(name: string, span: Span): Promise<Piece | undefined> {
    const key = `${name}#${span.start}-${span.end ?? ""}`;
    const pending = this.#pending.get(key);
    if (pending) return pending;
    const fetched = this.get(name, span)
      .then(piece => {
        if (!piece) this.forget(name);
        else if (piece.bytes.length <= longestKept) this.keep(name, piece);
        else this.#sizes.set(name, piece.size);
        return piece;
      })
      .finally(() => this.#pending.delete(key));
    this.#pending.set(key, fetched);
    return fetched;
  }

  #use(key: string): Uint8Array | undefined {
    const block = this.#blocks.get(key);
    if (!block) return undefined;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    return block;
  }

  #put(key: string, block: Uint8Array): void {
    this.#drop(key);
    this.#blocks.set(key, block);
    this.#bytes += block.length;
    for (const eldest of this.#blocks.keys()) {
      if (this.#bytes <= this.maxBytes) return;
      this.#drop(eldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#blocks.get(key)?.length ?? 0;
    this.#blocks.delete(key);
  }
}

/** The span that covers whole blocks around this one, and at least one: a range cannot be empty. */
function rounded({ start, end }: Span): Span {
  if (end !== undefined && end <= start) return { start: 0, end: blockBytes };
  const from = Math.floor(start / blockBytes) * blockBytes;
  return end === undefined ? { start: from } : { start: from, end: Math.ceil(end / blockBytes) * blockBytes };
}

/** Copies what of `bytes`, which stand at `at`, falls into `out`, which stands at `start`. */
function copyInto(out: Uint8Array, start: number, at: number, bytes: Uint8Array): void {
  const from = Math.max(0, start - at);
  const to = Math.min(bytes.length, start + out.length - at);
  if (from < to) out.set(bytes.subarray(from, to), at + from - start);
}
