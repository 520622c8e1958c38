/** Experiments over a dataset by the requests that Arize's SDKs send, and what is refused of them. */
import { expect, test } from "vitest";
import { ArizeClient, ok } from "./arize-client.js";
import { expectExercised } from "./exercise.js";
import type { Town } from "./town.js";

const towns: Town[] = [];

async function open(): Promise<ArizeClient> {
  const arize = await ArizeClient.open();
  towns.push(arize.town);
  return arize;
}

interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly run_ids: readonly string[];
}
interface RunPage {
  readonly experiment_runs: readonly { readonly id: string; readonly output: string }[];
  readonly pagination: { readonly has_more: boolean; readonly next_cursor?: string };
}

const escaped = ({ id }: { readonly id: string }) => encodeURIComponent(id);

async function make(arize: ArizeClient, dataset: string, name: string, runs: readonly object[]): Promise<Experiment> {
  const body = { name, dataset_id: decodeURIComponent(dataset), experiment_runs: runs };
  return ok(await arize.post("/experiments", body), 201).body;
}

async function runsOf(
  arize: ArizeClient,
  experiment: Experiment,
  limit = 500,
): Promise<RunPage["experiment_runs"][number][]> {
  const all: RunPage["experiment_runs"][number][] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const page = ok(await arize.get(`/experiments/${escaped(experiment)}/runs?limit=${limit}&cursor=${cursor}`), 200);
    const { experiment_runs: runs, pagination } = page.body as RunPage;
    expect(pagination.has_more).toBe(pagination.next_cursor !== undefined);
    all.push(...runs);
    cursor = pagination.next_cursor;
  }
  return all;
}

test("the walk of the SDKs: made, found by name, read, appended to, annotated, removed", async () => {
  const arize = await open();
  const dataset = await arize.create("qa", [{ q: "1+1" }, { q: "2+2" }]);
  const { versions, space_id } = await arize.dataset(dataset);
  const [first, second] = (await arize.examples(dataset)).map(({ id }) => id);
  const made = await make(arize, dataset, "try 1", [
    { example_id: first, output: "2", "eval.right.score": 1.0, id: "mine", deep: [null, { a: 1 }] },
    { example_id: second, output: "5" },
  ]);
  expect(made).toMatchObject({
    name: "try 1",
    space_id,
    dataset_id: decodeURIComponent(dataset),
    dataset_version_id: versions[0].id,
  });
  expect(atob(made.id)).toMatch(/^Experiment:1:[0-9a-f]{32}$/);
  expect((await arize.get(`/experiments/${escaped(made)}`)).body).toEqual(made);

  await make(arize, dataset, "try 2", [{ example_id: first, output: "x" }]);
  const list = async (query: string) =>
    (ok(await arize.get(`/experiments?${query}`), 200).body as { experiments: Experiment[] }).experiments;
  expect((await list(`dataset_id=${dataset}&limit=100`)).map(({ name }) => name)).toEqual(["try 2", "try 1"]);
  expect(await list(`dataset_id=${dataset}&name=TRY%201`)).toEqual([made]);
  expect(await list(`space_id=${encodeURIComponent(space_id)}&name=none`)).toEqual([]);

  const appended = ok(
    await arize.post(`/experiments/${escaped(made)}/runs`, {
      experiment_runs: [
        { example_id: first, output: "3rd" },
        { example_id: first, output: "3rd" },
      ],
    }),
    201,
  ).body as Experiment;
  expect(appended).toMatchObject({ id: made.id, name: "try 1" });
  const runs = await runsOf(arize, made, 3);
  expect(runs.map(({ output }) => output)).toEqual(["2", "5", "3rd", "3rd"]);
  expect(runs[0]).toMatchObject({ example_id: first, "eval.right.score": 1, "@id": "mine", deep: [null, { a: 1 }] });
  expect(runs.slice(2).map(({ id }) => id)).toEqual(appended.run_ids);
  expect(runs.map(({ id }) => id)).toEqual(runs.map(({ id }) => id).toSorted());

  const searched = ok(await arize.post(`/experiments/${escaped(made)}/runs/search`, { limit: 3, cursor: null }), 200);
  expect(searched.body).toEqual((await arize.get(`/experiments/${escaped(made)}/runs?limit=3`)).body);

  const annotate = (values: object[]) =>
    arize.post(`/experiments/${escaped(made)}/runs/annotate`, {
      annotations: [
        { record_id: runs[1].id, values },
        { record_id: "nobody", values },
      ],
    });
  expect(await annotate([{ name: "quality", score: 0.5 }])).toMatchObject({ status: 202, text: "" });
  await annotate([{ name: "quality", label: "good" }]);
  expect((await runsOf(arize, made))[1]).toMatchObject({
    output: "5",
    annotations: [{ name: "quality", score: 0.5, label: "good", annotator: { email: "server@example.org" } }],
  });
  expect((await runsOf(arize, made))[0]).not.toHaveProperty("annotations");

  expect(await arize.delete(`/experiments/${escaped(made)}`)).toMatchObject({ status: 204, text: "" });
  expect((await arize.get(`/experiments/${escaped(made)}`)).status).toBe(404);
  expect(
    await runsOf(arize, await make(arize, dataset, "try 1", [{ example_id: first, output: "anew" }])),
  ).toHaveLength(1);
});

test("an experiment goes with its dataset, and none of them is among the datasets", async () => {
  const arize = await open();
  const dataset = await arize.create("qa", [{ q: 1 }]);
  const made = await make(arize, dataset, "try", [{ example_id: "x", output: "" }]);
  const { datasets } = ok(await arize.get("/datasets"), 200).body as { datasets: Experiment[] };
  expect(datasets.map(({ name }) => name)).toEqual(["qa"]);
  ok(await arize.patch(`/datasets/${dataset}`, { name: "renamed" }), 200);
  ok(await arize.get(`/experiments/${escaped(made)}`), 200);
  await arize.delete(`/datasets/${dataset}`);
  expect((await arize.get(`/experiments/${escaped(made)}`)).status).toBe(404);
  expect((await arize.get("/experiments")).body).toMatchObject({ experiments: [] });
});

test("an experiment of no dataset is in a space, and its runs need no example", async () => {
  const arize = await open();
  const space_id = await arize.space();
  const body = { name: "free", space_id, experiment_runs: [{ output: "a" }, { output: "b", example_id: null }] };
  const made = ok(await arize.post("/experiments", body), 201).body as Experiment;
  expect(made).toMatchObject({ space_id, dataset_id: null, dataset_version_id: null });
  expect((await runsOf(arize, made)).map(({ output }) => output)).toEqual(["a", "b"]);
});

test("an SDK for Python, which takes no fields that it does not know, is told of no space", async () => {
  const arize = await open();
  const dataset = await arize.create("qa", [{ q: 1 }]);
  const { id } = await make(arize, dataset, "try", [{ example_id: "x", output: "" }]);
  const asked = (headers: Readonly<Record<string, string>>, path: string) =>
    arize.town.ask("GET", `/v2${path}`, undefined, { authorization: "Bearer key", ...headers });
  const { body } = await asked({ "sdk-language": "python" }, `/experiments/${encodeURIComponent(id)}`);
  // The client that is generated in the SDK, which the vendor's own tests use bare.
  const bare = await asked({ "user-agent": "OpenAPI-Generator/1.0.0/python" }, "/spaces");
  expect(bare.text).not.toContain("is_private");
  expect(Object.keys(body).sort()).toEqual([
    "created_at",
    "dataset_id",
    "dataset_version_id",
    "id",
    "name",
    "updated_at",
  ]);
});

test("what is no experiment is refused, and nothing of it is kept", async () => {
  const arize = await open();
  const dataset = await arize.create("qa", [{ q: 1 }]);
  const dataset_id = decodeURIComponent(dataset);
  const space_id = await arize.space();
  const run = { example_id: "x", output: "y" };
  const made = await make(arize, dataset, "taken", [run]);
  const many = Array.from({ length: 1001 }, () => run);
  const of = `/experiments/${escaped(made)}`;
  const cases: readonly (readonly [number, string, string, unknown])[] = [
    [409, "POST", "/experiments", { name: "taken", dataset_id, experiment_runs: [run] }],
    [422, "POST", "/experiments", { name: " ", dataset_id, experiment_runs: [run] }],
    [422, "POST", "/experiments", { name: "x", dataset_id, experiment_runs: [] }],
    [422, "POST", "/experiments", { name: "x", dataset_id, experiment_runs: many }],
    [400, "POST", "/experiments", { name: "x", dataset_id, experiment_runs: [{ example_id: "x" }] }],
    [400, "POST", "/experiments", { name: "x", dataset_id, experiment_runs: [{ output: "x" }] }],
    [400, "POST", "/experiments", { name: "x", dataset_id, experiment_runs: [{ ...run, output: 1 }] }],
    [400, "POST", "/experiments", { name: "x", dataset_id, space_id, experiment_runs: [run] }],
    [400, "POST", "/experiments", { name: "x", experiment_runs: [run] }],
    [404, "POST", "/experiments", { name: "x", dataset_id: btoa("Dataset:1:x"), experiment_runs: [run] }],
    [404, "POST", "/experiments", { name: "x", space_id: btoa("Space:1:x"), experiment_runs: [run] }],
    [422, "POST", `${of}/runs`, { experiment_runs: [] }],
    [422, "POST", `${of}/runs`, { experiment_runs: many }],
    [422, "POST", `${of}/runs/search`, { filter: "output = 'x'" }],
    [400, "POST", `${of}/runs/search`, { limit: 501 }],
    [400, "POST", `${of}/runs/annotate`, { annotations: [{ values: [] }] }],
    [404, "GET", `/experiments/${encodeURIComponent(btoa(`Experiment:1:${"0".repeat(32)}`))}`, undefined],
    [404, "DELETE", "/experiments/taken", undefined],
    [400, "GET", `${of}/runs?limit=501`, undefined],
    [400, "GET", `${of}/runs?cursor=${btoa('["x"]')}`, undefined],
    [400, "GET", `/experiments?dataset_id=${dataset}&space_id=${encodeURIComponent(space_id)}`, undefined],
    [404, "GET", `/experiments?dataset_id=${encodeURIComponent(btoa("Dataset:1:x"))}`, undefined],
  ];
  for (const [status, method, path, body] of cases) {
    const answer = await arize.ask(method, path, body);
    expect([path, body, answer.status]).toEqual([path, body, status]);
    expect(answer.body).toMatchObject({ status, title: expect.any(String) as string });
  }
  expect((await arize.get("/experiments")).body).toMatchObject({ experiments: [made] });
  expect(await runsOf(arize, made)).toHaveLength(1);
});

test("of many who append at once, and who make one name at once, nobody's run is lost and one name wins", async () => {
  const arize = await open();
  const dataset = await arize.create("qa", [{ q: 1 }]);
  const rivals = Array.from({ length: 6 }, (_, i) =>
    arize.post("/experiments", {
      name: "one",
      dataset_id: decodeURIComponent(dataset),
      experiment_runs: [{ example_id: "x", output: `first ${i}` }],
    }),
  );
  const statuses = (await Promise.all(rivals)).map(({ status }) => status).sort();
  expect(statuses).toEqual([201, 409, 409, 409, 409, 409]);
  const { experiments } = ok(await arize.get("/experiments"), 200).body as { experiments: Experiment[] };
  const appends = Array.from({ length: 12 }, (_, i) =>
    arize.post(`/experiments/${escaped(experiments[0])}/runs`, {
      experiment_runs: [{ example_id: "x", output: String(i) }],
    }),
  );
  for (const answer of await Promise.all(appends)) ok(answer, 201);
  const outputs = (await runsOf(arize, experiments[0])).map(({ output }) => output);
  expect(outputs.slice(1).sort()).toEqual(Array.from({ length: 12 }, (_, i) => String(i)).sort());
});

test("the operations that were used", () => expectExercised("arize", "recorded exchanges", towns, "experiments"));
