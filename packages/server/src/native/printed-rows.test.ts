import fc from "fast-check";
import type { DatasetVersion } from "@sheaf/core";
import { expect, test } from "vitest";
import { PrintedRows } from "./printed-rows.js";
import { pageOf } from "./row-reader.js";
import { fresh } from "./testing.js";

const signal = new AbortController().signal;
const rows = 400;

async function twoVersions() {
  const server = await fresh();
  const qa = server.repo.dataset("qa");
  const items = Array.from({ length: rows }, (_, i) => ({ id: `q${i}`, n: i, text: "ä".repeat(i % 40) }));
  await qa.import(items, { key: "id" });
  const before = await qa.at();
  await qa.patch([{ op: "replace", path: "/items/q200/n", value: -1 }]);
  return { ...server, versions: [before, await qa.at()] as const };
}

async function read(printed: PrintedRows, version: DatasetVersion, offset: number, limit: number) {
  const page = await printed.page(version, { signal, reverse: false, limit, offset });
  const texts = page.rows.map(bytes => new TextDecoder().decode(bytes));
  return page.end ? { texts, end: page.end } : { texts };
}

test("pages are those that are printed anew, whatever was read before and however little is kept", async () => {
  const { versions } = await twoVersions();
  const reads = fc.array(
    fc.record({ which: fc.constantFrom(0, 1), offset: fc.nat(rows + 5), limit: fc.integer({ min: 1, max: 150 }) }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(reads, fc.constantFrom(0, 20_000, 2 ** 20), async (asked, room) => {
      const printed = new PrintedRows(room);
      for (const { which, offset, limit } of asked)
        expect(await read(printed, versions[which], offset, limit)).toEqual(
          await pageOf(versions[which], { signal, reverse: false, limit, offset }),
        );
    }),
    { numRuns: 40 },
  );
});

test("a page that was read reads nothing again, and after an edit only what changed", async () => {
  const { drive, versions } = await twoVersions();
  const [before, after] = versions;
  const printed = new PrintedRows();
  await read(printed, before, 150, 100);
  drive.reset();
  await read(printed, before, 150, 100);
  expect(drive.counts.reads).toBe(0);
  await read(printed, after, 150, 100);
  const once = drive.counts.reads;
  expect(once).toBeGreaterThan(0);
  await read(printed, after, 160, 80);
  expect(drive.counts.reads).toBe(once);
});
