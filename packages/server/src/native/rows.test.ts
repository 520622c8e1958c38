import fc from "fast-check";
import { expect, test } from "vitest";
import { fresh, withRows } from "./testing.js";

const query = (members: Record<string, string | string[]>) =>
  `?${new URLSearchParams(Object.entries(members).flatMap(([name, value]) => [value].flat().map(one => [name, one])))}`;

async function idsOf(server: Awaited<ReturnType<typeof fresh>>, members: Record<string, string | string[]>) {
  const { status, body, text } = await server.ask("GET", `/datasets/qa/rows${query(members)}`);
  if (status !== 200) throw new Error(text);
  return (body as { rows: { id: string }[] }).rows.map(({ id }) => id);
}

test("pages by cursor give every row once, in order, though the branch moves between them", async () => {
  const sizes = fc.record({
    limit: fc.integer({ min: 1, max: 5 }),
    reverse: fc.boolean(),
    filter: fc.boolean(),
    sort: fc.boolean(),
  });
  const server = await fresh();
  const { repo, ask } = server;
  await repo.dataset("qa").import(
    Array.from({ length: 11 }, (_, i) => ({ id: `q${i}`, n: i, k: i % 3 })),
    { key: "id" },
  );
  const at = await repo.resolve("HEAD");
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(sizes, async ({ limit, reverse, filter, sort }) => {
      const members = {
        at,
        limit: `${limit}`,
        ...(reverse ? { reverse: "true" } : {}),
        ...(filter ? { filter: '{"path":"/n","op":"!=","value":4}' } : {}),
        ...(sort ? { sort: ["/k", "-/n"] } : {}),
      };
      const whole = await idsOf(server, { ...members, limit: "100" });
      const seen: string[] = [];
      for (let cursor: string | undefined = ""; cursor !== undefined;) {
        const page = await ask("GET", `/datasets/qa/rows${query({ ...members, ...(cursor ? { cursor } : {}) })}`);
        const { rows, next } = page.body as { rows: { id: string }[]; next?: string };
        seen.push(...rows.map(({ id }) => id));
        cursor = next;
        await ask("POST", "/datasets/qa/rows", `{"id":"new${++moves}","item":{},"before":"q3"}`);
      }
      expect(seen).toEqual(whole);
      expect(whole.length).toBe(filter ? 10 : 11);
    }),
    { numRuns: 12 },
  );
});

test("a page by cursor costs what a page costs, however far in it lies", async () => {
  const { repo, ask, drive } = await fresh();
  await repo.dataset("qa").import(
    Array.from({ length: 5000 }, (_, i) => ({ id: `q${i}` })),
    { key: "id" },
  );
  const read = async (path: string) => {
    drive.reset();
    const { body } = await ask("GET", path);
    return { bytes: drive.counts.readBytes, next: (body as { next: string }).next };
  };
  const first = await read("/datasets/qa/rows?limit=10");
  const deep = await read("/datasets/qa/rows?limit=10&offset=4500");
  const next = await read(`/datasets/qa/rows?limit=10&cursor=${deep.next}`);
  expect(next.bytes).toBeLessThanOrEqual(2 * Math.max(first.bytes, deep.bytes) + 65_536);
});

test("numbers are exact, in the answer and in filters", async () => {
  const server = await withRows();
  const { text } = await server.ask("GET", "/datasets/qa/rows");
  expect(text).toContain('"item":{"id":"q1","score":1.0,"tags":["a","b"]}');
  expect(text).toContain('"score":18446744073709551615');
  const where = (op: string, value: string, path = "/score") => ({
    filter: `{"path":"${path}","op":"${op}","value":${value}}`,
  });
  expect(await idsOf(server, where("=", "18446744073709551615"))).toEqual(["q2"]);
  expect(await idsOf(server, where("=", "18446744073709551614"))).toEqual([]);
  expect(await idsOf(server, where("=", "1"))).toEqual(["q1"]);
  expect(await idsOf(server, where(">", "1.5"))).toEqual(["q2"]);
  expect(await idsOf(server, where("<=", "1.0"))).toEqual(["q1"]);
  expect(await idsOf(server, where("!=", "1"))).toEqual(["q2", "q3"]);
  expect(await idsOf(server, where("in", "[1,2]"))).toEqual(["q1"]);
  expect(await idsOf(server, where("contains", '"b"', "/tags"))).toEqual(["q1"]);
  expect(await idsOf(server, where("startsWith", '"x"', "/note/deep"))).toEqual(["q3"]);
  expect(await idsOf(server, where("exists", "false"))).toEqual(["q3"]);
  expect(
    await idsOf(server, { filter: `{"or":[${where("=", "1").filter},{"and":[${where("exists", "false").filter}]}]}` }),
  ).toEqual(["q1", "q3"]);
});

test("rows are sorted by places, absent ones last either way, and give chosen fields", async () => {
  const server = await withRows();
  expect(await idsOf(server, { sort: "-/score" })).toEqual(["q2", "q1", "q3"]);
  expect(await idsOf(server, { sort: "/score" })).toEqual(["q1", "q2", "q3"]);
  const { body } = await server.ask("GET", "/datasets/qa/rows?fields=/note/deep&fields=/id");
  expect((body as { rows: { item: object }[] }).rows.map(({ item }) => item)).toEqual([
    { id: "q1" },
    { id: "q2" },
    { id: "q3", note: { deep: "x" } },
  ]);
  expect((await server.ask("GET", "/datasets/qa/rows?sort=/a&offset=100000")).body).toMatchObject({ status: 400 });
});

test("all rows as lines", async () => {
  const { ask } = await withRows();
  const { text, headers } = await ask("GET", "/datasets/qa/stream?reverse=true");
  expect(headers.get("content-type")).toBe("application/x-ndjson");
  expect(
    text
      .trimEnd()
      .split("\n")
      .map(line => (JSON.parse(line) as { id: string }).id),
  ).toEqual(["q3", "q2", "q1"]);
});

test.each([
  ["a filter that is no JSON", "filter={"],
  ["a filter of no known kind", 'filter={"path":"/a","op":"~","value":1}'],
  ["a filter with a stray word", 'filter={"path":"/a","op":"=","value":1,"x":1}'],
  ["a filter too deep", `filter=${'{"and":['.repeat(40)}${"]}".repeat(40)}`],
  ["a pointer that is none", "sort=score"],
  ["a cursor of another query", "cursor=WyJiIiwiIiwxXQ"],
  ["a cursor that is none", "cursor=%F0%9F%92%A9"],
  ["a limit too great", "limit=10001"],
  ["a limit that is no number", "limit=ten"],
  ["a limit twice", "limit=1&limit=2"],
  ["a name that no parameter has", "ofset=1"],
])("%s is refused", async (_, text) => {
  const { ask, unforeseen } = await withRows();
  expect(await ask("GET", `/datasets/qa/rows?${text}`)).toMatchObject({ status: 400, body: { code: "bad-input" } });
  expect(unforeseen).toEqual([]);
});

test("a row is read by its ETag, put, patched and removed on it, and a stale one is refused by row", async () => {
  const { ask } = await withRows();
  const etag = (await ask("GET", "/datasets/qa/rows/q1")).headers.get("etag") ?? "";
  expect((await ask("GET", "/datasets/qa/rows/q1", undefined, { "if-none-match": etag })).status).toBe(304);
  await ask("PUT", "/datasets/qa/rows/q2", '{"item":{"x":1}}');
  const patch = (path: string, headers: Record<string, string>, search = "") =>
    ask("PATCH", `/datasets/qa/rows/q1${search}`, `[{"op":"add","path":"${path}","value":2}]`, headers);
  expect((await patch("/score", { "if-match": etag })).status).toBe(200);
  expect((await patch("/score", { "if-match": etag })).body).toMatchObject({ status: 412, code: "stale-base" });
  expect((await patch("/other", { "if-match": etag }, "?merge=true")).status).toBe(200);
  const conflict = await ask(
    "PATCH",
    "/datasets/qa/rows/q1?merge=true",
    '[{"op":"replace","path":"/score","value":9}]',
    { "if-match": etag },
  );
  expect(conflict.body).toMatchObject({
    status: 409,
    code: "conflict",
    data: { conflicts: [{ id: "q1", pointer: "/score" }] },
  });
  expect((await ask("GET", "/datasets/qa/rows/q1")).text).toContain('{"id":"q1","other":2,"score":2,"tags":["a","b"]}');
  expect((await ask("DELETE", "/datasets/qa/rows/q1")).status).toBe(200);
  expect((await ask("GET", "/datasets/qa/rows/q1")).body).toMatchObject({ status: 404, code: "no-such-item" });
});

test("attributes stand beside the item, and a key of that name in it is data", async () => {
  const { ask } = await withRows();
  await ask("PUT", "/datasets/qa/rows/q1", '{"item":{"@meta":"mine"},"meta":{"by":"ada"}}');
  await ask("PATCH", "/datasets/qa/rows/q1", '[{"op":"replace","path":"/@meta","value":"still mine"}]');
  expect((await ask("GET", "/datasets/qa/rows/q1")).body).toMatchObject({
    item: { "@meta": "still mine" },
    meta: { by: "ada" },
  });
});

test("rows are added beside others and moved, and many are changed at once or not at all", async () => {
  const server = await withRows();
  const { ask } = server;
  const added = await ask("POST", "/datasets/qa/rows", '{"id":"a/b","item":{},"after":"q1"}');
  expect(added).toMatchObject({ status: 201, body: { id: "a/b" } });
  expect(added.headers.get("location")).toBe("/api/v1/datasets/qa/rows/a%2Fb");
  expect((await ask("POST", "/datasets/qa/rows", '{"id":"a/b","item":{}}')).body).toMatchObject({
    status: 409,
    code: "already-exists",
  });
  await ask("POST", "/datasets/qa/rows/q3/move", '{"before":"q1"}');
  expect(await idsOf(server, {})).toEqual(["q3", "q1", "a/b", "q2"]);
  expect((await ask("POST", "/datasets/qa/batch", '{"upsert":[{"id":"n","item":{}}],"remove":["gone"]}')).status).toBe(
    400,
  );
  const done = await ask(
    "POST",
    "/datasets/qa/batch",
    '{"upsert":[{"id":"n","item":{}},{"item":{}}],"remove":["q1","q2"]}',
  );
  expect((done.body as { made: string[] }).made).toHaveLength(1);
  expect((await idsOf(server, {})).slice(0, 3)).toEqual(["q3", "a/b", "n"]);
});
