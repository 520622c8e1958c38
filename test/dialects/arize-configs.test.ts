/** Annotation configs by the requests that Arize's SDKs send, and what is refused of them. */
import { expect, test } from "vitest";
import { ArizeClient, ok } from "./arize-client.js";
import { expectExercised } from "./exercise.js";
import type { Town } from "./town.js";

const towns: Town[] = [];

interface Config {
  readonly id: string;
  readonly name: string;
}

async function open() {
  const arize = await ArizeClient.open();
  towns.push(arize.town);
  const space_id = await arize.space();
  const make = (body: object) => arize.post("/annotation-configs", { space_id, ...body });
  return { arize, space_id, make };
}

const at = ({ id }: Config) => `/annotation-configs/${encodeURIComponent(id)}`;
const labels = [{ label: "good", score: 1 }, { label: "bad" }];

test("configs of every type are made, listed, read, changed and removed; an annotation needs none", async () => {
  const { arize, space_id, make } = await open();
  const labelled = { name: "Accuracy", annotation_config_type: "CATEGORICAL", values: labels };
  const made = ok(await make({ ...labelled, optimization_direction: "MAXIMIZE" }), 201).body as Config;
  expect(made).toEqual({
    id: expect.any(String) as string,
    name: "Accuracy",
    created_at: expect.any(String) as string,
    space_id,
    type: "CATEGORICAL",
    values: labels,
    optimization_direction: "MAXIMIZE",
  });
  expect(atob(made.id)).toMatch(/^AnnotationConfig:1:/);
  const range = { annotation_config_type: "CONTINUOUS", minimum_score: 0, maximum_score: 1.5 };
  const scored = ok(await make({ name: "score", ...range }), 201).body as Config;
  ok(await make({ name: "notes", annotation_config_type: "FREEFORM" }), 201);
  const names = async (query: string) => {
    const { annotation_configs: all } = ok(await arize.get(`/annotation-configs?${query}`), 200).body as {
      annotation_configs: Config[];
    };
    return all.map(({ name }) => name);
  };
  expect(await names("")).toEqual(["notes", "score", "Accuracy"]);
  expect(await names(`space_id=${encodeURIComponent(space_id)}&name=ACC&limit=100`)).toEqual(["Accuracy"]);
  expect(await names("space_name=nowhere")).toEqual([]);
  const { pagination } = ok(await arize.get("/annotation-configs?limit=2"), 200).body as {
    pagination: { next_cursor: string };
  };
  expect(await names(`limit=2&cursor=${pagination.next_cursor}`)).toEqual(["Accuracy"]);

  const changed = await arize.patch(at(scored), {
    annotation_config_type: "CONTINUOUS",
    name: "Score",
    maximum_score: 5,
  });
  expect([changed.status, changed.body]).toEqual([200, { ...scored, name: "Score", maximum_score: 5 }]);
  expect((await arize.get(at(scored))).body).toEqual(changed.body);
  expect(await arize.delete(at(scored))).toMatchObject({ status: 204, text: "" });
  expect((await arize.get(at(scored))).status).toBe(404);
});

test("what is no config is refused, and nothing of it is kept", async () => {
  const { arize, space_id, make } = await open();
  const made = ok(await make({ name: "taken", annotation_config_type: "FREEFORM" }), 201).body as Config;
  const score = ok(
    await make({ name: "s", annotation_config_type: "CONTINUOUS", minimum_score: 0, maximum_score: 1 }),
    201,
  ).body as Config;
  const labelled = { name: "x", annotation_config_type: "CATEGORICAL" };
  const cases: readonly (readonly [number, object])[] = [
    [409, { name: "taken", annotation_config_type: "FREEFORM" }],
    [400, { name: "x", annotation_config_type: "freeform" }],
    [400, { annotation_config_type: "FREEFORM" }],
    [422, { name: " ", annotation_config_type: "FREEFORM" }],
    [404, { name: "x", annotation_config_type: "FREEFORM", space_id: btoa("Space:1:x") }],
    [400, { ...labelled }],
    [422, { ...labelled, values: [] }],
    [422, { ...labelled, values: Array.from({ length: 101 }, (_, i) => ({ label: String(i) })) }],
    [422, { ...labelled, values: [labels[0], labels[0]] }],
    [400, { ...labelled, values: ["good", "bad"] }],
    [400, { ...labelled, values: labels, optimization_direction: "up" }],
    [400, { name: "x", annotation_config_type: "CONTINUOUS", minimum_score: 0 }],
    [422, { name: "x", annotation_config_type: "CONTINUOUS", minimum_score: 2, maximum_score: 1 }],
  ];
  for (const [status, body] of cases) {
    const answer = await arize.post("/annotation-configs", { space_id, ...body });
    expect([body, answer.status, answer.body]).toMatchObject([body, status, { status }]);
  }
  const changes: readonly (readonly [number, object])[] = [
    [422, { name: "x" }],
    [422, { annotation_config_type: "FREEFORM", name: "x" }],
    [409, { annotation_config_type: "CONTINUOUS", name: "taken" }],
    [422, { annotation_config_type: "CONTINUOUS", minimum_score: 2 }],
  ];
  for (const [status, body] of changes)
    expect([body, (await arize.patch(at(score), body)).status]).toEqual([body, status]);
  expect((await arize.get("/annotation-configs")).body).toMatchObject({ annotation_configs: [score, made] });
});

test("of many who make one name at once, one wins", async () => {
  const { make } = await open();
  const rivals = Array.from({ length: 6 }, () => make({ name: "one", annotation_config_type: "FREEFORM" }));
  expect((await Promise.all(rivals)).map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
});

test("the operations that were used", () =>
  expectExercised("arize", "recorded exchanges", towns, "annotation configs"));
