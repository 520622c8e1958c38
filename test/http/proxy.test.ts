/** Remotes through a proxy that the environment names: git hosts, Sheaf servers and buckets. */
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { Double } from "../../packages/drives/test/double.js";
import { GitHost } from "../../packages/git/test/host.js";
import { smallRepository } from "../cli/shell.js";
import { TestProxy } from "./proxy.js";

const git = { PATH: process.env["PATH"] ?? "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" };

async function ready() {
  const [shell, host, proxy] = [await smallRepository(), await GitHost.start(), await TestProxy.start()];
  await shell.sheaf("remote", "add", "origin", host.url);
  const push = (env: Record<string, string>) => shell.run(["push", "origin", "main"], { env: { ...git, ...env } });
  return { shell, host, proxy, push, address: new URL(host.url).host };
}

describe("a git host", () => {
  test("is pushed to and cloned from through the proxy of its scheme, with the proxy's password", async () => {
    const { shell, host, proxy, push, address } = await ready();
    proxy.wants = `Basic ${Buffer.from("ada:secret").toString("base64")}`;
    const named = `http://ada:secret@127.0.0.1:${proxy.port}`;
    expect(await push({ http_proxy: named })).toMatchObject({ code: 0 });
    expect(new Set(proxy.tunnels)).toEqual(new Set([address]));
    const env = { ...git, HTTP_PROXY: named };
    expect(await shell.run(["clone", host.url, "bob"], { env })).toMatchObject({ code: 0 });
    expect(await shell.json("-C", "bob", "log")).toEqual(await shell.json("log"));
    const refused = await push({ ALL_PROXY: `127.0.0.1:${proxy.port}` });
    expect(refused).toMatchObject({ code: 6, err: expect.stringMatching(/proxy answers 407; .*name:password/) });
  });

  test.each([{ NO_PROXY: "127.0.0.1" }, { no_proxy: "*" }, { http_proxy: "" }])(
    "is asked directly with %j",
    async more => {
      const { proxy, push } = await ready();
      expect(await push({ https_proxy: proxy.url, http_proxy: proxy.url, ...more })).toMatchObject({ code: 0 });
      expect(proxy.tunnels).toEqual([]);
    },
  );

  test("is not reached through a proxy that closes the line, is not there, or is none", async () => {
    const { proxy, push } = await ready();
    proxy.isMute = true;
    const { code, err } = await push({ http_proxy: proxy.url });
    expect([code, err]).toEqual([6, expect.stringContaining(`the proxy ${proxy.url} cannot be reached`)]);
    expect(proxy.tunnels).toHaveLength(1);
    expect((await push({ http_proxy: "http://127.0.0.1:9" })).err).toMatch(/the proxy http:\/\/127.0.0.1:9 cannot be/);
    const socks = await push({ http_proxy: "socks5://ada:secret@127.0.0.1:9" });
    expect(socks).toMatchObject({ code: 2, err: expect.stringContaining("http:// and https:// are known") });
    expect(socks.err).not.toContain("secret");
  });
});

test("a Sheaf server is cloned through it", async () => {
  const { shell, proxy } = await ready();
  const interrupt = new AbortController();
  const stdout = new PassThrough();
  const served = shell.run(["serve", "--port", "0", "--json"], { stdout, signal: interrupt.signal });
  const line = await new Promise<string>(resolve => stdout.once("data", chunk => resolve(String(chunk))));
  const { url } = JSON.parse(line) as { url: string };
  const env = { ...git, http_proxy: proxy.url };
  expect(await shell.run(["clone", url, "bob"], { env })).toMatchObject({ code: 0 });
  expect(await shell.json("-C", "bob", "log")).toEqual(await shell.json("log"));
  expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(url).host]));
  interrupt.abort();
  await served;
});

test("a bucket is written to and read through it", async () => {
  const { shell, proxy } = await ready();
  const double = await Double.start();
  onTestFinished(() => double.close());
  const env = { AWS_ACCESS_KEY_ID: "tester", AWS_SECRET_ACCESS_KEY: "hidden", http_proxy: proxy.url };
  const url = `s3://datasets/team?endpoint=${double.endpoint}`;
  expect(await shell.run(["init", url], { env })).toMatchObject({ code: 0 });
  expect(await shell.run(["push", url, "main"], { env })).toMatchObject({ code: 0 });
  expect(await shell.run(["-C", url, "rows", "qa"], { env })).toMatchObject({ out: await shell.sheaf("rows", "qa") });
  expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(double.endpoint).host]));
});
