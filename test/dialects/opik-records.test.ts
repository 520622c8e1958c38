/** What stands beside Opik's datasets, by the requests that its SDKs send: projects, traces, spans, scores, experiments and what they came to. */
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { clients, ok, uuid7, type OpikClient } from "./opik-client.js";

const { open, towns } = clients();
const start_time = "2026-01-02T03:04:05Z";
const end_time = "2026-01-02T03:04:07.5Z";

const lines = ({ text }: { text: string }) =>
  text
    .split("\r\n")
    .filter(line => line !== "")
    .map(line => JSON.parse(line) as { id: string });

test("a trace alone: made, found with its project, laid over, scored", async () => {
  const opik = await open();
  const id = uuid7();
  const made = ok(await opik.post("/traces", { id, name: "t", start_time, input: { n: 1 }, project_name: "p" }), 201);
  expect(made.headers.get("location")).toMatch(new RegExp(`/v1/private/traces/${id}$`));
  ok(await opik.patch(`/traces/${id}`, { end_time, output: { a: [1] }, tags: ["x"], project_name: "p" }), 204);
  const scores = [{ id, name: "good", value: 0.5, source: "sdk", reason: "r", project_name: "p" }];
  ok(await opik.put("/traces/feedback-scores", { scores }), 204);
  const { body } = ok(await opik.get(`/traces/${id}`), 200);
  expect(body).toMatchObject({ id, name: "t", input: { n: 1 }, output: { a: [1] }, start_time, end_time, tags: ["x"] });
  expect(body).toMatchObject({ feedback_scores: [{ name: "good", value: 0.5, source: "sdk", reason: "r" }] });
  const { project_id } = body as { project_id: string };
  expect(ok(await opik.get(`/projects/${project_id}`), 200).body).toMatchObject({ id: project_id, name: "p" });
  ok(await opik.delete(`/projects/${project_id}`), 204);
  expect((await opik.get(`/projects/${project_id}`)).status).toBe(404);
  ok(await opik.post(`/traces/${id}/comments`, { text: "hm" }), 201);
  expect((await opik.get(`/traces/${uuid7()}`)).status).toBe(404);
  expect((await opik.get(`/projects/${uuid7()}`)).status).toBe(404);
});

test("a span alone: made, found in the default project, laid over, scored", async () => {
  const opik = await open();
  const [id, trace_id, parent_span_id] = [uuid7(), uuid7(), uuid7()];
  ok(await opik.post("/spans", { id, trace_id, parent_span_id, name: "s", type: "llm", start_time }), 201);
  ok(await opik.patch(`/spans/${id}`, { trace_id, end_time, model: "m", usage: { total_tokens: 7 } }), 204);
  ok(await opik.put("/spans/feedback-scores", { scores: [{ id, name: "good", value: 1, source: "sdk" }] }), 204);
  const { body } = ok(await opik.get(`/spans/${id}`), 200);
  expect(body).toMatchObject({
    id,
    trace_id,
    parent_span_id,
    name: "s",
    type: "llm",
    model: "m",
    start_time,
    end_time,
  });
  expect(body).toMatchObject({ usage: { total_tokens: 7 }, feedback_scores: [{ name: "good", value: 1 }] });
  const said = ok(await opik.post(`/spans/${id}/comments`, { text: "hm" }), 201).body as { id: string };
  ok(await opik.post(`/spans/${id}/comments`, { text: "well" }), 201);
  const comments = [{ id: said.id, text: "hm" }, { text: "well" }];
  expect((await opik.get(`/spans/${id}`)).body).toMatchObject({ comments });
  expect((await opik.post(`/spans/${id}/comments`, { text: " " })).status).toBe(422);
  expect((await opik.post(`/traces/${id}/comments`, { text: "hm" })).status).toBe(404);
  const { project_id } = body as { project_id: string };
  expect((await opik.get(`/projects/${project_id}`)).body).toMatchObject({ name: "Default Project" });
  expect((await opik.delete(`/projects/${project_id}`)).status).toBe(409);
});

test("the first of its kind is kept by one commit", async () => {
  const opik = await open();
  ok(await opik.post("/projects", { name: "p" }), 201);
  const messages = [];
  for await (const { message } of opik.town.repo.log()) messages.push(message);
  expect(messages).toEqual(["records: projects"]);
  // Of many that make it at once, all are kept.
  const names = Array.from({ length: 8 }, (_, i) => `many ${i}`);
  const other = await open();
  await Promise.all(names.map(async name => ok(await other.post("/projects", { name }), 201)));
  expect((await other.get("/projects?name=many")).body).toMatchObject({ total: 8 });
});

test("of two that make one thing at once the second hears so, and of two that remove one both are content", async () => {
  const opik = await open();
  const twice = async (ask: () => Promise<{ status: number }>) =>
    (await Promise.all([ask(), ask()])).map(({ status }) => status).sort();
  await opik.create("ds");
  const [id, trace] = [uuid7(), uuid7()];
  expect(await twice(() => opik.post("/projects", { name: "p" }))).toEqual([201, 409]);
  expect(await twice(() => opik.post("/experiments", { id, dataset_name: "ds", name: "e" }))).toEqual([201, 409]);
  ok(await opik.post("/traces", { id: trace, name: "t", start_time }), 201);
  expect(await twice(() => opik.post("/traces/delete", { ids: [trace] }))).toEqual([204, 204]);
});

test("a comment on what is not there keeps nothing", async () => {
  const opik = await open();
  expect((await opik.post(`/traces/${uuid7()}/comments`, { text: "hm" })).status).toBe(404);
  expect((await opik.town.repo.head()).commit).toBeUndefined();
});

test("the server says which version it speaks, and where the page of a dataset is", async () => {
  const { town } = await open();
  const version = await town.ask("GET", "/opik/api/is-alive/ver");
  expect(version.body).toEqual({ version: expect.stringMatching(/^2\.1\.\d+$/) as string });
  const redirect = await town.ask("GET", `/opik/api/v1/session/redirect/datasets?dataset_id=${uuid7()}&path=eA`);
  expect([redirect.status, redirect.headers.get("location")]).toEqual([303, "/"]);
  expect((await town.ask("GET", "/opik/api/v1/session/redirect/datasets")).status).toBe(400);
});

/** An experiment that tried each item of a fresh dataset once; each trial has a score of its place. */
async function tried(opik: OpikClient, more: object = {}) {
  const dataset = await opik.create("ds");
  const items = await opik.fill(dataset, 3, uuid7());
  const [id, trials] = [uuid7(), items.map(item => ({ id: uuid7(), trace_id: uuid7(), item }))];
  ok(await opik.post("/experiments", { id, dataset_name: "ds", name: "e", project_name: "p", ...more }), 201);
  const experiment_items = trials.map(({ item, ...trial }) => ({ ...trial, experiment_id: id, dataset_item_id: item }));
  ok(await opik.post("/experiments/items", { experiment_items }), 204);
  const traces = trials.map(({ trace_id }, i) => ({ id: trace_id, name: "t", start_time, end_time, output: { i } }));
  ok(await opik.post("/traces/batch", { traces }), 204);
  const scores = trials.map(({ trace_id }, i) => ({ id: trace_id, name: "good", value: i, source: "sdk" }));
  ok(await opik.put("/traces/feedback-scores", { scores }), 204);
  return { dataset, items, id, trials };
}

test("an experiment says where it belongs and what it came to", async () => {
  const opik = await open();
  const { id, dataset } = await tried(opik);
  const { body } = ok(await opik.get(`/experiments/${id}`), 200);
  expect(body).toMatchObject({
    project_name: "p",
    dataset_id: dataset,
    dataset_name: "ds",
    trace_count: 3,
    dataset_item_count: 3,
    feedback_scores: [{ name: "good", value: 1 }],
    duration: { p50: 2500, p90: 2500, p99: 2500 },
    dataset_version_summary: { version_name: "v1", tags: ["latest"] },
  });
  expect(body).not.toHaveProperty("pass_rate");
  expect(body).not.toHaveProperty("sheaf");
  const named = async (project_name: string) =>
    lines(ok(await opik.post("/experiments/stream", { name: "e", project_name }), 200));
  ok(await opik.post("/experiments", { dataset_name: "ds", name: "e" }), 201);
  expect(await named("p")).toMatchObject([{ id }]);
  expect(await named("elsewhere")).toHaveLength(2);
});

test("an experiment of a test suite says how many of its items passed", async () => {
  const opik = await open();
  const { id, trials } = await tried(opik, { evaluation_method: "evaluation_suite" });
  const assertion_results = trials.map(({ trace_id }, i) => ({
    entity_id: trace_id,
    name: "is kind",
    status: i === 0 ? "failed" : "passed",
    source: "sdk",
  }));
  ok(await opik.put("/assertion-results", { entity_type: "TRACE", assertion_results }), 204);
  expect((await opik.get(`/experiments/${id}`)).body).toMatchObject({
    passed_count: 2,
    total_count: 3,
    pass_rate: 2 / 3,
    assertion_scores: [{ name: "is kind", value: 2 / 3 }],
  });
});

test("a tried item: found by its id, removed", async () => {
  const opik = await open();
  const { id, items, trials } = await tried(opik);
  const [{ id: first, trace_id }] = trials;
  expect(ok(await opik.get(`/experiments/items/${first}`), 200).body).toMatchObject({
    id: first,
    experiment_id: id,
    dataset_item_id: items[0],
    trace_id,
    output: { i: 0 },
    project_id: expect.any(String) as string,
  });
  ok(await opik.post("/experiments/items/delete", { ids: [first, uuid7()] }), 204);
  expect((await opik.get(`/experiments/items/${first}`)).status).toBe(404);
  expect((await opik.get(`/experiments/${id}`)).body).toMatchObject({ trace_count: 2 });
});

test("experiments outlive their dataset, and their items are compared as they were", async () => {
  const opik = await open();
  const { dataset, items, id } = await tried(opik);
  const query = `experiment_ids=${encodeURIComponent(JSON.stringify([id]))}`;
  const compared = async () => ok(await opik.get(`/datasets/${dataset}/items/experiments/items?${query}`), 200).body;
  const before = await compared();
  ok(await opik.delete(`/datasets/${dataset}`), 204);
  expect((await opik.get(`/experiments/${id}`)).body).not.toHaveProperty("dataset_name");
  expect(await compared()).toEqual(before);
  expect(before).toMatchObject({
    total: 3,
    content: items.toReversed().map(item => ({ id: item, dataset_id: dataset })),
  });
  expect((await opik.get(`/datasets/${uuid7()}/items/experiments/items?${query}`)).body).toMatchObject({ total: 0 });
});

test("traces and spans are found by what they hold, in their project, newest first", async () => {
  const opik = await open();
  const ids = Array.from({ length: 4 }, uuid7);
  const traces = ids.map((id, i) => ({
    id,
    name: `t${i}`,
    start_time,
    end_time,
    input: { q: `Frage ${i}` },
    tags: i === 1 ? ["x"] : [],
    project_name: i === 3 ? "other" : "p",
    usage: { total_tokens: i * 10 },
  }));
  ok(await opik.post("/traces/batch", { traces }), 204);
  ok(
    await opik.put("/traces/feedback-scores", { scores: [{ id: ids[2], name: "a b", value: 1, source: "sdk" }] }),
    204,
  );
  const search = async (filters: object[], more: object = {}) => {
    const answer = await opik.post("/traces/search", { project_name: "p", filters, ...more });
    return lines(ok(answer, 200)).map(({ id }) => ids.indexOf(id));
  };
  expect(await search([])).toEqual([2, 1, 0]);
  expect(await search([], { limit: 1, last_retrieved_id: ids[2] })).toEqual([1]);
  expect(await search([], { project_name: "none" })).toEqual([]);
  expect(await search([{ field: "input", operator: "contains", value: "frage 1" }])).toEqual([1]);
  expect(await search([{ field: "tags", operator: "contains", value: "x" }])).toEqual([1]);
  expect(await search([{ field: "duration", operator: ">=", value: "2500" }])).toEqual([2, 1, 0]);
  expect(await search([{ field: "usage.total_tokens", operator: "<", value: "20" }])).toEqual([1, 0]);
  expect(await search([{ field: "feedback_scores", key: "a b", operator: ">", value: "0.5" }])).toEqual([2]);
  const isWorth = (operator: string, value: string) =>
    search([{ field: "feedback_scores", key: "a b", operator, value }]);
  expect([await isWorth("=", "1.00"), await isWorth("!=", "1.0")]).toEqual([[2], []]);
  expect(await search([{ field: "feedback_scores", key: "a b", operator: "is_empty", value: "" }])).toEqual([1, 0]);
  expect((await opik.post("/traces/search", { filters: [{ field: "no", operator: "=", value: "1" }] })).status).toBe(
    400,
  );
  expect((await opik.post("/traces/search", { limit: 2001 })).status).toBe(422);
  expect(await search([], { from_time: "2001-01-01T00:00:00Z", to_time: "2100-01-01T00:00:00Z" })).toEqual([2, 1, 0]);
  expect(await search([], { to_time: "2001-01-01T00:00:00Z" })).toEqual([]);
  expect((await opik.post("/traces/search", { to_time: "soon" })).status).toBe(422);
  const [experiment_id, dataset_item_id] = [uuid7(), uuid7()];
  const experiment_items = [{ experiment_id, dataset_item_id, trace_id: ids[1] }];
  ok(await opik.post("/experiments/items", { experiment_items }), 204);
  expect(await search([{ field: "experiment_id", operator: "=", value: experiment_id }])).toEqual([1]);
  expect((await opik.get("/traces?project_name=p&page=2&size=2")).body).toMatchObject({
    total: 3,
    content: [{ id: ids[0] }],
  });
  const span = { id: uuid7(), trace_id: ids[0], name: "s", type: "llm", start_time, project_name: "p" };
  ok(await opik.post("/spans/batch", { spans: [span, { ...span, id: uuid7(), trace_id: ids[1] }] }), 204);
  const spans = ok(await opik.post("/spans/search", { project_name: "p", trace_id: ids[0] }), 200);
  expect(lines(spans)).toMatchObject([{ id: span.id, type: "llm" }]);
  expect((await opik.get(`/spans?project_name=p&trace_id=${ids[1]}`)).body).toMatchObject({ total: 1 });
  ok(await opik.post(`/traces/${ids[2]}/feedback-scores/delete`, { name: "a b" }), 204);
  ok(await opik.post(`/spans/${span.id}/feedback-scores/delete`, { name: "a b" }), 204);
  expect((await opik.get(`/traces/${ids[2]}`)).body).not.toHaveProperty("feedback_scores");
  ok(await opik.post("/traces/delete", { ids: [ids[0]] }), 204);
  expect((await opik.get(`/spans/${span.id}`)).status).toBe(404);
  ok(await opik.delete(`/traces/${ids[1]}`), 204);
  ok(await opik.delete(`/spans/${uuid7()}`), 204);
  expect((await opik.get("/spans?project_name=p")).body).toMatchObject({ total: 0 });
  expect(await search([])).toEqual([2]);
});

test("prompts: their versions, and the experiments that were run with them", async () => {
  const opik = await open();
  const version = (template: string) => ({ name: "greet", version: { template, type: "mustache" }, project_name: "p" });
  const latest = (more: object = {}) => opik.post("/prompts/versions/retrieve", { name: "greet", ...more });
  expect((await latest()).status).toBe(404);
  const first = ok(await opik.post("/prompts/versions", version("Hi {{name}}")), 200).body as Record<string, string>;
  expect(first).toMatchObject({ version_number: "v1", template: "Hi {{name}}", variables: ["name"] });
  expect(first["commit"]).toMatch(/^[0-9a-f]{8}$/);
  ok(await opik.post("/prompts/versions", version("Hello {{ name }}")), 200);
  expect((await latest()).body).toMatchObject({ version_number: "v2", prompt_id: first["prompt_id"] });
  expect((await latest({ commit: first["commit"] })).body).toEqual(first);
  expect((await latest({ version_number: "v1", project_name: "elsewhere" })).body).toEqual(first);
  expect((await latest({ version_number: "v3" })).status).toBe(404);
  const id = uuid7();
  const made = { id, name: "chat", template: "[]", template_structure: "chat", tags: ["x"], description: "d" };
  ok(await opik.post("/prompts", made), 201);
  expect((await opik.post("/prompts", { ...made, id: uuid7() })).status).toBe(409);
  expect((await opik.get(`/prompts/${id}`)).body).toMatchObject({ name: "chat", latest_version: { template: "[]" } });
  const chats = encodeURIComponent('[{"field":"template_structure","operator":"=","value":"chat"}]');
  expect((await opik.get(`/prompts?filters=${chats}`)).body).toMatchObject({ total: 1, content: [{ id }] });
  const versions = (await opik.get(`/prompts/${first["prompt_id"]}/versions`)).body;
  expect(versions).toMatchObject({ total: 2, content: [{ version_number: "v2" }, { id: first["id"] }] });
  const experiment = uuid7();
  const body = { id: experiment, dataset_name: "ds", prompt_versions: [{ id: first["id"] }] };
  ok(await opik.post("/experiments", body), 201);
  const link = { id: first["id"], commit: first["commit"], prompt_id: first["prompt_id"], prompt_name: "greet" };
  expect((await opik.get(`/experiments/${experiment}`)).body).toMatchObject({ prompt_versions: [link] });
  expect((await opik.get("/optimizations?page=1")).body).toMatchObject({ content: [], total: 0 });
  ok(await opik.post("/prompts/delete", { ids: [first["prompt_id"]] }), 204);
  expect((await latest()).status).toBe(404);
  ok(await opik.delete(`/prompts/${id}`), 204);
  expect((await opik.get(`/prompts/${id}`)).status).toBe(404);
});

test("the operations that were used", () =>
  expectExercised("opik", "recorded exchanges: neighbours of datasets", towns));
