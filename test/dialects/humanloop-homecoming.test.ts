/** Bringing data home from Humanloop: its export program runs against this server, and what it wrote is imported. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { importHumanloopExport as importFrom, type BroughtHome } from "@sheaf/server";
import { importHumanloopExport, Repository } from "sheaf";
import { expect, onTestFinished, test } from "vitest";
import { exportAll, folderOf, type Files } from "./humanloop-export.js";
import { Client, point, points, type Json } from "./humanloop.js";

/** A server with two datasets, many versions, names, attributes and deployments. */
async function furnished(many = 3): Promise<Client> {
  const client = await Client.open();
  const message = { role: "user", content: "Hi" };
  const first = await client.upsert("evals/qa", points(1, 2), { version_name: "v1", attributes: { lang: "en" } });
  await client.upsert("evals/qa", [{ ...point(3), messages: [message] }], { action: "add" });
  const third = await client.upsert("evals/qa", points(2, 9), { commit_message: "two of them" });
  await client.deploy(first.id, "production", first.version_id);
  await client.deploy(first.id, "staging", third.version_id);
  await client.ask("PATCH", `/datasets/${first.id}/versions/${third.version_id}`, { name: "v3" });
  await client.upsert("big one", points(...Array.from({ length: many }, (_, n) => n)));
  await client.upsert("evals/empty", []);
  return client;
}

async function bringHome(client: Client, files: Files): Promise<BroughtHome[]> {
  const done: BroughtHome[] = [];
  for await (const one of importFrom(client.town.repo, folderOf(files))) done.push(one);
  return done;
}

/** Without what belongs to the repository: when its environments were made. */
const settled = (files: Files) =>
  [...files].map(([name, text]) => [name, text.replace(/"created_at":"[^"]*","id":"env_/g, '"id":"env_')]).sort();

test("what is exported and imported is exported the same: ids, versions, names, people, times, deployments, datapoints", async () => {
  const files = await exportAll(await furnished(1050));
  expect([...files.keys()].filter(name => name.endsWith(".jsonl"))).toHaveLength(3 + 2);
  const home = await Client.open();
  const done = await bringHome(home, files);
  expect(
    done.map(({ dataset, made, known, deployments, datapoints }) => [dataset, made, known, deployments, datapoints]),
  ).toEqual(
    expect.arrayContaining([
      ["evals/qa", 3, 0, 2, 2],
      ["big one", 1, 0, 0, 1050],
      ["evals/empty", 1, 0, 0, 0],
    ]),
  );
  expect(settled(await exportAll(home))).toEqual(settled(files));
});

test("the ids of Humanloop's own server stay: a program that names a dataset, a version, a datapoint finds it", async () => {
  const person = { id: "usr_1", email_address: "ada@example.org", full_name: "Ada <L>" };
  const version = (id: string, created_at: string, more: Json = {}) =>
    JSON.stringify({ version_id: id, created_at, created_by: person, attributes: {}, environments: [], ...more });
  const files: Files = new Map([
    ["files/ds_9x/file.json", JSON.stringify({ id: "ds_9x", type: "dataset", path: "qa", description: "About sums" })],
    ["files/ds_9x/versions/dsv_new", version("dsv_new", "2025-05-02T10:00:00.123456", { version_name: "gold" })],
    [
      "files/ds_9x/versions/dsv_old",
      version("dsv_old", "2024-01-01T00:00:00Z", { status: "committed", commit_message: "m" }),
    ],
    ["files/ds_9x/versions/dsv_same", version("dsv_same", "2025-06-01T00:00:00Z")],
    ["files/ds_9x/datapoints/dsv_old/1.jsonl", '{"id":"dp_1","inputs":{"q":"a"},"messages":null,"target":{"n":1.0}}\n'],
    ["files/ds_9x/datapoints/dsv_new/10.jsonl", '{"id":"dp_3","inputs":{"q":"c"}}\n'],
    [
      "files/ds_9x/datapoints/dsv_new/2.jsonl",
      '{"id":"dp_1","inputs":{"q":"a"},"target":{"n":1.0}}\n{"id":"dp_2","inputs":{}}',
    ],
    ["files/ds_9x/datapoints/dsv_same/1.jsonl", '{"id":"dp_1","inputs":{"q":"a"},"target":{"n":1.0}}\n'],
    [
      "files/ds_9x/deployments.json",
      '[{"version_id":"dsv_old","environment_name":"live","environment_tag":"default"}]',
    ],
    ["files/pr_1/file.json", '{"id":"pr_1","type":"prompt","path":"p"}'],
  ]);
  const home = await Client.open();
  const [done] = await bringHome(home, files);
  expect(done).toEqual({ dataset: "qa", id: "ds_9x", made: 2, known: 1, deployments: 1, datapoints: 3 });
  expect(await home.get("ds_9x")).toMatchObject({
    version_id: "dsv_old",
    description: "About sums",
    created_at: "2024-01-01T00:00:00.000Z",
    created_by: { email_address: "ada@example.org", full_name: "Ada L" },
    status: "committed",
    commit_message: "m",
    environments: [{ name: "live", tag: "default" }],
  });
  expect((await home.datapoints("ds_9x", "?version_id=dsv_new")).map(({ id }) => id)).toEqual(["dp_1", "dp_2", "dp_3"]);
  expect((await home.versions("ds_9x")).map(one => [one.version_id, one["version_name"]])).toEqual([
    ["dsv_new", "gold"],
    ["dsv_old", null],
  ]);
  const next = await home.upsert("qa", [{ inputs: { q: "a" } }], { action: "remove" });
  expect(next.version_id).toBe("dsv_new");
  expect(await bringHome(home, files)).toEqual([{ ...done, made: 0, known: 3, deployments: 0 }]);
});

test("what is no export, or has a line that is none, is refused with its file; a path that is taken too", async () => {
  const home = await Client.open();
  await expect(bringHome(home, new Map())).rejects.toMatchObject({ code: "bad-input" });
  const files = await exportAll(await furnished());
  const [broken] = [...files.keys()].filter(name => name.endsWith("/1.jsonl"));
  const bad = new Map(files).set(broken, '{"inputs":{}}\n{"inputs":');
  await expect(bringHome(home, bad)).rejects.toMatchObject({ code: "bad-input", data: { file: broken, line: 2 } });
  const other = await Client.open();
  await other.upsert("evals/qa", points(1));
  await expect(bringHome(other, files)).rejects.toMatchObject({ code: "already-exists" });
});

test("the library takes the folder itself", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sheaf-export-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of await exportAll(await furnished())) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const repo = await Repository.open(join(folder, "home"), { create: true });
  const done = [];
  for await (const { dataset, made } of importHumanloopExport(repo, folder)) done.push([dataset, made]);
  expect(done.sort()).toEqual([
    ["big one", 1],
    ["evals/empty", 1],
    ["evals/qa", 3],
  ]);
  expect((await repo.show("HEAD")).author.email).toBe("server@example.org");
});
