/** Law 8 between repositories: what moves is what is missing, block for block, and what is read follows the change. */
import { describe, expect, test } from "vitest";
import { parseCid, Repository } from "@sheaf/core";
import { CountingDrive } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { Reach } from "../../packages/core/src/store/reach.js";
import { name, put, started } from "./noted.js";
import { codeOf, findings, Town } from "./town.js";

function* rows(count: number) {
  for (let n = 0; n < count; n++) yield { id: `q${n}`, n, text: `row ${n} of a made-up dataset` };
}

/** Blocks below a revision. */
async function below(repository: Repository, revision: string): Promise<Set<string>> {
  const reach = new Reach(nodePlatform);
  reach.add(parseCid(await repository.resolve(revision)).digest);
  const { store } = repository.context;
  await reach.walk(async numbers => store.loadMany(numbers.map(number => reach.digests.digest(number))));
  return new Set(Array.from({ length: reach.digests.size }, (_, i) => reach.digests.digest(i).join()));
}

async function missing(repository: Repository, revision: string, before: string): Promise<number> {
  const had = await below(repository, before);
  return [...(await below(repository, revision))].filter(block => !had.has(block)).length;
}

/** Twenty rows that stand far apart. */
const scattered = (count: number, value: string) =>
  Array.from({ length: 20 }, (_, i) => ({
    op: "replace" as const,
    path: `/items/q${Math.floor((i * count) / 20)}/text`,
    value: `${value} ${i}`,
  }));

async function middleOf(size: number) {
  const town = new Town();
  const drive = new CountingDrive(new MemoryDrive());
  town.drives.set("middle", drive);
  await town.open("middle");
  const ada = await town.open("ada");
  await ada.addRemote("origin", "mem:middle");
  await ada.dataset("qa").import(rows(size), { key: "id" });
  await ada.push("origin", ["main"], { setUpstream: true });
  return { town, drive, ada };
}

describe.each([1000, 100_000])("with %i rows", size => {
  test("push and fetch of scattered rows move the blocks that are missing, once", async () => {
    const { town, drive, ada } = await middleOf(size);
    await ada.dataset("qa").patch(scattered(size, "ada"));
    const expected = await missing(ada, "HEAD", "HEAD~1");
    drive.reset();
    expect((await ada.push()).traffic.objects).toBe(expected);
    // The blocks, the trailer of their pack, and an entry of a log; read are logs, the index of a pack and a commit.
    expect(drive.counts.creates).toBe(2);
    // Looking for a block in a large pack reads one bucket of its index.
    expect(drive.counts.readBytes).toBeLessThan(40_000 + expected * 2048);
    const middle = await town.open("middle");
    await middle.dataset("qa").patch(scattered(size, "middle"));
    const theirs = await missing(middle, "HEAD", "HEAD~1");
    drive.reset();
    expect((await ada.fetch()).traffic.objects).toBe(theirs);
    expect(drive.counts.creates).toBe(0);
    expect(drive.counts.reads).toBeLessThan(4 * theirs);
    expect((await ada.fetch()).traffic.objects).toBe(0);
  });
});

test("a merge sends its own blocks, though both of its sides are there", async () => {
  const { town, ada } = await middleOf(1000);
  const bob = await town.clone("middle", "bob");
  await ada.dataset("qa").patch(scattered(1000, "ada"));
  await ada.push();
  await bob.dataset("qa").patch([{ op: "replace", path: "/items/q1/text", value: "bob" }]);
  await bob.pull();
  const own = await missing(bob, "HEAD", "origin/main");
  expect((await bob.push()).traffic.objects).toBe(own);
});

test("what an earlier version held is not sent again when it comes back", async () => {
  const { ada, town } = await middleOf(2000);
  await ada.dataset("qa").patch(scattered(2000, "ada"));
  await ada.push();
  await ada.restore("qa", "HEAD~1");
  // The commit alone: snapshot and all below are those of the first commit.
  expect((await ada.push()).traffic.objects).toBe(1);
  expect(await findings(await town.open("middle"))).toEqual([]);
});

test("the same rows imported on both sides move as a commit, though no history is shared", async () => {
  const town = new Town();
  const [ada, bob] = [await town.open("ada"), await town.open("bob")];
  for (const each of [ada, bob]) await each.dataset("qa").import(rows(500), { key: "id" });
  await ada.addRemote("bob", "mem:bob");
  expect((await ada.fetch("bob")).traffic.objects).toBeLessThan(2);
  expect(await codeOf(ada.push("bob", ["main"]))).toBe("stale-base");
});

test("a block that lies there unreached is not taken for whole", async () => {
  const { town, ada } = await middleOf(300);
  await ada.dataset("qa").patch(scattered(300, "ada"));
  // Somebody's push broke off: the nodes arrived, and an item did not.
  const middle = await town.open("middle");
  const transaction = await middle.context.store.begin();
  const { digest } = parseCid(await ada.resolve("HEAD"));
  const reach = new Reach(nodePlatform);
  reach.add(digest);
  await reach.walk(async numbers => {
    const blocks = await ada.context.store.loadMany(numbers.map(number => reach.digests.digest(number)));
    for (const block of blocks) transaction.put(block);
    return blocks;
  });
  await transaction.close();
  await ada.push();
  expect(await findings(await town.open("middle"))).toEqual([]);
});

test("a bundle with notes is read once for all that is in it", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await name(ada, 1, "gold");
  const bytes: Uint8Array[] = [];
  for await (const chunk of ada.bundle()) bytes.push(chunk.slice());
  const opened = async function* () {
    yield* bytes;
  };
  const cy = await town.open("cy");
  const { blocks } = await cy.verifyBundle(opened);
  const { notes, traffic } = await cy.unbundle(opened, "all.car");
  expect([notes.length, traffic.objects]).toEqual([1, blocks]);
});
