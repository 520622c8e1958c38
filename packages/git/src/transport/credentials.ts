/** Credentials for one repository, one source after another, until the other side takes some. */
import type { Credentials } from "./url.js";

/** Where credentials may come from: the URL, the environment, git's helpers. */
export interface CredentialSource {
  /** Gives some for this URL, which holds none itself; `undefined` when it knows none. */
  find(url: string): Promise<Credentials | undefined>;
  /** Hears that the other side took them, or did not. */
  settle?(url: string, credentials: Credentials, wereTaken: boolean): Promise<void>;
}

/** Gives each source's credentials in turn. */
export class CredentialQueue {
  readonly #sources: CredentialSource[];
  #tried: { readonly source: CredentialSource; readonly credentials: Credentials } | undefined;

  constructor(sources: readonly CredentialSource[]) {
    this.#sources = [...sources];
  }

  /** The next to try, after those given before were not taken; `undefined` when there are no more. */
  async next(url: string): Promise<Credentials | undefined> {
    await this.#settle(url, false);
    for (let source = this.#sources.shift(); source; source = this.#sources.shift()) {
      const credentials = await source.find(url);
      if (!credentials) continue;
      this.#tried = { source, credentials };
      return credentials;
    }
    return undefined;
  }

  /** Hears that those given last were taken. */
  async taken(url: string): Promise<void> {
    await this.#settle(url, true);
  }

  async #settle(url: string, wereTaken: boolean): Promise<void> {
    const tried = this.#tried;
    this.#tried = undefined;
    if (tried) await tried.source.settle?.(url, tried.credentials, wereTaken);
  }
}
