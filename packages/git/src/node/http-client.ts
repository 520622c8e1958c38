/**
 * HTTP requests as isomorphic-git wants them, by Node, streaming both ways.
 *
 * Each request has a connection of its own: a kept one that the server drops while a push is prepared would look like a push that failed. A body of pieces
 * is sent with its length, a stream in chunks and only as fast as it is taken.
 */
import { joinBytes } from "@sheaf/core";
import * as http from "node:http";
import * as https from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SilenceError } from "../transport/failure.js";
import type { HttpRequests } from "../transport/http.js";

/** How long the other side may be silent: a server may check a large push for minutes. */
const defaultSilenceMs = 600_000;

type Request = Parameters<HttpRequests["request"]>[0];
type Response = Awaited<ReturnType<HttpRequests["request"]>>;

/** Makes the client. Rejects with Node's own errors, and with {@link SilenceError} after `silenceMs` without a byte. */
export function nodeHttpRequests(silenceMs = defaultSilenceMs): HttpRequests {
  return { request: request => send(request, silenceMs) };
}

function send({ url, method = "GET", headers = {}, body, signal }: Request, silenceMs: number): Promise<Response> {
  const { request } = url.startsWith("https:") ? https : http;
  const whole = Array.isArray(body) ? joinBytes(body as readonly Uint8Array[]) : undefined;
  const length = whole && { "content-length": String(whole.length) };
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, ...length }, agent: false, timeout: silenceMs } as const;
    const sent = request(url, signal ? { ...options, signal } : options);
    let answer: http.IncomingMessage | undefined;
    sent.on("timeout", () => (answer ?? sent).destroy(new SilenceError(silenceMs)));
    sent.on("error", reject);
    sent.on("response", response => {
      answer = response;
      resolve(responseOf(response, url, method));
    });
    if (whole || !body) sent.end(whole);
    else pipeline(Readable.from(body, { objectMode: false }), sent).catch(reject);
  });
}

function responseOf(response: http.IncomingMessage, url: string, method: string): Response {
  const { statusCode = 0, statusMessage = "" } = response;
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return {
    url,
    method,
    statusCode,
    statusMessage,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: bytesOf(response),
  };
}

async function* bytesOf(response: http.IncomingMessage): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of response) yield chunk as Uint8Array;
}
