/** Reads a part of an object: what a range answers, and what it says about the length of the whole. */
import type { Span } from "@sheaf/core";
import type { BucketClient } from "./client.js";
import type { Answer } from "./exchange.js";
import { refused } from "./refusal.js";

/** Bytes of an object, where the first of them stands, and how long the object is. */
export interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** Gets a part: from `start` up to `end` (default: the last byte), or the last `-start` bytes. `undefined` when nothing is at the key. */
export async function getPiece(
  client: BucketClient,
  name: string,
  key: string,
  span: Span,
): Promise<Piece | undefined> {
  const { start, end } = span;
  const range = start < 0 ? `bytes=${start}` : `bytes=${start}-${end === undefined ? "" : end - 1}`;
  const most = start < 0 ? -start : end === undefined ? Infinity : end - start;
  const answer = await client.send({
    method: "GET",
    key,
    headers: { range },
    // A server that does not know ranges answers with everything.
    limit: Infinity,
    flaw: got => flawOf(got, most),
  });
  if (answer.status === 206) return placed(answer);
  if (answer.status === 200) return { at: 0, bytes: answer.body, size: answer.body.length };
  if (answer.status === 416) return await emptyPiece(client, name, key);
  if (isAbsent(answer)) return undefined;
  throw refused(client.options.address, name, answer);
}

/** Gets a whole object; `undefined` when nothing is at the key. */
export async function getWhole(client: BucketClient, name: string, key: string): Promise<Uint8Array | undefined> {
  const answer = await client.send({ method: "GET", key, limit: Infinity, flaw: cutOff });
  if (answer.status === 200) return answer.body;
  if (isAbsent(answer)) return undefined;
  throw refused(client.options.address, name, answer);
}

/** The headers of an object; `undefined` when nothing is at the key. */
export async function getHead(client: BucketClient, name: string, key: string): Promise<Headers | undefined> {
  const answer = await client.send({ method: "HEAD", key });
  if (answer.status === 200) return answer.headers;
  if (answer.status === 404) return undefined;
  throw refused(client.options.address, name, answer);
}

function isAbsent({ status, code }: Answer): boolean {
  return status === 404 && code !== "NoSuchBucket";
}

/** Nothing of the object lies in the range: its length is all that there is to learn. */
async function emptyPiece(client: BucketClient, name: string, key: string): Promise<Piece | undefined> {
  const headers = await getHead(client, name, key);
  return headers && { at: 0, bytes: new Uint8Array(0), size: Number(headers.get("content-length") ?? 0) };
}

function flawOf(answer: Answer, most: number): string | undefined {
  if (answer.status === 200) return cutOff(answer);
  if (answer.status !== 206) return undefined;
  const piece = placed(answer);
  if (!piece) return "a range without its place";
  const isWhole =
    piece.bytes.length === Math.min(most, piece.size - piece.at) || piece.bytes.length === Math.min(most, piece.size);
  return isWhole ? undefined : "with a part of what it was asked for";
}

function cutOff({ headers, body }: Answer): string | undefined {
  const announced = headers.get("content-length");
  return announced !== null && Number(announced) !== body.length ? "with a part of what it was asked for" : undefined;
}

function placed({ headers, body }: Answer): Piece | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
  if (!match) return undefined;
  const [at, last, size] = match.slice(1).map(Number);
  return last - at + 1 === body.length && last < size ? { at, bytes: body, size } : undefined;
}
