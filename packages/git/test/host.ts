/** A git host on loopback: stock `git http-backend` behind HTTP, with a password, hooks, counters, and switches for all that goes wrong. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freshFolder, StockGit } from "./git.js";

/** An answer that is given instead of git's own. */
export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export interface HostSwitches {
  /** Who may come in; anybody when absent. */
  credentials?: { username: string; password: string };
  /** Answers a request instead of git, unless it gives nothing. */
  answer?: (request: IncomingMessage) => Answer | undefined;
  /** Cuts the connection once so many bytes of the answer to a POST went out, or of its body came in. */
  cutAnswerAfter?: number;
  cutRequestAfter?: number;
}

export class GitHost {
  readonly requests: { readonly method: string; readonly url: string; bytes: number }[] = [];
  readonly switches: HostSwitches = {};

  private constructor(
    readonly server: Server,
    readonly root: string,
    readonly isSecure: boolean,
  ) {}

  /** Starts a host that holds one empty bare repository, `data.git`, over TLS where a certificate is given; it ends with the test. */
  static async start(tls?: { key: string; cert: string }): Promise<GitHost> {
    const root = freshFolder();
    const server = tls ? createSecureServer(tls) : createServer();
    const host = new GitHost(server, root, tls !== undefined);
    host.create("data.git");
    server.on("request", (request, response) => host.#serve(request, response));
    await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return host;
  }

  get origin(): string {
    return `${this.isSecure ? "https" : "http"}://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/data.git`;
  }

  /** Stock git inside the bare repository. */
  get git(): StockGit {
    return new StockGit(join(this.root, "data.git"));
  }

  /** Makes an empty bare repository, strict about what it takes. */
  create(name: string): void {
    StockGit.bare(join(this.root, name));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const note = { method: request.method ?? "", url: request.url ?? "", bytes: 0 };
    this.requests.push(note);
    const answer = this.switches.answer?.(request) ?? this.#refusal(request);
    if (answer) {
      request.resume();
      response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
      return;
    }
    const { cutRequestAfter = Infinity } = this.switches;
    request.on("data", (chunk: Uint8Array) => {
      note.bytes += chunk.length;
      if (note.bytes > cutRequestAfter) request.destroy();
    });
    this.#backend(request, response);
  }

  #refusal({ headers }: IncomingMessage): Answer | undefined {
    const { credentials } = this.switches;
    if (!credentials) return undefined;
    const wanted = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
    if (headers.authorization === wanted) return undefined;
    return { status: 401, headers: { "www-authenticate": 'Basic realm="git"' }, body: "Unauthorized" };
  }

  #backend(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? "", this.origin);
    if (!existsSync(join(this.root, pathname.split("/")[1]))) {
      response.writeHead(404).end();
      return;
    }
    const { "content-type": type, "content-length": length } = request.headers;
    const child = spawn("git", ["http-backend"], {
      env: {
        ...new StockGit(this.root).env,
        GIT_PROJECT_ROOT: this.root,
        GIT_HTTP_EXPORT_ALL: "1",
        REQUEST_METHOD: request.method,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REMOTE_USER: this.switches.credentials?.username ?? "anybody",
        ...(type !== undefined && { CONTENT_TYPE: type }),
        ...(length !== undefined && { CONTENT_LENGTH: length }),
      },
    });
    child.stdin.on("error", () => {});
    request.on("error", () => child.kill());
    request.pipe(child.stdin);
    this.#relay(
      child.stdout,
      request.method === "POST" ? (this.switches.cutAnswerAfter ?? Infinity) : Infinity,
      response,
    );
  }

  /** Passes on what a CGI program prints: headers, an empty line, a body. */
  #relay(output: NodeJS.ReadableStream, cutAfter: number, response: ServerResponse): void {
    let head = Buffer.alloc(0);
    let sent = 0;
    const pass = (bytes: Uint8Array) => {
      sent += bytes.length;
      response.write(sent > cutAfter ? bytes.subarray(0, Math.max(0, bytes.length - (sent - cutAfter))) : bytes);
      if (sent > cutAfter) setImmediate(() => response.destroy());
    };
    output.on("data", (chunk: Uint8Array) => {
      if (response.headersSent) return pass(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const lines = head.subarray(0, end).toString().split("\r\n");
      const headers = new Map(lines.map(line => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      const status = Number.parseInt(headers.get("Status") ?? "200", 10);
      headers.delete("Status");
      response.writeHead(status, Object.fromEntries(headers));
      response.flushHeaders();
      pass(head.subarray(end + 4));
    });
    output.on("end", () => response.end());
  }
}
