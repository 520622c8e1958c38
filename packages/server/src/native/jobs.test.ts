import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { formats } from "@sheaf/formats";
import { describe, expect, onTestFinished, test } from "vitest";
import { Jobs, type Job } from "../jobs.js";
import { DiskSpool } from "../listen/spool.js";
import { MemorySpool, type Spool } from "../spool.js";
import { fresh, withRows } from "./testing.js";

async function* chunks(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const [i, size] of sizes.entries()) yield new Uint8Array(size).fill(i + 1);
}

async function sizeOf(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const part of bytes) size += part.length;
  return size;
}

async function onDisk(bytes: number): Promise<DiskSpool> {
  const folder = await mkdtemp(join(tmpdir(), "sheaf-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return new DiskSpool(folder, bytes);
}

describe.each<[string, (bytes: number) => Promise<Spool>]>([
  ["memory", async bytes => new MemorySpool(bytes)],
  ["disk", onDisk],
])("a spool in %s", (_name, make) => {
  test("gives what it took, as often as asked, and again after a reader left half way", async () => {
    const spooled = await (await make(1000)).take(chunks(300, 200));
    for await (const part of spooled.read()) if (part.length > 0) break;
    expect([spooled.size, await sizeOf(spooled.read()), await sizeOf(spooled.read())]).toEqual([500, 500, 500]);
    await spooled.drop();
  });

  test("refuses what it has no room for, keeps nothing of it, and has room again for what was dropped", async () => {
    const spool = await make(1000);
    await expect(spool.take(chunks(600, 600))).rejects.toMatchObject({ status: 413 });
    const held = await spool.take(chunks(600));
    await expect(spool.take(chunks(300, 200))).rejects.toMatchObject({ status: 503, code: "spool-full" });
    await held.drop();
    await held.drop();
    const all = await spool.take(chunks(1000));
    await expect(spool.take(chunks(1))).rejects.toMatchObject({ status: 503 });
    await all.drop();
  });

  test("goes on giving to who reads when it is dropped", async () => {
    const spooled = await (await make(10 ** 6)).take(chunks(300_000, 300_000));
    let size = 0;
    for await (const part of spooled.read()) {
      size += part.length;
      await spooled.drop();
    }
    expect(size).toBe(600_000);
  });
});

test("what waits on disk has no name, so that nothing stays of a process that is killed", async () => {
  const spool = await onDisk(1000);
  const spooled = await spool.take(chunks(500));
  expect(existsSync(spool.folder) && readdirSync(spool.folder)).toEqual([]);
  await spooled.drop();
});

test.each(formats)(
  "an export of %s as a job is the file that a download gives, until the job is forgotten",
  async format => {
    const { ask, send, app } = await withRows();
    const query = `format=${format}&lossy=true&gzip=true`;
    const begun = await ask("POST", `/datasets/qa/export?${query}`);
    const { id } = begun.body as Job;
    expect([begun.status, begun.headers.get("location")]).toEqual([202, `/api/v1/jobs/${id}`]);
    await app.settled();
    expect((await ask("GET", `/jobs/${id}`)).body).toMatchObject({
      kind: "export",
      state: "done",
      result: { name: `qa.${format}.gz`, mediaType: "application/gzip" },
    });
    const [file, plain] = await Promise.all([
      send("GET", `/jobs/${id}/file`),
      send("GET", `/datasets/qa/export?${query}`),
    ]);
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(file.headers.get("content-length")).toBe(String(bytes.length));
    expect(file.headers.get("content-disposition")).toBe(plain.headers.get("content-disposition"));
    expect(gunzipSync(bytes)).toEqual(gunzipSync(Buffer.from(await plain.arrayBuffer())));
    expect((await ask("GET", `/jobs/${id}/file`, undefined, { "x-caller": "Bob" })).status).toBe(404);
    expect((await ask("DELETE", `/jobs/${id}`)).status).toBe(204);
    expect((await ask("GET", `/jobs/${id}/file`)).status).toBe(404);
  },
);

test("an export job of what is not there is refused at once; one whose loss is refused says so when it ends", async () => {
  const { ask, app } = await withRows();
  expect((await ask("POST", "/datasets/none/export")).status).toBe(404);
  const { id } = (await ask("POST", "/datasets/qa/export?format=csv")).body as Job;
  await app.settled();
  expect((await ask("GET", `/jobs/${id}`)).body).toMatchObject({ state: "failed", problem: { code: "refused" } });
  expect((await ask("GET", `/jobs/${id}/file`)).body).toMatchObject({ status: 404, code: "no-such-file" });
});

test("an import job is answered when its upload is safe, before it is worked on; cancelled, it leaves no trace", async () => {
  const { ask, repo } = await fresh();
  const begun = await ask("POST", "/datasets/qa/import?job=true&format=jsonl", '{"a":1}\n');
  expect([begun.status, (begun.body as Job).state]).toEqual([202, "running"]);
  expect((await ask("DELETE", `/jobs/${(begun.body as Job).id}`)).status).toBe(204);
  expect((await ask("GET", `/jobs/${(begun.body as Job).id}`)).body).toMatchObject({ state: "cancelled" });
  expect((await repo.head()).commit).toBeUndefined();
});

test("jobs are forgotten an hour after their end with their files, and of one caller all but the latest; never those that run", async () => {
  let now = 0;
  const dropped: number[] = [];
  const jobs = new Jobs({ now: () => now, nonce: () => String(++nonces) });
  let nonces = 0;
  const content = (n: number) => ({ size: 0, read: () => chunks(), drop: async () => void dropped.push(n) });
  const start = (n: number, owner = "ada") =>
    jobs.start("export", owner, async () => ({ result: n, file: { name: "f", mediaType: "t", content: content(n) } }));
  start(-1, "bob");
  await jobs.settled();
  for (let n = 0; n < 260; n++) {
    start(n);
    await jobs.settled();
  }
  expect(jobs.list("ada")).toHaveLength(256);
  expect(jobs.list("bob")).toHaveLength(1);
  expect(dropped).toEqual([0, 1, 2, 3]);
  now = 3_600_001;
  jobs.tidy();
  expect(dropped).toHaveLength(261);
});
