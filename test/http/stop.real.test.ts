/** What a server does that is told to stop in the middle of things: it finishes what it began, and what it answered is so. */
import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { freshShell } from "../cli/shell.js";
import { serve, sheaf, type Running } from "./process.js";

const rowCount = 60_000;
const row = (i: number) => `{"id":"q${i}","text":"${"row ".repeat(20)}${i}"}\n`;

async function repository() {
  const { folder } = freshShell();
  await sheaf({ folder }, "init");
  await sheaf({ folder }, "dataset", "create", "qa");
  const server = await serve({ folder }, "--no-log");
  return { folder, server };
}

const rowsOf = async (folder: string) => (await sheaf({ folder }, "export", "qa")).split("\n").length - 1;

/** Sends the first half of a file, does something, and sends the rest. */
async function upload({ port }: Running, between: () => Promise<unknown>): Promise<{ status: number; text: string }> {
  const sent = request({
    host: "127.0.0.1",
    port,
    method: "POST",
    path: "/api/v1/datasets/qa/import?key=id",
    headers: { "content-type": "application/x-ndjson" },
  });
  const answered = once(sent, "response");
  for (let i = 0; i < rowCount; i++) {
    if (i === rowCount / 2) await between();
    if (!sent.write(row(i))) await once(sent, "drain");
  }
  sent.end();
  const [answer] = (await answered) as [AsyncIterable<Buffer> & { statusCode: number }];
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode, text };
}

test("an import whose file is still coming in is taken to its end, and then the server leaves", async () => {
  const { folder, server } = await repository();
  let left: Promise<number | string> | undefined;
  const { status, text } = await upload(server, async () => {
    left = server.end("SIGTERM");
    const isOpen = () =>
      fetch(`${server.url}/healthz`).then(
        () => true,
        () => false,
      );
    await expect.poll(isOpen, { timeout: 60_000 }).toBe(false);
  });
  expect([status, text]).toEqual([200, expect.stringContaining(`"added":${rowCount}`)]);
  expect(await left).toBe(0);
  expect(await rowsOf(folder)).toBe(rowCount);
  await sheaf({ folder }, "verify");
});

test("an export that is being read is read to its end", async () => {
  const { server } = await repository();
  await upload(server, async () => undefined);
  const answer = await fetch(`${server.url}/api/v1/datasets/qa/stream`);
  const reader = answer.body?.getReader();
  let bytes = (await reader?.read())?.value?.length ?? 0;
  const left = server.end("SIGTERM");
  const lines: number[] = [];
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    bytes += next.value.length;
    lines.push(next.value.filter(byte => byte === 10).length);
  }
  expect(bytes).toBeGreaterThan(rowCount * 80);
  expect(await left).toBe(0);
});

test("edits in a burst are answered as they are, or not at all; none is said to be done that is not", async () => {
  const { folder, server } = await repository();
  const acknowledged: string[] = [];
  let left: Promise<number | string> | undefined;
  const write = async (name: string) => {
    for (let i = 0; ; i++) {
      const body = JSON.stringify([{ op: "add", path: `/items/${name}-${i}`, value: {} }]);
      const headers = { "content-type": "application/json-patch+json" };
      const answer = await fetch(`${server.url}/api/v1/datasets/qa`, { method: "PATCH", headers, body }).catch(
        () => undefined,
      );
      if (!answer) return;
      if (answer.ok) acknowledged.push(`${name}-${i}`);
      else expect(answer.status).toBe(503);
      if (acknowledged.length === 200) left = server.end("SIGTERM");
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, i) => write(`w${i}`)));
  expect(await left).toBe(0);
  const there = new Set((await sheaf({ folder }, "rows", "qa", "--limit", "100000", "--json")).match(/w\d+-\d+/g));
  expect(acknowledged.filter(id => !there.has(id))).toEqual([]);
  await sheaf({ folder }, "verify");
});

test("what takes longer than it may is cut, and leaves nothing half done", async () => {
  const { folder } = freshShell();
  await sheaf({ folder }, "init");
  await sheaf({ folder }, "dataset", "create", "qa");
  const server = await serve({ folder }, "--no-log", "--drain", "1");
  const sent = request({
    host: "127.0.0.1",
    port: server.port,
    method: "POST",
    path: "/api/v1/datasets/qa/import?key=id",
  });
  const cut = once(sent, "error");
  sent.write(row(0));
  // The server is at work on it once it answers somebody who came later.
  await (await fetch(`${server.url}/healthz`)).text();
  expect(await server.end("SIGTERM")).toBe(0);
  await cut;
  expect(await rowsOf(folder)).toBe(0);
  await sheaf({ folder }, "verify");
});
