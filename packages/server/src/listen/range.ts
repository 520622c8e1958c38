/** Parts of answers (RFC 9110, 14): for a download that broke off. One range from a first byte on, where the answer has a strong ETag and a known length. */
import type { Asked } from "../asked.js";

/** The part that the request asks for, or the response as it is. The body is still made from its beginning, and what stands before the part is passed over. */
export function ranged(request: Asked, response: Response): Response {
  const { status, headers } = response;
  const etag = headers.get("etag");
  const length = headers.get("content-length");
  if (request.method !== "GET" || status !== 200 || etag === null || length === null) return response;
  headers.set("accept-ranges", "bytes");
  const span = spanOf(request.headers.get("range"));
  if (!span || !isSame(request.headers.get("if-range"), etag)) return response;
  const { body } = response;
  if (body === null) return response;
  const total = Number(length);
  if (span.first < total) return part(response, body, span, total);
  void body.cancel().catch(() => undefined);
  return new Response(null, { status: 416, headers: { "content-range": `bytes */${total}`, etag } });
}

interface Span {
  readonly first: number;
  readonly last: number;
}

function part(response: Response, body: ReadableStream<Uint8Array>, { first, last }: Span, total: number): Response {
  const end = Math.min(last, total - 1);
  const headers = new Headers(response.headers);
  headers.set("content-range", `bytes ${first}-${end}/${total}`);
  headers.set("content-length", String(end - first + 1));
  return new Response(body.pipeThrough(cut(first, end + 1)), { status: 206, headers });
}

function spanOf(header: string | null): Span | undefined {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (first === undefined) return undefined;
  const span = { first: Number(first), last: last === "" ? Infinity : Number(last) };
  return span.last < span.first ? undefined : span;
}

function isSame(ifRange: string | null, etag: string): boolean {
  return ifRange === null || ifRange === etag;
}

function cut(from: number, to: number): TransformStream<Uint8Array, Uint8Array> {
  let at = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const [start, end] = [Math.max(0, from - at), Math.min(chunk.length, to - at)];
      at += chunk.length;
      if (start < end) controller.enqueue(chunk.subarray(start, end));
      if (at >= to) controller.terminate();
    },
  });
}
