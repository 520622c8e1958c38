/** An export that a second thread helps with, beside the same export without. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PortionHelp } from "@sheaf/core";
import { printPortionsBeside, type PortionThread } from "@sheaf/drives/portion-thread";
import { exportBytes, type WriteOptions } from "@sheaf/formats";
import { Repository } from "./index.js";
import { MemoryDrive, Repository as InMemory } from "./memory.js";

/** A thread runs what was compiled: Node alone reads no TypeScript. */
const program = new URL("../../drives/dist/portion-worker.js", import.meta.url);
const author = () => ({ name: "Ada", email: "ada@example.org" });

/** Help that is awaited, and counted in rows. */
function helpFrom(file = program): PortionHelp & { rows: number } {
  const help = printPortionsBeside({ from: 0, portionBytes: 4096, program: file });
  const counted = {
    ...help,
    rows: 0,
    async start(...asked: Parameters<PortionHelp["start"]>) {
      const thread = (await help.start(...asked)) as PortionThread | undefined;
      await thread?.ready;
      const print = thread?.print.bind(thread);
      if (thread && print)
        thread.print = async (portion, room) => {
          const printed = await print(portion, room);
          counted.rows += printed.rows;
          return printed;
        };
      return thread;
    },
  };
  return counted;
}

/** What comes out, and what is thrown behind it. */
async function outcome(bytes: AsyncIterable<Uint8Array>): Promise<{ text: string; error?: unknown }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of bytes) parts.push(part.slice());
    return { text: Buffer.concat(parts).toString() };
  } catch (error) {
    return { text: Buffer.concat(parts).toString(), error };
  }
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sheaf-shared-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `q${n}`, n, text: "wörd ".repeat(n % 41), exact: n / 4 }));

async function opened(name: string, count: number): Promise<Repository> {
  const repository = await Repository.open(join(folder, name), { create: true, author });
  await repository.dataset("qa").import(rowsOf(count), { key: "id" });
  return repository;
}

const forms: Omit<WriteOptions, "at">[] = [
  { format: "jsonl", isFleeting: true },
  { format: "jsonl" },
  { format: "jsonl", rows: true },
  { format: "json", isFleeting: true },
];

test("law: over any history, the bytes are those of an export without help", async () => {
  const edit = fc.uniqueArray(fc.nat(799), { minLength: 1, maxLength: 200 });
  let [round, helped] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { maxLength: 3 }), fc.boolean(), async (edits, isPacked) => {
      const repository = await opened(`law-${round}`, 800);
      const dataset = repository.dataset("qa");
      for (const [version, numbers] of edits.entries())
        await dataset.patch(
          numbers.map(n =>
            n % 5 === 0
              ? ({ op: "add", path: "/items/-", value: { n, version } } as const)
              : ({ op: "replace", path: `/items/q${n}/text`, value: "x".repeat(n + version) } as const),
          ),
        );
      if (isPacked) await repository.repack({ all: true });
      const help = helpFrom();
      const writing = { ...forms[round++ % forms.length], at: round % 2 === 0 && edits.length > 0 ? "main~1" : "main" };
      const alone = await outcome(exportBytes(dataset, writing));
      expect(await outcome(exportBytes(dataset, { ...writing, printPortions: help }))).toEqual(alone);
      helped += help.rows;
    }),
    { numRuns: forms.length },
  );
  expect(helped).toBeGreaterThan(0);
});

describe("an export with help", () => {
  test("has its share printed by the thread", async () => {
    const help = helpFrom();
    const { text } = await outcome(
      exportBytes((await opened("share", 6000)).dataset("qa"), { format: "jsonl", printPortions: help }),
    );
    expect(text.split("\n")).toHaveLength(6001);
    expect(help.rows).toBeGreaterThan(600);
  });

  test("names damage as one without, behind the same rows", async () => {
    await opened("damage", 3000);
    const packs = join(folder, "damage", ".sheaf", "packs");
    const pack = join(packs, readdirSync(packs)[0]);
    const whole = readFileSync(pack);
    for (const at of [3000, 200_000]) {
      const bytes = Buffer.from(whole);
      bytes[at] ^= 1;
      writeFileSync(pack, bytes);
      const dataset = (await Repository.open(join(folder, "damage"))).dataset("qa");
      const { text, error } = await outcome(exportBytes(dataset, { format: "jsonl" }));
      expect(error).toMatchObject({ code: "corrupt-block" });
      const shared = await outcome(exportBytes(dataset, { format: "jsonl", printPortions: helpFrom() }));
      expect(shared.error).toEqual(error);
      expect(shared.text.startsWith(text)).toBe(true);
    }
  });

  test("refuses to leave attributes out as one without", async () => {
    const dataset = (await opened("meta", 3000)).dataset("qa");
    await dataset.patch([{ op: "add", path: "/items/q2222/@meta", value: { tag: "x" } }]);
    const alone = await outcome(exportBytes(dataset, { format: "jsonl" }));
    expect(alone.error).toMatchObject({ code: "refused", data: { id: "q2222" } });
    const shared = await outcome(exportBytes(dataset, { format: "jsonl", printPortions: helpFrom() }));
    expect(shared.error).toEqual(alone.error);
    const lossy = { format: "jsonl", lossy: true } as const;
    const whole = await outcome(exportBytes(dataset, lossy));
    expect(await outcome(exportBytes(dataset, { ...lossy, printPortions: helpFrom() }))).toEqual(whole);
  });

  test("stops when its signal says so", async () => {
    const dataset = (await opened("abort", 6000)).dataset("qa");
    const abort = new AbortController();
    const progress = ({ done }: { done: number }) => void (done > 2000 && abort.abort(new Error("enough")));
    const watch = { signal: abort.signal, progress };
    const { error } = await outcome(exportBytes(dataset, { format: "jsonl", ...watch, printPortions: helpFrom() }));
    expect(error).toMatchObject({ message: "enough" });
  });

  const dying = `data:text/javascript,${encodeURIComponent(
    'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit()); parentPort.postMessage("ready");',
  )}`;
  test.each([
    ["dies", dying],
    ["is not there", new URL("./no-such-program.js", import.meta.url).href],
  ])("is whole where the thread %s", async (name, file) => {
    const dataset = (await opened(name, 3000)).dataset("qa");
    const alone = await outcome(exportBytes(dataset, { format: "jsonl" }));
    const help = helpFrom(new URL(file));
    expect(await outcome(exportBytes(dataset, { format: "jsonl", printPortions: help }))).toEqual(alone);
    expect(help.rows).toBe(0);
  });

  test("goes without where the repository lies in no folder", async () => {
    const repository = await InMemory.open({ drive: new MemoryDrive() });
    await repository.dataset("qa").import(rowsOf(2000), { key: "id" });
    const help = helpFrom();
    const { text } = await outcome(exportBytes(repository.dataset("qa"), { format: "jsonl", printPortions: help }));
    expect(text.split("\n")).toHaveLength(2001);
    expect(help.rows).toBe(0);
  });
});
