/**
 * A server as a set of typed functions, one for each operation of its document; pure `fetch`, so that it works in Node and in browsers alike.
 *
 * Step of the walk: none; it stands on the other side of the wire. The types are read off the server's routes (`operation.ts`); what is left to run time is
 * where each operation is (`table.ts`).
 */
import { badInput, fromView, parseJson, printJson, view, type Value } from "@sheaf/core";
import { lasting } from "./event.js";
import { chunksOf, linesOf } from "./lines.js";
import type { Answer, AnswerOf, ArgumentsOf, Bytes, CallOptions, OperationId, Operations } from "./operation.js";
import { brokenOff, errorOf } from "./refusal.js";
import { table, type Place } from "./table.js";

export interface ConnectOptions {
  /** The token that the server's owner made (`sheaf token create`). */
  readonly token?: string;
  /** Answers as plain JavaScript: whole floats as numbers, so that `1.0` looks like `1`. Default: exact, `1.0` is `Float(1)`. */
  readonly plain?: boolean;
  /** Stands in for the global `fetch`; `app.fetch` of a server in the same process, for one. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** A connection to one server. Nothing is sent before the first call. */
export interface Client extends Operations {
  /** As the operation's own function, with status, ETag and headers beside the body. */
  answer<Id extends OperationId>(operation: Id, args: ArgumentsOf<Id>): Promise<Answer<AnswerOf<Id> | undefined>>;
}

/**
 * Connects to a server by its address, such as `http://localhost:7117`.
 *
 * What the server refuses is thrown as a `SheafError` with the server's code, facts and sentence; its `cause` is the whole problem. A code that only servers have
 * (`unauthorized`), a server out of reach and an answer that breaks off are remote-failed. Throws bad-input for an address that is none.
 *
 * ```ts
 * import { connect } from "sheaf/client";
 * const sheaf = connect("http://localhost:7117", { token });
 * const { datasets } = await sheaf.listDatasets();
 * await sheaf.patchDataset({ dataset: "qa", body: [{ op: "remove", path: "/items/q7" }] });
 * ```
 */
export function connect(url: string, options: ConnectOptions = {}): Client {
  const wire = new Wire(url, options);
  const answer = (id: string, args: Given = {}) => wire.call(id, args);
  const calls = Object.keys(table).map(id => [id, async (args: Given = {}) => (await wire.call(id, args)).body]);
  return { ...Object.fromEntries(calls), answer } as Client;
}

/** Arguments as they come in, whatever the operation. */
type Given = CallOptions & { readonly body?: unknown; readonly type?: string } & Readonly<Record<string, unknown>>;

class Wire {
  readonly #base: string;
  readonly #options: ConnectOptions;

  constructor(url: string, options: ConnectOptions) {
    this.#base = baseOf(url);
    this.#options = options;
  }

  async call(id: string, args: Given): Promise<Answer<unknown>> {
    const place = table[id];
    if (place === undefined) throw badInput(`there is no operation ${JSON.stringify(id)}`);
    const response = await this.#send(place, args);
    const { status, headers } = response;
    const etag = headers.get("etag");
    const body = await this.#bodyOf(response, place, args);
    return { status, headers, body, ...(etag === null ? {} : { etag }) };
  }

  async #send(place: Place, args: Given, lastEventId?: string): Promise<Response> {
    args.signal?.throwIfAborted();
    const { fetch = (request: Request) => globalThis.fetch(request) } = this.#options;
    const request = new Request(this.#base + pathOf(place, args), {
      method: place.method,
      headers: this.#headersOf(place, args, lastEventId),
      ...bodyFor(place, args),
      ...(args.signal === undefined ? {} : { signal: args.signal }),
    });
    const response = await fetch(request).catch((error: unknown) => this.#fail(error, args));
    if (response.ok || response.status === 304) return response;
    throw await errorOf(response, this.#base);
  }

  #headersOf(place: Place, { ifMatch, ifNoneMatch, body, type, headers }: Given, lastEventId?: string): Headers {
    const { token } = this.#options;
    const sent = new Headers(headers);
    if (token !== undefined) sent.set("authorization", `Bearer ${token}`);
    if (ifMatch !== undefined) sent.set("if-match", ifMatch);
    if (ifNoneMatch !== undefined) sent.set("if-none-match", ifNoneMatch);
    if (lastEventId !== undefined) sent.set("last-event-id", lastEventId);
    const sends = type ?? place.sends ?? "application/json";
    if (body !== undefined && sends !== "bytes") sent.set("content-type", sends);
    return sent;
  }

  async #bodyOf(response: Response, place: Place, args: Given): Promise<unknown> {
    const type = response.headers.get("content-type")?.split(";")[0]?.trim();
    if (response.status === 304 || response.status === 204 || type === undefined) return undefined;
    if (place.gives === "bytes") return this.#chunks(response, args);
    if (type === "application/x-ndjson") return this.#values(this.#lines(response, args));
    if (type === "text/event-stream") return this.#events(this.#lines(response, args), place, args);
    if (!/^application\/(.+\+)?json$/.test(type)) return this.#chunks(response, args);
    const text = await response.text().catch((error: unknown) => this.#fail(error, args));
    return this.#shown(parseJson(text));
  }

  #shown(value: Value): unknown {
    return this.#options.plain === true ? view(value) : value;
  }

  async *#values(lines: AsyncIterable<string>): AsyncGenerator {
    for await (const line of lines) yield this.#shown(parseJson(line));
  }

  async *#events(first: AsyncIterable<string>, place: Place, args: Given): AsyncGenerator {
    const open = async (lastId: string | undefined) => {
      const response = await this.#send(place, args, lastId);
      return response.status === 204 ? undefined : this.#lines(response, args);
    };
    for await (const event of lasting(first, open, args.signal)) yield { ...event, data: this.#shown(event.data) };
  }

  #lines(response: Response, args: Given): AsyncGenerator<string> {
    return linesOf(this.#chunks(response, args), this.#base);
  }

  async *#chunks({ body }: Response, args: Given): AsyncGenerator<Uint8Array> {
    try {
      yield* chunksOf(body);
    } catch (error) {
      this.#fail(error, args);
    }
  }

  #fail(error: unknown, { signal }: Given): never {
    signal?.throwIfAborted();
    throw brokenOff(error, this.#base);
  }
}

function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    throw badInput(`${JSON.stringify(url)} is no address of a server; one is http://localhost:7117`);
  if (parsed.username !== "" || parsed.password !== "")
    throw badInput("a server's address holds no name and password; give the token as `token`");
  return parsed.origin + parsed.pathname.replace(/\/+$/, "");
}

const notParameters = new Set(["body", "type", "signal", "ifMatch", "ifNoneMatch", "headers"]);

/** Parameters that the path does not name are the query's; a list is its key several times. */
function pathOf({ path }: Place, args: Given): string {
  const inPath = new Set<string>();
  const query = new URLSearchParams();
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    inPath.add(name);
    if (args[name] === undefined) throw badInput(`${name} is missing, which ${path} needs`);
    const value = args[name];
    const beside = inQuery[name];
    if (beside === undefined || !isNoSegment(value)) return segmentOf(value);
    // The server takes it from the query where the path has this in its place.
    query.append(beside, value);
    return "-";
  });
  for (const [name, value] of Object.entries(args))
    if (value !== undefined && !inPath.has(name) && !notParameters.has(name))
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

/** Parameters of the path that the query has where no segment can be them, and what they are called there. */
const inQuery: Readonly<Record<string, string>> = { id: "row", column: "field" };

/** A URL takes two of these for steps, however they are written, and the third for none. */
function isNoSegment(value: unknown): value is "" | "." | ".." {
  return value === "" || value === "." || value === "..";
}

/** Percent-encoded. What is no segment is refused: nothing that goes by its path alone can be of such a name. */
function segmentOf(value: unknown): string {
  const text = String(value);
  if (isNoSegment(text)) throw badInput(`${JSON.stringify(text)} cannot stand in the path of an address`);
  return encodeURIComponent(text);
}

function bodyFor({ sends }: Place, { body }: Given): RequestInit & { duplex?: "half" } {
  if (body === undefined) return {};
  if (sends !== "bytes") return { body: printJson(fromView(body)) };
  const bytes = body as Bytes;
  if (typeof bytes === "string" || bytes instanceof Uint8Array || bytes instanceof Blob) return { body: bytes };
  return { body: bytes instanceof ReadableStream ? bytes : streamOf(bytes), duplex: "half" };
}

function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const step = await iterator.next();
      if (step.done === true) controller.close();
      else controller.enqueue(step.value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
