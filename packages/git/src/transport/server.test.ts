import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { utf8 } from "@sheaf/core";
import { GitHost } from "../../test/host.js";
import { freshFolder, gitEnvironment, StockGit } from "../../test/git.js";
import { printCommit } from "../commit.js";
import { nodeGitPlatform } from "../node.js";
import { openGitServer, type GitServerOptions } from "../node/server.js";
import type { Oid } from "../object.js";
import { zeroOid } from "../oid.js";
import { receivePack } from "../pack/reader.js";
import { MemoryScratch } from "../pack/scratch.js";
import { PackWriter } from "../pack/writer.js";
import { modes, printTree } from "../tree.js";

const environment = gitEnvironment("/nonexistent");
const open = (url: string, options: GitServerOptions = {}) => openGitServer(url, { environment, ...options });
const main = "refs/heads/main";

/** A pack of one commit with one file. */
function history(text: string, parent?: Oid): { head: Oid; writer: PackWriter } {
  const writer = new PackWriter(nodeGitPlatform, new MemoryScratch(), { thin: true });
  const blob = writer.put("blob", utf8(text));
  const tree = writer.put("tree", printTree([{ mode: modes.file, name: "a.txt", oid: blob }]));
  const author = utf8("Ada <ada@example.org> 1700000000 +0000");
  const parents = parent ? [parent] : [];
  const head = writer.put(
    "commit",
    printCommit({ tree, parents, author, committer: author, extra: [], message: utf8("m\n") }),
  );
  return { head, writer };
}

async function push(url: string, text: string, from: Oid = zeroOid, options: GitServerOptions = {}) {
  const server = open(url, options);
  const { head, writer } = history(text, from === zeroOid ? undefined : from);
  try {
    return { head, ...(await server.push([{ name: main, from, to: head }], writer.stream())) };
  } finally {
    await server.close();
  }
}

async function fetchAll(url: string, haves: readonly Oid[] = [], options: GitServerOptions = {}) {
  const server = open(url, options);
  const { refs, head } = await server.refs();
  const wants = refs.map(({ oid }) => oid);
  const chunks = server.fetch(wants, haves);
  const pack = await receivePack(chunks, { platform: nodeGitPlatform, openScratch: () => new MemoryScratch() });
  const traffic = server.traffic();
  await server.close();
  return { refs, head, pack, traffic };
}

/** The same over HTTP and over pipes: each gives a URL of an empty repository and stock git inside it. */
const carriers: [string, () => Promise<{ url: string; git: StockGit }>][] = [
  ["http", () => GitHost.start()],
  [
    "file",
    async () => {
      const git = StockGit.init("--bare");
      return { git, url: pathToFileURL(git.folder).href };
    },
  ],
];

describe.each(carriers)("over %s", (_, start) => {
  test("an empty repository has no refs, and gives nothing", async () => {
    const { url } = await start();
    const { refs, pack } = await fetchAll(url);
    expect(refs).toEqual([]);
    expect(pack.count).toBe(0);
  });

  test("what is pushed is there, whole, and comes back", async () => {
    const { url, git } = await start();
    const { head, refs } = await push(url, "one\n");
    expect(refs).toEqual([{ name: main, ok: true, message: "" }]);
    git.run(["fsck", "--full", "--strict"]);
    expect(git.run(["show", "main:a.txt"])).toBe("one");
    const fetched = await fetchAll(url);
    expect(fetched.head).toBe(main);
    expect(fetched.refs).toEqual([{ name: main, oid: head }]);
    expect(await fetched.pack.read(head)).toBeDefined();
    expect(fetched.pack.count).toBe(3);
    expect(fetched.traffic.received).toBeGreaterThan(fetched.pack.bytes);
  });

  test("only what is missing comes, found out in rounds", async () => {
    const { url, git } = await start();
    const { head } = await push(url, "one\n");
    const second = await push(url, "two\n", head);
    const strangers = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(40, "f") as Oid);
    const fetched = await fetchAll(url, [...strangers, head, ...strangers]);
    expect(new Set(Array.from(fetched.pack.list(), ({ oid }) => oid))).toEqual(
      new Set(git.run(["rev-list", "--objects", "--no-object-names", second.head, `^${head}`]).split("\n")),
    );
  });

  test("tags are peeled, and a branch is removed", async () => {
    const { url, git } = await start();
    const { head } = await push(url, "one\n");
    git.run(["tag", "-m", "a tag", "v1", head]);
    git.run(["branch", "gone", head]);
    const server = open(url);
    const { refs } = await server.refs();
    expect(refs.find(({ name }) => name === "refs/tags/v1")).toMatchObject({ peeled: head });
    const removal = { name: "refs/heads/gone", from: head, to: zeroOid };
    expect((await server.push([removal], undefined)).refs).toEqual([
      { name: "refs/heads/gone", ok: true, message: "" },
    ]);
    expect((await server.refs()).refs.map(({ name }) => name)).toEqual([main, "refs/tags/v1"]);
  });

  test("a move from what is there no more is refused, and the others are done", async () => {
    const { url } = await start();
    const { head } = await push(url, "one\n");
    const server = open(url);
    const next = history("two\n", head);
    const commands = [
      { name: main, from: next.head, to: next.head },
      { name: "refs/heads/side", from: zeroOid, to: next.head },
    ];
    const { refs } = await server.push(commands, next.writer.stream());
    expect(refs).toMatchObject([{ ok: false }, { name: "refs/heads/side", ok: true }]);
  });

  test("a hook that refuses is heard, and nothing moves", async () => {
    const { url, git } = await start();
    const said = "printf '\\033[31mno \\007rows\\033[0m on main\\r\\n' >&2; exit 1";
    git.hook("pre-receive", said);
    const { refs, words } = await push(url, "one\n");
    expect(refs).toEqual([{ name: main, ok: false, message: "pre-receive hook declined" }]);
    if (url.startsWith("http")) expect(words).toBe("no rows on main");
    expect((await fetchAll(url)).refs).toEqual([]);
  });

  test("work that nobody waits for stops with the caller's reason", async () => {
    const { url } = await start();
    const reason = new Error("enough");
    await expect(open(url).refs({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe("over http", () => {
  const answering = async (answer: Exclude<ReturnType<NonNullable<GitHost["switches"]["answer"]>>, undefined>) => {
    const host = await GitHost.start();
    host.switches.answer = () => answer;
    return open(host.url).refs();
  };

  test.each<[string, Parameters<typeof answering>[0], RegExp, object]>([
    ["401", { status: 401 }, /wants a user name and password.*SHEAF_GIT_TOKEN/, { status: 401 }],
    [
      "403",
      { status: 403, headers: { "content-type": "text/plain" }, body: "not\u001b[31m you" },
      /does not allow.*\(not you\); ask/,
      { status: 403 },
    ],
    ["404", { status: 404 }, /there is no git repository at http/, {}],
    ["413", { status: 413 }, /larger than it takes/, { status: 413 }],
    [
      "502 with a page",
      { status: 502, headers: { "content-type": "text/html" }, body: "<h1>x" },
      /answered 502; try again later/,
      { status: 502 },
    ],
    [
      "a web page",
      { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><h1>Hello</h1>" },
      /a web page or something else/,
      {},
    ],
    ["nothing", { status: 200, body: "" }, /a web page or something else|broke/, {}],
    [
      "another host",
      { status: 301, headers: { location: "http://example.org/data.git/info/refs?service=git-upload-pack" } },
      /has moved to http:\/\/example.org\/data.git; set/,
      {},
    ],
    [
      "a sign-in page",
      { status: 302, headers: { location: "/login?return=%2Fdata.git" } },
      /has moved to http:\/\/127.0.0.1:\d+\/login; set/,
      {},
    ],
  ])("%s is told in words", async (_, answer, words, data) => {
    await expect(answering(answer)).rejects.toMatchObject({ message: expect.stringMatching(words), data });
  });

  test("a redirect on the same host is followed, and pushed to", async () => {
    const host = await GitHost.start();
    const { head } = await push(host.url, "one\n");
    host.switches.answer = ({ url = "" }) =>
      url.startsWith("/old") ? { status: 301, headers: { location: url.replace("/old", "/data") } } : undefined;
    const old = host.url.replace("data", "old");
    expect((await fetchAll(old)).refs).toEqual([{ name: main, oid: head }]);
    expect((await push(old, "two\n", head)).refs).toMatchObject([{ ok: true }]);
  });

  test("nobody listening is told in words", async () => {
    await expect(open("http://127.0.0.1:9/data.git").refs()).rejects.toThrow(
      "http://127.0.0.1:9/data.git: nothing listens there",
    );
  });

  test("a server that is silent is not waited for", async () => {
    const host = await GitHost.start();
    host.server.removeAllListeners("request");
    host.server.on("request", () => {});
    await expect(open(host.url, { silenceMs: 30 }).refs()).rejects.toThrow(/was silent for 0 seconds/);
  });

  describe("credentials", () => {
    const credentials = { username: "ada", password: "s3cret/@:" };
    const guarded = async () => {
      const host = await GitHost.start();
      host.switches.credentials = credentials;
      return host;
    };
    const withUser = (url: string, { username, password } = credentials) =>
      url.replace("://", `://${username}:${encodeURIComponent(password)}@`);

    test("of the URL", async () => {
      const host = await guarded();
      const { head } = await push(withUser(host.url), "one\n");
      expect((await fetchAll(withUser(host.url))).refs).toEqual([{ name: main, oid: head }]);
    });

    test("of the environment", async () => {
      const host = await guarded();
      const { username, password } = credentials;
      const env = { ...environment, SHEAF_GIT_USERNAME: username, SHEAF_GIT_PASSWORD: password };
      expect((await push(host.url, "one\n", zeroOid, { environment: env })).refs).toMatchObject([{ ok: true }]);
    });

    test("of git's helper, which hears what came of them", async () => {
      const host = await guarded();
      const home = freshFolder();
      const helper = (password: string) =>
        `!f() { cat > ${home}/$1-${password.length}; test $1 = get && printf 'username=ada\\npassword=%s\\n' '${password}'; }; f`;
      const using = (password: string) => ({
        ...environment,
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "credential.helper",
        GIT_CONFIG_VALUE_0: helper(password),
      });
      await fetchAll(host.url, [], { environment: using(credentials.password) });
      await expect(fetchAll(host.url, [], { environment: using("wrong") })).rejects.toMatchObject({
        data: { status: 401 },
      });
      expect(readdirSync(home).sort()).toEqual(["erase-5", "get-5", "get-9", "store-9"]);
    });

    test("that are wrong are in no error", async () => {
      const host = await guarded();
      const wrong = withUser(host.url, { username: "ada", password: "hunter2" });
      const error: unknown = await fetchAll(wrong).catch((error: unknown) => error);
      expect(error).toMatchObject({ code: "remote-failed", data: { remote: host.url, status: 401 } });
      expect(JSON.stringify(error) + String(error) + (error as Error).stack).not.toContain("hunter2");
      await expect(push(wrong, "one\n")).rejects.toMatchObject({ data: { status: 401 } });
    });

    test("a push asks before it sends the pack", async () => {
      const host = await guarded();
      await push(withUser(host.url), "one\n");
      const posts = host.requests.filter(({ method }) => method === "POST");
      expect(posts.map(({ bytes }) => bytes > 4)).toEqual([false, true]);
    });
  });

  describe("a connection that breaks", () => {
    test.each([5, 60])("in the answer to a fetch, after %i bytes", async bytes => {
      const host = await GitHost.start();
      const { head } = await push(host.url, "one\n");
      host.switches.cutAnswerAfter = bytes;
      await expect(fetchAll(host.url)).rejects.toThrow(/the connection broke.*; nothing is half done; try again/);
      delete host.switches.cutAnswerAfter;
      expect((await fetchAll(host.url)).refs).toEqual([{ name: main, oid: head }]);
    });

    test.each([150])("in a push, after %i bytes; then it can be repeated", async bytes => {
      const host = await GitHost.start();
      host.switches.cutRequestAfter = bytes;
      await expect(push(host.url, "one\n")).rejects.toThrow(/the connection broke/);
      delete host.switches.cutRequestAfter;
      expect((await fetchAll(host.url)).refs).toEqual([]);
      expect((await push(host.url, "one\n")).refs).toMatchObject([{ ok: true }]);
      host.git.run(["fsck", "--full", "--strict"]);
    });

    test("after all was done; then it shows", async () => {
      const host = await GitHost.start();
      host.switches.cutAnswerAfter = 2;
      await expect(push(host.url, "one\n")).rejects.toThrow(/the connection broke/);
      delete host.switches.cutAnswerAfter;
      expect((await fetchAll(host.url)).refs).toMatchObject([{ name: main }]);
    });
  });
});

describe("through pipes", () => {
  test("a plain path", async () => {
    const git = StockGit.init("--bare");
    expect((await push(git.folder, "one\n")).refs).toMatchObject([{ ok: true }]);
  });

  test("a path that leads nowhere", async () => {
    await expect(open("/nonexistent/a").refs()).rejects.toMatchObject({
      code: "no-such-repository",
      data: { path: "/nonexistent/a" },
    });
  });

  test("git that is not installed", async () => {
    const git = StockGit.init("--bare");
    await expect(open(git.folder, { environment: { PATH: "/nonexistent" } }).refs()).rejects.toThrow(
      /git is not installed, or not on the PATH; install it, or use an https:/,
    );
  });

  test("ssh, called as git calls it", async () => {
    const git = StockGit.init("--bare");
    const ssh = join(git.folder, "ssh.sh");
    git.write("ssh.sh", '#!/bin/sh\nprintf "%s|" "$@" >> "$LOG"\nfor last; do :; done\nexec sh -c "$last"\n');
    const log = join(git.folder, "log");
    const env = { ...environment, LOG: log, GIT_SSH_COMMAND: `sh ${ssh}` };
    const url = `ssh://ada@host.example:2222${git.folder}`;
    expect((await push(url, "one\n", zeroOid, { environment: env })).refs).toMatchObject([{ ok: true }]);
    expect(existsSync(log)).toBe(true);
  });
});
