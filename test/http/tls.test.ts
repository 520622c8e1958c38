/** Hosts behind https whose certificate nobody vouches for: refused with clear words, and taken once its file is in `NODE_EXTRA_CA_CERTS`. */
import { once } from "node:events";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "selfsigned";
import { expect, onTestFinished, test } from "vitest";
import { GitHost } from "../../packages/git/test/host.js";
import { Person } from "../git-host/person.js";
import { TestProxy } from "./proxy.js";

const program = fileURLToPath(new URL("../../packages/sheaf/bin/sheaf.cjs", import.meta.url));

/** A person with one dataset, and a certificate of 127.0.0.1 that is signed by itself, in files beside it. */
async function ready() {
  const ada = Person.fresh("Ada");
  const altNames = [{ type: 7 as const, ip: "127.0.0.1" }];
  const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    keyType: "ec",
    extensions: [{ name: "subjectAltName", altNames }],
  });
  const files = { key: join(ada.folder, "..", "key.pem"), cert: join(ada.folder, "..", "cert.pem") };
  writeFileSync(files.key, key);
  writeFileSync(files.cert, cert);
  await ada.sheaf("init");
  expect((await ada.try(["import", "qa", "-", "--format", "jsonl"], '{"q":"2 + 2"}\n')).code).toBe(0);
  return { ada, files, key, cert };
}

const refused = {
  code: 6,
  err: expect.stringMatching(/^sheaf: https:.*certificate is signed by itself.*NODE_EXTRA_CA_CERTS/),
};

test("a git host with a certificate of its own is refused in words, and taken when it is trusted, through a proxy too", async () => {
  const { ada, files, key, cert } = await ready();
  const host = await GitHost.start({ key, cert });
  await ada.sheaf("remote", "add", "origin", host.url);
  expect(await ada.try(["push", "origin", "main"])).toMatchObject(refused);
  expect(host.requests).toEqual([]);
  ada.env["NODE_EXTRA_CA_CERTS"] = files.cert;
  await ada.sheaf("push", "origin", "main");
  await ada.sheaf("clone", host.url, "bob");
  expect(await ada.in("bob").json("log")).toEqual(await ada.json("log"));
  const proxy = await TestProxy.start();
  ada.env["https_proxy"] = proxy.url;
  await ada.sheaf("fetch", "origin");
  expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(host.url).host]));
});

test("so is a server of sheaf serve", async () => {
  const { ada, files } = await ready();
  const tls = ["--tls-key", files.key, "--tls-cert", files.cert];
  const child = spawn(process.execPath, [program, "serve", "--port", "0", "--no-log", "--json", ...tls], {
    cwd: ada.folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  expect(url).toMatch(/^https:/);
  expect(await ada.try(["clone", url, "bob"])).toMatchObject(refused);
  ada.env["NODE_EXTRA_CA_CERTS"] = files.cert;
  await ada.sheaf("clone", url, "bob");
  expect(await ada.in("bob").json("log")).toEqual(await ada.json("log"));
});
