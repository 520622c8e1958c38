/** A server that speaks all dialects, for tests: over a repository in memory, with or without a port. */
import { nodePlatform } from "@sheaf/drives/node";
import { MemoryDrive } from "@sheaf/drives/memory";
import { Repository, type Drive } from "@sheaf/core";
import {
  allDialects,
  allRoutes,
  listen,
  loopbackHosts,
  Service,
  type LogLine,
  type ServiceOptions,
} from "@sheaf/server";

/** One answer, read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of JSON, as plain JavaScript. */
  readonly body: never;
}

export class Town {
  private constructor(
    readonly repo: Repository,
    readonly service: Service,
    /** Every request that was answered, oldest first. */
    readonly log: LogLine[],
  ) {}

  static async open(drive: Drive = new MemoryDrive(), more: Partial<ServiceOptions> = {}): Promise<Town> {
    const repo = await Repository.open(drive, {
      platform: nodePlatform,
      create: true,
      author: () => ({ name: "Server", email: "server@example.org" }),
    });
    const log: LogLine[] = [];
    const service = new Service({
      repo,
      routes: allRoutes,
      dialects: allDialects,
      door: { hosts: new Set(loopbackHosts), origins: new Set() },
      isPrivate: true,
      log: line => void log.push(line),
      ...more,
    });
    return new Town(repo, service, log);
  }

  /** Asks without a port. A body that is no text or bytes goes as JSON. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const isBare =
      body === undefined || typeof body === "string" || body instanceof Uint8Array || body instanceof FormData;
    const request = new Request(`http://127.0.0.1${path}`, {
      method,
      headers: { ...(isBare ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: (isBare ? body : JSON.stringify(body)) as BodyInit }),
    });
    const response = await this.service.fetch(request);
    const text = await response.text();
    this.service.finish(request, response.status, text.length);
    return { status: response.status, headers: response.headers, text, body: parsed(text) as never };
  }

  /** Opens a port on loopback, for SDKs. */
  async listen(): Promise<{ url: string; close: () => Promise<void> }> {
    const listening = await listen(this.service, { host: "127.0.0.1", port: 0 });
    return { url: listening.url, close: () => listening.stop(1000) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
