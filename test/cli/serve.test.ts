/** `sheaf token` and `sheaf serve` as a person types them. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { folderNameOf } from "../../packages/cli/src/place.js";
import { freshShell, type Shell } from "./shell.js";

async function repository(): Promise<Shell> {
  const shell = freshShell();
  await shell.sheaf("init");
  return shell;
}

test("a token is made, listed without its secret, and revoked by the beginning of its id", async () => {
  const shell = await repository();
  const [made] = await shell.json(
    "token",
    "create",
    "Ada L",
    "--scope",
    "write",
    "--dataset",
    "qa",
    "--expires",
    "30d",
  );
  expect(made).toMatchObject({ name: "Ada L", email: "ada.l@localhost", scope: "write", datasets: ["qa"] });
  expect(made.secret).toMatch(/^sheaf_[0-9a-f]{64}$/);
  const [listed] = await shell.json("token", "list");
  expect(listed.id).toBe(made.id);
  expect(JSON.stringify(listed)).not.toContain(made.secret);
  expect(await shell.sheaf("token", "revoke", made.id.slice(0, 6))).toContain("revoked");
  expect(await shell.sheaf("token", "list")).toBe("");
  expect((await shell.run(["token", "revoke", made.id])).code).toBe(3);
  expect((await shell.run(["token", "create", "x", "--expires", "yesterday"])).code).toBe(2);
  expect((await shell.run(["token", "create", "x", "--dataset", "a//b"])).code).toBe(2);
});

test("an address that others reach is refused while there is no token, also behind a name that is allowed", async () => {
  const shell = await repository();
  for (const words of [
    ["--host", "0.0.0.0"],
    ["--allow-host", "data.example.org"],
    ["--public-url", "https://data.example.org/evals"],
  ]) {
    const { code, err } = await shell.run(["serve", "--port", "0", ...words]);
    expect([code, err]).toEqual([2, expect.stringContaining("sheaf token create")]);
  }
  expect((await shell.run(["serve", "--tls-cert", "x.pem"])).err).toContain("--tls-key");
  expect((await shell.run(["serve", "--public-url", "data.example.org"])).err).toContain("https://data.example.org");
});

test("it prints its address, answers, logs each request, and ends with 0 when it is interrupted", async () => {
  const shell = await repository();
  const interrupt = new AbortController();
  const stdout = new PassThrough();
  const served = shell.run(["serve", "--port", "0", "--json"], { stdout, signal: interrupt.signal });
  const line = await new Promise<string>(resolve => stdout.once("data", chunk => resolve(String(chunk))));
  const { url } = JSON.parse(line) as { url: string };
  expect(await (await fetch(`${url}/api/v1`)).json()).toEqual({ server: "sheaf", api: 1 });
  expect((await fetch(`${url}/api/v1/datasets`)).status).toBe(200);
  interrupt.abort();
  const { code, err } = await served;
  expect(code).toBe(0);
  const routes = err
    .trim()
    .split("\n")
    .map(text => (JSON.parse(text) as { route: string }).route);
  expect(routes).toEqual(["describeServer", "listDatasets"]);
});

test("a clone of a server goes to a folder of the server's name, or of the last part of its path", () => {
  const urls = [
    "http://localhost:7117",
    "https://x:sheaf_00@data.example.org/",
    "https://example.org/evals",
    "http://[::1]:7117/a.git",
  ];
  expect(urls.map(folderNameOf)).toEqual(["localhost", "data.example.org", "evals", "a"]);
});
