/** The body of an answer as one run of bytes, no longer than it may be. */
import { joinBytes } from "@sheaf/core";

/**
 * Reads the whole body; `progress` is called whenever some of it came.
 *
 * Throws a RangeError for more than `limit` bytes, and what the connection throws when it breaks or ends before the announced length.
 */
export async function readBody(response: Response, limit: number, progress: () => void): Promise<Uint8Array> {
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > limit && response.body !== null) await tooLong(response, limit);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part as Uint8Array);
    length += (part as Uint8Array).length;
    if (length > limit) throw new RangeError(sentence(limit));
    progress();
  }
  return joinBytes(parts);
}

async function tooLong(response: Response, limit: number): Promise<never> {
  await response.body?.cancel();
  throw new RangeError(sentence(limit));
}

function sentence(limit: number): string {
  return `the server answers with more than the ${limit} bytes that it was asked for`;
}
