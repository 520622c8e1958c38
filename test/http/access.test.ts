/**
 * Every route of the server against every kind of token: none, wrong, ended, too weak, and for another dataset.
 *
 * Taken from the table of routes, so that a route that is added is asked too. The law: a token for one dataset neither reads nor changes another one.
 */

import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import {
  allRoutes,
  createToken,
  documentOf,
  exchangeRoutes,
  revokeToken,
  Service,
  type Route,
  type TokenWish,
} from "@sheaf/server";

import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { drafts, requestOf, targetsOf, wellFormed } from "./fuzz/draft.js";

const routes: readonly Route[] = [...allRoutes, ...exchangeRoutes("evals")];
const guarded = routes.filter(({ scope }) => scope !== "open");
const document = documentOf(routes);
const targets = targetsOf(document).filter(({ operation }) =>
  guarded.some(one => one.operationId === operation.operationId),
);
const ranks = ["read", "write", "admin"] as const;
const hidden = "safety/jailbreaks";
/** Stands in every row, and in the metadata, of the dataset that is hidden. */
const secretWord = "TOPSECRET";

class Scene {
  readonly service: Service;

  private constructor(
    readonly repo: Repository,
    /** Advances the clock of the server, in milliseconds. */
    readonly clock: { ahead: number },
  ) {
    const door = { hosts: new Set(["localhost"]), origins: new Set<string>() };
    this.service = new Service({
      repo,
      routes,
      door,
      isPrivate: true,
      limits: { jsonBytes: 100_000, uploadBytes: 100_000 },
    });
  }

  static async begin(): Promise<Scene> {
    const clock = { ahead: 0 };
    const platform = { ...nodePlatform, now: () => Date.now() + clock.ahead };
    const author = () => ({ name: "Server", email: "server@example.org" });
    const repo = await Repository.open(new MemoryDrive(), { platform, create: true, author });
    const rows = (word: string) => ["q1", "q2", "q3"].map((id, i) => ({ id, a: i, b: [word, null] }));
    await repo.dataset("qa").import(rows("open"), { key: "id" });
    await repo.dataset(hidden).import(rows(secretWord), { key: "id" });
    await repo.dataset(hidden).patch([{ op: "add", path: "/meta/description", value: secretWord }]);
    await repo.tag("v1");
    await repo.branch("fix");
    await repo.draft("d1");
    const change = { op: "replace", path: "/items/q1/b/0", value: `${secretWord} too` } as const;
    await repo.dataset(hidden).patch([change], { branch: "fix" });
    await repo.dataset("qa").patch([{ op: "replace", path: "/items/q1/a", value: 7 }], { branch: "fix" });
    return new Scene(repo, clock);
  }

  async token(wish: Partial<TokenWish>): Promise<{ id: string; authorization: string }> {
    const whole = { name: "Eve", email: "eve@example.org", scope: "read", ...wish } as const;
    const { token, secret } = await createToken(this.repo.local(), whole);
    return { id: token.id, authorization: `Bearer ${secret}` };
  }

  async ask(request: Request): Promise<{ status: number; text: string }> {
    const response = await this.service.fetch(request);
    const isEndless = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
    const text = isEndless ? "" : await response.text();
    if (isEndless) await response.body?.cancel();
    this.service.finish(request, response.status, text.length);
    return { status: response.status, text: `${text} ${[...response.headers.values()].join(" ")}` };
  }

  /** What the hidden dataset is, wherever a name points that is not the other dataset's own. */
  async hiddenState(): Promise<string> {
    const { refs } = await this.repo.exchange().refs();
    const { info } = await this.repo.dataset(hidden).at("v1");
    const others = refs.filter(({ name }) => !name.startsWith("refs/environments/") || name.includes(info.id));
    const states = others.map(async ({ name, value }) => {
      const found = await this.repo
        .dataset(hidden)
        .at(value)
        .then(
          ({ info }) => info.cid,
          () => "gone",
        );
      return `${name} ${found}`;
    });
    return (await Promise.all(states)).join("\n");
  }
}

/** A well-formed request of every route, by operation. */
const samples = new Map(
  targets.map(target => [
    target.operation.operationId,
    fc.sample(wellFormed(document, target), { numRuns: 1, seed: 1 })[0],
  ]),
);

function asked({ operationId }: Route, headers: Record<string, string>): Request {
  const draft = samples.get(operationId);
  const request = draft && requestOf({ ...draft, headers: { ...draft.headers, ...headers } });
  if (!request) throw new Error(`${operationId}: no request`);
  return request;
}

const each = guarded.map(route => [route.operationId, route] as const);

describe("of a server that has tokens, every route but those that tell nothing", () => {
  let scene: Scene;
  const tokens: Record<string, string> = {};
  beforeAll(async () => {
    scene = await Scene.begin();
    for (const scope of ranks) tokens[scope] = (await scene.token({ scope })).authorization;
    tokens["qa"] = (await scene.token({ scope: "admin", datasets: ["qa"] })).authorization;
    const revoked = await scene.token({ scope: "admin" });
    await revokeToken(scene.repo.local(), revoked.id);
    tokens["revoked"] = revoked.authorization;
    tokens["expired"] = (await scene.token({ scope: "admin", expires: Date.now() - 1 })).authorization;
    tokens["none"] = `Bearer sheaf_${"0".repeat(64)}`;
    tokens["cut"] = tokens["admin"].slice(0, -1);
    tokens["upper"] = tokens["admin"].toUpperCase();
  });

  test.each(each)("%s wants a token that is known and good", async (_, route) => {
    const before = await scene.hiddenState();
    expect((await scene.ask(asked(route, {}))).status).toBe(401);
    for (const kind of ["revoked", "expired", "none", "cut", "upper"])
      expect([kind, (await scene.ask(asked(route, { authorization: tokens[kind] }))).status]).toEqual([kind, 401]);
    expect(await scene.hiddenState()).toBe(before);
  });

  test.each(each)("%s wants its scope and no less", async (_, route) => {
    const rank = ranks.findIndex(scope => scope === route.scope);
    for (const scope of ranks.slice(0, rank))
      expect((await scene.ask(asked(route, { authorization: tokens[scope] }))).status).toBe(403);
  });

  test.each(each.filter(([, { isJudged }]) => isJudged !== true))(
    "%s is closed to a token for another dataset",
    async (_, route) => {
      const request = asked(route, { authorization: tokens["qa"] });
      const url = request.url.replace(/\/datasets\/[^/?]+/, `/datasets/${encodeURIComponent(hidden)}`);
      expect((await scene.ask(new Request(url, request))).status).toBe(403);
    },
  );
});

test("law: whatever is sent with a token for one dataset, nothing of another is told, and it stays as it is everywhere", async () => {
  const scene = await Scene.begin();
  const { authorization } = await scene.token({ scope: "admin", datasets: ["qa"] });
  const before = await scene.hiddenState();
  const draft = fc.constantFrom(...targets).chain(target => drafts(document, target));
  await fc.assert(
    fc.asyncProperty(fc.array(draft, { minLength: 1, maxLength: 3, size: "max" }), async all => {
      for (const one of all) {
        const request = requestOf({ ...one, headers: { ...one.headers, authorization } });
        if (request === undefined) continue;
        const { status, text } = await scene.ask(request);
        if (text.includes(secretWord) || status >= 500)
          throw new Error(`${one.method} ${one.url} ${String(one.body)} was answered ${status}: ${text}`);
      }
      expect(await scene.hiddenState()).toBe(before);
    }),
  );
});

test("what a dataset was under a name that a token is not for, it neither tells nor brings back", async () => {
  const scene = await Scene.begin();
  await scene.repo.dataset(hidden).patch([{ op: "remove", path: "/items/q1" }]);
  await scene.repo.edit([{ dataset: hidden, rename: "open/now" }]);
  const { authorization } = await scene.token({ scope: "write", datasets: ["open/**"] });
  const ask = (method: string, path: string, body?: string) =>
    scene.ask(
      new Request(`http://localhost/api/v1${path}`, {
        method,
        headers: { authorization },
        ...(body === undefined ? {} : { body }),
      }),
    );
  const [open, was] = [encodeURIComponent("open/now"), encodeURIComponent(hidden)];
  expect((await ask("GET", `/datasets/${open}/rows`)).status).toBe(200);
  for (const path of [
    `/diff?from=v1&dataset=${open}`,
    `/diff?from=main&to=v1&dataset=${open}`,
    `/diff/stream?from=v1&dataset=${open}`,
    `/diff/stat?from=v1&dataset=${open}`,
    `/datasets/${open}/diff?from=v1`,
    `/datasets/${was}/diff?from=v1`,
    `/datasets/${was}/rows?at=v1`,
  ])
    expect([path, await ask("GET", path)]).toMatchObject([path, { status: 403 }]);
  expect((await ask("POST", `/datasets/${open}/restore`, '{"from":"v1"}')).status).toBe(403);
  expect((await ask("GET", `/datasets/${open}/rows`)).text).not.toContain('"q1"');
});
