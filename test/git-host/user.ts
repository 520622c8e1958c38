/** A user of the git host: what people do in its web pages, by its API. Source: the host's own description of it, `/swagger.v1.json`. */

/** How the host's button merges a pull request. */
export type MergeStyle = "merge" | "rebase" | "rebase-merge" | "squash" | "fast-forward-only";

export class GiteaUser {
  constructor(
    readonly host: string,
    readonly name: string,
    readonly password: string,
    readonly log: () => string,
  ) {}

  /** A repository's URL, with a password in it when it is given. */
  url(repository: string, password = ""): string {
    const url = new URL(`${this.host}/${repository}.git`);
    if (password !== "") [url.username, url.password] = [this.name, password];
    return url.href;
  }

  /** Makes an empty repository of this user's. */
  async addRepository(name: string, more: object = {}): Promise<string> {
    await this.call("POST", "user/repos", { name, default_branch: "main", auto_init: false, ...more });
    return `${this.name}/${name}`;
  }

  /** Makes a token that may read and write repositories. */
  async addToken(name: string, scopes = ["write:repository"]): Promise<string> {
    return String((await this.call("POST", `users/${this.name}/tokens`, { name, scopes })).sha1);
  }

  /** Text of a file on a branch, and the blob that it is. */
  async file(repository: string, path: string, ref = "main"): Promise<{ text: string; sha: string }> {
    const { content, sha } = await this.call("GET", `repos/${repository}/contents/${encodePath(path)}?ref=${ref}`);
    return { text: Buffer.from(String(content), "base64").toString(), sha: String(sha) };
  }

  /** Changes a file as its page in the web does: one commit on the branch, or on a new one. */
  async edit(repository: string, path: string, change: (text: string) => string, more: object = {}): Promise<void> {
    const { text, sha } = await this.file(repository, path, (more as { branch?: string }).branch);
    const content = Buffer.from(change(text)).toString("base64");
    await this.call("PUT", `repos/${repository}/contents/${encodePath(path)}`, { content, sha, ...more });
  }

  async addFile(repository: string, path: string, text: string, more: object = {}): Promise<void> {
    const content = Buffer.from(text).toString("base64");
    await this.call("POST", `repos/${repository}/contents/${encodePath(path)}`, { content, ...more });
  }

  /** Renames a file in its page: one commit. */
  async rename(repository: string, from: string, path: string): Promise<void> {
    const { text, sha } = await this.file(repository, from);
    const body = { content: Buffer.from(text).toString("base64"), sha, from_path: from };
    await this.call("PUT", `repos/${repository}/contents/${encodePath(path)}`, body);
  }

  async removeFile(repository: string, path: string, more: object = {}): Promise<void> {
    const { sha } = await this.file(repository, path);
    await this.call("DELETE", `repos/${repository}/contents/${encodePath(path)}`, { sha, ...more });
  }

  /** Opens a pull request and gives its number. */
  async propose(repository: string, head: string, base = "main"): Promise<number> {
    return Number((await this.call("POST", `repos/${repository}/pulls`, { title: head, head, base })).number);
  }

  /** Merges a pull request by the button; the host looks whether it can first, which takes it a moment. */
  async merge(repository: string, number: number, style: MergeStyle): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.call("POST", `repos/${repository}/pulls/${number}/merge`, { Do: style });
        return;
      } catch (error) {
        if (tries === 1200 || !/ 405 .*try again/is.test(String(error))) throw error;
        await new Promise(resolve => setTimeout(resolve, 250));
      }
    }
  }

  /** Calls the API; throws what it says when that is not what was asked, and what is in its log when it failed at it. */
  // oxlint-disable-next-line no-explicit-any -- tests look into whatever the host answers
  async call(method: string, path: string, body?: object): Promise<any> {
    const authorization = `Basic ${Buffer.from(`${this.name}:${this.password}`).toString("base64")}`;
    const headers = { authorization, "content-type": "application/json" };
    const { length } = this.log();
    const answer = await fetch(`${this.host}/api/v1/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const logged = answer.status < 500 ? "" : `\nlog of the host: ${this.log().slice(length)}`;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}${logged}`);
    return text === "" ? undefined : JSON.parse(text);
  }
}

const encodePath = (path: string) => path.split("/").map(encodeURIComponent).join("/");
