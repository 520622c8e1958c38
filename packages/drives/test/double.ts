/**
 * Speaks as much of S3 as the bucket drive asks for, in memory, on a port of the loopback, and fails where it is told to.
 *
 * It stands in for a server in quick tests of what a good server never does; what a good server does is judged by a real one (`*.real.test.ts`).
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly method: string;
  /** The key, without the bucket; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
}

/**
 * How a request fails: answered with a status and a code, unheard (`cut`), done but with the reply lost (`lost`), with half of the body (`half`), or with
 * something else in the body (`{ body }`).
 */
export type Fault =
  { readonly status: number; readonly code?: string } | { readonly body: string } | "cut" | "lost" | "half";

export interface Habits {
  /** Overwrites whatever the condition says. */
  ignoresCondition?: boolean;
  /** Overwrites when parts are put together, whatever the condition says. */
  ignoresConditionOnParts?: boolean;
  /** Answers a range with everything. */
  ignoresRanges?: boolean;
  /** Lists in no order. */
  listsBackwards?: boolean;
  /** Keys on a page, at most. */
  pageKeys?: number;
  /** Says how a request fails; `undefined` when it does not. */
  fault?: (received: Received) => Fault | undefined;
}

interface Stored {
  readonly bytes: Buffer;
  readonly nonce: string | undefined;
}

interface Result {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

const codes: Record<number, string> = { 404: "NoSuchKey", 412: "PreconditionFailed", 416: "InvalidRange" };

export class Double {
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<string, { key: string; nonce: string | undefined; parts: Map<number, Buffer> }>();
  /** Every request in its order, as `METHOD key?query`. */
  log: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #ids = 0;

  private constructor(readonly habits: Habits) {}

  static async start(habits: Habits = {}): Promise<Double> {
    const double = new Double(habits);
    await new Promise<void>(resolve => double.#server.listen(0, "127.0.0.1", resolve));
    return double;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? "", "http://bucket");
    const key = decodeURIComponent(url.pathname).replace(/^\/[^/]*\/?/, "");
    const received = { method: request.method ?? "", key, query: url.searchParams, headers: request.headers };
    this.log.push(`${received.method} ${key}${decodeURIComponent(url.search)}`);
    const fault = this.habits.fault?.(received);
    if (fault === "cut") return void request.socket.destroy();
    if (typeof fault === "object" && "status" in fault)
      return send(response, error(fault.status, fault.code), received.method);
    const result = this.#answer(received, body);
    if (fault === "lost") return void request.socket.destroy();
    if (fault === "half") return half(request, response, result);
    send(response, typeof fault === "object" ? { ...result, body: fault.body } : result, received.method);
  }

  #answer(received: Received, body: Buffer): Result {
    const { method, key, query } = received;
    if (query.has("list-type")) return this.#list(query);
    if (query.has("uploads")) return this.#begin(received);
    if (query.has("uploadId")) return this.#part(received, body);
    if (method === "PUT") return this.#put(received, key, body, nonceOf(received), this.habits.ignoresCondition);
    if (method === "DELETE") return this.objects.delete(key) ? { status: 204 } : { status: 204 };
    const stored = this.objects.get(key);
    return stored ? this.#get(received, stored) : error(404);
  }

  #put({ headers }: Received, key: string, bytes: Buffer, nonce: string | undefined, ignores = false): Result {
    if (headers["if-none-match"] === "*" && !ignores && this.objects.has(key)) return error(412);
    this.objects.set(key, { bytes, nonce });
    return { status: 200, headers: { etag: '"whole"' } };
  }

  #get({ headers }: Received, { bytes, nonce }: Stored): Result {
    const meta: Record<string, string> = nonce === undefined ? {} : { "x-amz-meta-sheaf-nonce": nonce };
    const match = /^bytes=(\d*)-(\d*)$/.exec(headers["range"] ?? "");
    if (!match || this.habits.ignoresRanges) return { status: 200, headers: meta, body: bytes };
    const start = match[1] === "" ? Math.max(0, bytes.length - Number(match[2])) : Number(match[1]);
    const end = match[1] === "" || match[2] === "" ? bytes.length : Math.min(bytes.length, Number(match[2]) + 1);
    if (start >= bytes.length) return error(416);
    const range = `bytes ${start}-${end - 1}/${bytes.length}`;
    return { status: 206, headers: { ...meta, "content-range": range }, body: bytes.subarray(start, end) };
  }

  #list(query: URLSearchParams): Result {
    const from = query.get("continuation-token") ?? query.get("start-after") ?? "";
    const prefix = query.get("prefix") ?? "";
    const keys = [...this.objects.keys()].sort().filter(key => key.startsWith(prefix) && key > from);
    const page = keys.slice(0, Math.min(Number(query.get("max-keys")), this.habits.pageKeys ?? 1000));
    if (this.habits.listsBackwards) page.reverse();
    const isCut = page.length < keys.length;
    const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
    const contents = page.map(
      key => `<Contents><Key>${key.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</Key></Contents>`,
    );
    return xml(`<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${contents.join("")}</ListBucketResult>`);
  }

  #begin(received: Received): Result {
    const id = `upload-${++this.#ids}`;
    this.uploads.set(id, { key: received.key, nonce: nonceOf(received), parts: new Map() });
    return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
  }

  #part(received: Received, body: Buffer): Result {
    const { method, query, key } = received;
    const id = query.get("uploadId") ?? "";
    const upload = this.uploads.get(id);
    if (!upload) return error(404, "NoSuchUpload");
    if (method === "DELETE") return this.uploads.delete(id) ? { status: 204 } : error(404);
    if (method === "PUT") {
      upload.parts.set(Number(query.get("partNumber")), body);
      return { status: 200, headers: { etag: `"part ${query.get("partNumber")} & more"` } };
    }
    const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    const put = this.#put(received, key, Buffer.concat(parts), upload.nonce, this.habits.ignoresConditionOnParts);
    if (put.status !== 200) return put;
    this.uploads.delete(id);
    return xml("<CompleteMultipartUploadResult><ETag>whole</ETag></CompleteMultipartUploadResult>");
  }
}

function nonceOf({ headers }: Received): string | undefined {
  const nonce = headers["x-amz-meta-sheaf-nonce"];
  return typeof nonce === "string" ? nonce : undefined;
}

function error(status: number, code = codes[status] ?? "InternalError"): Result {
  return { status, body: `<Error><Code>${code}</Code><Message>secret words of the server</Message></Error>` };
}

function xml(body: string): Result {
  return { status: 200, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

function send(response: ServerResponse, { status, headers = {}, body = "" }: Result, method: string): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(method === "HEAD" ? undefined : body);
}

/** Announces all, sends half, and hangs up. */
function half(request: IncomingMessage, response: ServerResponse, { status, headers = {}, body = "" }: Result): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.write(bytes.subarray(0, bytes.length >> 1), () => request.socket.destroy());
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
