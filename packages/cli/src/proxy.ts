/**
 * Proxies that the environment names, as curl and git read it: `https_proxy` for https, `http_proxy` for http, `all_proxy` for both, but for the hosts of
 * `no_proxy`; each in capitals too. A name and password stand in the proxy's URL.
 *
 * Only this file knows undici, and loads it where a proxy is named. Its dispatchers work with the `fetch` of Node 20 to 24.
 */
import { Readable } from "node:stream";
import { badInput } from "@sheaf/core";
import type { HttpRequests } from "@sheaf/git/node";
import type { Dispatcher } from "undici";

type Env = Readonly<Record<string, string | undefined>>;
type Request = Parameters<HttpRequests["request"]>[0];
type Undici = typeof import("undici");

/** How long the other side may be silent: a server may check a large push for minutes. */
const silenceMs = 600_000;
const limits = { headersTimeout: silenceMs, bodyTimeout: silenceMs };

/** The way through proxies. Made by {@link openProxies}. */
export class Proxies {
  readonly #dispatchers = new Map<string, Dispatcher>();
  readonly #direct: Dispatcher;

  /** @param urls  the proxy of each scheme, `http:` and `https:`, that has one */
  constructor(
    readonly undici: Undici,
    urls: ReadonlyMap<string, string>,
    noProxy: string,
  ) {
    this.#direct = new undici.Agent(limits);
    for (const [scheme, proxy] of urls) {
      const clientFactory = (origin: URL, settings: object) => this.#client(origin, settings);
      const options = { ...limits, httpProxy: proxy, httpsProxy: proxy, noProxy, clientFactory };
      this.#dispatchers.set(scheme, new undici.EnvHttpProxyAgent(options));
    }
  }

  /** What `fetch` takes as its `dispatcher` for this URL; nothing where no proxy is named for its scheme. */
  dispatcherFor(url: string): Dispatcher | undefined {
    return this.#dispatchers.get(new URL(url).protocol);
  }

  /** Carries a request of git. */
  async request({ url, method = "GET", headers = {}, body, signal }: Request): ReturnType<HttpRequests["request"]> {
    const dispatcher = this.dispatcherFor(url) ?? this.#direct;
    const sent = Array.isArray(body)
      ? Buffer.concat(body as Uint8Array[])
      : body && Readable.from(body, { objectMode: false });
    const options = { method, headers, body: sent ?? null, dispatcher };
    const answer = await this.undici.request(url, { ...options, ...(signal && { signal }) }).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const { statusCode, body: bytes } = answer;
    const pairs = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
    return { url, method, statusCode, statusMessage: "", headers: Object.fromEntries(pairs), body: bytesOf(bytes) };
  }

  /**
   * The way to a proxy, whose failures have no code: a proxy that closes the connection is none that is tried again, and undici goes by the code.
   */
  #client(origin: URL, settings: object): Dispatcher {
    const pool = new this.undici.Pool(origin, settings);
    const connect: (options: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> = pool.connect.bind(pool);
    const named = (options: Dispatcher.ConnectOptions) =>
      connect(options).catch((cause: unknown) => {
        throw new Error(`the proxy ${origin.origin} cannot be reached: ${messageOf(cause)}`, { cause });
      });
    return Object.assign(pool, { connect: named });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a proxy refuses with, in words. */
function refusalOf(error: unknown): Error {
  const status = /Proxy response \(?(\d+)/.exec(messageOf(error))?.[1];
  if (status === undefined) return error instanceof Error ? error : new Error(messageOf(error));
  const advice = status === "407" ? "; name it with a name and password, as in http://name:password@host:port" : "";
  return new Error(`the proxy answers ${status}${advice}`, { cause: error });
}

async function* bytesOf(body: Readable): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of body) yield chunk as Uint8Array;
}

/** Opens what the environment says; `undefined` when that names no proxy. Throws bad-input for a proxy that is reached by other means than http and https. */
export async function openProxies(env: Env): Promise<Proxies | undefined> {
  const urls = new Map<string, string>();
  for (const scheme of ["http", "https"]) {
    const url = variable(env, `${scheme}_proxy`) || variable(env, "all_proxy");
    if (url !== "") urls.set(`${scheme}:`, checked(url));
  }
  return urls.size === 0 ? undefined : new Proxies(await import("undici"), urls, variable(env, "no_proxy"));
}

/** The setting of a bucket that lets its requests go by these proxies. */
export async function throughProxies(env: Env): Promise<{ dispatcherFor?: (url: string) => object | undefined }> {
  const proxies = await openProxies(env);
  return proxies ? { dispatcherFor: url => proxies.dispatcherFor(url) } : {};
}

/** A variable in small letters, which count first, or in capitals. */
function variable(env: Env, name: string): string {
  return env[name] || env[name.toUpperCase()] || "";
}

function checked(proxy: string): string {
  const url = proxy.includes("://") ? proxy : `http://${proxy}`;
  if (URL.canParse(url) && /^https?:/i.test(url)) return url;
  const kind = /^[^:/]*/.exec(url)?.[0];
  throw badInput(`the environment names a proxy of ${kind}://; only those of http:// and https:// are known here`);
}
