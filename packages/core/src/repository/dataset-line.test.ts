import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { expect, test } from "vitest";
import { printCid, parseCid, type Digest } from "../block/cid.js";
import { log } from "../history/log.js";
import { DatasetLine } from "./dataset-line.js";
import { Repository } from "./repository.js";

async function fresh() {
  const author = () => ({ name: "Ada", email: "ada@example.org" });
  const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author });
  for (const path of ["a", "b", "c"]) await repo.createDataset(path);
  for (let n = 0; n < 12; n++) await repo.dataset("abc"[n % 3]).insert({ n });
  await repo.renameDataset("b", "d/b");
  await repo.removeDataset("c");
  await repo.createDataset("c");
  const tip = parseCid(await repo.resolve("HEAD")).digest;
  const { store } = repo.context;
  let loads = 0;
  const reader = {
    has: (digest: Digest) => store.has(digest),
    load: (digest: Digest) => {
      loads++;
      return store.load(digest);
    },
    loadMany: (digests: readonly Digest[]) => {
      loads += digests.length;
      return store.loadMany(digests);
    },
  };
  return { repo, tip, reader, loads: () => loads };
}

async function cids(commits: AsyncIterable<{ digest: Digest }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { digest } of commits) found.push(printCid(digest));
  return found;
}

test("the changes of a dataset are those that the log of first parents tells, over renames too", async () => {
  const { repo, tip, reader } = await fresh();
  const line = new DatasetLine(reader);
  for await (const { id } of repo.datasets())
    expect(await cids(line.changes(tip, id))).toEqual(await cids(log(reader, tip, { firstParent: true, dataset: id })));
});

test("the line is read once, for however many datasets", async () => {
  const { repo, tip, reader, loads } = await fresh();
  const line = new DatasetLine(reader);
  await cids(line.changes(tip, "none"));
  const before = loads();
  for await (const { id } of repo.datasets()) {
    const start = loads();
    const { length } = await cids(line.changes(tip, id));
    expect(loads() - start).toBe(length);
  }
  expect(before).toBeGreaterThan(0);
});
