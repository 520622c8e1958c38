/** Opik's uploads, exports, items from traces, samples by a model, and experiments compared. */
import { expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { clients, ok, uuid7, type OpikClient } from "./opik-client.js";

const { open, towns } = clients();

async function upload(opik: OpikClient, kind: string, fields: Readonly<Record<string, string>>, file: string) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([file]), "file.txt");
  return opik.town.ask("POST", `/opik/api/v1/private/datasets/items/from-${kind}`, form);
}

async function ended(opik: OpikClient, name: string): Promise<unknown> {
  for (;;) {
    const { status } = await opik.dataset(name);
    if (status !== "processing") return status;
  }
}

test("a CSV file: cells are texts, trimmed; what cannot be taken in fails, at once or later", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const csv = '\ufeffq, answer\r\n"a, ""b""", 1 \r\n\r\nc,\r\n';
  expect((await upload(opik, "csv", { dataset_id: id }, csv)).status).toBe(202);
  expect(await ended(opik, "ds")).toBe("completed");
  expect(await opik.stream({ dataset_name: "ds" })).toMatchObject([
    { source: "manual", data: { q: "c", answer: "" } },
    { source: "manual", data: { q: 'a, "b"', answer: "1" } },
  ]);
  expect((await upload(opik, "csv", { dataset_id: uuid7() }, csv)).status).toBe(404);
  expect((await upload(opik, "csv", { dataset_id: id }, "a,,b\n1,2,3\n")).body).toMatchObject({ code: 400 });
  expect((await upload(opik, "csv", { dataset_id: id }, "")).status).toBe(400);
  expect((await upload(opik, "csv", { dataset_id: id }, "a,b\n")).status).toBe(202);
  expect(await ended(opik, "ds")).toBe("failed");
  expect((await opik.post("/datasets/items/from-csv", {})).status).toBe(400);
});

test("JSON and JSON lines: names of items are theirs, all else is data; 1000 rows a version", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const own = uuid7();
  const lines = Array.from({ length: 1500 }, (_, i) => JSON.stringify({ i, tags: ["t"] })).join("\n");
  expect((await upload(opik, "json", { dataset_id: id, format: "jsonl" }, lines)).status).toBe(202);
  expect(await ended(opik, "ds")).toBe("completed");
  expect((await opik.versions(id)).map(({ items_total: total }) => total)).toEqual([1500, 1000]);
  const json = JSON.stringify([{ id: own, source: "sdk", description: "d", a: 1.5 }]);
  expect((await upload(opik, "json", { dataset_id: id, format: "json" }, json)).status).toBe(202);
  expect(await ended(opik, "ds")).toBe("completed");
  expect((await opik.get(`/datasets/items/${own}`)).body).toMatchObject({
    source: "sdk",
    description: "d",
    data: { a: 1.5 },
  });
  expect((await opik.get(`/datasets/${id}/items?size=1&page=1500`)).body).toMatchObject({
    content: [{ data: { i: 0 }, tags: ["t"] }],
  });
  expect((await upload(opik, "json", { dataset_id: id, format: "json" }, "[1]")).status).toBe(202);
  expect(await ended(opik, "ds")).toBe("failed");
});

test("an export: a job, its file, and what becomes of it", async () => {
  const opik = await open();
  const id = await opik.create('my "data"');
  const items = [
    { q: "a,b", n: 1.0 },
    { q: 'say "x"', list: [1, null] },
  ].map(data => ({ id: uuid7(), source: "sdk", data }));
  ok(await opik.put("/datasets/items", { dataset_id: id, items }), 204);
  const started = await opik.post(`/datasets/${id}/export`, undefined);
  expect([started.status, started.body]).toMatchObject([202, { status: "PENDING", dataset_id: id }]);
  const job = (started.body as { id: string }).id;
  const look = async () => (await opik.get(`/datasets/export-jobs/${job}`)).body as { status: string };
  while ((await look()).status !== "COMPLETED") await opik.get("/datasets");
  const file = await opik.get(`/datasets/export-jobs/${job}/download`);
  expect(file.text).toBe('q,list,n\r\n"say ""x""","[1,null]",\r\n"a,b",,1\r\n');
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="my data.csv"');
  expect((await opik.put(`/datasets/export-jobs/${job}/mark-viewed`, undefined)).status).toBe(204);
  expect((await opik.get("/datasets/export-jobs")).body).toMatchObject([
    { id: job, viewed_at: expect.any(String) as string },
  ]);
  expect((await opik.get(`/datasets/export-jobs/${uuid7()}`)).status).toBe(404);
  expect((await opik.post(`/datasets/${uuid7()}/export`, undefined)).status).toBe(404);
});

test("traces and spans that arrived become items; those that nobody knows are passed over", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const [trace, span] = [uuid7(), uuid7()];
  const start_time = "2026-01-02T03:04:05.000Z";
  const traces = [
    { id: trace, project_name: "p1", name: "t", start_time, input: { q: 1 }, tags: ["x"], metadata: { m: 1.0 } },
  ];
  ok(await opik.post("/traces/batch", { traces }), 204);
  ok(await opik.patch(`/traces/${trace}`, { output: { a: 2 }, end_time: "2026-01-02T03:04:06.500Z" }), 204);
  const spans = [
    {
      id: span,
      trace_id: trace,
      name: "s",
      type: "llm",
      start_time,
      input: "in",
      output: { o: 1 },
      usage: { total_tokens: 7 },
    },
  ];
  ok(await opik.post("/spans/batch", { spans }), 204);
  const scores = [{ id: trace, name: "good", value: 0.5, source: "sdk", reason: "r" }];
  for (let i = 0; i < 2; i++) ok(await opik.put("/traces/feedback-scores", { scores }), 204);
  const enrichment_options = {
    include_spans: true,
    includeTags: true,
    include_feedback_scores: true,
    include_metadata: true,
  };
  ok(await opik.post(`/datasets/${id}/items/from-traces`, { trace_ids: [trace, uuid7()], enrichment_options }), 204);
  ok(
    await opik.post(`/datasets/${id}/items/from-spans`, {
      span_ids: [span],
      enrichment_options: { include_usage: true },
    }),
    204,
  );
  expect(await opik.stream({ dataset_name: "ds" })).toMatchObject([
    { source: "span", span_id: span, data: { input: "in", expected_output: { o: 1 }, usage: { total_tokens: 7 } } },
    {
      source: "trace",
      trace_id: trace,
      data: {
        input: { q: 1 },
        expected_output: { a: 2 },
        tags: ["x"],
        metadata: { m: 1 },
        feedback_scores: [{ name: "good", value: 0.5, reason: "r", source: "sdk" }],
        spans: [{ id: span, name: "s", type: "llm", input: "in" }],
      },
    },
  ]);
  expect(await opik.versions(id)).toHaveLength(2);
  expect((await opik.post(`/datasets/${id}/items/from-traces`, { trace_ids: [trace] })).status).toBe(422);
  expect((await opik.get("/datasets")).body).toMatchObject({ total: 1 });
});

test("experiments: their items with what their traces came to, filtered, sorted, counted", async () => {
  const opik = await open();
  const id = await opik.create("ds");
  const items = await opik.fill(id, 3, uuid7());
  const [one, two] = [uuid7(), uuid7()];
  for (const experiment of [one, two])
    ok(await opik.post("/experiments", { id: experiment, dataset_name: "ds", name: `e-${experiment.slice(-4)}` }), 201);
  const traces = items.slice(0, 2).map((_, i) => ({
    id: uuid7(),
    name: "t",
    start_time: "2026-01-02T03:04:05Z",
    end_time: `2026-01-02T03:04:0${6 + i}Z`,
    output: { text: `out ${i}` },
  }));
  const tried = traces.map((trace, i) => ({
    id: uuid7(),
    experiment_id: one,
    dataset_item_id: items[i],
    trace_id: trace.id,
  }));
  ok(await opik.post("/experiments/items", { experiment_items: tried }), 204);
  ok(await opik.post("/traces/batch", { traces }), 204);
  const scores = traces.map(({ id: trace }, i) => ({ id: trace, name: "good", value: i, source: "sdk" }));
  ok(await opik.put("/traces/feedback-scores", { scores }), 204);
  const assertion_results = [{ entity_id: traces[0].id, name: "is kind", status: "passed", source: "sdk" }];
  ok(await opik.put("/assertion-results", { entity_type: "TRACE", assertion_results }), 204);
  const query = `experiment_ids=${encodeURIComponent(JSON.stringify([one]))}`;
  const compared = (await opik.get(`/datasets/${id}/items/experiments/items?${query}`)).body;
  expect(compared).toMatchObject({
    total: 2,
    content: [
      {
        id: items[1],
        experiment_items: [
          { output: { text: "out 1" }, duration: 2000, feedback_scores: [{ name: "good", value: 1 }] },
        ],
      },
      {
        id: items[0],
        experiment_items: [
          { trace_id: traces[0].id, assertion_results: [{ value: "is kind", passed: true }], status: "passed" },
        ],
        run_summaries_by_experiment: { [one]: { passed_runs: 1, total_runs: 1, status: "passed" } },
      },
    ],
  });
  const found = async (more: string) =>
    (
      (await opik.get(`/datasets/${id}/items/experiments/items?${query}&${more}`)).body as { content: { id: string }[] }
    ).content.map(item => item.id);
  const filter = (one: object) => `filters=${encodeURIComponent(JSON.stringify([one]))}`;
  expect(await found(filter({ field: "feedback_scores", key: "good", operator: ">", value: "0.5" }))).toEqual([
    items[1],
  ]);
  expect(await found(filter({ field: "output.text", operator: "ends_with", value: "0" }))).toEqual([items[0]]);
  expect(await found("search=OUT+1")).toEqual([items[1], items[0]]);
  expect(await found(`sorting=${encodeURIComponent('[{"field":"data.i","direction":"ASC"}]')}`)).toEqual([
    items[0],
    items[1],
  ]);
  expect((await opik.get(`/datasets/${id}/items/experiments/items?experiment_ids=[]`)).status).toBe(400);
  expect((await opik.get(`/datasets/${id}/items/experiments/items/stats?${query}`)).body).toMatchObject({
    stats: expect.arrayContaining([
      { name: "experiment_items_count", type: "COUNT", value: 2 },
      { name: "feedback_scores.good", type: "AVG", value: 0.5 },
    ]) as object[],
  });
  expect((await opik.get(`/datasets/${id}/items/experiments/items/output/columns`)).body).toMatchObject({
    columns: [{ name: "text", types: ["string"], filterField: "output.text" }],
  });
  expect((await opik.get(`/experiments?datasetId=${id}`)).body).toMatchObject({
    total: 2,
    content: [{ id: two }, { id: one, trace_count: 2 }],
  });
  expect((await opik.get("/experiments?page=2")).body).toMatchObject({ content: [] });
  const stream = async (body: object) => {
    const { text } = ok(await opik.post("/experiments/items/stream", body), 200);
    return text
      .split("\r\n")
      .filter(line => line !== "")
      .map(line => (JSON.parse(line) as { id: string }).id);
  };
  const name = `e-${one.slice(-4)}`;
  expect(await stream({ experiment_name: name })).toEqual([tried[1].id, tried[0].id]);
  expect(await stream({ experiment_name: name, last_retrieved_id: tried[1].id })).toEqual([tried[0].id]);
  expect(await stream({ experiment_name: name, last_retrieved_id: tried[0].id })).toEqual([]);
  ok(await opik.post("/experiments/finish", { ids: [one] }), 204);
  ok(await opik.patch(`/experiments/${one}`, { name: "renamed" }), 204);
  expect((await opik.get(`/experiments/${one}`)).body).toMatchObject({
    name: "renamed",
    status: "completed",
    dataset_version_summary: { version_name: "v1" },
  });
  expect(await opik.dataset("ds")).toMatchObject({ experiment_count: 2 });
  const other = { dataset_name: "ds", dataset_version_id: uuid7() };
  expect((await opik.post("/experiments", other)).status).toBe(409);
  ok(await opik.post("/experiments/delete", { ids: [one, two, one] }), 204);
  expect((await opik.get(`/experiments/${one}`)).status).toBe(404);
});

test("samples by a model: none without one; with one as many as asked, and nothing stored", async () => {
  const bare = await open();
  const own = await bare.create("ds");
  await bare.fill(own, 1);
  const wish = { model: "m", sample_count: 3 };
  const refused = await bare.post(`/datasets/${own}/expansions`, wish);
  expect([refused.status, refused.body]).toMatchObject([
    400,
    { message: expect.stringContaining("llm.url") as string },
  ]);
  const said: string[] = [];
  const opik = await open(body => {
    said.push(body);
    const samples = '```json\n[{"i": 1.0}, {"i": 2}, {"i": 3}, {"i": 4}]\n```';
    return JSON.stringify({ choices: [{ message: { content: samples } }] });
  });
  await opik.town.repo.config.set("llm.url", "http://model.test/v1");
  await opik.town.repo.config.set("llm.model", "usual");
  const id = await opik.create("ds");
  expect((await opik.post(`/datasets/${id}/expansions`, wish)).status).toBe(400);
  await opik.fill(id, 2, uuid7());
  const answer = await opik.post(`/datasets/${id}/expansions`, { ...wish, preserve_fields: ["i"] });
  expect(answer.text).toContain('"i":1.0');
  expect(answer.body).toMatchObject({
    model: "m",
    total_generated: 3,
    generated_samples: [
      { source: "manual", dataset_id: id, data: { i: 1, _generated: true, _generation_model: "m" } },
      {},
      {},
    ],
  });
  expect(JSON.parse(said[0])).toMatchObject({ model: "m", messages: [{ role: "user" }] });
  expect(await opik.versions(id)).toHaveLength(1);
  expect((await opik.post(`/datasets/${id}/expansions`, { model: "m", sample_count: 201 })).status).toBe(422);
});

test("the operations that were used", () =>
  expectExercised("opik", "recorded exchanges: files, records, experiments, samples", towns));
