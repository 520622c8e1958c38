/** What vendors' faces know travels: a teammate who clones or pulls sees each face's versions, names, descriptions, tags and rows as the writer does, whatever the remote is. */
import { Repository, type Connect } from "@sheaf/core";
import { openBucket } from "@sheaf/drives/bucket";
import { FolderDrive } from "@sheaf/drives/folder";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { allRoutes, exchangeRoutes, listen, Service } from "@sheaf/server";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { connectFrom } from "../../packages/cli/src/connect.js";
import { Double } from "../../packages/drives/test/double.js";
import { freshFolder, gitEnvironment, StockGit } from "../../packages/git/test/git.js";
import { findings } from "../sync/town.js";
import { ArizeClient, ok } from "./arize-client.js";
import { create, edit } from "./galileo-client.js";
import { uuid7 } from "./opik-client.js";
import { Town } from "./town.js";

type Json = Record<string, unknown>;

const keys = { AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "secret" };
const options = (connect: Connect) => ({
  platform: nodePlatform,
  author: () => ({ name: "Ada", email: "ada@example.org" }),
  connect,
});
const connect = connectFrom({ base: "/", env: { ...gitEnvironment("/nonexistent"), ...keys }, hint: () => undefined });
const quoted = (value: unknown) => encodeURIComponent(String(value));

/** Asks, and wants it done. */
async function asked(town: Town, method: string, path: string, body?: unknown): Promise<Json> {
  const headers = path.startsWith("/humanloop") ? { "x-api-key": "key" } : {};
  const answer = await town.ask(method, path, body, headers);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}

const opikAt = "/opik/api/v1/private";
const hlAt = "/humanloop/v5";

/** Each writes versions with names and descriptions, changes an older one in place, and tags or deploys one. */
const writers: Record<string, (town: Town) => Promise<void>> = {
  async opik(town) {
    await asked(town, "POST", `${opikAt}/datasets`, { name: "opik", id: uuid7() });
    const put = (n: number, group?: string) => {
      const items = [{ id: uuid7(), source: "sdk", data: { n } }];
      return asked(town, "PUT", `${opikAt}/datasets/items`, { dataset_name: "opik", items, batch_group_id: group });
    };
    const group = uuid7();
    await put(1, group);
    await put(2, uuid7());
    await put(3);
    await put(4, group);
    const { id } = await asked(town, "POST", `${opikAt}/datasets/retrieve`, { dataset_name: "opik" });
    const { content } = await asked(town, "GET", `${opikAt}/datasets/${String(id)}/versions?size=100`);
    const { version_hash: hash } = (content as Json[])[1];
    const said = { change_description: "the first", tags_to_add: ["gold"] };
    await asked(town, "PATCH", `${opikAt}/datasets/${String(id)}/versions/hash/${String(hash)}`, said);
  },
  async arize(town) {
    const arize = ArizeClient.of(town);
    const id = await arize.create("arize", [{ n: 1 }]);
    const [{ id: old }] = (await arize.dataset(id)).versions;
    ok(await arize.post(`/datasets/${id}/examples?dataset_version_id=`, { examples: [{ n: 2 }] }), 201);
    const [{ id: first }] = await arize.examples(id);
    const examples = [{ id: first, n: 3 }];
    ok(await arize.patch(`/datasets/${id}/examples`, { examples, new_version: "second try" }), 200);
    ok(await arize.post(`/datasets/${id}/examples?dataset_version_id=${quoted(old)}`, { examples: [{ n: 4 }] }), 201);
  },
  async humanloop(town) {
    const upsert = (n: number, more: Json = {}) =>
      asked(town, "POST", `${hlAt}/datasets`, { path: "hl", datapoints: [{ inputs: { n } }], action: "add", ...more });
    const { id, version_id: first } = await upsert(1, { version_name: "one" });
    const { version_id: second } = await upsert(2);
    await upsert(3, { version_description: "the third" });
    const said = { name: "two", description: "named later" };
    await asked(town, "PATCH", `${hlAt}/datasets/${String(id)}/versions/${String(second)}`, said);
    const environments = `${hlAt}/datasets/${String(id)}/environments`;
    const [{ id: environment }] = (await asked(town, "GET", environments)) as unknown as Json[];
    await asked(town, "POST", `${environments}/${String(environment)}?version_id=${String(first)}`);
  },
  async galileo(town) {
    const id = await create(town, "galileo", [{ n: 1 }]);
    ok(await edit(town, id, [{ edit_type: "append_row", values: { n: 2 } }]), 204);
    await asked(town, "PATCH", `/galileo/datasets/${id}/versions/1`, { name: "first" });
  },
};

/** All that each face tells of the versions of its dataset, and the rows of each. */
const readers: Record<string, (town: Town) => Promise<unknown>> = {
  async opik(town) {
    const { id } = await asked(town, "POST", `${opikAt}/datasets/retrieve`, { dataset_name: "opik" });
    const at = `${opikAt}/datasets/${String(id)}`;
    const { content } = (await asked(town, "GET", `${at}/versions?size=100`)) as { content: Json[] };
    const rows = content.map(one => asked(town, "GET", `${at}/items?size=100&version=${String(one["version_hash"])}`));
    return [content, ...(await Promise.all(rows))];
  },
  async arize(town) {
    const arize = ArizeClient.of(town);
    const { datasets } = ok(await arize.get("/datasets?limit=100"), 200).body as { datasets: Json[] };
    const id = quoted(datasets.find(one => one["name"] === "arize")?.["id"]);
    const dataset = await arize.dataset(id);
    return [dataset, ...(await Promise.all(dataset.versions.map(one => arize.examples(id, one.id))))];
  },
  async humanloop(town) {
    const { id } = await asked(town, "POST", `${hlAt}/files/retrieve-by-path`, { path: "hl" });
    const at = `${hlAt}/datasets/${String(id)}`;
    const { records } = (await asked(town, "GET", `${at}/versions`)) as { records: Json[] };
    const rows = records.map(one => asked(town, "GET", `${at}/datapoints?version_id=${String(one["version_id"])}`));
    return [records, await asked(town, "GET", `${at}/environments`), ...(await Promise.all(rows))];
  },
  async galileo(town) {
    const query = { filters: [{ name: "name", value: "galileo", operator: "eq" }] };
    const { datasets } = (await asked(town, "POST", "/galileo/datasets/query", query)) as { datasets: Json[] };
    const at = `/galileo/datasets/${String(datasets[0]["id"])}`;
    const { versions } = (await asked(town, "POST", `${at}/versions/query`)) as { versions: Json[] };
    const rows = versions.map(one => asked(town, "GET", `${at}/versions/${String(one["version_index"])}/content`));
    return [versions, ...(await Promise.all(rows))];
  },
};

async function told(drive: MemoryDrive | FolderDrive): Promise<Json> {
  const town = await Town.open(drive as MemoryDrive);
  const all = Object.entries(readers).map(async ([name, read]) => [name, await read(town)] as const);
  return JSON.parse(JSON.stringify(Object.fromEntries(await Promise.all(all)), withoutBeginning)) as Json;
}

/** Humanloop's environments are as old as the repository that shows them. */
function withoutBeginning(_: string, value: unknown): unknown {
  const isEnvironment = typeof value === "object" && value !== null && String((value as Json)["id"]).startsWith("env_");
  return isEnvironment ? { ...value, created_at: undefined } : value;
}

/** Each gives the URL of an empty repository, or of a place for one. */
const remotes: [string, () => Promise<string>][] = [
  [
    "a folder",
    async () => {
      const folder = freshFolder();
      const drive = FolderDrive.open(join(folder, ".sheaf"), { create: true });
      await Repository.open(drive, { ...options(connect), create: true });
      return folder;
    },
  ],
  [
    "a bucket",
    async () => {
      const double = await Double.start();
      onTestFinished(() => double.close());
      const url = `s3://datasets/team?endpoint=${double.endpoint}`;
      await Repository.open(await openBucket(url, { env: keys }), { ...options(connect), create: true });
      return url;
    },
  ],
  [
    "a server",
    async () => {
      const repo = await Repository.open(new MemoryDrive(), { ...options(connect), create: true });
      const routes = [...allRoutes, ...exchangeRoutes("evals")];
      const door = { hosts: undefined, origins: new Set<string>() };
      const listening = await listen(new Service({ repo, routes, door, isPrivate: true }), {
        host: "127.0.0.1",
        port: 0,
      });
      onTestFinished(() => listening.stop(0));
      return listening.url;
    },
  ],
  ["a git repository", async () => StockGit.bare().folder],
];

const writer = new MemoryDrive();
let all: Json;

beforeAll(async () => {
  const town = await Town.open(writer);
  for (const write of Object.values(writers)) await write(town);
  all = await told(writer);
}, 60_000);

test.each(remotes)("by %s", async (_, open) => {
  const url = await open();
  const ada = await Repository.open(writer, options(connect));
  await ada.push(url, ["main"], { environments: true });
  const drive = new MemoryDrive();
  const bob = await Repository.clone(drive, url, options(connect));
  expect(await told(drive)).toEqual(all);
  expect(await findings(bob)).toEqual([]);
});
