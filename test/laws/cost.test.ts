/** Law 8: cost follows the change. What is read and written is counted at a thousand, a hundred thousand and a million rows. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Operation, Repository, RowBatch } from "@sheaf/core";
import { CountingDrive, type DriveCounts } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { encodeView } from "../../packages/core/src/item/encode-view.js";
import { BatchBuilder } from "../../packages/core/src/item/batch.js";
import { all, open } from "./rows.js";

const sizes = [1_000, 100_000, 1_000_000] as const;
type Size = (typeof sizes)[number];

/** `count` rows of about a hundred bytes. */
async function* manyRows(count: number): AsyncIterable<RowBatch> {
  for (let from = 0; from < count; from += 4096) {
    const builder = new BatchBuilder();
    const ids: string[] = [];
    for (let n = from; n < Math.min(count, from + 4096); n++) {
      builder.add(encodeView({ n, half: n / 2, text: `row ${n} of a made-up dataset`, tag: n % 17 }), n + 1);
      ids.push(`q${n}`);
    }
    const items = builder.batch();
    yield { count: items.count, items, lines: items.lines, ids, place: i => ({ row: from + i + 1 }) };
  }
}

const drives = new Map<Size, MemoryDrive>();

beforeAll(async () => {
  for (const size of sizes) {
    const drive = new MemoryDrive();
    const repo = await open(drive);
    await repo.dataset("qa").importBatches(manyRows(size));
    await repo.branch("side");
    drives.set(size, drive);
  }
});

/** Blocks that were asked of the store, and what was asked of the drive. */
interface Cost extends DriveCounts {
  readonly blocks: number;
}

/** What a piece of work costs in a repository that was just opened. Work may leave commits on branches that others do not look at. */
async function costOf(
  size: Size,
  work: (repo: Repository) => Promise<unknown>,
  prepare: (repo: Repository) => Promise<unknown> = async () => undefined,
): Promise<Cost> {
  const drive = drives.get(size) as MemoryDrive;
  await prepare(await open(drive));
  const counting = new CountingDrive(drive);
  const repo = await open(counting);
  const { store } = repo.context;
  let blocks = 0;
  const { load, loadMany } = store;
  Object.assign(store, {
    load: (digest: Uint8Array) => (blocks++, load.call(store, digest)),
    loadMany: (digests: Uint8Array[]) => (
      (blocks += digests.length === 1 ? 0 : digests.length),
      loadMany.call(store, digests)
    ),
  });
  counting.reset();
  await work(repo);
  return { ...counting.counts, blocks };
}

async function costs(
  work: (repo: Repository, size: Size) => Promise<unknown>,
  prepare?: (repo: Repository, size: Size) => Promise<unknown>,
): Promise<Cost[]> {
  const list: Cost[] = [];
  for (const size of sizes)
    list.push(await costOf(size, repo => work(repo, size), prepare && (repo => prepare(repo, size))));
  if (process.env["SHEAF_COUNTS"]) console.log(expect.getState().currentTestName, list);
  return list;
}

/** Changes a field of `count` rows that stand far apart. */
function scattered(size: Size, count: number, from: number, value: number): Operation[] {
  return Array.from({ length: count }, (_, i) => ({
    op: "replace",
    path: `/items/q${(from + Math.floor((i * size) / count)) % size}/half`,
    value,
  }));
}

let branches = 0;
/** A fresh branch at the import. */
async function fresh(repo: Repository): Promise<string> {
  const name = `work${branches++}`;
  await repo.branch(name, { at: "side" });
  return name;
}

async function change(repo: Repository, size: Size, count: number, from = 3, value = 7): Promise<string> {
  const branch = await fresh(repo);
  await repo.edit([{ dataset: "qa", patch: scattered(size, count, from, value) }], { branch });
  return branch;
}

describe("law 8: cost follows the change", () => {
  test("a commit of one changed row reads and writes a path of nodes", async () => {
    const [small, middle, large] = await costs((repo, size) => change(repo, size, 1));
    expect(large.blocks).toBeLessThanOrEqual(small.blocks + 8);
    expect(large.createdBytes).toBeLessThan(small.createdBytes + 30_000);
    expect(middle.createdBytes).toBeLessThanOrEqual(large.createdBytes + 16_000);
    expect(large.creates).toBe(small.creates);
  });

  test("a commit of a hundred changed rows costs about a hundred leaves, whatever the size", async () => {
    const [, middle, large] = await costs((repo, size) => change(repo, size, 100));
    expect(large.blocks).toBeLessThan(middle.blocks * 1.6);
    expect(large.createdBytes).toBeLessThan(middle.createdBytes * 1.6);
    expect(large.blocks).toBeLessThan(500);
    expect(large.createdBytes).toBeLessThan(100 * 16_000);
  });

  test("a diff of a hundred changes reads those paths on both sides, and the items", async () => {
    const branches = new Map<Size, string>();
    const [, middle, large] = await costs(
      async (repo, size) => expect(await all(repo.diff("side", branches.get(size) as string))).toHaveLength(100),
      async (repo, size) => branches.set(size, await change(repo, size, 100)),
    );
    expect(large.blocks).toBeLessThan(middle.blocks * 1.6);
    expect(large.blocks).toBeLessThan(700);
    expect(large.createdBytes).toBe(0);
  });

  test("a merge of a hundred changes here and a hundred there reads and writes what differs", async () => {
    const sides = new Map<Size, [string, string]>();
    const [, middle, large] = await costs(
      async (repo, size) => {
        const [ours, theirs] = sides.get(size) as [string, string];
        expect(await repo.merge(theirs, { into: ours })).toMatchObject({ advanced: true, fastForward: false });
      },
      async (repo, size) => sides.set(size, [await change(repo, size, 100), await change(repo, size, 100, 5, 8)]),
    );
    expect(large.blocks).toBeLessThan(middle.blocks * 1.6);
    expect(large.blocks).toBeLessThan(700);
    expect(large.createdBytes).toBeLessThan(middle.createdBytes * 1.6);
    // One pack and one entry of the branch's log.
    expect(large.creates).toBe(2);
  });

  test("a page from the middle, one row by id and one by number read a path, and the page", async () => {
    const [small, , large] = await costs(async (repo, size) => {
      expect(await all(repo.dataset("qa").rows({ at: "side", offset: size / 2, limit: 50 }))).toHaveLength(50);
      expect((await repo.dataset("qa").get(`q${size - 9}`, { at: "side" }))?.item).toMatchObject({ n: size - 9 });
    });
    expect(large.blocks).toBeLessThan(small.blocks + 12);
    expect(large.blocks).toBeLessThan(90);
  });

  test("an import that appends ten rows writes a path, not the dataset", async () => {
    const [small, , large] = await costs(async repo => {
      const branch = await fresh(repo);
      expect(
        await repo.dataset("qa").import(
          Array.from({ length: 10 }, (_, n) => ({ fresh: n })),
          { mode: "add", branch },
        ),
      ).toMatchObject({ added: 10 });
    });
    expect(large.blocks).toBeLessThan(small.blocks + 60);
    expect(large.createdBytes).toBeLessThan(small.createdBytes + 40_000);
  });

  test("a branch, a tag and a look at the log cost the same at any size", async () => {
    const [small, , large] = await costs(async repo => {
      const branch = await fresh(repo);
      await repo.tag(`at-${branch}`);
      await all(repo.log({ limit: 3 }));
    });
    expect(large.blocks).toBe(small.blocks);
    expect(large.createdBytes).toBeLessThan(small.createdBytes + 100);
  });
});
