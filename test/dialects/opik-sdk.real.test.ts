/** The official TypeScript SDK of Opik, unchanged, against a server over real HTTP: whole walks, and what came of them. */
import { afterEach, expect, test, vi } from "vitest";
import { findings } from "../sync/town.js";
import { expectExercised } from "./exercise.js";
import { npmSdk } from "./sdks.js";
import { Town } from "./town.js";

const npm = npmSdk("opik@2.0.40");
const minutes = 60_000;

afterEach(() => void vi.unstubAllEnvs());

type Item = Record<string, unknown> & { readonly id: string };

/** What the walks ask of a dataset of the TypeScript SDK, or of a test suite. */
interface SdkDataset {
  readonly id: string;
  readonly name: string;
  insert(items: readonly object[]): Promise<void>;
  update(items: readonly object[]): Promise<void>;
  delete(ids: readonly string[]): Promise<void>;
  clear(): Promise<void>;
  getItems(count?: number, after?: string): Promise<Item[]>;
  getItemsCount(): Promise<number>;
  getTags(): Promise<string[]>;
  getCurrentVersionName(): Promise<string>;
  getVersionInfo(): Promise<object>;
  getVersionView(name: string): Promise<SdkDataset>;
  insertFromJson(text: string): Promise<void>;
  toJson(): Promise<string>;
}

interface SdkSuite extends SdkDataset {
  getGlobalAssertions(): Promise<string[]>;
  getGlobalExecutionPolicy(): Promise<object>;
  updateTestSettings(settings: object): Promise<void>;
  updateItem(id: string, change: object): Promise<void>;
}

/** Functions of the generated client, whose answers the walks look at as what they expect. */
type Api = Readonly<Record<string, (...given: readonly unknown[]) => Promise<never>>>;

interface SdkClient {
  readonly api: { readonly datasets: Api; readonly experiments: Api };
  getOrCreateDataset(name: string, description?: string): Promise<SdkDataset>;
  createDataset(name: string, description?: string): Promise<SdkDataset>;
  getDataset(name: string): Promise<SdkDataset>;
  getDatasets(): Promise<SdkDataset[]>;
  deleteDataset(name: string): Promise<void>;
  createTestSuite(options: object): Promise<SdkSuite>;
  getTestSuite(name: string): Promise<SdkSuite>;
  getTestSuites(): Promise<SdkSuite[]>;
  deleteTestSuite(name: string): Promise<void>;
  flush(): Promise<void>;
}

interface Sdk {
  readonly Opik: new (options: object) => SdkClient;
  readonly ExactMatch: new (name: string) => object;
  evaluate(options: object): Promise<{ experimentId: string }>;
}

interface VersionPage {
  readonly content: readonly { versionName: string; itemsTotal: number; tags: string[]; versionHash: string }[];
}

interface Compared {
  readonly content: readonly { data: { input: string }; experimentItems: readonly { output: object }[] }[];
}

async function typescript(prefix = "/opik/api") {
  const town = await Town.open();
  const { url, close } = await town.listen();
  const sdk = (await npm("opik")) as unknown as Sdk;
  const client = new sdk.Opik({ apiUrl: `${url}${prefix}`, workspaceName: "default", projectName: "p1" });
  return { town, sdk, client, close };
}

const npmTowns: Town[] = [];

test(
  "TypeScript: datasets, items, versions",
  async () => {
    const { client, town, close } = await typescript();
    npmTowns.push(town);
    const dataset = await client.getOrCreateDataset("ds1", "desc");
    const items = Array.from({ length: 2500 }, (_, i) => ({
      question: `q${i}`,
      n: i,
      deep: { list: [1.5, null, "é😀"] },
    }));
    await dataset.insert(items);
    const read = await dataset.getItems();
    expect(read.map(item => item["n"])).toEqual(items.map(({ n }) => n).reverse());
    expect(read[0]).toMatchObject({ question: "q2499", deep: { list: [1.5, null, "é😀"] } });
    expect(await dataset.getItemsCount()).toBe(2500);
    await dataset.insert([items[7]]);
    expect(await dataset.getCurrentVersionName()).toBe("v1");
    await dataset.update([{ id: read[0].id, question: "new" }]);
    await dataset.delete([read[1].id, read[2].id]);
    expect(await dataset.getVersionInfo()).toMatchObject({
      versionName: "v3",
      itemsTotal: 2498,
      itemsDeleted: 2,
      isLatest: true,
    });
    const first = await dataset.getVersionView("v1");
    expect((await first.getItems()).length).toBe(2500);
    await expect(dataset.getVersionView("v99")).rejects.toThrow();
    expect((await dataset.getItems(2, read[5].id)).map(item => item["n"])).toEqual([2493, 2492]);

    const { content }: VersionPage = await client.api.datasets.listDatasetVersions(dataset.id, { size: 10 });
    expect(content.map(version => [version.versionName, version.itemsTotal, version.tags])).toEqual([
      ["v3", 2498, ["latest"]],
      ["v2", 2500, []],
      ["v1", 2500, []],
    ]);
    const { versionHash } = content[2];
    await client.api.datasets.createVersionTag(dataset.id, versionHash, { tag: "golden set" });
    await expect(
      client.api.datasets.createVersionTag(dataset.id, content[1].versionHash, { tag: "golden set" }),
    ).rejects.toMatchObject({ statusCode: 409 });
    expect(
      await client.api.datasets.updateDatasetVersion(dataset.id, versionHash, { changeDescription: "begun" }),
    ).toMatchObject({
      tags: ["golden set"],
      changeDescription: "begun",
    });
    expect(await client.api.datasets.restoreDatasetVersion(dataset.id, { versionRef: "golden set" })).toMatchObject({
      versionName: "v4",
      itemsTotal: 2500,
      itemsAdded: 2,
      itemsModified: 1,
    });
    await client.api.datasets.deleteVersionTag(dataset.id, versionHash, "golden set");
    expect(await client.api.datasets.compareDatasetVersions(dataset.id)).toMatchObject({
      statistics: { itemsUnchanged: 2500 },
    });
    const [one] = await dataset.getItems(1);
    expect(await client.api.datasets.getDatasetItemById(one.id)).toMatchObject({ id: one.id, datasetId: dataset.id });
    await client.api.datasets.patchDatasetItem(one.id, {
      body: { source: "sdk", data: { patched: true }, tags: ["t"] },
    });
    const page: { content: object[] } = await client.api.datasets.getDatasetItems(dataset.id, { size: 3 });
    expect(page).toMatchObject({ total: 2500, size: 3 });
    expect(page.content[0]).toMatchObject({ data: { patched: true }, tags: ["t"] });
    await dataset.clear();
    expect(await dataset.getItems()).toEqual([]);
    await dataset.insertFromJson('[{"a":1},{"a":2}]');
    expect(JSON.parse(await dataset.toJson())).toMatchObject([{ a: 2 }, { a: 1 }]);
    expect((await client.getDatasets()).map(found => found.name)).toEqual(["ds1"]);
    await client.deleteDataset("ds1");
    await client.flush();
    await expect(client.getDataset("ds1")).rejects.toThrow(/not found/i);
    await close();
    expect(await findings(town.repo)).toEqual([]);
  },
  3 * minutes,
);

test(
  "TypeScript: an evaluation, and what it came to",
  async () => {
    const { client, sdk, town, close } = await typescript("/api");
    npmTowns.push(town);
    const dataset = await client.createDataset("qa", "questions");
    await dataset.insert([
      { input: "a", expected: "A" },
      { input: "b", expected: "B" },
    ]);
    const result = await sdk.evaluate({
      client,
      dataset,
      task: async (item: { input: string }) => ({ output: item.input === "a" ? "A" : "wrong" }),
      scoringMetrics: [new sdk.ExactMatch("exact")],
      scoringKeyMapping: { expected: "expected" },
      experimentName: "trial",
    });
    await client.flush();
    const id = result.experimentId;
    const experiment: object = await client.api.experiments.getExperimentById(id);
    expect(experiment).toMatchObject({
      name: "trial",
      datasetName: "qa",
      datasetVersionSummary: { versionName: "v1" },
    });
    const found: Compared = await client.api.datasets.findDatasetItemsWithExperimentItems(dataset.id, {
      experimentIds: JSON.stringify([id]),
    });
    expect(found.content.map(item => [item.data.input, item.experimentItems[0].output])).toMatchObject([
      ["b", { output: "wrong" }],
      ["a", { output: "A" }],
    ]);
    await close();
  },
  3 * minutes,
);

test(
  "TypeScript: test suites",
  async () => {
    // The SDK makes a judge's model, which it never asks here, and wants a key for it.
    vi.stubEnv("OPENAI_API_KEY", "none");
    const { client, town, close } = await typescript("");
    npmTowns.push(town);
    const suite = await client.createTestSuite({
      name: "suite",
      description: "d",
      globalAssertions: ["is polite"],
      globalExecutionPolicy: { runsPerItem: 3, passThreshold: 2 },
      tags: ["t1"],
    });
    await suite.insert([{ data: { q: "one" }, assertions: ["is short"] }, { data: { q: "two" } }]);
    const items = await suite.getItems();
    expect(items.map(item => item["data"])).toEqual([{ q: "two" }, { q: "one" }]);
    expect(items[1]["assertions"]).toEqual(["is short"]);
    expect(await suite.getGlobalAssertions()).toEqual(["is polite"]);
    expect(await suite.getGlobalExecutionPolicy()).toEqual({ runsPerItem: 3, passThreshold: 2 });
    await suite.updateTestSettings({ globalExecutionPolicy: { runsPerItem: 5, passThreshold: 5 } });
    expect(await suite.getGlobalExecutionPolicy()).toEqual({ runsPerItem: 5, passThreshold: 5 });
    await suite.updateItem(items[0].id, {
      assertions: ["is kind"],
      executionPolicy: { runsPerItem: 2, passThreshold: 1 },
    });
    const [two] = await suite.getItems(1);
    expect(two).toMatchObject({
      assertions: ["is kind"],
      executionPolicy: { runsPerItem: 2, passThreshold: 1 },
      data: { q: "two" },
    });
    expect(await suite.getTags()).toEqual(["t1"]);
    expect((await client.getTestSuites()).map(({ name }) => name)).toEqual(["suite"]);
    await suite.delete([items[1].id]);
    expect(await suite.getItemsCount()).toBe(1);
    await client.deleteTestSuite("suite");
    await expect(client.getTestSuite("suite")).rejects.toThrow();
    await close();
  },
  3 * minutes,
);

test("what npm opik used", () => expectExercised("opik", "npm opik@2.0.40", npmTowns));
