/** Gzip, streamed: the one file that knows zlib. */
import { pipeline } from "node:stream";
import { createGunzip, createGzip, gunzipSync, constants } from "node:zlib";
import { badInput } from "@sheaf/core";
import { fileOf } from "./places.js";

/** Says whether the bytes begin as a gzip file does (RFC 1952). */
export function beginsGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Inflates what can be inflated of the beginning of a gzip file; nothing when it is damaged. */
export function inflateStart(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}

/**
 * Inflates a gzip stream of one or more members, holding about two chunks at a time.
 *
 * Throws bad-input when the stream is damaged or ends inside a member; what the source throws goes through.
 */
export async function* gunzip(bytes: AsyncIterable<Uint8Array>, file: string | undefined): AsyncGenerator<Uint8Array> {
  const inflate = createGunzip({ chunkSize: 2 ** 18 });
  const fed = feed(bytes, inflate);
  try {
    for await (const chunk of inflate as AsyncIterable<Uint8Array>) yield chunk;
    await fed;
  } catch (error) {
    throw explain(error, file);
  } finally {
    inflate.destroy();
    await fed;
  }
}

type Inflate = ReturnType<typeof createGunzip>;

/** Deflates a stream as one gzip member. */
export async function* gzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const deflate = createGzip();
  pipeline(bytes, deflate, () => undefined); // a failure of the source destroys the stream, so reading it throws
  yield* deflate as AsyncIterable<Uint8Array>;
}

/** Writes the source into the inflater at the inflater's pace. Never rejects: a failure of the source destroys the inflater with it. */
async function feed(bytes: AsyncIterable<Uint8Array>, inflate: Inflate): Promise<void> {
  try {
    for await (const chunk of bytes) {
      if (inflate.destroyed) return;
      if (!inflate.write(chunk)) await drained(inflate);
    }
    inflate.end();
  } catch (error) {
    inflate.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function drained(inflate: Inflate): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      inflate.off("drain", done).off("close", done);
      resolve();
    };
    inflate.on("drain", done).on("close", done);
    if (inflate.destroyed) done();
  });
}

function explain(error: unknown, file: string | undefined): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const place = fileOf(file);
  if (code === "Z_BUF_ERROR") return badInput("the gzip stream ends too early; it is cut off", place);
  if (code === "Z_DATA_ERROR") return badInput(`the gzip stream is damaged (${(error as Error).message})`, place);
  return error;
}
