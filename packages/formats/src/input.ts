/**
 * The first step of every parser: bytes as they came, made into plain UTF-8 chunks of bounded size.
 *
 * Gzip is found by its first bytes and inflated; one byte order mark at the start is dropped; UTF-16 is refused by name. That the rest is UTF-8 is for the
 * parsers to hold.
 */
import { badInput, joinBytes } from "@sheaf/core";
import { beginsGzip, gunzip } from "./gzip.js";
import { fileOf } from "./places.js";

/** Bytes that can be read once, or a function that begins anew with every call. */
export type Source = AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>);

const maxChunk = 2 ** 18;

/** Counts what was taken from the source so far, in bytes as they came (compressed ones, if they are). */
export interface Meter {
  bytesRead: number;
}

/** Reads the source; looks at the signal before each chunk. */
export async function* read(
  source: Source,
  options: { readonly file?: string | undefined; readonly signal?: AbortSignal | undefined },
  meter: Meter = { bytesRead: 0 },
): AsyncGenerator<Uint8Array> {
  const { file, signal } = options;
  const came = metered(typeof source === "function" ? source() : source, meter, signal);
  const start = await gather(came, 2);
  const plain = beginsGzip(start.first) ? gunzip(start.all, file) : start.all;
  yield* cut(withoutMark(plain, file), signal);
}

async function* metered(bytes: AsyncIterable<Uint8Array>, meter: Meter, signal: AbortSignal | undefined) {
  signal?.throwIfAborted();
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    meter.bytesRead += chunk.length;
    if (chunk.length > 0) yield chunk;
  }
}

/** Takes chunks until `wanted` bytes are there or the stream ends; gives them as one, and the whole stream again. */
export async function gather(
  bytes: AsyncIterable<Uint8Array>,
  wanted: number,
): Promise<{ first: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < wanted) {
    const next = await iterator.next();
    if (next.done) break;
    length += next.value.length;
    // The source may use the memory again before all that is wanted is there.
    parts.push(length < wanted ? next.value.slice() : next.value);
  }
  const first = parts.length === 1 ? parts[0] : joinBytes(parts);
  return { first, all: resume(first, iterator) };
}

/** The bytes taken, then the rest. Closing it closes the rest, even before anything was read of it. */
function resume(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  let held = first.length > 0;
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      if (!held) return await rest.next();
      held = false;
      return { value: first, done: false };
    },
    async return() {
      await rest.return?.();
      return { value: undefined, done: true };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

async function* withoutMark(bytes: AsyncIterable<Uint8Array>, file: string | undefined): AsyncGenerator<Uint8Array> {
  const { first, all } = await gather(bytes, 3);
  if ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff))
    throw badInput("the text is UTF-16; convert it to UTF-8 first", { ...fileOf(file), line: 1 });
  let skip = first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? 3 : 0;
  for await (const chunk of all) {
    yield skip > 0 ? chunk.subarray(skip) : chunk;
    skip = 0;
  }
}

/** Cuts great chunks, so that a source that gives a whole file at once is handled in batches too. */
async function* cut(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += maxChunk) {
      signal?.throwIfAborted();
      yield chunk.subarray(at, at + maxChunk);
    }
}
