/**
 * A stranger with the document and bad intentions: requests of every route, half of them well-formed, half of them worse.
 *
 * Whatever is sent, the answer is one that the document tells: no 500, nothing that hangs, and a refusal leaves every ref as it was. `SHEAF_RUNS` looks longer.
 */
import type { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { allRoutes, documentOf } from "@sheaf/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drafts, requestOf, targetsOf, type Draft } from "./fuzz/draft.js";
import { Judge } from "./fuzz/judge.js";
import { fresh, type Served } from "./server.js";

const document = documentOf(allRoutes);
const judge = new Judge(document);
const targets = targetsOf(document);
const limits = { jsonBytes: 100_000, uploadBytes: 100_000 };

/** A repository in which most names of the requests are there. */
async function scene(repo: Repository): Promise<void> {
  for (const path of ["qa", "safety/jailbreaks"]) {
    const rows = ["q1", "q2", "q3"].map((id, i) => ({ id, a: i, b: [path, null] }));
    await repo.dataset(path).import(rows, { key: "id" });
  }
  await repo.tag("v1");
  await repo.branch("fix");
  await repo.dataset("qa").patch([{ op: "replace", path: "/items/q1/a", value: 7 }], { branch: "fix" });
}

async function begun(): Promise<Served & { drive: MemoryDrive }> {
  const drive = new MemoryDrive();
  const served = await fresh({ limits, wait: async () => undefined }, drive);
  await scene(served.repo);
  return { ...served, drive };
}

async function refsIn(drive: MemoryDrive): Promise<string[]> {
  const names: string[] = [];
  for await (const name of drive.list("refs/")) names.push(name);
  return names;
}

/** Reads an answer to its end, but of what has none only the beginning. */
async function textOf(response: Response): Promise<string> {
  if (!(response.headers.get("content-type") ?? "").startsWith("text/event-stream")) return response.text();
  await response.body?.cancel();
  return "";
}

async function faultsOf(served: Served & { drive: MemoryDrive }, draft: Draft): Promise<string[]> {
  const request = requestOf(draft);
  if (request === undefined) return [];
  const before = await refsIn(served.drive);
  const response = await served.app.fetch(request);
  const text = await textOf(response);
  await served.app.settled();
  const after = await refsIn(served.drive);
  const told = served.told.at(-1);
  const target = targets.find(({ operation }) => operation.operationId === told?.operationId);
  const mayChange = response.status < 300 && draft.method !== "GET" && draft.method !== "HEAD";
  return [
    ...(response.status >= 500 || told?.error !== undefined
      ? [`status ${response.status}: ${text} ${inspected(told?.error)}`]
      : []),
    ...(mayChange || after.join() === before.join() ? [] : [`status ${response.status}, but refs changed`]),
    ...(response.headers.has("x-request-id") ? [] : ["no request id"]),
    ...(target === undefined
      ? unknownFaults(response)
      : draft.method === "HEAD"
        ? []
        : judge.faults(target, response, text)),
  ];
}

function inspected(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : "";
}

/** What no route answers. */
function unknownFaults({ status }: Response): string[] {
  return [400, 404, 405].includes(status) ? [] : [`status ${status} where there is no route`];
}

function printDraft({ method, url, headers, body }: Draft): string {
  return `${method} ${url.slice(0, 200)} ${JSON.stringify(headers).slice(0, 200)} ${String(body).slice(0, 200)}`;
}

test("law: whatever is sent, the answer is one that the document tells, and a refusal changes nothing", async () => {
  const draft = fc.constantFrom(...targets).chain(target => drafts(document, target));
  await fc.assert(
    fc.asyncProperty(fc.array(draft, { minLength: 1, maxLength: 5, size: "max" }), async all => {
      const served = await begun();
      for (const one of all) {
        const faults = await faultsOf(served, one);
        if (faults.length > 0) throw new Error(`${printDraft(one)}\n${faults.join("\n")}`);
      }
    }),
  );
});

test("every operation is asked well-formed at least once, and answers as it should", async () => {
  const served = await begun();
  const seen = new Set<string>();
  for (const target of targets)
    for (const one of fc.sample(drafts(document, target), { numRuns: 10, seed: 7 })) {
      expect([printDraft(one), await faultsOf(served, one)]).toEqual([printDraft(one), []]);
      seen.add(served.told.at(-1)?.operationId ?? "");
    }
  for (const { operation } of targets) expect(seen).toContain(operation.operationId);
});
