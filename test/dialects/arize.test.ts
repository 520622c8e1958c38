/** Arize's dialect by the requests that its SDKs send: the walk-through of the reference, and its hard points one by one. */
import { expect, test } from "vitest";
import { ArizeClient, ok, type Dataset } from "./arize-client.js";
import { expectExercised } from "./exercise.js";
import type { Town } from "./town.js";

const towns: Town[] = [];

async function open(): Promise<ArizeClient> {
  const arize = await ArizeClient.open();
  towns.push(arize.town);
  return arize;
}

test("the walk of the SDK: made, read, appended, updated in place and as a version, deleted from, annotated, renamed, removed", async () => {
  const arize = await open();
  const space = await arize.space();
  expect(atob(space)).toMatch(/^Space:1:[0-9a-zA-Z]+$/);
  const made = await arize.post("/datasets", {
    name: "My DS",
    space_id: space,
    examples: [
      { question: "x", n: 1 },
      { question: "y", deep: { a: [1.5, null] } },
    ],
  });
  expect(made.status).toBe(201);
  const dataset = made.body as Dataset;
  expect(dataset).toMatchObject({ name: "My DS", space_id: space, versions: [{ name: "v1", dataset_id: dataset.id }] });
  expect(atob(dataset.id)).toMatch(/^Dataset:1:[0-9a-zA-Z]+$/);
  const [v1] = dataset.versions;
  expect(atob(v1.id)).toMatch(/^DatasetVersion:1:[0-9a-zA-Z]+$/);
  const id = encodeURIComponent(dataset.id);

  const examples = await arize.examples(id);
  expect(examples).toMatchObject([
    { question: "x", n: 1 },
    { question: "y", deep: { a: [1.5, null] } },
  ]);
  const [first, second] = examples.map(example => example.id);

  const appended = await arize.post(`/datasets/${id}/examples?dataset_version_id=`, { examples: [{ n: 2 }, { n: 2 }] });
  expect(appended.status).toBe(201);
  const { example_ids: ids } = appended.body as { example_ids: string[] };
  expect(appended.body).toMatchObject({ id: dataset.id, space_id: space, dataset_version_id: v1.id });
  expect(new Set(ids).size).toBe(2);

  // The newest SDKs list examples by a search.
  const listed = ok(await arize.get(`/datasets/${id}/examples`), 200).body;
  expect(ok(await arize.post(`/datasets/${id}/examples/search`, {}), 200).body).toEqual(listed);
  const updated = await arize.patch(`/datasets/${id}/examples`, {
    examples: [
      { id: first, n: 10, more: true },
      { id: "nobody", n: 1 },
    ],
  });
  expect([updated.status, updated.body]).toMatchObject([200, { dataset_version_id: v1.id, example_ids: [first] }]);
  const versioned = await arize.patch(`/datasets/${id}/examples`, {
    examples: [{ id: second, question: "z" }],
    new_version: "second try",
  });
  expect(versioned.status).toBe(200);
  const { dataset_version_id: v2 } = versioned.body as { dataset_version_id: string };
  expect(v2).not.toBe(v1.id);
  expect((await arize.dataset(id)).versions.map(({ name, id: version }) => [name, version])).toEqual([
    ["second try", v2],
    ["v1", v1.id],
  ]);
  expect((await arize.examples(id, v1.id)).map(({ question, n }) => [question, n])).toEqual([
    ["x", 10],
    ["y", undefined],
    [undefined, 2],
    [undefined, 2],
  ]);
  expect((await arize.examples(id))[1]).toMatchObject({ id: second, question: "z" });

  const deleted = await arize.delete(`/datasets/${id}/examples`, {
    dataset_version_id: v1.id,
    example_ids: [ids[0], "nobody"],
  });
  expect([deleted.status, deleted.body]).toEqual([
    200,
    { completed: true, deleted_example_ids: [ids[0]], not_deleted_example_ids: ["nobody"] },
  ]);
  expect([(await arize.examples(id, v1.id)).length, (await arize.examples(id)).length]).toEqual([3, 4]);

  const annotated = await arize.post(`/datasets/${id}/examples/annotate`, {
    annotations: [{ record_id: first, values: [{ name: "quality", score: 1, label: "good" }] }],
  });
  expect([annotated.status, annotated.text]).toEqual([202, ""]);
  await arize.post(`/datasets/${id}/examples/annotate`, {
    annotations: [{ record_id: first, values: [{ name: "quality", text: "well" }] }],
  });
  for (const version of ["", v1.id])
    expect((await arize.examples(id, version))[0]["annotations"]).toMatchObject([
      { name: "quality", score: 1, label: "good", text: "well", annotator: { email: "server@example.org" } },
    ]);
  expect((await arize.examples(id))[1]).not.toHaveProperty("annotations");

  expect((await arize.patch(`/datasets/${id}`, { name: "Renamed" })).body).toMatchObject({
    id: dataset.id,
    name: "Renamed",
  });
  const removed = await arize.delete(`/datasets/${id}`);
  expect([removed.status, removed.text]).toEqual([204, ""]);
  expect((await arize.get(`/datasets/${id}`)).status).toBe(404);
});

test("lists: filters, the newest first, pages that end without a cursor", async () => {
  const arize = await open();
  for (let i = 0; i < 5; i++) await arize.create(`set ${i}`, [{ i }]);
  await arize.create("other", [{ a: 1 }]);
  const names = async (query: string) => {
    const { datasets } = ok(await arize.get(`/datasets?${query}`), 200).body as { datasets: Dataset[] };
    return datasets.map(({ name }) => name);
  };
  expect(await names("name=SET")).toEqual(["set 4", "set 3", "set 2", "set 1", "set 0"]);
  expect(await names("space_name=nowhere")).toEqual([]);
  const seen: string[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    const { body } = ok(await arize.get(`/datasets?limit=2&cursor=${cursor}`), 200);
    const { datasets, pagination } = body as {
      datasets: Dataset[];
      pagination: { has_more: boolean; next_cursor?: string };
    };
    seen.push(...datasets.map(({ name }) => name));
    expect(pagination.has_more).toBe(pagination.next_cursor !== undefined);
    cursor = pagination.next_cursor;
  }
  expect(seen).toEqual(["other", "set 4", "set 3", "set 2", "set 1", "set 0"]);
  for (const query of ["limit=0", "limit=101", "limit=x", "cursor=nonsense"])
    expect((await arize.get(`/datasets?${query}`)).status).toBe(400);
  expect((await arize.get("/datasets?space_id=nobody")).status).toBe(404);
});

test("the operations that were used", () => expectExercised("arize", "recorded exchanges", towns));
