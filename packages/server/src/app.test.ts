import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { expect, test } from "vitest";
import { makeApp } from "./app.js";
import { datasetRoutes } from "./native/datasets.js";
import { eventRoutes } from "./native/events.js";
import { rowsRoutes } from "./native/rows.js";

async function fresh() {
  const repo = await Repository.open(new MemoryDrive(), {
    platform: nodePlatform,
    create: true,
    author: () => ({ name: "Server", email: "server@example.org" }),
  });
  let requests = 0;
  const app = makeApp({
    repo,
    routes: [...datasetRoutes, ...rowsRoutes, ...eventRoutes],
    admit: async () => ({ id: "ada", name: "Ada", email: "ada@example.org" }),
    requestId: () => `r${++requests}`,
  });
  const ask = async (method: string, path: string, body?: string, headers?: Record<string, string>) =>
    app.fetch(
      new Request(`http://localhost/api/v1${path}`, {
        method,
        ...(body === undefined ? {} : { body }),
        ...(headers ? { headers } : {}),
      }),
    );
  return { repo, ask };
}

test("a dataset is made, patched and read, numbers exactly, by the caller's name", async () => {
  const { repo, ask } = await fresh();
  expect((await ask("POST", "/datasets", '{"path":"safety/qa"}')).status).toBe(201);
  const patched = await ask(
    "PATCH",
    "/datasets/safety%2Fqa",
    '[{"op":"add","path":"/items/q1","value":{"a":1.0,"b":18446744073709551615}}]',
  );
  expect(patched.status).toBe(200);
  expect(await repo.dataset("safety/qa").getText("q1")).toBe('{"a":1.0,"b":18446744073709551615}');
  expect((await repo.show("HEAD")).author.name).toBe("Ada");
});

test("an edit on an old version is refused with both heads, and one whose dataset stayed the same is taken", async () => {
  const { ask } = await fresh();
  await ask("POST", "/datasets", '{"path":"qa"}');
  const etag = (await ask("GET", "/datasets/qa")).headers.get("etag") ?? "";
  await ask("POST", "/datasets", '{"path":"other"}');
  const add = (id: string) =>
    ask("PATCH", "/datasets/qa", `[{"op":"add","path":"/items/${id}","value":{}}]`, { "if-match": etag });
  expect((await add("q1")).status).toBe(200);
  const late = await add("q2");
  expect(late.status).toBe(412);
  expect(await late.json()).toMatchObject({ code: "stale-base", data: { dataset: "qa" } });
});

test("what the client has already is not sent again, also after a commit elsewhere", async () => {
  const { ask } = await fresh();
  await ask("POST", "/datasets", '{"path":"qa"}');
  const etag = (await ask("GET", "/datasets/qa")).headers.get("etag") ?? "";
  await ask("POST", "/datasets", '{"path":"other"}');
  expect((await ask("GET", "/datasets/qa", undefined, { "if-none-match": etag })).status).toBe(304);
});

test("bad bodies are refused by place", async () => {
  const { ask } = await fresh();
  expect(await (await ask("POST", "/datasets", '{"path":"a","path":"b"}')).json()).toMatchObject({
    status: 400,
    code: "bad-input",
  });
  expect(await (await ask("POST", "/datasets", '{"path":5}')).json()).toMatchObject({
    status: 400,
    data: { pointer: "/path" },
  });
  expect((await ask("GET", "/nothing")).status).toBe(404);
});

test("a HEAD has no body, and leaves none behind: three hundred of an endless stream take nobody's place", async () => {
  const { ask } = await fresh();
  await ask("POST", "/datasets", '{"path":"qa"}');
  for (let i = 0; i < 300; i++) expect((await ask("HEAD", "/events")).status).toBe(200);
  const head = await ask("HEAD", "/datasets/qa");
  expect([head.headers.has("etag"), await head.text()]).toEqual([true, ""]);
});

test("a path that takes other methods says which; numbers are digits and nothing else", async () => {
  const { ask } = await fresh();
  const refused = await ask("PUT", "/datasets");
  expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, POST, HEAD"]);
  expect((await ask("GET", "/nothing")).headers.has("allow")).toBe(false);
  await ask("POST", "/datasets", '{"path":"qa"}');
  for (const limit of ["true", "1.5", "1e3", "0x10", " 1", "", "9".repeat(30)])
    expect([limit, (await ask("GET", `/datasets/qa/rows?limit=${encodeURIComponent(limit)}`)).status]).toEqual([
      limit,
      400,
    ]);
});
