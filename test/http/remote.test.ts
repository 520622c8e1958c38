/** A Sheaf server as a remote: other repositories clone from it, push to it and pull from it, by the command line and over loopback. */
import { encode, encodeCommit, joinBytes, Link, type Ipld } from "@sheaf/core";
import { nodePlatform } from "@sheaf/drives/node";
import { allRoutes, createToken, exchangeRoutes, listen, Service, type ServiceOptions } from "@sheaf/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { openFolder } from "../../packages/cli/src/compose.js";
import { freshShell, type Shell } from "../cli/shell.js";

async function serve(shell: Shell, options: Partial<ServiceOptions> = {}) {
  const repo = await openFolder(shell.folder, { author: () => ({ name: "Server", email: "server@example.org" }) });
  const door = { hosts: undefined, origins: new Set<string>() };
  const asked: string[] = [];
  const routes = [...allRoutes, ...exchangeRoutes("evals")];
  const log = ({ method, path, status, bytes }: { method: string; path: string; status: number; bytes: number }) =>
    void asked.push(`${method} ${path} ${status} ${bytes}`);
  const service = new Service({ repo, routes, door, isPrivate: true, log, ...options });
  const listening = await listen(service, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => listening.stop(0));
  return { repo, asked, url: listening.url };
}

async function withRows(count = 3): Promise<Shell> {
  const shell = freshShell();
  await shell.sheaf("init");
  const rows = Array.from({ length: count }, (_, i) => `{"id":"q${i}","text":"what is ${i}","n":${i}.0}`);
  shell.write("qa.jsonl", rows.join("\n"));
  await shell.sheaf("import", "qa", "qa.jsonl", "--key", "id");
  return shell;
}

async function cloneOf(url: string, ...more: string[]): Promise<Shell> {
  const shell = freshShell();
  await shell.sheaf("clone", ...more, url, ".");
  return shell;
}

function digestOf(bytes: Uint8Array): Uint8Array {
  const digest = new Uint8Array(32);
  nodePlatform.digestInto(bytes, digest, 0);
  return digest;
}

function blockOf(value: Ipld): { bytes: Uint8Array; digest: Uint8Array } {
  const bytes = encode(value);
  return { bytes, digest: digestOf(bytes) };
}

/** A number as LEB128 in front of bytes, as CAR files have it. */
function sized(bytes: Uint8Array): Uint8Array {
  const size: number[] = [];
  for (let left = bytes.length; size.push(left > 127 ? (left & 127) | 128 : left) && left > 127;) left >>= 7;
  return joinBytes([Uint8Array.from(size), bytes]);
}

function header({ digest }: { digest: Uint8Array }): Uint8Array {
  return sized(encode({ roots: [new Link(digest, 0x71)], version: 1 }));
}

function section(bytes: Uint8Array): Uint8Array {
  return sized(joinBytes([Uint8Array.of(1, 0x71, 0x12, 32), digestOf(bytes), bytes]));
}

const head = async (shell: Shell) => (await shell.json("log", "-n", "1"))[0].commit as string;

describe("a server as a remote", () => {
  test("is cloned, pushed to and pulled from; commits, tags and rows are the same everywhere", async () => {
    const origin = await withRows();
    await origin.sheaf("tag", "v1", "-m", "first");
    const { url } = await serve(origin);
    const [ada, bob] = [await cloneOf(url), await cloneOf(url)];
    expect(await head(ada)).toBe(await head(origin));
    expect(await ada.sheaf("export", "qa")).toBe(await origin.sheaf("export", "qa"));
    ada.write("p.json", '[{"op":"replace","path":"/items/q1/text","value":"changed"}]');
    await ada.sheaf("patch", "qa", "p.json");
    await ada.sheaf("push");
    expect(await head(origin)).toBe(await head(ada));
    await bob.sheaf("pull");
    expect(await head(bob)).toBe(await head(ada));
    expect(await bob.sheaf("verify")).toBe(await ada.sheaf("verify"));
    await ada.sheaf("branch", "fix");
    await ada.sheaf("push", "origin", "fix");
    await ada.sheaf("push", "origin", ":fix");
    expect((await origin.json("branch")).map(({ branch }) => branch)).toEqual(["main"]);
  });

  test("only what is missing travels, either way", async () => {
    const origin = await withRows(2000);
    const { url, asked, repo } = await serve(origin);
    const ada = await cloneOf(url);
    const whole = Number(
      asked
        .find(line => line.includes("blocks/missing"))
        ?.split(" ")
        .at(-1),
    );
    asked.length = 0;
    ada.write("p.json", '[{"op":"replace","path":"/items/q1/text","value":"changed"}]');
    await ada.sheaf("patch", "qa", "p.json");
    const [pushed] = await ada.json("push");
    expect(pushed.traffic.objects).toBeLessThan(10);
    const { commit } = await repo.dataset("qa").patch([{ op: "replace", path: "/items/q2/text", value: "too" }]);
    await ada.sheaf("pull");
    expect(await head(ada)).toBe(commit);
    const part = Number(
      asked
        .find(line => line.includes("blocks/missing"))
        ?.split(" ")
        .at(-1),
    );
    expect(part).toBeLessThan(whole / 5);
  });

  test("a push that is late is refused with the words to pull, and moves nothing", async () => {
    const origin = await withRows();
    const { url } = await serve(origin);
    const [ada, bob] = [await cloneOf(url), await cloneOf(url)];
    for (const [shell, id] of [
      [ada, "q0"],
      [bob, "q1"],
    ] as const) {
      shell.write("p.json", `[{"op":"replace","path":"/items/${id}/text","value":"changed"}]`);
      await shell.sheaf("patch", "qa", "p.json");
    }
    await ada.sheaf("push");
    const late = await bob.run(["push"]);
    expect([late.code, late.out + late.err]).toEqual([4, expect.stringContaining("sheaf pull")]);
    expect(await head(origin)).toBe(await head(ada));
    await bob.sheaf("pull");
    await bob.sheaf("push");
    expect(await head(origin)).toBe(await head(bob));
  });

  test("a part is cloned: the rows of some datasets", async () => {
    const origin = await withRows();
    origin.write("other.jsonl", '{"id":"x"}');
    await origin.sheaf("import", "other", "other.jsonl", "--key", "id");
    const { url } = await serve(origin);
    const part = await cloneOf(url, "--dataset", "other");
    expect(await part.sheaf("get", "other", "x")).toContain('"id"');
    expect(await head(part)).toBe(await head(origin));
    expect((await part.run(["export", "qa"])).code).not.toBe(0);
    const partly = await serve(part);
    for (const path of ["rows", "export", "stream", "rows/q1"]) {
      const answer = await fetch(`${partly.url}/api/v1/datasets/qa/${path}`);
      const problem = { code: "missing-block", detail: expect.stringContaining("sheaf fetch --dataset") as string };
      expect([path, answer.status, await answer.json()]).toEqual([path, 424, expect.objectContaining(problem)]);
    }
  });

  test("tokens open it: from the URL, from SHEAF_TOKEN; a reader's pushes nothing", async () => {
    const origin = await withRows();
    const { url, repo } = await serve(origin, { isPrivate: false });
    const make = async (scope: "read" | "write") =>
      (await createToken(repo.local(), { name: "Ada L", email: "ada@example.org", scope })).secret;
    const [reader, writer] = [await make("read"), await make("write")];
    const none = freshShell();
    const refused = await none.run(["clone", url, "."], {
      env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    });
    expect([refused.code, refused.err]).toEqual([6, expect.stringContaining("SHEAF_TOKEN")]);
    const ada = await cloneOf(url.replace("://", `://${reader}@`));
    expect((await ada.json("remote"))[0].url).toBe(url);
    ada.write("p.json", '[{"op":"replace","path":"/items/q1/text","value":"changed"}]');
    await ada.sheaf("patch", "qa", "p.json");
    expect((await ada.run(["push"], { env: { SHEAF_TOKEN: reader } })).err).toContain("this token may read");
    expect((await ada.run(["push"], { env: { SHEAF_TOKEN: writer } })).code).toBe(0);
    const [move] = await origin.json("reflog");
    expect(move.who.name).toBe("Ada L");
  });
});

describe("what comes to be pushed", () => {
  const post = async (url: string, body: Uint8Array, type = "application/vnd.ipld.car") =>
    fetch(`${url}/api/v1/sync/push`, { method: "POST", headers: { "content-type": type }, body: body as BodyInit });

  test("moves nothing when it is no CAR file, cut, or damaged", async () => {
    const origin = await withRows();
    const { url } = await serve(origin);
    const before = await origin.state();
    const car = new Uint8Array(await (await missing(url, await head(origin))).arrayBuffer());
    for (const body of [
      new Uint8Array(0),
      new Uint8Array(100),
      car,
      car.slice(0, 300),
      car.map((byte, i) => (i === 200 ? byte ^ 1 : byte)),
    ])
      expect((await post(url, body)).status).toBe(400);
    expect(await origin.state()).toBe(before);
  });

  test("blocks that are whole and make no sense are the sender's fault", async () => {
    const origin = await withRows();
    const { url } = await serve(origin);
    const before = await origin.state();
    const [nonsense, item] = [blockOf({ type: "snapshot", version: 1 }), blockOf({ a: 1 })];
    const author = { name: "A", email: "a@b", time: 0, zone: 0 };
    const about = { parents: [], author, committer: author, message: "", attributes: {} };
    for (const snapshot of [nonsense, item]) {
      const commit = encodeCommit({ snapshot: snapshot.digest, ...about });
      const updates: Ipld = [["refs/heads/evil", new Link(digestOf(commit), 0x71), null]];
      const push = blockOf({ type: "push", version: 1, updates });
      const car = joinBytes([header(push), ...[push.bytes, commit, snapshot.bytes].map(section)]);
      const answer = await post(url, car);
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: "bad-input" }]);
    }
    expect(await origin.state()).toBe(before);
  });

  test("wants that are not here are refused before anything is sent", async () => {
    const origin = await withRows();
    const { url } = await serve(origin);
    expect((await missing(url, `b${"a".repeat(58)}`)).status).toBeGreaterThanOrEqual(400);
    const absent = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    expect((await missing(url, absent)).status).toBe(404);
    const chosen = { method: "POST", body: JSON.stringify({ cids: [absent] }) };
    expect((await fetch(`${url}/api/v1/sync/blocks/chosen`, chosen)).status).toBe(404);
  });

  const missing = (url: string, cid: string) =>
    fetch(`${url}/api/v1/sync/blocks/missing`, { method: "POST", body: JSON.stringify({ wants: [cid], haves: [] }) });
});
