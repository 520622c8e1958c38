/**
 * A server under mixed load for long: its memory and its open files stay what they are, and nothing is left behind on the disk.
 *
 * `SHEAF_SOAK` says how many requests each of the phases sends; 20,000 take some minutes. Reads what Linux tells of a process, and so fails elsewhere.
 */
import { readdirSync, readFileSync, rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freshShell } from "../cli/shell.js";
import { serve, sheaf, type Running } from "./process.js";

const requests = Number(process.env["SHEAF_SOAK"] ?? 1500);
const phases = 5;
const clients = 16;

interface State {
  readonly mebibytes: number;
  readonly files: number;
}

function stateOf({ child }: Running): State {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
  return { mebibytes: Math.round(Number(kibibytes) / 1024), files: readdirSync(`/proc/${child.pid}/fd`).length };
}

const qa = "/api/v1/datasets/qa";
const file = Array.from({ length: 200 }, (_, i) => `{"id":"i${i}","text":"${"row ".repeat(20)}"}\n`).join("");

/** One request of many kinds, some of them broken off by the client. */
async function one(url: string, i: number): Promise<number> {
  const get = async (path: string, more: RequestInit = {}) => {
    const answer = await fetch(url + path, more);
    await answer.arrayBuffer();
    return answer.status;
  };
  const breakOff = async (path: string) => {
    const client = new AbortController();
    const answer = await fetch(url + path, { signal: client.signal });
    await answer.body?.getReader().read();
    client.abort();
    return answer.status;
  };
  const patch = [{ op: "add", path: `/items/q${i % 500}`, value: { n: i } }];
  const kinds: (() => Promise<number>)[] = [
    () => get(`${qa}/rows?limit=100&offset=${i % 500}`),
    () => get(`${qa}/rows/q${i % 500}`),
    () =>
      get(qa, {
        method: "PATCH",
        headers: { "content-type": "application/json-patch+json" },
        body: JSON.stringify(patch),
      }),
    () => get(`${qa}/stream`, { headers: { "accept-encoding": i % 2 === 0 ? "br" : "gzip" } }),
    () => breakOff(`${qa}/export?format=csv`),
    () => breakOff("/api/v1/events"),
    () => get(`/api/v1/datasets/other/import?key=id&job=${i % 3 === 0}`, { method: "POST", body: file }),
    () => get(`/api/v1/diff?from=main~1`),
    () => get(`/api/v1/commits?limit=20`),
    () => get(`${qa}/rows`, { headers: { authorization: `Bearer wrong-${i}` } }),
    () => get(`${qa}/rows`, { method: "POST", body: "{" }),
    () => get("/api/v1/sync/push", { method: "POST", body: "no CAR file" }),
    () => get(`${qa}/rows`, { method: "HEAD" }),
  ];
  return kinds[i % kinds.length]();
}

test("memory and open files of a server stay flat, and no file is left behind", async () => {
  const { folder } = freshShell();
  const scratch = mkdtempSync(join(tmpdir(), "sheaf-soak-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  const seat = { folder, env: { TMPDIR: scratch } };
  await sheaf(seat, "init");
  await sheaf(seat, "dataset", "create", "qa");
  const server = await serve(seat, "--no-log");
  for (let i = 0; i < 500; i++) await one(server.url, 2 + 13 * i);
  const states: State[] = [];
  const statuses = new Set<number>();
  let next = 0;
  for (let phase = 1; phase <= phases; phase++) {
    const until = phase * requests;
    const client = async () => {
      while (next < until) statuses.add(await one(server.url, next++));
    };
    await Promise.all(Array.from({ length: clients }, client));
    states.push(stateOf(server));
  }
  console.log(JSON.stringify({ requests: next, states, statuses: [...statuses].sort() }));
  const [warm, end] = [states[1], states[phases - 1]];
  expect([...statuses].filter(status => status >= 500)).toEqual([]);
  expect(end.mebibytes).toBeLessThan(warm.mebibytes * 1.4 + 20);
  expect(end.files).toBeLessThanOrEqual(warm.files + clients);
  expect(await server.end("SIGTERM")).toBe(0);
  expect(readdirSync(scratch)).toEqual([]);
  expect(readdirSync(join(folder, ".sheaf/.tmp"))).toEqual([]);
  expect(await sheaf(seat, "verify")).not.toContain("damaged");
});
