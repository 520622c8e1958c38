/** Many datapoints at once through Humanloop's face: they stream in as an import does, and come out as many small requests would leave them. */
import { Repository } from "@sheaf/core";
import { CountingDrive } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { beforeEach, expect, test } from "vitest";
import { findings } from "../sync/town.js";
import { Client, point, points } from "./humanloop.js";
import { Town } from "./town.js";

let client: Client;
beforeEach(async () => {
  client = await Client.open();
});

const from = (first: number, count: number) => points(...Array.from({ length: count }, (_, i) => first + i));
const numbers = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

async function idsIn(repo: Repository, path: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of repo.dataset(path).rows()) ids.push(id);
  return ids;
}

test("a large first set is one commit with its name and attributes; rows are called as in an import of the same", async () => {
  const { repo } = client.town;
  const made = await client.upsert("big", [...from(0, 1500), ...from(0, 10)], {
    version_name: "v1",
    version_description: "all of them",
    attributes: { run: 1 },
  });
  expect(made).toMatchObject({ datapoints_count: 1500, version_name: "v1", attributes: { run: 1 } });
  expect(await repo.show("HEAD")).toMatchObject({ message: "all of them", parents: [] });
  await repo.dataset("same").import(from(0, 1500));
  expect(await idsIn(repo, "big")).toEqual(await idsIn(repo, "same"));
  expect(await client.answers(made.id, "?page=15&size=100")).toEqual(numbers(1400, 100));
  expect(await client.upsert("big", [], { attributes: { run: 1 } })).toMatchObject({ datapoints_count: 0 });
  expect(await client.upsert("big", from(0, 1500).reverse(), { attributes: { run: 1 } })).toMatchObject({
    version_id: made.version_id,
  });
});

test("a large add to what is there leaves out what is equal and takes no id that a row has", async () => {
  const { repo } = client.town;
  const { id } = await client.upsert("big", points(1, 2, 3));
  const [, second] = await idsIn(repo, "big");
  await repo.dataset("big").patch([{ op: "replace", path: `/items/${second}/target/answer`, value: "edited" }]);
  expect(await client.upsert("big", from(0, 1200), { action: "add" })).toMatchObject({ datapoints_count: 1201 });
  expect((await client.answers(id, "?size=2000")).slice(0, 6)).toEqual([1, "edited", 3, 0, 2, 4]);
  expect(new Set(await idsIn(repo, "big")).size).toBe(1201);
  expect(await client.upsert("big", from(2000, 1100), { action: "add", attributes: { run: 2 } })).toMatchObject({
    datapoints_count: 2301,
    attributes: { run: 2 },
  });
});

test("of several that make one large dataset at once, all their datapoints are in it, once", async () => {
  const adds = numbers(0, 4).map(n => client.upsert("big", from(n * 800, 1200), { action: "add" }));
  const small = numbers(0, 8).map(n => client.upsert("big", [point(-1 - n)], { action: "add" }));
  const [{ id }] = await Promise.all([...adds, ...small]);
  const answers = (await client.answers(id, "?size=10000")) as number[];
  expect(answers.toSorted((a, b) => a - b)).toEqual(numbers(-8, 3608));
  expect(await client.versions(id)).toHaveLength(12);
  expect(await findings(client.town.repo)).toEqual([]);
});

test("a server that begins anew shows a page of a large dataset without reading the rest, also where what it keeps is damaged", async () => {
  const drive = new CountingDrive(new MemoryDrive());
  const first = Client.of(await Town.open(drive));
  const made = await first.upsert("big", from(0, 4000));
  await first.upsert("big", [point(4000)], { action: "add" });
  const anew = Client.of(await Town.open(drive));
  drive.reset();
  expect(await anew.answers(made.id, `?version_id=${made.version_id}&page=30&size=10`)).toEqual(numbers(290, 10));
  const { readBytes } = drive.counts;
  for await (const name of drive.list("derived/humanloop/")) {
    const kept = (await drive.read(name)) ?? new Uint8Array();
    await drive.remove(name);
    await drive.create(
      name,
      kept.map(byte => byte ^ 1),
    );
  }
  const forgetful = Client.of(await Town.open(drive));
  drive.reset();
  expect(await forgetful.answers(made.id, `?version_id=${made.version_id}&page=30&size=10`)).toEqual(numbers(290, 10));
  expect(readBytes).toBeLessThan(drive.counts.readBytes / 4);
});
