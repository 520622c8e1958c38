/** The body of an answer as one run of bytes, no longer than it may be. */

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
  return joined(parts, length);
}

async function tooLong(response: Response, limit: number): Promise<never> {
  await response.body?.cancel();
  throw new RangeError(sentence(limit));
}

function sentence(limit: number): string {
  return `the server answers with more than the ${limit} bytes that it was asked for`;
}

/** Always memory of its own and no Buffer, whose `slice` would be no copy. */
function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
