/** A server behind a reverse proxy that gives it a path of its own: what it says of addresses holds outside. */
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "@sheaf/client";
import { allDialects, allRoutes, exchangeRoutes, listen, readPublicUrl, Service } from "@sheaf/server";
import { expect, onTestFinished, test } from "vitest";
import { openFolder } from "../../packages/cli/src/compose.js";
import { freshShell } from "../cli/shell.js";

/** Starts a proxy that takes its path away, as nginx does at `location /evals/ { proxy_pass http://127.0.0.1:7117/; }`: `Host` then names the inner address. */
async function proxied(inner: () => number): Promise<string> {
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, headers, url = "/" } = incoming;
    if (!url.startsWith("/evals/")) return void outgoing.writeHead(404).end();
    const [host, port] = ["127.0.0.1", inner()];
    const options = { host, port, method, path: url.slice(6), headers: { ...headers, host: `${host}:${port}` } };
    const onward = ask(options, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  };
  const server = createServer(pass).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise(resolve => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/evals`;
}

async function served() {
  const shell = freshShell();
  await shell.sheaf("init");
  shell.write("qa.jsonl", '{"id":"q1","n":1}\n');
  await shell.sheaf("import", "qa", "qa.jsonl", "--key", "id");
  const repo = await openFolder(shell.folder);
  let port = 0;
  const url = await proxied(() => port);
  const service = new Service({
    repo,
    routes: [...allRoutes, ...exchangeRoutes("evals")],
    dialects: allDialects,
    door: { hosts: new Set(["127.0.0.1"]), origins: new Set() },
    publicUrl: readPublicUrl(url),
    isPrivate: true,
  });
  const listening = await listen(service, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => listening.stop(0));
  ({ port } = listening);
  return { url, inner: listening.url, shell };
}

test("every Location leads there again: a dataset's, a row's, a job's, a vendor's", async () => {
  const { url } = await served();
  const headers = { "content-type": "application/json" };
  const made: [string, object?][] = [
    ["/api/v1/datasets", { path: "safety/jailbreaks" }],
    ["/api/v1/datasets/qa/rows", { id: "q2", item: { n: 2 } }],
    ["/api/v1/datasets/qa/export?format=csv"],
    ["/opik/api/v1/private/datasets", { name: "opik's" }],
  ];
  for (const [path, body] of made) {
    const answer = await fetch(url + path, { method: "POST", ...(body && { headers, body: JSON.stringify(body) }) });
    const location = answer.headers.get("location");
    expect([path, answer.status, location]).toEqual([path, expect.any(Number), expect.stringContaining("/evals/")]);
    expect([path, (await fetch(new URL(location ?? "", url))).status]).toEqual([path, 200]);
  }
});

test("its document and its page name the address outside", async () => {
  const { url } = await served();
  const { servers } = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as { servers: object[] };
  expect(servers).toEqual([{ url }]);
  const page = await (await fetch(`${url}/api/docs`)).text();
  expect(page).toContain(`href="${url}/api/v1/openapi.json"`);
});

test("pages of that origin may call it, though Host names the inner address; others may not, whatever they forward", async () => {
  const { url, inner } = await served();
  const from = async (origin: string) => {
    const headers = { origin, "x-forwarded-host": new URL(origin).host, "x-forwarded-proto": "https" };
    return (await fetch(`${url}/api/v1`, { headers })).status;
  };
  expect(await from(new URL(url).origin)).toBe(200);
  expect(await from(inner)).toBe(200);
  expect(await from("https://evil.example.org")).toBe(403);
});

test("the client, Sheaf and its clones reach it there", async () => {
  const { url } = await served();
  expect((await connect(url).listDatasets()).datasets).toMatchObject([{ path: "qa" }]);
  const shell = freshShell();
  await shell.sheaf("clone", url, ".");
  expect(await shell.sheaf("get", "qa", "q1")).toContain('"n":1');
});
