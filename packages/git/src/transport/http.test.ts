import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { freshFolder } from "../../test/git.js";
import { GitHost } from "../../test/host.js";
import { zeroOid } from "../oid.js";
import { environment, fetchAll, main, open, push } from "../../test/exchange.js";

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

  test("a redirect on the same host is followed, and pushed to; another name is told once", async () => {
    const host = await GitHost.start();
    const { head } = await push(host.url, "one\n");
    host.switches.answer = ({ url = "" }) =>
      url.startsWith("/old") ? { status: 301, headers: { location: url.replace("/old", "/data") } } : undefined;
    const old = host.url.replace("data", "old");
    expect((await fetchAll(old)).refs).toEqual([{ name: main, oid: head }]);
    const hints: string[] = [];
    const hint = (text: string) => void hints.push(text);
    expect((await push(old, "two\n", head, { hint })).refs).toMatchObject([{ ok: true }]);
    const server = open(old, { hint });
    await server.refs();
    await server.refs();
    const told = `${old} has moved to ${host.url}; sheaf remote set-url … ${host.url} says so for good`;
    expect(hints).toEqual([told, told]);
  });

  test("a redirect to the same name with its ending is nothing to tell", async () => {
    const host = await GitHost.start();
    host.switches.answer = ({ url = "" }) =>
      url.startsWith("/data/") ? { status: 301, headers: { location: url.replace("/data", "/data.git") } } : undefined;
    const hints: string[] = [];
    await open(host.url.replace(".git", ""), { hint: text => void hints.push(text) }).refs();
    expect(hints).toEqual([]);
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
