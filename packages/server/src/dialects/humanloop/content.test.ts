import { Repository, type Operation } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Contents } from "./content.js";

async function fresh() {
  const author = () => ({ name: "Ada", email: "ada@example.org" });
  const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
  await repo.createDataset("qa");
  return { repo, qa: repo.dataset("qa") };
}

const ids = fc.integer({ min: 0, max: 5 }).map(n => `q${n}`);
const edits = fc.array(fc.tuple(ids, fc.option(fc.integer({ min: 0, max: 4 }))), { minLength: 1, maxLength: 4 });

test("law: what a version holds is the same, read by what differs from another one or as a whole", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edits, { minLength: 2, maxLength: 5 }), async history => {
      const { repo, qa } = await fresh();
      const known = new Contents(repo);
      for (const changes of history) {
        for (const [id, n] of changes) {
          const isThere = (await qa.get(id)) !== undefined;
          const path = `/items/${id}` as const;
          const patch: Operation[] = n === null ? [{ op: "remove", path }] : [{ op: "add", path, value: { n } }];
          if (n !== null || isThere) await qa.patch(patch);
        }
        const version = await qa.at();
        const whole = new Contents(repo);
        expect([await known.of(version), await known.list(version)]).toEqual([
          await whole.of(version),
          await whole.list(version),
        ]);
      }
    }),
    { numRuns: 15 },
  );
});

test("the rows of a dataset are read once, whoever adds some, changes some and removes some", async () => {
  const { repo, qa } = await fresh();
  await qa.import(Array.from({ length: 100 }, (_, n) => ({ n })));
  const contents = new Contents(repo);
  const reads = vi.spyOn(contents, "digests");
  for (let n = 0; n < 5; n++) {
    await qa.patch([{ op: "add", path: "/items/mine", value: { n: 1000 + n } }]);
    expect((await contents.of(await qa.at())).count).toBe(101);
  }
  expect(reads).toHaveBeenCalledTimes(1);
});

test("versions that are read at once are what they are, whichever comes to an item first", async () => {
  const { repo, qa } = await fresh();
  await qa.import(Array.from({ length: 50 }, (_, n) => ({ n })));
  const before = await qa.at();
  await qa.patch([{ op: "add", path: "/items/-", value: { n: 50 } }]);
  const contents = new Contents(repo);
  const read = await Promise.all([before, await qa.at()].map(version => contents.of(version)));
  expect(read.map(({ count, repeats }) => [count, repeats])).toEqual([
    [50, []],
    [51, []],
  ]);
});

test("the version that was read last may be gone from the disk", async () => {
  const { repo, qa } = await fresh();
  const contents = new Contents(repo);
  await qa.import(Array.from({ length: 1000 }, (_, n) => ({ n })));
  await contents.of(await qa.at());
  await repo.undo();
  await repo.gc({ graceMs: 0, keepMs: 0 });
  await qa.patch([{ op: "add", path: "/items/mine", value: { n: 1 } }]);
  expect((await contents.of(await qa.at())).count).toBe(1);
});
