/**
 * Signed requests to a bucket, tried again while the server is busy or the connection breaks.
 *
 * Gives every answer that is one, whatever its status; who asked knows what a 404 or a 412 means. Only this file knows the signer.
 */
import { createHash } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";
import { urlOf, type BucketAddress } from "./address.js";
import type { Answer, Ask } from "./exchange.js";
import type { Credentials } from "./credentials.js";
import { readBody } from "./body.js";
import { unreachable } from "./refusal.js";
import { parseErrorCode } from "./xml.js";

export interface ClientOptions {
  readonly address: BucketAddress;
  readonly region: string;
  /** Asked before each request, so that credentials which end may be renewed. */
  readonly credentials: () => Credentials | Promise<Credentials>;
  /** Attempts before a request is given up; default 6. */
  readonly attempts?: number;
  /** Waits between attempts; tests pass one that does not. */
  readonly wait?: (ms: number) => Promise<void>;
  /** Milliseconds without progress after which an attempt is given up; default 60,000. */
  readonly timeoutMs?: number;
  /** What `fetch` takes as its `dispatcher` for a URL: a way through a proxy. */
  readonly dispatcherFor?: (url: string) => object | undefined;
}

/** First wait before another attempt; it doubles with each, and the wait is drawn from its upper half so that rivals spread. */
const firstWaitMs = 100;
const longestWaitMs = 10_000;
/** A slow line: what a body takes beyond the time-out. 64 KiB each second. */
const slowBytesPerMs = 65;

/** Answers of the moment; the same request may succeed soon. */
const busyCodes = new Set(["ConditionalRequestConflict", "OperationAborted", "RequestTimeout", "SlowDown"]);
const unsettled = Symbol("what went wrong");

export class BucketClient {
  /** Requests sent so far, attempts counted one by one: what tests and bills go by. */
  requests = 0;
  readonly #urlOf: (key: string) => URL;
  /** The signer's derived keys, one for each day. */
  readonly #signingKeys = new Map<string, ArrayBuffer>();

  constructor(readonly options: ClientOptions) {
    this.#urlOf = urlOf(options.address, options.region);
  }

  /** Asks until there is an answer that can be used. Throws drive-failed when all attempts failed. */
  async send(ask: Ask): Promise<Answer> {
    const { attempts = 6, wait = sleep } = this.options;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#attempt(ask);
      if (!(unsettled in outcome)) return outcome;
      if (attempt >= attempts) throw unreachable(this.options.address, ask.key, outcome[unsettled]);
      await wait(waitMs(attempt, outcome.after));
    }
  }

  async #attempt(ask: Ask): Promise<Answer | { [unsettled]: unknown; after: number }> {
    try {
      const answer = await this.#once(ask);
      const reason = isBusy(answer)
        ? `${answer.status} ${answer.code}`.trim()
        : answer.status < 400 && ask.flaw?.(answer);
      if (!reason) return answer;
      return { [unsettled]: reason, after: Number(answer.headers.get("retry-after") ?? 0) * 1000 || 0 };
    } catch (error) {
      if (!isOfTheNetwork(error)) throw error;
      return { [unsettled]: error, after: 0 };
    }
  }

  async #once(ask: Ask): Promise<Answer> {
    const { timeoutMs = 60_000, dispatcherFor } = this.options;
    const { url, headers } = await this.#sign(ask);
    const giveUp = new AbortController();
    const late = () => giveUp.abort(new DOMException("the server did not answer in time", "TimeoutError"));
    let timer = setTimeout(late, timeoutMs + (ask.body?.length ?? 0) / slowBytesPerMs);
    this.requests++;
    try {
      const { method, body } = ask;
      const init = { method, headers, body: body ?? null, redirect: "manual", signal: giveUp.signal };
      const response = await fetch(url, { ...init, dispatcher: dispatcherFor?.(url) } as RequestInit);
      const progress = () => {
        clearTimeout(timer);
        timer = setTimeout(late, timeoutMs);
      };
      progress();
      const bytes = await readBody(response, ask.limit ?? 16 << 20, progress);
      const code = response.status < 300 ? "" : parseErrorCode(new TextDecoder().decode(bytes));
      return { status: response.status, headers: response.headers, body: bytes, code };
    } finally {
      clearTimeout(timer);
    }
  }

  async #sign({ method, key, query = {}, headers = {}, body }: Ask): Promise<{ url: string; headers: Headers }> {
    const url = this.#urlOf(key);
    // Not URLSearchParams: it writes a space as "+", which servers read in two ways.
    url.search = Object.entries(query)
      .map(pair => pair.map(encodeURIComponent).join("="))
      .join("&");
    const signed = new AwsV4Signer({
      ...(await this.options.credentials()),
      method,
      url: url.href,
      // The hash lets the server refuse bytes that were cut or changed on the way.
      headers: { ...headers, "x-amz-content-sha256": sha256(body ?? new Uint8Array(0)) },
      service: "s3",
      region: this.options.region,
      cache: this.#signingKeys,
    });
    const { url: target, headers: all } = await signed.sign();
    return { url: target.href, headers: all };
  }
}

function isBusy({ status, code }: Answer): boolean {
  return status === 429 || (status >= 500 && status !== 501) || busyCodes.has(code);
}

/** What `fetch` throws for a broken connection is a TypeError, an answer that is too long a RangeError; the rest is told by names and codes. */
function isOfTheNetwork(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (!(error instanceof Error)) return false;
  return error.name === "TimeoutError" || ("code" in error && /^(UND_ERR|E[A-Z]+$)/.test(String(error.code)));
}

function waitMs(attempt: number, after: number): number {
  const most = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return Math.max(Math.min(after, longestWaitMs), most * (0.5 + Math.random() / 2));
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
