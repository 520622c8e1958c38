/**
 * Git over smart HTTP. Isomorphic-git finds the repository, asks for credentials and frames the requests; the client that it is given moves the bytes.
 *
 * Surprises of the library, and what is done about them: it keeps only the text of an error's body and never waits for it, so answers other than 200 and
 * 401 are judged here before it sees them; it posts to the URL that it was given, so a redirect of the first request is remembered here; it takes a stream of refs
 * that breaks for one that ends, so the break is remembered too.
 */
import type { Traffic, Watch } from "@sheaf/core";
import { GitRemoteHTTP, type GitHttpRequest, type GitHttpResponse, type HttpClient } from "isomorphic-git/managers";
import { advertisementOf, checkAdvertised } from "./advertisement.js";
import type { Carrier, Conversation, RequestBody, Service } from "./connection.js";
import { CredentialQueue, type CredentialSource } from "./credentials.js";
import { movedFailure, remoteFailure, StatusError } from "./failure.js";
import { flushPacket, PacketReader } from "./packet.js";
import { plainLine } from "./words.js";

/** Hosts know git's clients by this prefix. */
const userAgent = "git/sheaf";
const maxRedirects = 5;
/** Most bytes read of an answer that says no. */
const maxErrorBytes = 2000;

/** What carries requests: isomorphic-git's contract, where a body of pieces may be sent at once and any other streams. Follows no redirects. */
export type HttpRequests = HttpClient;

interface Found {
  readonly capabilities: Set<string>;
  readonly refs: Map<string, string>;
  readonly auth: { username?: string; password?: string } | undefined;
}

export class HttpCarrier implements Carrier {
  #base: string;
  #sent = 0;
  #received = 0;
  #broken: Error | undefined;
  readonly #client: HttpClient = { request: request => this.#request(request) };

  /**
   * @param url     the repository's URL, without credentials
   * @param onMove  told once where the repository is now, when a redirect to another name was followed
   */
  constructor(
    readonly url: string,
    readonly http: HttpRequests,
    readonly sources: readonly CredentialSource[],
    readonly onMove: (to: string) => void = () => {},
  ) {
    this.#base = url;
  }

  traffic(): Pick<Traffic, "sent" | "received"> {
    return { sent: this.#sent, received: this.#received };
  }

  failure(cause: unknown): Error {
    return remoteFailure(this.url, cause);
  }

  async connect(service: Service, { signal }: Watch): Promise<Conversation> {
    const queue = new CredentialQueue(this.sources);
    const next = async () => (await queue.next(this.url)) ?? undefined;
    const found = (await GitRemoteHTTP.discover({
      http: this.#client,
      service,
      url: this.#base,
      headers: { "user-agent": userAgent },
      protocolVersion: 1,
      onAuth: next,
      onAuthFailure: next,
      onAuthSuccess: () => queue.taken(this.url),
      signal,
    })) as Found;
    if (this.#broken !== undefined) throw this.#broken;
    const post = (body: RequestBody) => this.#post(service, body, found.auth, signal);
    return {
      advertisement: advertisementOf(found.refs, found.capabilities),
      isForgetful: true,
      exchange: async body => {
        // A stream can be sent once: whether it may be is asked before, with an empty request, as git does.
        if (!Array.isArray(body)) await discard(await post([flushPacket]));
        return new PacketReader(await post(body));
      },
      words: () => "",
      explain: async cause => cause,
      close: async () => {},
    };
  }

  async close(): Promise<void> {}

  async #post(service: Service, body: RequestBody, auth: Found["auth"], signal: AbortSignal | undefined) {
    const request = { http: this.#client, service, url: this.#base, auth: auth ?? {}, body, signal };
    const response = await GitRemoteHTTP.connect({ ...request, headers: { "user-agent": userAgent } });
    return response.body ?? nothing();
  }

  async #request(request: GitHttpRequest): Promise<GitHttpResponse> {
    const isFirst = (request.method ?? "GET") === "GET";
    let url = request.url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.http.request({
        ...request,
        url,
        ...(request.body && { body: this.#countSent(request.body) }),
      });
      const { statusCode, headers = {} } = response;
      const answer = response.body ?? nothing();
      const body = this.#countReceived(isFirst ? this.#refsIn(answer) : answer);
      if (statusCode === 200) return { ...response, body };
      const location = statusCode >= 300 && statusCode < 400 ? headers["location"] : undefined;
      const words = await errorWords(body, headers["content-type"]);
      if (statusCode === 401 || statusCode === 203) return { ...response, body: nothing() };
      if (location === undefined) throw new StatusError(statusCode, words);
      url = this.#follow(url, location, isFirst && redirects < maxRedirects);
    }
  }

  /** Goes where a redirect leads: only for the first request, only on the same host, and never from https to http. */
  #follow(url: string, location: string, isAllowed: boolean): string {
    const from = new URL(url);
    if (!URL.canParse(location, url)) throw movedFailure(this.url, JSON.stringify(plainLine(location)));
    const to = new URL(location, url);
    const ending = "/info/refs";
    const isGit = to.pathname.endsWith(ending) && to.search === from.search;
    const base = isGit ? to.href.slice(0, to.href.lastIndexOf(ending)) : `${to.origin}${to.pathname}`;
    const isUpgrade = from.protocol === "http:" && to.protocol === "https:" && from.hostname === to.hostname;
    if (!isAllowed || !isGit || !(to.origin === from.origin || isUpgrade)) throw movedFailure(this.url, base);
    if (!isSameName(base, this.#base)) this.onMove(base);
    this.#base = base;
    return to.href;
  }

  #countSent(body: RequestBody): AsyncIterableIterator<Uint8Array> {
    if (!Array.isArray(body)) return this.#count(body as AsyncIterable<Uint8Array>, bytes => (this.#sent += bytes));
    for (const piece of body as readonly Uint8Array[]) this.#sent += piece.length;
    return body as unknown as AsyncIterableIterator<Uint8Array>;
  }

  /** The answer to the first request, as long as refs may be; keeps what breaks it. */
  async *#refsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    this.#broken = undefined;
    let bytes = 0;
    try {
      for await (const chunk of body) {
        checkAdvertised((bytes += chunk.length));
        yield chunk;
      }
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  #countReceived(body: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array> {
    return this.#count(body, bytes => (this.#received += bytes));
  }

  async *#count(body: AsyncIterable<Uint8Array>, note: (bytes: number) => void) {
    for await (const chunk of body) {
      note(chunk.length);
      yield chunk;
    }
  }
}

/** Hosts send `data` on to `data.git`, and back. */
function isSameName(one: string, other: string): boolean {
  const plain = (url: string) => url.replace(/(?:\.git)?\/*$/, "");
  return plain(one) === plain(other);
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}

async function discard(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body);
}

/** The text of a short plain answer; nothing of a page. */
async function errorWords(body: AsyncIterable<Uint8Array>, type: string | undefined): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxErrorBytes) break;
  }
  return type?.startsWith("text/plain") && text.length <= maxErrorBytes ? text : "";
}
