/** Answers: exact JSON, JSON lines as they come, and the headers that tell versions. */
import { printJson, utf8, type Value } from "@sheaf/core";

/** A JSON answer; numbers keep their kind. Plain shapes of the library (`CommitInfo` and the like) hold whole numbers only, and go as they are. */
export function json(
  value: unknown,
  init: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(`${printJson(value as Value)}\n`, {
    status: init.status ?? 200,
    headers: { "content-type": "application/json", ...init.headers },
  });
}

/** An answer without a body. */
export function empty(status = 204, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers });
}

/** Bytes as they come. What fails before the first of them is a problem with its status; what fails later cuts the connection. */
export async function stream(
  chunks: AsyncIterable<Uint8Array>,
  mediaType: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const iterator = chunks[Symbol.asyncIterator]();
  let next: IteratorResult<Uint8Array> | undefined = await iterator.next();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const step = next ?? (await iterator.next());
      next = undefined;
      if (step.done === true) controller.close();
      else controller.enqueue(step.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: { "content-type": mediaType, ...headers } });
}

/** Bytes of lines that are sent together. */
const chunkBytes = 2 ** 16;

/** Gathers lines of text into chunks of bytes, a line feed behind each. */
export async function* lines(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let gathered = "";
  for await (const text of texts) {
    gathered += `${text}\n`;
    if (gathered.length < chunkBytes) continue;
    yield utf8(gathered);
    gathered = "";
  }
  if (gathered !== "") yield utf8(gathered);
}
