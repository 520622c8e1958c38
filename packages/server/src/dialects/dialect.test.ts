import { expect, test } from "vitest";
import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { Admission } from "../access/admission.js";
import { createToken } from "../access/token.js";
import { json } from "../answer.js";
import { makeApp } from "../app.js";
import { HttpError } from "../problem.js";
import { route } from "../route.js";
import { t } from "../schema.js";
import type { Dialect } from "./dialect.js";

const toy = (name: string): Dialect => ({
  name,
  prefixes: [`/${name}/api`],
  claims: ({ headers }) => headers.get("x-vendor") === name,
  authorization: headers => headers.get("x-key") ?? undefined,
  refuse: ({ status, code, detail }) => ({
    status: status === 400 ? 422 : status,
    body: { [name]: `${code}: ${detail}` },
  }),
  routes: [
    route(
      {
        method: "POST",
        path: "/things/{id}",
        operationId: "thing",
        tag: name,
        summary: "Says what it was asked.",
        scope: "write",
        params: t.Object({ id: t.String() }),
        query: t.Object({ page: t.Optional(t.Integer({ minimum: 1 })) }),
        body: { json: t.Object({ name: t.String() }) },
        answers: { 200: { description: "it" } },
      },
      async call => json({ by: name, ...call.params, ...call.query, ...(await call.json()) }),
    ),
  ],
});

async function fresh() {
  const repo = await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true });
  const app = makeApp({
    repo,
    routes: [],
    dialects: [toy("left"), toy("right")],
    admit: async (_, __, authorization) => {
      if (authorization === "secret") return { id: "ada" };
      throw new HttpError(401, "unauthorized", "no");
    },
    requestId: () => "r",
  });
  return async (path: string, body = '{"name":"x"}', headers: Record<string, string> = { "x-key": "secret" }) => {
    const response = await app.fetch(new Request(`http://localhost${path}`, { method: "POST", body, headers }));
    return { status: response.status, body: (await response.json()) as unknown };
  };
}

test("a dialect is served below its prefix, its key read where its SDK puts it, and more in the query than it knows", async () => {
  const ask = await fresh();
  expect(await ask("/right/api/things/7?page=2&thing_id=7")).toEqual({
    status: 200,
    body: { by: "right", id: "7", page: 2, name: "x" },
  });
});

test("at the root a request goes to the dialect that claims it, and to none otherwise", async () => {
  const ask = await fresh();
  const from = (vendor: string) => ask("/things/7", undefined, { "x-vendor": vendor, "x-key": "secret" });
  expect((await from("right")).body).toMatchObject({ by: "right" });
  expect((await from("left")).body).toMatchObject({ by: "left" });
  expect(await from("nobody")).toMatchObject({ status: 404, body: { code: "no-such-route" } });
  expect(await ask("/nothing", undefined, { "x-vendor": "left" })).toMatchObject({
    status: 404,
    body: { left: expect.stringContaining("no-such-route") as string },
  });
});

test("what is refused is refused in the dialect's words: a bad body, no key, no such route", async () => {
  const ask = await fresh();
  expect((await ask("/left/api/things/7", "{}")).status).toBe(422);
  expect(await ask("/left/api/things/7", undefined, {})).toEqual({ status: 401, body: { left: "unauthorized: no" } });
  expect(await ask("/left/api/nothing")).toMatchObject({
    status: 404,
    body: { left: expect.stringContaining("no-such-route") as string },
  });
});

test("a vendor's key, which its SDK always sends, is not looked at where no tokens are needed, and is where they are", async () => {
  const author = () => ({ name: "Server", email: "server@example.org" });
  const local = (await Repository.open(new MemoryDrive(), { platform: nodePlatform, create: true, author })).local();
  const read = { scope: "read", isVendors: true } as const;
  expect(await new Admission(local, { isPrivate: true }).admit("Bearer any", read)).toEqual({ id: "local" });
  await expect(new Admission(local, { isPrivate: false }).admit("Bearer any", read)).rejects.toThrow("no such token");
  await createToken(local, { name: "Ada", email: "ada@example.org", scope: "read" });
  await expect(new Admission(local, { isPrivate: true }).admit("Bearer any", read)).rejects.toThrow("no such token");
});
