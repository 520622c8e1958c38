/** What Galileo's loggers and experiments send, as requests without a port: kept as records that all faces see, read again, copied into datasets. */
import { describe, expect, test } from "vitest";
import { expectExercised } from "./exercise.js";
import { content, create, edit, uuid } from "./galileo-client.js";
import { at, llm, started, tool, trace } from "./galileo-log.js";
import type { Town } from "./town.js";

const towns: Town[] = [];

describe("traces", () => {
  test("are kept with their spans, as records in the words that all faces share, and read as they were sent", async () => {
    const { town, ask, path, project } = await started(towns);
    const said = await ask("POST", `${path}/traces`, { traces: [trace], reliable: true, include_trace_ids: true });
    expect(said).toMatchObject({ project_id: project, records_count: 4, traces_count: 1, trace_ids: [uuid(1)] });
    const kept = await town.repo.dataset("records/spans").get(uuid(4));
    expect(kept?.item).toMatchObject({
      trace_id: uuid(1),
      parent_span_id: uuid(3),
      type: "tool",
      input: "in",
      project_id: project,
    });
    expect((await town.repo.dataset("records/traces").get(uuid(1)))?.item).toMatchObject({
      start_time: at,
      end_time: "2026-01-02T03:04:07.000Z",
      metadata: { user: "u1" },
    });
    const whole = await ask("GET", `${path}/traces/${uuid(1)}`);
    expect(whole).toMatchObject({
      type: "trace",
      trace_id: uuid(1),
      created_at: at,
      user_metadata: { user: "u1" },
      dataset_input: "2+2",
      num_spans: 3,
      spans: [
        { ...llm, trace_id: uuid(1), parent_id: uuid(1) },
        { type: "agent", spans: [{ ...tool, parent_id: uuid(3) }] },
      ],
    });
    expect(await ask("GET", `${path}/spans/${uuid(2)}`)).toMatchObject(llm);
    expect((await town.ask("GET", `/galileo/projects/${project}/traces/${uuid(2)}`)).status).toBe(404);
  });

  test("that grow: begun, spans of several requests, updates, an end", async () => {
    const { ask, path, town } = await started(towns);
    const begun = { ...trace, spans: [], output: null, metrics: {} };
    expect((await town.ask("PATCH", `/galileo${path}/traces/${uuid(1)}`, { output: "x" })).status).toBe(404);
    const sent = Array.from({ length: 30 }, (_, n) =>
      ask("POST", `${path}/spans`, {
        trace_id: uuid(1),
        parent_id: n === 0 ? uuid(1) : uuid(100),
        spans: [{ ...tool, id: uuid(100 + n) }],
      }),
    );
    await Promise.all([...sent, ask("POST", `${path}/traces`, { traces: [begun], is_complete: false })]);
    expect(await ask("GET", `${path}/traces/${uuid(1)}`)).toMatchObject({ is_complete: false, output: null });
    const update = { trace_id: uuid(1), output: "4", tags: ["b"], duration_ns: 5, is_complete: true, status_code: 200 };
    await ask("PATCH", `${path}/traces/${uuid(1)}`, update);
    await ask("PATCH", `${path}/spans/${uuid(100)}`, { span_id: uuid(100), output: [{ content: "doc" }] });
    const grown = await ask("GET", `${path}/traces/${uuid(1)}`);
    expect(grown).toMatchObject({
      output: "4",
      tags: ["a", "b"],
      metrics: { duration_ns: 5 },
      is_complete: true,
      status_code: 200,
      num_spans: 30,
      spans: [{ id: uuid(100), output: [{ content: "doc" }] }],
    });
    expect((grown["spans"] as { spans: unknown[] }[])[0].spans).toHaveLength(29);
  });

  test("become rows of a dataset by copy_record_data, and so do spans", async () => {
    const { town, ask, path } = await started(towns);
    await ask("POST", `${path}/traces`, { traces: [trace] });
    const id = await create(town, "rows", []);
    const ids = [uuid(1), uuid(2), uuid(4)];
    expect((await edit(town, id, [{ edit_type: "copy_record_data", ids, prepend: false }])).status).toBe(204);
    expect((await content(town, id)).rows.map(({ values }) => values)).toEqual([
      ["2+2?", "4", { user: "u1" }],
      ['[{"content":"2+2?","role":"user"}]', { content: "4", role: "assistant" }, {}],
      ["in", "out", null],
    ]);
  });

  test("are found by filters, counted, ordered, paged, removed with their spans", async () => {
    const { ask, search, path } = await started(towns);
    const stream = String((await ask("POST", `${path}/log_streams`, { name: "ls" }))["id"]);
    const all = Array.from({ length: 12 }, (_, n) => ({
      ...trace,
      id: uuid(n + 20),
      input: `q${n}`,
      created_at: new Date(Date.parse(at) + n * 1000).toISOString(),
      metrics: { duration_ns: n },
      tags: n % 2 ? ["odd"] : [],
      spans: [{ ...tool, id: uuid(n + 50) }],
    }));
    await ask("POST", `${path}/traces`, { traces: all, log_stream_id: stream });
    const found = async (filters: object[], more: object = {}) =>
      (await search("traces", { filters, ...more })).records.map(({ input }) => input);
    const first = await search("traces", { limit: 5 });
    expect([first.records.map(({ input }) => input), first.next_starting_token]).toEqual([
      ["q11", "q10", "q9", "q8", "q7"],
      5,
    ]);
    expect(await found([{ type: "text", column_id: "input", operator: "eq", value: "q3" }])).toEqual(["q3"]);
    expect(await found([{ type: "text", name: "input", operator: "one_of", value: ["q3", "q4"] }])).toEqual([
      "q4",
      "q3",
    ]);
    const few = { type: "number", column_id: "metrics/duration_ns", operator: "between", value: [2, 4] };
    expect(await found([few], { sort: { column_id: "input", ascending: true } })).toEqual(["q2", "q3", "q4"]);
    const odd = { type: "collection", column_id: "tags", operator: "contains", value: "odd" };
    expect(await found([few, odd])).toEqual(["q3"]);
    const late = { type: "date", column_id: "created_at", operator: "gte", value: all[10].created_at };
    expect(await found([late])).toEqual(["q11", "q10"]);
    const tree = { or: [{ filter: late }, { and: [{ filter: few }, { not: { filter: odd } }] }] };
    expect(await found([], { filter_tree: tree })).toEqual(["q11", "q10", "q4", "q2"]);
    expect(await found([], { log_stream_id: uuid(9) })).toEqual([]);
    expect(await ask("POST", `${path}/spans/count`, { log_stream_id: stream })).toEqual({ total_count: 12 });
    const gone = [{ type: "id", column_id: "id", operator: "one_of", value: [uuid(20), uuid(21)] }];
    await ask("POST", `${path}/traces/delete`, { filters: gone });
    expect(await ask("POST", `${path}/traces/count`, {})).toEqual({ total_count: 10 });
    expect(await ask("POST", `${path}/spans/count`, {})).toEqual({ total_count: 10 });
  });

  test("are exported, what clients redacted in its place unless all is asked for", async () => {
    const { town, ask, path } = await started(towns);
    const secret = { ...trace, redacted_input: "***", spans: [{ ...tool, redacted_output: "???" }] };
    await ask("POST", `${path}/traces`, {
      traces: [secret, { ...trace, id: uuid(8), created_at: "2026-01-01", spans: [] }],
    });
    const lines = async (body: object) => {
      const { text } = await town.ask("POST", `/galileo${path}/export_records`, { root_type: "trace", ...body });
      return text
        .trim()
        .split("\n")
        .map(line => JSON.parse(line) as { id: string });
    };
    expect(await lines({ sort: { column_id: "created_at", ascending: false } })).toMatchObject([
      { id: uuid(1), input: "***", spans: [{ input: "in", output: "???" }] },
      { id: uuid(8), input: "2+2?" },
    ]);
    const all = await lines({
      redact: false,
      export_format: "jsonl_flat",
      sort: { name: "created_at", ascending: true },
    });
    expect(all).toMatchObject([{ id: uuid(8) }, { id: uuid(1), input: "2+2?", redacted_input: "***" }]);
    expect(await lines({ root_type: "span", filters: [{ type: "id", column_id: "id", value: uuid(4) }] })).toHaveLength(
      1,
    );
  });

  test("of sessions, which are found by the names that clients gave them", async () => {
    const { ask, search, path } = await started(towns);
    const made = await ask("POST", `${path}/sessions`, { name: "s", external_id: "e1", user_metadata: { k: "v" } });
    const filters = [{ type: "text", column_id: "external_id", operator: "eq", value: "e1" }];
    expect((await search("sessions", { filters, limit: 1 })).records).toMatchObject([{ id: made["id"], name: "s" }]);
    await ask("POST", `${path}/traces`, { traces: [trace], session_id: made["id"] });
    const other = { ...trace, id: uuid(8), spans: [] };
    for (let n = 0; n < 2; n++) await ask("POST", `${path}/traces`, { traces: [other], session_external_id: "e2" });
    expect(await ask("GET", `${path}/sessions/${String(made["id"])}`)).toMatchObject({
      user_metadata: { k: "v" },
      num_traces: 1,
      traces: [{ id: uuid(1), session_id: made["id"], num_spans: 3 }],
    });
    expect(await ask("POST", `${path}/sessions/count`, {})).toEqual({ total_count: 2 });
    await ask("POST", `${path}/sessions/delete`, { filters });
    await ask("POST", `${path}/spans/delete`, {});
    const left = await Promise.all(
      ["sessions", "spans", "traces"].map(kind => ask("POST", `${path}/${kind}/count`, {})),
    );
    expect(left).toEqual([1, 0, 2].map(total_count => ({ total_count })));
  });

  test("are seen by Opik's face, and Opik's by this one", async () => {
    const { town, ask, search, path, project } = await started(towns);
    await ask("POST", `${path}/traces`, { traces: [trace] });
    const opik = async (method: string, route: string, body?: unknown) =>
      (await town.ask(method, `/opik/api/v1/private${route}`, body)).body as unknown as Record<string, unknown>;
    expect(await opik("GET", `/traces/${uuid(1)}`)).toMatchObject({ name: "sum", input: "2+2?", project_id: project });
    const id = "01946b8e-2b46-7000-8000-000000000001";
    const input = { messages: ["hi"] };
    const more = { project_name: "P", start_time: at, metadata: { n: 1 } };
    await opik("POST", "/traces", { id, name: "o", input, output: { a: 1 }, ...more });
    await opik("POST", "/spans", { id, trace_id: id, type: "llm", input, output: "b", ...more });
    const opiks = (await opik("GET", `/traces/${id}`))["project_id"];
    const seen = await ask("GET", `/projects/${String(opiks)}/traces/${id}`);
    expect(seen).toMatchObject({
      input: '{"messages":["hi"]}',
      user_metadata: { n: "1" },
      spans: [{ type: "llm", input: [{ role: "user" }], output: { role: "assistant", content: "b" } }],
    });
    expect((await search("traces")).records).toHaveLength(1);
  });
});

test("experiments are begun with a dataset, tagged, listed, renamed, removed; Opik's face lists them too", async () => {
  const { town, ask, search, path } = await started(towns);
  const dataset = await create(town, "tried", [{ input: "a" }]);
  const body = { name: "e", task_type: 16, dataset: { dataset_id: dataset, version_index: 1 } };
  const made = await ask("POST", `${path}/experiments`, body);
  const one = `${path}/experiments/${String(made["id"])}`;
  expect(made).toMatchObject({ name: "e", dataset: { dataset_id: dataset, version_index: 1, name: "tried" } });
  await ask("POST", `${path}/traces`, { traces: [trace], experiment_id: made["id"], log_stream_id: null });
  expect((await search("traces", { experiment_id: made["id"] })).records).toMatchObject([{ run_id: made["id"] }]);
  const tag = { key: "model", value: "m1", tag_type: "generic" };
  await ask("POST", `${one}/tags`, tag);
  const { id } = await ask("POST", `${one}/tags`, { ...tag, value: "m2" });
  expect(await ask("GET", `${one}/tags`)).toMatchObject([{ id, value: "m2" }]);
  expect(await ask("GET", one)).toMatchObject({ tags: { model: [{ value: "m2" }] } });
  await ask("DELETE", `${one}/tags/${String(id)}`);
  expect(await ask("PUT", one, { name: "renamed", task_type: 16 })).toMatchObject({ name: "renamed", tags: {} });
  expect(await ask("GET", `${path}/experiments`)).toMatchObject([{ name: "renamed" }]);
  expect(await ask("GET", `${path}/experiments/paginated`)).toMatchObject({ experiments: [{ name: "renamed" }] });
  const opik = await town.ask("GET", "/opik/api/v1/private/experiments");
  expect(opik.body).toMatchObject({ content: [{ name: "renamed" }] });
  await ask("DELETE", one);
  expect(await ask("GET", `${path}/experiments`)).toEqual([]);
  expect((await town.ask("POST", `/galileo${path}/experiments`, { ...body, trigger: true })).status).toBe(422);
});

test("metrics do not exist, unless their names are accepted; then an experiment keeps them", async () => {
  const { town, ask, path } = await started(towns);
  const filters = [{ name: "label", operator: "one_of", value: ["Correctness", "mine"], strict: false }];
  expect(await ask("POST", "/scorers/list", { filters })).toMatchObject({ scorers: [] });
  await town.repo.config.set("galileo.metrics", "accept");
  const { scorers } = await ask("POST", "/scorers/list?limit=100", { filters });
  expect(scorers).toMatchObject([
    { name: "Correctness", label: "Correctness", scorer_type: "preset" },
    { name: "mine" },
  ]);
  const { id } = await ask("POST", `${path}/experiments`, { name: "e" });
  const settings = `${path}/runs/${String(id)}/scorer-settings`;
  expect(await ask("GET", settings)).toEqual({ run_id: id, scorers: [] });
  expect(await ask("POST", settings, { run_id: id, scorers })).toMatchObject({ run_id: id, scorers });
  await ask("PATCH", settings, { run_id: id, scorers: [] });
  expect(await ask("GET", settings)).toEqual({ run_id: id, scorers: [] });
  const other = `/galileo${path}/runs/${uuid(1)}/scorer-settings`;
  expect((await town.ask("POST", other, { run_id: uuid(1), scorers })).status).toBe(404);
});

test("log streams are made once, whoever comes first, and listed in pages", async () => {
  const { ask, path } = await started(towns);
  const names = Array.from({ length: 8 }, (_, n) => `s${n % 4}`);
  const made = await Promise.all(names.map(name => ask("POST", `${path}/log_streams`, { name })));
  expect(new Set(made.map(({ id }) => id)).size).toBe(4);
  const page = await ask("GET", `${path}/log_streams/paginated?include_counts=false&limit=3`);
  expect(page).toMatchObject({ log_streams: [{ name: "default" }, {}, {}], paginated: true, next_starting_token: 3 });
  expect(await ask("GET", `${path}/log_streams`)).toHaveLength(5);
  const id = String(made[0]["id"]);
  expect(await ask("GET", `${path}/log_streams/${id}`)).toMatchObject({ id, name: "s0" });
  expect(await ask("GET", "/projects/all?type=gen_ai")).toMatchObject([{ name: "P" }]);
});

test("a project that two make at once is one, as the first of them made it", async () => {
  const { ask } = await started(towns);
  const types = ["llm_monitor", "gen_ai", "protect"];
  const made = await Promise.all(types.map(type => ask("POST", "/projects", { name: "Q", type })));
  expect(made).toEqual([made[0], made[0], made[0]]);
  expect(await ask("GET", "/projects/all")).toEqual([expect.anything(), made[0]]);
});

test("the operations that were used", () => expectExercised("galileo", "recorded exchanges", towns, "logs"));
