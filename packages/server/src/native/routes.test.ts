/** Every other noun of the API, asked once along its way, and strangers' requests by the hundred. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { allRoutes } from "../routes.js";
import { fresh, withRows, type Told } from "./testing.js";

const statusesOf = (answers: readonly Told[]) => answers.map(({ status }) => status);

test("many callers at once share writes, and every commit has one author", async () => {
  const { ask, repo, drive } = await withRows();
  drive.reset();
  const put = (i: number) =>
    ask("PUT", `/datasets/qa/rows/n${i}`, `{"item":{"n":${i}}}`, { "x-caller": i % 2 ? "Ada" : "Bob" });
  const answers = await Promise.all([
    ...Array.from({ length: 60 }, (_, i) => put(i)),
    ask("DELETE", "/datasets/qa/rows/gone"),
  ]);
  expect(statusesOf(answers)).toEqual([...Array.from({ length: 60 }, () => 200), 400]);
  const moves = drive.created.filter(name => name.startsWith("refs/")).length;
  expect(moves).toBeLessThanOrEqual(4);
  expect(drive.created.filter(name => name.startsWith("packs/")).length).toBeLessThanOrEqual(4);
  const authors: string[] = [];
  for await (const { author } of repo.log({ limit: 2 })) authors.push(author.name);
  expect(authors.sort()).toEqual(["Ada", "Bob"]);
  expect((await repo.dataset("qa").info()).count).toBe(63);
});

test("an edit of many things is all or nothing", async () => {
  const { ask, repo } = await withRows();
  const before = await repo.resolve("HEAD");
  const changes = (last: string) =>
    `{"changes":[{"dataset":"new","create":{"meta":{"n":1.0}}},{"dataset":"new","insert":{"item":{"a":1},"id":"x"}},{"file":"README.md","text":"hi"},${last}]}`;
  expect((await ask("POST", "/edit", changes('{"dataset":"none","remove":true}'))).status).toBe(404);
  expect(await repo.resolve("HEAD")).toBe(before);
  expect((await ask("POST", "/edit", changes('{"dataset":"qa","rename":"safety/qa"}'))).status).toBe(200);
  expect(await ask("GET", "/datasets/new")).toMatchObject({ text: expect.stringContaining('"n":1.0') as string });
  expect((await ask("GET", "/datasets/safety%2Fqa")).status).toBe(200);
});

test.each(["jsonl", "json", "csv", "tsv"])("what %s gives comes in again", async format => {
  const { ask, repo, send } = await fresh();
  await repo.dataset("qa").import(
    [
      { id: "a", t: "x,y" },
      { id: "b", t: "z" },
    ],
    { key: "id" },
  );
  const file = await send("GET", `/datasets/qa/export?format=${format}&gzip=true`);
  expect(file.headers.get("content-disposition")).toBe(`attachment; filename*=UTF-8''qa.${format}.gz`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const done = await ask("POST", `/datasets/copy/import?key=id&format=${format}`, bytes);
  expect(done.body).toMatchObject({ added: 2, advanced: true });
  expect((await repo.dataset("copy").at()).block.rows).toEqual((await repo.dataset("qa").at()).block.rows);
});

test("an import as a job says how it ends; it is its caller's alone", async () => {
  const { ask, app } = await fresh();
  const begun = await ask("POST", "/datasets/qa/import", gzipSync('{"a":1}\n'), {
    prefer: "respond-async",
    "content-type": "application/gzip",
  });
  expect(begun.status).toBe(202);
  const path = (begun.headers.get("location") ?? "").replace("/api/v1", "");
  await app.settled();
  expect((await ask("GET", path)).body).toMatchObject({ state: "done", result: { added: 1 } });
  expect((await ask("GET", path, undefined, { "x-caller": "Bob" })).status).toBe(404);
  const bad = await ask("POST", "/datasets/qa/import?job=true&format=jsonl", "{");
  await app.settled();
  expect((await ask("GET", `/jobs/${(bad.body as { id: string }).id}`)).body).toMatchObject({
    state: "failed",
    problem: { status: 400 },
  });
  expect((await ask("DELETE", path)).status).toBe(204);
});

test("columns are listed, put in order, renamed and removed", async () => {
  const { ask } = await withRows();
  await ask("PUT", "/datasets/qa/columns", '{"columns":["score","id"]}');
  await ask("POST", "/datasets/qa/columns/tags/rename", '{"to":"labels"}');
  expect((await ask("DELETE", "/datasets/qa/columns/note")).body).toMatchObject({ rows: 1 });
  const { columns } = (await ask("GET", "/datasets/qa/columns")).body as { columns: { name: string }[] };
  expect(columns.map(({ name }) => name)).toEqual(["score", "id", "labels"]);
});

test("branches, tags, environments and drafts are made, used and removed", async () => {
  const { ask } = await withRows();
  expect((await ask("POST", "/branches", '{"name":"team/x"}')).status).toBe(201);
  expect((await ask("POST", "/branches", '{"name":"team/x"}')).body).toMatchObject({ status: 409 });
  expect((await ask("POST", "/tags", '{"name":"v1","message":"first"}')).status).toBe(201);
  expect((await ask("GET", "/tags")).body).toMatchObject({
    tags: [{ name: "v1", message: "first", tagger: { name: "Ada" } }],
  });
  expect((await ask("PUT", "/datasets/qa/environments/production", '{"at":"v1"}')).status).toBe(204);
  expect((await ask("GET", "/datasets/qa/environments")).body).toMatchObject({
    environments: [{ name: "production" }],
  });
  await ask("POST", "/drafts", '{"name":"idea"}');
  await ask("PUT", "/datasets/qa/rows/q1?branch=refs%2Fdrafts%2Fidea", '{"item":{}}');
  expect((await ask("GET", "/diff/stat?from=main&to=refs%2Fdrafts%2Fidea")).body).toEqual({
    datasets: [{ dataset: "qa", added: 0, removed: 0, changed: 1, moved: 0 }],
  });
  expect((await ask("POST", "/drafts/idea/merge")).body).toMatchObject({ advanced: true });
  expect((await ask("GET", "/drafts")).body).toEqual({ drafts: [] });
  const gone = ["/branches/team%2Fx", "/tags/v1", "/datasets/qa/environments/production"].map(path =>
    ask("DELETE", path),
  );
  expect(statusesOf(await Promise.all(gone))).toEqual([204, 204, 204]);
  expect((await ask("DELETE", "/branches/main")).body).toMatchObject({ status: 409 });
});

test("history: log by pages, one commit, blame, restore, revert, reflog, undo", async () => {
  const { ask } = await withRows();
  for (const n of [1, 2, 3]) await ask("PATCH", "/datasets/qa/rows/q1", `[{"op":"add","path":"/score","value":${n}}]`);
  const first = (await ask("GET", "/commits?limit=3")).body as { commits: { commit: string }[]; next: string };
  const rest = (await ask("GET", `/commits?limit=3&cursor=${first.next}`)).body as { commits: object[]; next?: string };
  expect([first.commits.length, rest.commits.length, rest.next]).toEqual([3, 1, undefined]);
  expect((await ask("GET", "/commits/HEAD~1")).body).toMatchObject({
    commit: first.commits[1].commit,
    author: { name: "Ada" },
  });
  expect((await ask("GET", "/datasets/qa/rows/q1/blame")).text).toContain(first.commits[0].commit);
  expect((await ask("GET", "/datasets/qa/blame?ids=q1")).text).toContain(`"changed":"${first.commits[0].commit}"`);
  expect((await ask("POST", "/revert", '{"commit":"HEAD"}')).body).toMatchObject({ advanced: true });
  expect((await ask("GET", "/datasets/qa/rows/q1")).text).toContain('"score":2');
  expect((await ask("POST", "/datasets/qa/restore", '{"from":"HEAD~4"}')).body).toMatchObject({ advanced: true });
  expect((await ask("GET", "/datasets/qa/diff?from=HEAD~1")).text).toContain('"value":1.0');
  expect((await ask("POST", "/undo")).body).toMatchObject({ ref: "refs/heads/main" });
  expect((await ask("GET", "/reflog?limit=1")).body).toMatchObject({ entries: [{ serial: 7 }] });
});

test("a merge with conflicts waits, is resolved and finished", async () => {
  const { ask } = await withRows();
  await ask("POST", "/branches", '{"name":"fix"}');
  const set = (value: number, search = "") =>
    ask("PATCH", `/datasets/qa/rows/q1${search}`, `[{"op":"add","path":"/score","value":${value}}]`);
  await set(2, "?branch=fix");
  await set(3);
  expect((await ask("POST", "/merges", '{"from":"fix"}')).body).toMatchObject({ conflicts: [{ ours: 3, theirs: 2 }] });
  expect((await ask("POST", "/merges/main/finish")).body).toMatchObject({ status: 409 });
  expect((await ask("POST", "/merges/main/resolve", '{"choice":"ours","value":1,"all":true}')).status).toBe(400);
  const resolved = await ask("POST", "/merges/main/resolve", '{"choice":"value","value":1.0,"dataset":"qa","id":"q1"}');
  expect(resolved.body).toMatchObject({ conflicts: [{ resolved: true }] });
  expect((await ask("POST", "/merges/main/finish", '{"message":"both"}')).body).toMatchObject({ advanced: true });
  expect((await ask("GET", "/datasets/qa/rows/q1")).text).toContain('"score":1.0');
  expect((await ask("DELETE", "/merges/main")).body).toMatchObject({ status: 409 });
});

test("remotes are named without their passwords; one that cannot be reached is a job that failed", async () => {
  const { ask, app } = await withRows();
  const added = await ask("POST", "/remotes", '{"name":"origin","url":"https://ada:secret@example.org/x"}');
  expect(added.body).toMatchObject({ url: "https://example.org/x", stripped: true });
  const { id } = (await ask("POST", "/remotes/origin/fetch?job=true")).body as { id: string };
  await app.settled();
  expect((await ask("GET", `/jobs/${id}`)).body).toMatchObject({ kind: "fetch", state: "failed" });
  expect((await ask("POST", "/remotes/nobody/push")).status).toBeLessThan(500);
  expect((await ask("DELETE", "/remotes/origin")).status).toBe(204);
});

test("events tell every move of a ref once, and go on behind the last one seen", async () => {
  const { send, ask } = await withRows();
  const listen = async (headers: Record<string, string>, moves: number) => {
    const leaving = new AbortController();
    const response = await send("GET", "/events?ref=main", undefined, headers);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = "";
    while (text.split("event: move").length <= moves) text += new TextDecoder().decode((await reader.read()).value);
    leaving.abort();
    await reader.cancel();
    return Array.from(text.matchAll(/^id: (\d+)$/gm), ([, id]) => Number(id));
  };
  const told = listen({}, 3);
  for (const n of [1, 2]) await ask("PUT", `/datasets/qa/rows/e${n}`, '{"item":{}}');
  expect(await told).toEqual([1, 2, 3]);
  expect(await listen({ "last-event-id": "1" }, 2)).toEqual([2, 3]);
  expect((await ask("GET", "/events?ref=nothing")).status).toBe(404);
});

const hostileBodies = [
  "",
  "null",
  "[]",
  "{}",
  '"x"',
  "1e999",
  "[".repeat(5000),
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"path":"../x"}',
  '{"path":"a\\u0000"}',
  '{"path":"qa","meta":1.0}',
  '{"item":1.0}',
  '{"item":[]}',
  '{"item":{},"meta":1.5}',
  '{"item":{"@meta":5}}',
  '{"name":"../../x"}',
  '{"name":"a..b"}',
  '{"at":"HEAD~99999999999999999999"}',
  '{"from":"@{upstream}"}',
  '{"commit":"bafyreib"}',
  '{"to":""}',
  '{"to":"a//b"}',
  '{"columns":[1]}',
  '{"changes":[]}',
  '{"changes":[{"file":"../x","text":"x"}]}',
  '{"changes":[{"file":"a","base64":"%"}]}',
  '{"upsert":[{"id":"-","item":{}}]}',
  '[{"op":"add","path":"/items/x","value":1}]',
  '[{"op":"add","path":"/items/x/@meta","value":1}]',
  '[{"op":"replace","path":"","value":{}}]',
  '[{"op":"test","path":"/items","value":1}]',
  '[{"op":"add","path":"/meta","value":5}]',
  '[{"op":"move","from":"/items","path":"/meta/x"}]',
  '{"before":"q1"}',
  '{"choice":"ours","all":true}',
  '{"url":"\\u0000","name":"x"}',
  '{"name":"x","url":"file:///etc"}',
  "\ud800",
  '{"a":"\\ud800"}',
] as const;

test("no body that a stranger sends to any route gives 500, hangs, or harms the repository", async () => {
  const server = await withRows();
  const paths = (path: string) => [
    path
      .replace("/api/v1", "")
      .replace("{dataset}", "qa")
      .replace(/\{\w+\}/g, "q1"),
    path.replace("/api/v1", "").replace(/\{\w+\}/g, "%E0%A4%A"),
    path.replace("/api/v1", "").replace(/\{\w+\}/g, encodeURIComponent("a\u0000/../💩")),
  ];
  const bad: string[] = [];
  for (const { method, path, body } of allRoutes as readonly { method: string; path: string; body?: unknown }[])
    for (const at of paths(path))
      for (const sent of body === undefined || path.endsWith("/events") ? [undefined] : hostileBodies) {
        if (path.endsWith("/events")) continue;
        const { status, text } = await server.ask(method, at, sent);
        if (status >= 500 && status !== 502) bad.push(`${method} ${at} ${String(sent)}: ${status} ${text}`);
      }
  expect([bad, server.unforeseen]).toEqual([[], []]);
  const findings = [];
  for await (const finding of server.repo.verify()) findings.push(finding);
  expect(findings).toEqual([]);
});

test.each([
  ["if-match", "x"],
  ["if-match", '"x"'],
  ["if-match", '"bafyreib.bafyreib"'],
  ["content-encoding", "gzip"],
  ["content-encoding", "br"],
  ["last-event-id", "-1"],
])("a header %s: %s of a stranger's making is refused or passed over", async (name, value) => {
  const { ask, unforeseen } = await withRows();
  const answer = await ask("PATCH", "/datasets/qa", '[{"op":"add","path":"/meta/x","value":1}]', { [name]: value });
  expect(answer.status).toBeLessThan(500);
  expect(unforeseen).toEqual([]);
});
