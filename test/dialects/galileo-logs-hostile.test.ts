/** What nobody means well in what is logged with Galileo's words: refused with a reason and nothing stored, or kept and no harm done. */
import { expect, test } from "vitest";
import { createToken } from "@sheaf/server";
import { opened, uuid } from "./galileo-client.js";
import { agent, started, tool, trace } from "./galileo-log.js";

test("refused with its place, and nothing stored: what is no trace, no filter, of no project", async () => {
  const { town, path } = await started([]);
  const head = (await town.repo.head()).commit;
  const put = (...traces: unknown[]) => ["POST", `${path}/traces`, { traces }] as const;
  const nested = (depth: number): object => (depth === 0 ? tool : { ...agent, spans: [nested(depth - 1)] });
  const deep = `{"traces":[${'{"spans":['.repeat(3000)}`;
  const requests: (readonly [method: string, path: string, body: unknown])[] = [
    put(),
    put(null),
    put("x"),
    put({ ...trace, id: "7" }),
    put({ ...trace, tags: "a" }),
    put({ ...trace, tags: [1] }),
    put({ ...trace, name: {} }),
    put({ ...trace, user_metadata: [] }),
    put({ ...trace, metrics: 7 }),
    put({ ...trace, created_at: "soon" }),
    put({ ...trace, spans: {} }),
    put({ ...trace, spans: [{ ...tool, type: "odd" }] }),
    put({ ...trace, spans: [nested(600)] }),
    put({ ...trace, input: "\ud800" }),
    ["POST", `${path}/traces`, deep],
    ["POST", `${path}/traces`, { traces: [trace], session_id: "x" }],
    ["POST", `/projects/${uuid(5)}/traces`, { traces: [trace] }],
    ["POST", `${path}/spans`, { spans: [tool], trace_id: uuid(1) }],
    ["PATCH", `${path}/traces/${uuid(1)}`, { output: "x" }],
    ["PATCH", `${path}/spans/${uuid(1)}`, { duration_ns: "x" }],
    ["POST", `${path}/sessions`, { name: 7 }],
    ["POST", `${path}/traces/search`, { filters: [{ type: "text", operator: "eq", value: "x" }] }],
    ["POST", `${path}/traces/search`, { filters: [{ type: "odd", column_id: "x", value: "x" }] }],
    ["POST", `${path}/traces/search`, { filter_tree: { xor: [] } }],
    ["POST", `${path}/traces/search`, { filter_tree: { filter: 7 } }],
    ["POST", `${path}/traces/search`, { limit: 0 }],
    ["POST", `${path}/experiments`, { name: "" }],
    ["POST", `${path}/experiments`, { name: "x", dataset: { dataset_id: uuid(1), version_index: 1 } }],
    ["PUT", `${path}/experiments/${uuid(1)}`, { name: "x" }],
    ["POST", `${path}/experiments/${uuid(1)}/tags`, { key: "k", value: "v" }],
    ["GET", `${path}/log_streams/${uuid(1)}`, undefined],
  ];
  for (const [method, route, body] of requests) {
    const json = { "content-type": "application/json" };
    const { status, body: said } = await town.ask(method, `/galileo${route}`, body, json);
    expect([method, route, status, said]).toEqual([
      method,
      route,
      expect.toSatisfy((one: number) => one === 404 || one === 422),
      { detail: expect.anything() as unknown },
    ]);
  }
  expect((await town.repo.head()).commit).toBe(head);
});

test("odd keys, circles and spans whose parents never came harm nobody", async () => {
  const { ask, path } = await started([]);
  const odd = JSON.parse('{"__proto__":{"x":1},"constructor":"c","@meta":"m"}') as object;
  const spans = [{ ...tool, ...odd, id: uuid(5), user_metadata: odd }];
  await ask("POST", `${path}/traces`, { traces: [{ ...trace, ...odd, spans }] });
  for (const [id, parent] of [
    [6, 7],
    [7, 6],
    [8, 99],
  ])
    await ask("POST", `${path}/spans`, {
      trace_id: uuid(1),
      parent_id: uuid(parent),
      spans: [{ ...tool, id: uuid(id) }],
    });
  const whole = await ask("GET", `${path}/traces/${uuid(1)}`);
  expect((whole["spans"] as { id: string }[]).map(({ id }) => id)).toEqual([uuid(5), uuid(8)]);
  expect(whole).toMatchObject({ constructor: "c", num_spans: 4 });
  expect({}).not.toHaveProperty("x");
});

test("a token for traces alone sees no span within them, and neither logs nor removes a trace with spans", async () => {
  const town = await opened([]);
  const key = async (...kinds: string[]) => {
    const ada = { name: "Ada", email: "ada@example.org", scope: "write" } as const;
    const datasets = kinds.map(kind => `records/${kind}`);
    return { "galileo-api-key": (await createToken(town.repo.local(), { ...ada, datasets })).secret };
  };
  const [some, spans] = [await key("projects", "traces", "sessions"), await key("projects", "spans")];
  const all = await key("projects", "traces", "sessions", "spans");
  const project = (await town.ask("POST", "/galileo/projects", { name: "P" }, all)).body as { id: string };
  const path = `/galileo/projects/${project.id}`;
  const as = (method: string, to: string, body?: object, by = some) => town.ask(method, path + to, body, by);
  const { id: session_id } = (await as("POST", "/sessions", { name: "s" })).body as { id: string };
  expect((await as("POST", "/traces", { traces: [trace], session_id }, all)).status).toBe(200);
  const bare = { num_spans: 0, spans: [] };
  expect((await as("GET", `/traces/${uuid(1)}`)).body).toMatchObject({ id: uuid(1), ...bare });
  expect((await as("GET", `/sessions/${session_id}`)).body).toMatchObject({ traces: [bare] });
  expect((await as("POST", "/export_records", { root_type: "trace" })).body).toMatchObject(bare);
  const head = (await town.repo.head()).commit;
  expect((await as("POST", "/traces", { traces: [{ ...trace, id: uuid(50) }] })).status).toBe(403);
  expect((await as("POST", "/traces/delete", {})).status).toBe(403);
  expect((await town.repo.head()).commit).toBe(head);
  const body = { spans: [{ ...tool, id: uuid(51) }], trace_id: uuid(1), parent_id: uuid(1) };
  const logged = await as("POST", "/spans", body, spans);
  expect([logged.status, logged.body]).toEqual([200, expect.objectContaining({ session_id: null })]);
});

test("a token for some datasets logs nothing and sees nothing of what was logged", async () => {
  const town = await opened([]);
  const ada = { name: "Ada", email: "ada@example.org", scope: "write" } as const;
  const all = { "galileo-api-key": (await createToken(town.repo.local(), ada)).secret };
  const datasets = ["mine/*", "records/projects"];
  const some = { "galileo-api-key": (await createToken(town.repo.local(), { ...ada, datasets })).secret };
  const project = (await town.ask("POST", "/galileo/projects", { name: "P" }, all)).body as { id: string };
  const path = `/galileo/projects/${project.id}`;
  const put = (key: Record<string, string>) => town.ask("POST", `${path}/traces`, { traces: [trace] }, key);
  expect([(await put(some)).status, (await put(all)).status]).toEqual([403, 200]);
  expect((await town.ask("POST", `${path}/traces/search`, {}, some)).body).toMatchObject({ records: [] });
  expect((await town.ask("GET", `${path}/traces/${uuid(1)}`, undefined, some)).status).toBe(403);
});
