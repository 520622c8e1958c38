/** Answers: exact JSON, JSON lines as they come, and the headers that tell versions. */
import { printJson, utf8, type Value } from "@sheaf/core";
import { WholeResponse } from "./whole-response.js";

/** A JSON answer; numbers keep their kind. Plain shapes of the library (`CommitInfo` and the like) hold whole numbers only, and go as they are. */
export function json(
  value: unknown,
  init: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return jsonBytes(utf8(`${printJson(value as Value)}\n`), init.headers, init.status);
}

/** A JSON answer that is text already. */
export function jsonText(text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return jsonBytes(utf8(`${text}\n`), headers);
}

/** A JSON answer that is bytes already. */
export function jsonBytes(bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}, status = 200): Response {
  return new WholeResponse(bytes, {
    status,
    headers: { "content-type": "application/json", "content-length": String(bytes.length), ...headers },
  });
}

/** Lines of JSON, as they come; what fails before the first is a problem. */
export function ndjson(
  texts: AsyncIterable<string>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return stream(lines(texts), ndjsonType, headers);
}

export const ndjsonType = "application/x-ndjson";

/** A JSON object with one list in it, whose elements are sent as they come. */
export function listed(name: string, texts: AsyncIterable<string>): Promise<Response> {
  return stream(lines(between(`{${JSON.stringify(name)}:[`, texts, "]}")), "application/json");
}

/** A JSON list whose elements are sent as they come. */
export function list(
  texts: AsyncIterable<string>,
  mediaType = "application/json",
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return stream(lines(between("[", texts, "]")), mediaType, headers);
}

/** Elements of a list with commas between them, and what stands before and behind. */
export async function* between(open: string, texts: AsyncIterable<string>, close: string): AsyncGenerator<string> {
  let before = open;
  for await (const text of texts) {
    yield before + text;
    before = ",";
  }
  yield before === "," ? close : open + close;
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
