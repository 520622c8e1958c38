/** A Sheaf server as a remote: its requests by `fetch`, with a token from the URL, `SHEAF_TOKEN` or git's credential helpers. */
import {
  badInput,
  isSheafError,
  openServerRemote,
  SheafError,
  withoutCredentials,
  type Local,
  type Remote,
  type ServerWire,
  type WireRequest,
} from "@sheaf/core";
import { gzip } from "@sheaf/formats";
import { CredentialQueue, fromGit, fromUrl, type CredentialSource } from "@sheaf/git/node";

type Env = Readonly<Record<string, string | undefined>>;

/** How long a server may take to say what it is. */
const probeMs = 15_000;

/** Says whether a Sheaf server answers at an http(s) URL: by one small request. Whatever else is there, or nothing, is not one. */
export async function isServer(url: string, dispatcher?: object): Promise<boolean> {
  try {
    const init = { signal: AbortSignal.timeout(probeMs), dispatcher };
    const answer = await fetch(`${baseOf(url)}/api/v1`, init as RequestInit);
    if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) return false;
    const told: unknown = await answer.json();
    return typeof told === "object" && told !== null && "server" in told && told.server === "sheaf";
  } catch {
    return false;
  }
}

/** Opens the server as a remote, through a proxy where a dispatcher of `fetch` is given. Nothing is asked yet. */
export function openServer(url: string, local: Local, env: Env, dispatcher?: object): Remote {
  return openServerRemote(new FetchWire(url, env, dispatcher), local);
}

class FetchWire implements ServerWire {
  readonly url: string;
  readonly #credentials: CredentialQueue;
  #token: string | undefined;

  constructor(
    url: string,
    env: Env,
    readonly dispatcher: object | undefined,
  ) {
    this.url = baseOf(url);
    const { username, password } = new URL(url);
    const given = decodeURIComponent(password || username);
    const inUrl = given === "" ? [] : [fromUrl({ username: "token", password: given })];
    this.#credentials = new CredentialQueue([...inUrl, fromVariable(env["SHEAF_TOKEN"]), fromGit({ ...env }, false)]);
  }

  async ask(path: string, request: WireRequest, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>> {
    for (;;) {
      const answer = await this.#send(path, request, signal);
      if (answer.ok) {
        if (this.#token !== undefined) await this.#credentials.taken(this.url);
        return this.#body(answer);
      }
      const isReplayable = request.body === undefined || request.body instanceof Uint8Array;
      const next = answer.status === 401 && isReplayable ? await this.#credentials.next(this.url) : undefined;
      if (!next) throw await this.#failure(answer);
      await answer.body?.cancel();
      this.#token = next.password;
    }
  }

  async close(): Promise<void> {}

  async #send(
    path: string,
    { method, type, body, onSent }: WireRequest,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json, application/vnd.ipld.car" };
    if (type !== undefined) headers["content-type"] = type;
    if (this.#token !== undefined) headers["authorization"] = `Bearer ${this.#token}`;
    const isStream = body !== undefined && !(body instanceof Uint8Array);
    if (isStream) headers["content-encoding"] = "gzip";
    const sent = body === undefined ? {} : { body: isStream ? gzipped(body, onSent) : body, duplex: "half" };
    const route = { dispatcher: this.dispatcher };
    const init = { method, headers, ...sent, ...route, ...(signal && { signal }) } as RequestInit;
    try {
      return await fetch(`${this.url}/api/v1/sync/${path}`, init);
    } catch (error) {
      throw signal?.aborted ? error : this.#broken(error);
    }
  }

  async *#body({ body }: Response): AsyncGenerator<Uint8Array> {
    try {
      if (body) yield* body as unknown as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw this.#broken(error);
    }
  }

  #broken(error: unknown): SheafError {
    if (isSheafError(error)) return error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (isSheafError(cause)) return cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new SheafError("remote-failed", { remote: this.url, reason }, `${this.url} could not be reached: ${reason}`);
  }

  /** What a refusal means here. */
  async #failure(answer: Response): Promise<SheafError> {
    const { status } = answer;
    const told = (await answer.json().catch(() => ({}))) as { code?: unknown; detail?: unknown };
    const reason = typeof told.detail === "string" ? told.detail : `it answers with status ${status}`;
    if (told.code === "bad-input") return badInput(`${this.url}: ${reason}`);
    const hint = status === 401 ? "; give a token in SHEAF_TOKEN, or to git's credential helper" : "";
    return new SheafError(
      "remote-failed",
      { remote: this.url, reason, status },
      `${this.url} refuses: ${reason}${hint}`,
    );
  }
}

function fromVariable(token: string | undefined): CredentialSource {
  return {
    find: async () => (token === undefined || token === "" ? undefined : { username: "token", password: token }),
  };
}

/** `fetch` of Node takes what can be iterated. */
async function* gzipped(
  body: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of gzip(body)) {
    onSent(chunk.length);
    yield chunk;
  }
}

function baseOf(url: string): string {
  return withoutCredentials(url)
    .replace(/[?#].*$/s, "")
    .replace(/\/+$/, "");
}
