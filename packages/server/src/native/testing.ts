/** What tests of routes share: an app over memory, asked without a port. */
import { Repository } from "@sheaf/core";
import { CountingDrive } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { makeApp } from "../app.js";
import type { Caller } from "../call.js";
import { allRoutes } from "../routes.js";

/** An answer, read. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a JSON answer. */
  readonly body: never;
}

export async function fresh() {
  const drive = new CountingDrive(new MemoryDrive());
  const repo = await Repository.open(drive, {
    platform: nodePlatform,
    create: true,
    author: () => ({ name: "Server", email: "server@example.org" }),
  });
  let requests = 0;
  const unforeseen: unknown[] = [];
  const app = makeApp({
    repo,
    routes: allRoutes,
    admit: async request => callerOf(request.headers.get("x-caller") ?? "Ada"),
    requestId: () => `r${++requests}`,
    wait: () => new Promise(resolve => setImmediate(resolve)),
    onAnswer: ({ error }) => void (error !== undefined && unforeseen.push(error)),
  });
  const send = (method: string, path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
    app.fetch(
      new Request(`http://localhost/api/v1${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: body as BodyInit }),
      }),
    );
  const ask = async (...asked: Parameters<typeof send>): Promise<Told> => {
    const response = await send(...asked);
    const text = await response.text();
    const isJson =
      (response.headers.get("content-type") ?? "").includes("json") && text !== "" && !text.includes("\n{");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : undefined) as never,
    };
  };
  return { app, drive, repo, send, ask, unforeseen };
}

function callerOf(name: string): Caller {
  return { id: name.toLowerCase(), name, email: `${name.toLowerCase()}@example.org` };
}

/** An app with a dataset `qa` of three rows. */
export async function withRows() {
  const server = await fresh();
  const rows =
    '{"id":"q1","score":1.0,"tags":["a","b"]}\n{"id":"q2","score":18446744073709551615,"tags":[]}\n{"id":"q3","note":{"deep":"x"}}\n';
  await server.ask("POST", "/datasets/qa/import?key=id", rows, { "content-type": "application/x-ndjson" });
  return server;
}
