/** Arize's own SDKs, unchanged, over real HTTP: npm's below the prefix, PyPI's at the root. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { npmSdk, pythonSdk } from "./sdks.js";
import { Town } from "./town.js";

/** As much of the SDK's types as the walk needs. */
type Sdk = Record<string, (options: object) => Promise<never>>;

interface Version {
  readonly id: string;
  readonly name: string;
}
interface Dataset extends Version {
  readonly spaceId: string;
  readonly createdAt: Date;
  readonly versions: readonly Version[];
}
interface Written {
  readonly datasetVersionId: string;
  readonly exampleIds: readonly string[];
}
interface Page<T> {
  readonly data: readonly T[];
  readonly pagination: { readonly hasMore: boolean; readonly nextCursor?: string };
}
type Example = Record<string, unknown> & { readonly id: string };

async function open() {
  const town = await Town.open();
  await town.repo.config.set("arize.spaces", ["my space", "other space"]);
  return { town, ...(await town.listen()) };
}

test("npm @arizeai/ax-client@1.28.0: all its functions for datasets", { timeout: 300_000 }, async () => {
  process.env["DISABLE_PRERELEASE_WARNING"] = "true";
  const sdk = (await npmSdk("@arizeai/ax-client@1.28.0")("@arizeai/ax-client")) as Sdk & {
    createClient: (options: object) => unknown;
  };
  const { town, url, close } = await open();
  const client = sdk.createClient({ apiKey: "key", baseUrl: `${url}/arize` });
  const call = <T>(name: string, options: object) => sdk[name]({ client, ...options }) as Promise<T>;

  const spaces = await call<Page<Version>>("listSpaces", {});
  expect(spaces.data.map(({ name }) => name)).toEqual(["my space", "other space"]);
  const made = await call<Dataset>("createDataset", {
    space: "my space",
    name: "My DS",
    examples: [
      { question: "x", n: 1 },
      { question: "y", half: 0.5, sure: true },
    ],
  });
  expect(made).toMatchObject({ name: "My DS", spaceId: spaces.data[0].id, versions: [{ name: "v1" }] });
  expect(made.createdAt).toBeInstanceOf(Date);
  const other = await call<Dataset>("createDataset", { space: spaces.data[1].id, name: "My DS", examples: [{ a: 1 }] });
  expect(other.id).not.toBe(made.id);
  const one = await call<Version>("getSpace", { space: "other space" });
  expect(one).toMatchObject({ id: spaces.data[1].id, name: "other space" });
  const listed = await call<Page<Dataset>>("listDatasets", { space: "my", name: "my ds" });
  expect(listed.data.map(({ id }) => id)).toEqual([made.id]);
  const got = await call<Dataset>("getDataset", { dataset: "My DS", space: "other space" });
  expect(got).toMatchObject({ id: other.id, spaceId: spaces.data[1].id });

  const appended = await call<Written>("appendExamples", {
    dataset: made.id,
    datasetVersionId: made.versions[0].id,
    examples: [{ question: "z" }, { question: "z" }],
  });
  expect(new Set(appended.exampleIds).size).toBe(2);
  const examples: Example[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page: Page<Example> = await call("listDatasetExamples", {
      dataset: "My DS",
      space: "my space",
      limit: 3,
      cursor,
    });
    examples.push(...page.data);
    ({ nextCursor: cursor, hasMore: more } = page.pagination);
  }
  expect(examples.map(({ question }) => question)).toEqual(["x", "y", "z", "z"]);
  expect(examples[1]).toMatchObject({ half: 0.5, sure: true, createdAt: expect.any(Date) as Date });

  const inPlace = await call<Written>("updateExamples", {
    dataset: made.id,
    examples: [
      { id: examples[0].id, n: 10, more: "m" },
      { id: "nobody", n: 1 },
    ],
  });
  expect(inPlace).toMatchObject({ datasetVersionId: made.versions[0].id, exampleIds: [examples[0].id] });
  const renewed = await call<Written>("updateExamples", {
    dataset: made.id,
    datasetVersionId: made.versions[0].id,
    examples: [{ id: examples[1].id, question: "why?" }],
    newVersion: "v2",
  });
  expect(renewed.datasetVersionId).not.toBe(made.versions[0].id);
  await expect(
    call("updateExamples", { dataset: made.id, examples: [{ id: examples[1].id, q: 1 }], newVersion: "v2" }),
  ).rejects.toMatchObject({ statusCode: 409 });
  const deleted = await call<object>("deleteDatasetExamples", {
    dataset: made.id,
    datasetVersionId: renewed.datasetVersionId,
    examples: [appended.exampleIds[0], "nobody"],
  });
  expect(deleted).toEqual({
    completed: true,
    deletedExampleIds: [appended.exampleIds[0]],
    notDeletedExampleIds: ["nobody"],
  });
  await call("annotateDatasetExamples", {
    dataset: made.id,
    annotations: [{ recordId: examples[0].id, values: [{ name: "q", score: 1, label: "good" }] }],
  });
  const read = async (datasetVersionId?: string) =>
    (await call<Page<Example>>("listDatasetExamples", { dataset: made.id, datasetVersionId })).data;
  expect((await read()).map(({ question, n }) => [question, n])).toEqual([
    ["x", 10],
    ["why?", undefined],
    ["z", undefined],
  ]);
  expect((await read())[0]["annotations"]).toMatchObject([{ name: "q", score: 1, label: "good" }]);
  expect((await read(made.versions[0].id)).map(({ question }) => question)).toEqual(["x", "y", "z", "z"]);

  expect(await call<Dataset>("updateDataset", { dataset: made.id, name: "new" })).toMatchObject({
    id: made.id,
    name: "new",
  });
  const versions = (await call<Dataset>("getDataset", { dataset: made.id })).versions;
  expect(versions.map(({ name }) => name)).toEqual(["v2", "v1"]);
  const nowhere = { dataset: btoa("Dataset:1:nobody") };
  await expect(call("getDataset", nowhere)).rejects.toMatchObject({ name: "NotFoundError", statusCode: 404 });
  await expect(call("listDatasets", { limit: 1000 })).rejects.toMatchObject({ name: "BadRequestError" });
  await expect(call("createDataset", { space: "my space", name: "x", examples: [] })).rejects.toMatchObject({
    name: "APIError",
    statusCode: 422,
  });
  await walkExperiments(call, made.id, examples[0].id);
  await walkConfigs(call);
  await walkSpaces(call);
  await call("deleteDataset", { dataset: made.id });
  await expect(call("getDataset", { dataset: made.id })).rejects.toMatchObject({ statusCode: 404 });
  await close();
  await expectExercised("arize", "npm @arizeai/ax-client@1.28.0", [town]);
});

type CallSdk = <T>(name: string, options: object) => Promise<T>;

async function walkExperiments(call: CallSdk, dataset: string, exampleId: string): Promise<void> {
  const made = await call<Dataset>("createExperiment", {
    experimentName: "try 1",
    dataset,
    experimentRuns: [{ exampleId, output: "2", latency: 0.5 }],
  });
  expect(made).toMatchObject({ name: "try 1", datasetId: dataset, createdAt: expect.any(Date) as Date });
  const byName = { experiment: "try 1", dataset };
  const more = { ...byName, experimentRuns: [{ exampleId, output: "3" }] };
  const appended = await call<{ runIds: string[] }>("appendExperimentRuns", more);
  const annotations = [{ recordId: appended.runIds[0], values: [{ name: "q", label: "bad" }] }];
  await call("annotateExperimentRuns", { ...byName, annotations });
  const { data: runs } = await call<Page<Example>>("listExperimentRuns", byName);
  expect(runs).toMatchObject([
    { exampleId, output: "2", latency: 0.5 },
    { id: appended.runIds[0], output: "3", annotations: [{ name: "q", label: "bad" }] },
  ]);
  expect(await call<Version>("getExperiment", byName)).toMatchObject({ id: made.id });
  const listed = await call<Page<Version>>("listExperiments", { dataset });
  expect(listed.data.map(({ id }) => id)).toEqual([made.id]);
  await call("deleteExperiment", byName);
  await expect(call("getExperiment", { experiment: made.id })).rejects.toMatchObject({ statusCode: 404 });
}

async function walkConfigs(call: CallSdk): Promise<void> {
  const space = "my space";
  const values = [{ label: "good", score: 1 }, { label: "bad" }];
  expect(await call("createCategoricalAnnotationConfig", { name: "label", space, values })).toMatchObject({ values });
  await call("createContinuousAnnotationConfig", { name: "score", space, minimumScore: 0, maximumScore: 1 });
  await call("createFreeformAnnotationConfig", { name: "notes", space });
  const changed = { annotationConfig: "score", space, name: "points", maximumScore: 5 };
  expect(await call("updateContinuousAnnotationConfig", changed)).toMatchObject({ minimumScore: 0, maximumScore: 5 });
  expect(await call("getAnnotationConfig", { annotationConfig: "notes", space })).toMatchObject({ type: "FREEFORM" });
  await call("deleteAnnotationConfig", { annotationConfig: "notes", space });
  const { data } = await call<Page<Version>>("listAnnotationConfigs", { space });
  expect(data.map(({ name }) => name)).toEqual(["points", "label"]);
}

async function walkSpaces(call: CallSdk): Promise<void> {
  const made = await call<Version>("createSpace", { name: "team", organizationId: "any", description: "ours" });
  await call("createDataset", { space: "team", name: "in it", examples: [{ a: 1 }] });
  expect(await call("updateSpace", { space: "team", name: "crew" })).toMatchObject({
    id: made.id,
    description: "ours",
  });
  expect(await call<Dataset>("getDataset", { dataset: "in it", space: "crew" })).toMatchObject({ spaceId: made.id });
  await call("deleteSpace", { space: "crew" });
  await expect(call("getSpace", { space: made.id })).rejects.toMatchObject({ statusCode: 404 });
}

test(
  "npm @arizeai/ax-client@1.0.4, of the first generation, which takes ids and no names",
  { timeout: 300_000 },
  async () => {
    const sdk = (await npmSdk("@arizeai/ax-client@1.0.4")("@arizeai/ax-client")) as Sdk & {
      createClient: (options: object) => unknown;
    };
    const { town, url, close } = await open();
    const client = sdk.createClient({ apiKey: "key", baseUrl: url });
    const call = <T>(name: string, options: object) => sdk[name]({ client, ...options }) as Promise<T>;
    const { body } = await town.ask("GET", "/arize/v2/spaces");
    const spaceId = (body as { spaces: { id: string }[] }).spaces[0].id;
    const made = await call<Dataset>("createDataset", { spaceId, name: "old", examples: [{ a: 1 }] });
    const appended = await call<Dataset>("appendExamples", { datasetId: made.id, examples: [{ a: 2 }] });
    expect(appended).toMatchObject({ id: made.id, name: "old", createdAt: expect.any(Date) as Date });
    const examples = await call<Example[]>("listDatasetExamples", { datasetId: made.id });
    expect(examples.map(({ a }) => a)).toEqual([1, 2]);
    const listed = await call<Page<Dataset>>("listDatasets", { spaceId });
    expect(listed.data.map(({ id }) => id)).toEqual([made.id]);
    await expect(call("getDataset", { datasetId: btoa("Dataset:1:nobody") })).rejects.toThrow("there is no dataset");
    await call("deleteDataset", { datasetId: made.id });
    await close();
    await expectExercised("arize", "npm @arizeai/ax-client@1.0.4", [town]);
  },
);

test("PyPI arize 8.42.0, at the root: all that its client for datasets does", { timeout: 600_000 }, async () => {
  const python = pythonSdk("arize==8.42.0");
  const { town, url, close } = await open();
  const program = readFileSync(join(import.meta.dirname, "programs/arize.py"), "utf8");
  // As the guide says: Flight and traces meet the same port.
  const { stdout, stderr, status } = await python(program, {
    ARIZE_SINGLE_HOST: "127.0.0.1",
    ARIZE_SINGLE_PORT: new URL(url).port,
    ARIZE_API_SCHEME: "http",
    ARIZE_OTLP_SCHEME: "http",
    ARIZE_FLIGHT_SCHEME: "grpc",
  });
  await close();
  expect(status, stderr).toBe(0);
  const quality = { name: "quality", score: 0.5, label: "better", text: null, email: "server@example.org" };
  expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toEqual({
    spaces: ["my space", "other space"],
    first: ["py qa", true, "UTC"],
    frame: [
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ],
    listed: ["py frame", "py qa"],
    got: ["v1"],
    page: [
      { question: "1?", n: 1, half: 0.5 },
      { question: "2?", deep: { list: [1, null, true] } },
    ],
    appended: [2, true],
    pages: [
      [{ question: "1?", n: 1, half: 0.5 }, { question: "2?", deep: { list: [1, null, true] } }, { question: "3?" }],
      true,
      [{ question: "3?" }],
      false,
    ],
    in_place: [true, true],
    second: true,
    deleted: [true, true, ["nobody"]],
    old: [
      { question: "1?", n: 10, half: 0.5, more: "yes" },
      { question: "2?", deep: { list: [1, null, true] } },
      { question: "3?" },
      { question: "3?" },
    ],
    new: [
      { question: "1?", n: 10, half: 0.5, more: "yes" },
      { question: "two?", deep: { list: [1, null, true] } },
      { question: "3?" },
    ],
    annotations: [{ ...quality, name: "note", score: null, label: null, text: "well" }, quality],
    renamed: "py renamed",
    versions: ["second", "v1"],
    experiment: [
      "run 1",
      true,
      [
        ["1?", "1?!", 1],
        ["2?", "2?!", 1],
      ],
    ],
    experiments: [["run 1"], 3, true, 404],
    configs: [["score", 5], ["label"]],
    team: ["crew", "ours"],
    flight: ["RuntimeError", true],
    refused: [409, "NotFoundError", 422, 409, 404],
    gone: 404,
  });
  await expectExercised("arize", "PyPI arize 8.42.0", [town]);
});
