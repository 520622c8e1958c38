/** Thousands of hostile requests to `sheaf serve` as a process: bytes over sockets, and what a fuzzer makes of the document, with all kinds of tokens. */
import { documentOf, allRoutes, exchangeRoutes } from "@sheaf/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { freshShell } from "../cli/shell.js";
import { drafts, targetsOf, type Draft } from "./fuzz/draft.js";
import { send, statusesOf, wires } from "./hostile/wire.js";
import { serve, sheaf, type Running } from "./process.js";

const document = documentOf([...allRoutes, ...exchangeRoutes("evals")]);
const targets = targetsOf(document);
const together = 32;

/** Does something with each, many at a time. */
async function each<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < all.length) await act(all[next++]);
  };
  await Promise.all(Array.from({ length: together }, worker));
}

/** The status of the answer; 0 for what no client can send. Streams without an end are left. */
async function ask({ url }: Running, draft: Draft, authorization?: string): Promise<number> {
  const leave = new AbortController();
  const headers = { ...draft.headers, ...(authorization === undefined ? {} : { authorization }) };
  const body =
    draft.body === undefined || draft.method === "GET" || draft.method === "HEAD"
      ? {}
      : { body: draft.body as BodyInit };
  let request: Request;
  try {
    request = new Request(url + draft.url, { method: draft.method, headers, signal: leave.signal, ...body });
  } catch {
    return 0;
  }
  const answer = await fetch(request);
  if ((answer.headers.get("content-type") ?? "").startsWith("text/event-stream")) leave.abort();
  else await answer.arrayBuffer();
  return answer.status;
}

test("no 500, no hang, no change without a token; the server is as good as new afterwards", async () => {
  const shell = freshShell();
  const seat = { folder: shell.folder };
  await sheaf(seat, "init");
  shell.write("rows.jsonl", '{"a":1,"id":"q1"}\n{"a":2,"id":"q2"}\n');
  for (const path of ["qa", "safety/jailbreaks"]) await sheaf(seat, "import", path, "rows.jsonl", "--key", "id");
  const made = await sheaf(seat, "token", "create", "Eve", "--scope", "admin", "--dataset", "qa", "--json");
  const { secret } = JSON.parse(made) as { secret: string };
  const server = await serve(seat);
  const stateOf = async () => (await sheaf(seat, "log", "--json")) + (await sheaf(seat, "branch", "--json"));
  const before = await stateOf();

  const wrong: string[] = [];
  await each(fc.sample(wires, { numRuns: 4000, seed: 1 }), async bytes => {
    const answer = await send(server.port, bytes);
    if (statusesOf(answer).some(status => status >= 500 && status !== 505))
      wrong.push(bytes.toString("latin1", 0, 300));
  });
  const draft = fc.constantFrom(...targets).chain(target => drafts(document, target));
  await each(fc.sample(draft, { numRuns: 3000, seed: 2 }), async one => {
    const status = await ask(server, one);
    if (status >= 500) wrong.push(`${status} ${one.method} ${one.url}`);
  });
  expect(wrong).toEqual([]);
  expect(await stateOf()).toBe(before);

  await each(fc.sample(draft, { numRuns: 3000, seed: 3 }), async one => {
    const status = await ask(server, one, `Bearer ${secret}`);
    if (status >= 500) wrong.push(`${status} ${one.method} ${one.url}`);
  });
  expect(wrong).toEqual([]);
  expect(await sheaf(seat, "export", "safety/jailbreaks")).toBe(shell.read("rows.jsonl"));
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  expect(server.said()).not.toMatch(/"error":/);
  expect(await server.end("SIGTERM")).toBe(0);
  expect(await sheaf(seat, "verify")).not.toContain("damaged");
});
