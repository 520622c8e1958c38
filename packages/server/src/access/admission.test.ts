import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { describe, expect, test } from "vitest";
import { datasetRoutes } from "../native/datasets.js";
import { Service, type ServiceOptions } from "../service.js";
import { loopbackHosts } from "./door.js";
import { fits, patternFault } from "./pattern.js";
import { createToken, listTokens, revokeToken, type TokenWish } from "./token.js";

async function fresh(options: Partial<ServiceOptions> = {}, drive = new MemoryDrive()) {
  let now = 1_700_000_000_000;
  const platform = { ...nodePlatform, now: () => now };
  const author = () => ({ name: "Server", email: "server@example.org" });
  const repo = await Repository.open(drive, { platform, create: true, author });
  const hosts = new Set(loopbackHosts);
  const door = { hosts, origins: new Set(["https://tools.example.org"]) };
  const service = new Service({ repo, routes: datasetRoutes, door, isPrivate: true, ...options });
  const ask = async (method: string, path: string, headers: Record<string, string> = {}, body?: string) => {
    const request = new Request(`http://localhost${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const response = await service.fetch(request);
    service.finish(request, response.status, 0);
    return response;
  };
  const wish: TokenWish = { name: "Ada", email: "ada@example.org", scope: "write" };
  const token = async (more: Partial<TokenWish> = {}) => {
    const made = await createToken(repo.local(), { ...wish, ...more });
    return { ...made, auth: { authorization: `Bearer ${made.secret}` } };
  };
  return { repo, drive, service, ask, token, wait: (ms: number) => void (now += ms) };
}

const datasets = "/api/v1/datasets";

describe("tokens", () => {
  test("without any, whoever reaches a private port is let in; once one was made nobody is without, also when it was revoked", async () => {
    const { ask, token, repo, wait } = await fresh();
    expect((await ask("GET", datasets)).status).toBe(200);
    const { token: made } = await token();
    wait(10_000);
    expect((await ask("GET", datasets)).status).toBe(401);
    await revokeToken(repo.local(), made.id);
    wait(10_000);
    expect((await ask("GET", datasets)).status).toBe(401);
  });

  test("a port that others reach is closed to who has none", async () => {
    const { ask } = await fresh({ isPrivate: false });
    const refused = await ask("GET", datasets);
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toContain("Basic realm");
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
  });

  test("a secret opens as bearer and as the password of basic; commits carry the token's name", async () => {
    const { ask, token, repo } = await fresh();
    const { auth, secret } = await token();
    expect((await ask("POST", datasets, auth, '{"path":"qa"}')).status).toBe(201);
    const basic = { authorization: `Basic ${btoa(`x:${secret}`)}` };
    expect((await ask("GET", datasets, basic)).status).toBe(200);
    expect((await ask("GET", datasets, { authorization: `Basic ${btoa(`${secret}:`)}` })).status).toBe(200);
    expect((await repo.show("HEAD")).author).toMatchObject({ name: "Ada", email: "ada@example.org" });
  });

  test("what is kept does not hold the secret", async () => {
    const { drive, token } = await fresh();
    const { secret } = await token();
    for await (const name of drive.list("")) {
      const bytes = new TextDecoder().decode((await drive.read(name)) ?? new Uint8Array());
      expect(`${name} ${bytes}`).not.toContain(secret.slice("sheaf_".length + 16));
    }
  });

  test("scopes hold one another; a token that expired or was revoked opens nothing, on another server too", async () => {
    const first = await fresh();
    const second = await fresh({}, first.drive);
    const reader = await first.token({ scope: "read" });
    expect((await second.ask("GET", datasets, reader.auth)).status).toBe(200);
    expect((await second.ask("POST", datasets, reader.auth, '{"path":"qa"}')).status).toBe(403);
    await revokeToken(first.repo.local(), reader.token.id.slice(0, 8));
    second.wait(10_000);
    expect((await second.ask("GET", datasets, reader.auth)).status).toBe(401);
    const late = await first.token({ expires: 1_700_000_000_500 });
    expect((await first.ask("GET", datasets, late.auth)).status).toBe(200);
    first.wait(1000);
    expect((await first.ask("GET", datasets, late.auth)).status).toBe(401);
    expect((await listTokens(first.repo.local())).map(({ id }) => id)).toEqual([late.token.id]);
  });

  test("one for some datasets sees and touches these, and nothing that cannot be judged", async () => {
    const { ask, token } = await fresh();
    const { auth: all } = await token();
    for (const path of ["qa", "safety/a", "safety/b/c"]) await ask("POST", datasets, all, JSON.stringify({ path }));
    const { auth } = await token({ datasets: ["safety/*"] });
    expect(await (await ask("GET", datasets, auth)).json()).toMatchObject({ datasets: [{ path: "safety/a" }] });
    expect((await ask("GET", `${datasets}/safety%2Fa`, auth)).status).toBe(200);
    expect((await ask("GET", `${datasets}/qa`, auth)).status).toBe(403);
    expect((await ask("GET", `${datasets}/safety%2Fb%2Fc`, auth)).status).toBe(403);
    expect((await ask("POST", datasets, auth, '{"path":"other"}')).status).toBe(403);
    expect((await ask("POST", datasets, auth, '{"path":"safety/new"}')).status).toBe(201);
    expect((await ask("GET", "/metrics", auth)).status).toBe(403);
  });

  test.each([
    "Bearer",
    "Bearer x",
    "Bearer sheaf_00",
    "Basic",
    "Basic !!!",
    "Basic eA==",
    "Digest x=y",
    `Bearer sheaf_${"0".repeat(64)}`,
  ])("%s opens nothing", async authorization =>
    expect((await (await fresh()).ask("GET", datasets, { authorization })).status).toBe(401),
  );
});

test.each([
  ["qa", "qa", true],
  ["qa", "qab", false],
  ["safety/*", "safety/a", true],
  ["safety/*", "safety/a/b", false],
  ["safety/**", "safety/a/b", true],
  ["safety/**", "safety", false],
  ["**", "any/thing", true],
  ["**/x", "a/b/x", true],
  ["a*c*e", "abcde", true],
  ["a*c*e", "ace", true],
  ["ab*ba", "aba", false],
])("pattern %s and path %s", (pattern, path, does) => expect(fits(path, [pattern])).toBe(does));

test("patterns that mean nothing are refused", () => {
  expect(["", "a//b", "/a", "a/b**"].map(pattern => patternFault(pattern) !== undefined)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(patternFault("a/*/b/**")).toBeUndefined();
});

describe("the door", () => {
  const at = async (url: string, headers: Record<string, string> = {}, method = "GET") => {
    const { service } = await fresh();
    return service.fetch(new Request(url, { method, headers }));
  };

  test("a name that is not the server's is turned away, so that no page reaches it under a name of its own", async () => {
    expect((await at("http://evil.example:7117/api/v1/datasets")).status).toBe(421);
    expect((await at("http://evil.example:7117/healthz")).status).toBe(421);
    expect((await at("http://localhost:7117/healthz")).status).toBe(200);
  });

  test("what a proxy says of the host is nothing: anybody could say it", async () => {
    const said = { "x-forwarded-host": "localhost", "x-forwarded-proto": "https", forwarded: "host=localhost" };
    expect((await at("http://evil.example/healthz", said)).status).toBe(421);
    const turned = { "x-forwarded-host": "evil.example", "x-forwarded-for": "10.0.0.1" };
    expect((await at("http://localhost:7117/healthz", turned)).status).toBe(200);
    const page = { ...turned, origin: "https://evil.example" };
    expect((await at("http://localhost:7117/healthz", page)).status).toBe(403);
  });

  test.each(["[::1]:7117", "127.0.0.1", "LOCALHOST:1", "[::1]"])("the name %s is this machine's own", async host =>
    expect((await at(`http://${host}/healthz`)).status).toBe(200),
  );

  test.each(["localhost.evil.example", "evil.example:7117", "[::2]", "127.0.0.1.nip.io", "169.254.169.254", "0.0.0.0"])(
    "the name %s is not",
    async host => expect((await at(`http://${host}/healthz`)).status).toBe(421),
  );

  test("pages of others may not call; allowed ones may, and read the answer", async () => {
    const url = "http://localhost:7117/api/v1/datasets";
    expect((await at(url, { origin: "https://evil.example" })).status).toBe(403);
    expect((await at(url, { origin: "null" })).status).toBe(403);
    expect((await at(url, { origin: "http://localhost:7117" })).status).toBe(200);
    const allowed = await at(url, { origin: "https://tools.example.org" });
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://tools.example.org");
    const preflight = { origin: "https://tools.example.org", "access-control-request-method": "PATCH" };
    expect((await at(url, preflight, "OPTIONS")).status).toBe(204);
    expect((await at(url, { ...preflight, origin: "https://evil.example" }, "OPTIONS")).status).toBe(403);
  });
});

test("a caller who has too many requests under way waits; others do not", async () => {
  const { service, token } = await fresh({ bounds: { perCaller: 2 } });
  const [ada, bob] = [await token(), await token({ name: "Bob" })];
  const begin = (auth: Record<string, string>) => {
    const request = new Request(`http://localhost${datasets}`, { headers: auth });
    return service.fetch(request).then(({ status }) => ({ request, status }));
  };
  const [first] = [await begin(ada.auth), await begin(ada.auth)];
  expect((await begin(ada.auth)).status).toBe(429);
  expect((await begin(bob.auth)).status).toBe(200);
  service.finish(first.request, 200, 0);
  expect((await begin(ada.auth)).status).toBe(200);
});
