/** Humanloop's own SDKs, unchanged, over real HTTP: npm's of the current generation, PyPI's of both. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { npmSdk, pythonSdk } from "./sdks.js";
import { Town } from "./town.js";

let town: Town;
let url: string;
let close: () => Promise<void>;
beforeAll(async () => {
  town = await Town.open();
  const listening = await town.listen();
  ({ close } = listening);
  url = `${listening.url}/humanloop/v5`;
});
afterAll(() => close());

/** As much of the SDK's types as the walk needs. */
type Sdk = Record<string, Record<string, (...args: readonly unknown[]) => Promise<never>>>;

interface Version {
  readonly id: string;
  readonly path: string;
  readonly versionId: string;
  readonly versionName?: string;
  readonly versionDescription?: string;
  readonly datapointsCount: number;
  readonly createdAt: Date;
  readonly datapoints?: readonly { inputs: Record<string, string>; target: unknown; messages?: unknown; id: string }[];
  readonly environments: readonly { name: string; id: string; tag: string }[];
  readonly attributes?: unknown;
}

/** A program for the SDK of Python. */
const program = (name: string) => readFileSync(join(import.meta.dirname, `programs/humanloop-${name}.py`), "utf8");

const all = async <T>(pages: AsyncIterable<T>) => {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
};

test("npm humanloop@0.8.20: all that its client for datasets does", { timeout: 300_000 }, async () => {
  const { HumanloopClient } = (await npmSdk("humanloop@0.8.20")("humanloop")) as {
    HumanloopClient: new (options: object) => Sdk;
  };
  const { datasets, files, directories } = new HumanloopClient({ apiKey: "hl_sk_1", baseUrl: url });
  const datapoint = (n: number) => ({
    inputs: { question: `What is ${n} + ${n}?`, userKey: "camelCase stays" },
    messages: [
      { role: "user", content: "Hello" },
      {
        role: "assistant",
        content: [{ type: "image_url", imageUrl: { url: "https://example.org/a.png", detail: "low" } }],
        toolCalls: [{ id: "t1", type: "function", function: { name: "sum", arguments: "{}" } }],
      },
    ],
    target: { answer: 2 * n, why: { nestedKey: [1, "two"] }, isSure: true },
  });

  const first: Version = await datasets["upsert"]({
    path: "walk/sums",
    datapoints: [datapoint(1), datapoint(2), datapoint(1)],
    attributes: { userKey: "x" },
    versionName: "v1",
    versionDescription: "two sums",
    includeDatapoints: true,
  });
  expect(first).toMatchObject({
    path: "walk/sums",
    datapointsCount: 2,
    versionName: "v1",
    attributes: { userKey: "x" },
  });
  expect(first.createdAt).toBeInstanceOf(Date);
  expect(first.datapoints?.map(({ id: _, ...rest }) => rest)).toEqual([datapoint(1), datapoint(2)]);

  const empty: Version = await datasets["upsert"]({ path: "walk/sums", action: "add", datapoints: [] });
  expect(empty.versionId).toBe(first.versionId);
  const second: Version = await datasets["upsert"]({ path: "walk/sums", action: "add", datapoints: [datapoint(3)] });
  expect(second).toMatchObject({ id: first.id, datapointsCount: 3 });
  const third: Version = await datasets["upsert"]({
    id: first.id,
    action: "remove",
    versionId: first.versionId,
    datapoints: [datapoint(2)],
  });
  expect(third.datapointsCount).toBe(1);
  await expect(datasets["upsert"]({ path: "walk/sums", datapoints: [], versionName: "v1" })).rejects.toMatchObject({
    statusCode: 409,
  });
  await expect(datasets["get"]("ds_unknown")).rejects.toMatchObject({ statusCode: 404 });

  for (const n of [1, 2, 3]) await datasets["upsert"]({ path: `walk/other ${n}`, datapoints: [] });
  const pages = await datasets["list"]({ size: 1, name: "OTHER", sortBy: "name", order: "asc" });
  expect((await all<Version>(pages)).map(({ path }) => path)).toEqual(["walk/other 1", "walk/other 2", "walk/other 3"]);
  expect(await all(await datasets["list"]({ userFilter: "nobody" }))).toEqual([]);

  const got: Version = await datasets["get"](first.id, { versionId: second.versionId, includeDatapoints: true });
  expect(got.datapoints).toHaveLength(3);
  const listed = await all<{ id: string }>(
    await datasets["listDatapoints"](first.id, { size: 1, versionId: second.versionId }),
  );
  expect(listed.map(({ id }) => id)).toEqual(got.datapoints?.map(({ id }) => id));

  const versions: { records: Version[] } = await datasets["listVersions"](first.id, {
    includeDatapoints: "latest_saved",
  });
  expect(versions.records.map(({ versionId, datapoints }) => [versionId, datapoints?.length])).toEqual([
    [third.versionId, 1],
    [second.versionId, undefined],
    [first.versionId, undefined],
  ]);
  const named: Version = await datasets["updateDatasetVersion"](first.id, second.versionId, {
    name: "v2",
    description: "three",
  });
  expect(named).toMatchObject({ versionId: second.versionId, versionName: "v2", versionDescription: "three" });

  const file = Readable.from([Buffer.from('question,target,messages\n"a, b","{""answer"": 1}",\nc,plain,\n')]);
  const uploaded: Version = await datasets["uploadCsv"](file, first.id, {
    versionId: first.versionId,
    versionName: "csv",
  });
  expect(uploaded).toMatchObject({ datapointsCount: 4, versionName: "csv" });

  const environments: { id: string; name: string; tag: string; file?: Version }[] = await datasets["listEnvironments"](
    first.id,
  );
  expect(environments[0]).toMatchObject({ name: "production", tag: "default" });
  const deployed: Version = await datasets["setDeployment"](first.id, environments[0].id, {
    versionId: first.versionId,
  });
  expect(deployed.environments.map(({ name }) => name)).toEqual(["production"]);
  await datasets["setDeployment"](first.id, "staging", { versionId: second.versionId });
  expect(((await datasets["get"](first.id)) as Version).versionId).toBe(first.versionId);
  const staged: Version = await datasets["get"](first.id, { environment: "staging" });
  expect(staged.versionId).toBe(second.versionId);
  await expect(datasets["deleteDatasetVersion"](first.id, first.versionId)).rejects.toMatchObject({ statusCode: 409 });
  await datasets["removeDeployment"](first.id, environments[0].id);
  await datasets["deleteDatasetVersion"](first.id, third.versionId);
  const left: { records: Version[] } = await datasets["listVersions"](first.id);
  expect(left.records.map(({ versionName }) => versionName)).toEqual(["csv", "v2", "v1"]);

  const moved: Version = await datasets["move"](first.id, { path: "walk/deeper/sums", name: "more" });
  expect(moved).toMatchObject({ id: first.id, path: "walk/deeper/more" });
  const byPath: Version = await files["retrieveByPath"]({ path: "walk/deeper/more", environment: "staging" });
  expect(byPath.versionId).toBe(second.versionId);
  const found: { records: Version[] } = await files["listFiles"]({ type: "dataset", size: 2 });
  expect(found).toMatchObject({ total: 4, size: 2 });

  const directory: { id: string; path: string } = await directories["create"]({ path: "empty/inside" });
  expect(directory.path).toBe("empty/inside");
  const root: { subdirectories: { path: string }[] } = await directories["get"]("root");
  expect(root.subdirectories.map(({ path }) => path)).toEqual(["empty", "walk"]);
  await directories["update"](directory.id, { path: "empty/renamed" });
  const paths: { id: string; path: string }[] = await directories["list"]();
  expect(paths.map(({ path }) => path)).toEqual(["", "empty", "empty/renamed", "walk", "walk/deeper"]);
  await directories["delete"](paths[2].id);

  await datasets["delete"](first.id);
  await expect(datasets["get"](first.id)).rejects.toMatchObject({ statusCode: 404 });
  await expectExercised("humanloop", "npm humanloop@0.8.20", [town]);
});

test.each(["0.8.38", "0.8.40b6"])(
  "PyPI humanloop %s: all that its client for datasets does",
  { timeout: 600_000 },
  async version => {
    // Its modules import requests, which its package does not name.
    const python = pythonSdk(`humanloop==${version}`, "requests");
    const fresh = await Town.open();
    const listening = await fresh.listen();
    const { stdout, stderr } = await python(program("current"), { URL: `${listening.url}/v5` });
    await listening.close();
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      first: [
        2,
        [
          { answer: 1, half: 0.5 },
          { answer: 2, half: 1 },
        ],
        { by: "py" },
        "v1",
        "UTC",
      ],
      same: true,
      second: [3, "three"],
      third: 1,
      csv: [2, "csv"],
      renamed: ["v2", "named"],
      environments: [
        ["production", "default"],
        ["staging", "other"],
        ["development", "other"],
      ],
      deployed: ["production"],
      default: true,
      refused: [409, 404, 404, 409, 404],
      versions: [
        ["csv", 2, 2],
        ["v2", 3, null],
        ["v1", 2, null],
      ],
      listed: ["py/other", "py/qa"],
      points: ["1?", "2?", "3?"],
      moved: ["py/moved", true, true],
      files: [2, "py/other"],
      tree: [
        ["py", "py dir"],
        ["", "py", "py dir", "py dir/out"],
      ],
      gone: 404,
    });
    await expectExercised("humanloop", `PyPI humanloop ${version}`, [fresh]);
  },
);

test(
  "PyPI humanloop 0.8.28, of the older generation: commits, and adds to what is deployed",
  { timeout: 300_000 },
  async () => {
    const python = pythonSdk("humanloop==0.8.28", "requests");
    const fresh = await Town.open();
    const listening = await fresh.listen();
    const { stdout, stderr } = await python(program("older"), { URL: `${listening.url}/humanloop/v5` });
    await listening.close();
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      first: ["committed", "first", true, true],
      again: true,
      draft: ["uncommitted", null],
      committed: ["committed", "two"],
      twice: true,
      added: 2,
      csv: [2, "committed", "from a file"],
      versions: [
        ["committed", "from a file", 2],
        ["uncommitted", null, null],
        ["committed", "two", null],
        ["committed", "first", null],
      ],
      uncommitted: [["uncommitted", null, null]],
    });
    await expectExercised("humanloop", "PyPI humanloop 0.8.28", [fresh]);
  },
);
