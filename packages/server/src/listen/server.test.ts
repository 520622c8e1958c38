import { request as httpRequest, type IncomingMessage } from "node:http";
import { brotliDecompressSync } from "node:zlib";
import { nodePlatform } from "@sheaf/drives/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { json, stream } from "../answer.js";
import { listen } from "./server.js";
import { gate, raw, starter, testRoute } from "./testing.js";

const start = starter(onTestFinished);

describe("answers", () => {
  test("travel with an id, the caller's own where it is sane, and leave one line in the log without secrets", async () => {
    const { url, line } = await start();
    const answer = await fetch(`${url}/api/v1/datasets?at=secret`, { headers: { "x-request-id": "mine-1" } });
    expect(answer.headers.get("x-request-id")).toBe("mine-1");
    await answer.text();
    expect(await line(0)).toMatchObject({
      id: "mine-1",
      path: "/api/v1/datasets",
      status: 404,
      caller: "local",
      code: "no-such-ref",
    });
    expect(JSON.stringify(await line(0))).not.toContain("secret");
    const other = await fetch(`${url}/healthz`, { headers: { "x-request-id": "a b{}" } });
    expect(other.headers.get("x-request-id")).not.toBe("a b{}");
    await other.text();
    expect((await line(1)).id).toMatch(/^[0-9a-f]{32}$/);
  });

  test("are compressed for who asks, unless they are small; a part of one is given where it is asked for", async () => {
    const long = "x".repeat(5000);
    const { port } = await start([
      testRoute("GET", "/long", async () => json({ long }, { headers: { etag: '"1"' } })),
      testRoute("GET", "/small", async () => json({})),
    ]);
    const ask = (path: string, headers: Record<string, string>) => exchange(port, path, headers);
    const whole = await ask("/long", { "accept-encoding": "gzip;q=0.5, br" });
    expect(whole.headers["content-encoding"]).toBe("br");
    expect(whole.headers["vary"]).toContain("Accept-Encoding");
    expect(JSON.parse(brotliDecompressSync(whole.body).toString())).toEqual({ long });
    expect((await ask("/long", {})).headers["content-encoding"]).toBeUndefined();
    expect((await ask("/long", { "accept-encoding": "br;q=0, gzip;q=0" })).headers["content-encoding"]).toBeUndefined();
    expect((await ask("/small", { "accept-encoding": "br" })).headers["content-encoding"]).toBeUndefined();
    const part = await ask("/long", { range: "bytes=9-11", "if-range": '"1"' });
    expect([part.status, part.headers["content-range"], part.body.toString()]).toEqual([206, "bytes 9-11/5012", "xxx"]);
    expect((await ask("/long", { range: "bytes=9-11", "if-range": '"2"' })).status).toBe(200);
    expect((await ask("/long", { range: "bytes=9000-" })).status).toBe(416);
  });

  test("that fail half way are cut, never short", async () => {
    async function* broken() {
      yield new Uint8Array(70_000);
      throw new Error("secret inside");
    }
    const { url } = await start([
      testRoute("GET", "/broken", async () => stream(broken(), "application/octet-stream")),
    ]);
    const answer = await fetch(`${url}/broken`);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });

  test("of what nobody foresaw tell nothing of the inside; the log does", async () => {
    const { url, line } = await start([
      testRoute("GET", "/bug", async () => {
        throw new Error("secret inside");
      }),
    ]);
    const answer = await fetch(`${url}/bug`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret");
    expect((await line(0)).error).toContain("secret inside");
  });
});

function exchange(port: number, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }>((resolve, reject) => {
    httpRequest({ port, host: "127.0.0.1", path, headers }, answer => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on("error", reject)
      .end();
  });
}

describe("clients", () => {
  test("that go away stop the work", async () => {
    const [begun, stopped] = [gate(), gate<boolean>()];
    const { url, line } = await start([
      testRoute("GET", "/work", async ({ signal }) => {
        signal.addEventListener("abort", () => stopped.open(true));
        begun.open();
        await stopped.opened;
        return json({});
      }),
    ]);
    const client = new AbortController();
    const asked = fetch(`${url}/work`, { signal: client.signal }).catch(() => undefined);
    await begun.opened;
    client.abort();
    expect(await stopped.opened).toBe(true);
    await asked;
    expect((await line(0)).cut).toBe(true);
  });

  test("that read slowly hold nothing back in memory, and stop the stream when they go", async () => {
    let made = 0;
    const ended = gate();
    async function* endless() {
      try {
        for (;;) {
          made++;
          yield new Uint8Array(65_536);
          await nodePlatform.pause();
        }
      } finally {
        ended.open();
      }
    }
    const { url } = await start([
      testRoute("GET", "/endless", async () => stream(endless(), "application/octet-stream")),
    ]);
    const client = new AbortController();
    const reader = (await fetch(`${url}/endless`, { signal: client.signal })).body?.getReader();
    await reader?.read();
    let before = -1;
    for (let still = 0; still < 50; still = made === before ? still + 1 : 0) {
      before = made;
      await nodePlatform.pause();
    }
    expect(made).toBeLessThan(500);
    client.abort();
    await ended.opened;
  });

  test.each([
    ["no HTTP", "\x16\x03\x01\x02\0\x01"],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"],
    ["another target", "GET http://evil/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"],
    ["an odd method", "TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"],
    ["two lengths", "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"],
    ["a huge head", `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${"x".repeat(100_000)}\r\n\r\n`],
  ])("that send %s get a refusal", async (_, text) => {
    const { port } = await start();
    expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  test("that go silent before they have said what they want are let go", async () => {
    const { port } = await start([], { idleMs: 50 });
    expect(await raw(port, "GET / HT")).toMatch(/^(?:HTTP\/1\.1 4\d\d .*)?$/s);
    expect(await raw(port, "POST /api/v1/datasets HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n{")).toBe("");
  });
});

describe("a server that is told to stop", () => {
  test("finishes what was begun, takes nothing new, and is not ready meanwhile", async () => {
    const [begun, go] = [gate(), gate()];
    const { url, stop, service } = await start([
      testRoute("POST", "/work", async () => {
        begun.open();
        await go.opened;
        return json({ done: true });
      }),
    ]);
    const asked = fetch(`${url}/work`, { method: "POST" });
    await begun.opened;
    const stopped = stop(60_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    expect((await service.fetch(new Request("http://127.0.0.1/readyz"))).status).toBe(503);
    go.open();
    expect(await (await asked).json()).toEqual({ done: true });
    await stopped;
  });

  test("ends streams that would never end, and cuts what takes too long", async () => {
    const { url, stop } = await start([
      testRoute("GET", "/events", async ({ closing }) => {
        async function* events() {
          yield new Uint8Array(1);
          await new Promise(done => closing?.addEventListener("abort", done));
        }
        return stream(events(), "text/event-stream");
      }),
      testRoute("GET", "/stuck", () => new Promise(() => undefined)),
    ]);
    const events = await fetch(`${url}/events`);
    const stuck = fetch(`${url}/stuck`);
    const isCut = stuck.then(
      () => false,
      () => true,
    );
    await stop(100);
    expect((await events.arrayBuffer()).byteLength).toBe(1);
    expect(await isCut).toBe(true);
  });
});

test("a port that is taken is refused with what to do", async () => {
  const { port, service } = await start();
  await expect(listen(service, { host: "127.0.0.1", port })).rejects.toThrow(/something listens there already/);
});

test("metrics count requests by route and status, and readiness asks the drive", async () => {
  const { url, line } = await start();
  for (const path of ["/api/v1/datasets", "/api/v1/datasets", "/nothing"]) await (await fetch(url + path)).text();
  await line(2);
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain('sheaf_http_requests_total{method="GET",route="listDatasets",status="200"} 2');
  expect(text).toContain('sheaf_http_requests_total{method="GET",route="none",status="404"} 1');
  expect(text).toContain('sheaf_http_request_seconds_bucket{route="listDatasets",le="+Inf"} 2');
  expect(text).toContain("sheaf_http_in_flight 1");
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});
