/** The git host: stock git clones and fetches the projection from a Sheaf server, and can do nothing else. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createToken, exchangeRoutes, listen, Service } from "@sheaf/server";
import { expect, onTestFinished, test } from "vitest";
import { openFolder } from "../../packages/cli/src/compose.js";
import { freshShell } from "../cli/shell.js";

const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" };

async function host(isPrivate = true) {
  const shell = freshShell();
  await shell.sheaf("init");
  shell.write("qa.jsonl", '{"id":"q1","n":1}\n{"id":"q2","n":2}');
  await shell.sheaf("import", "qa", "qa.jsonl", "--key", "id");
  await shell.sheaf("tag", "v1", "-m", "first");
  const repo = await openFolder(shell.folder);
  const door = { hosts: undefined, origins: new Set<string>() };
  const service = new Service({ repo, routes: exchangeRoutes("evals"), door, isPrivate });
  const { url, stop } = await listen(service, { host: "127.0.0.1", port: 0 });
  onTestFinished(() => stop(0));
  return { shell, repo, url: `${url}/evals.git`, root: url };
}

/** Runs git beside the server, which is in this process: without blocking it. */
function git(...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise(resolve => {
    execFile("git", args, { env }, (error, out, err) => {
      resolve({ code: error ? 1 : 0, text: out + err });
    });
  });
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sheaf-git-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test.each(["0", "2"])("git clones with version %s of its protocol, then fetches what is new", async version => {
  const { shell, url } = await host();
  const clone = join(folder(), "evals");
  const of = ["-c", `protocol.version=${version}`];
  expect(await git(...of, "clone", "-q", url, clone)).toEqual({ code: 0, text: "" });
  expect(readFileSync(join(clone, "sheaf.json"), "utf8")).toContain("format");
  shell.write("p.json", '[{"op":"replace","path":"/items/q1/n","value":5}]');
  await shell.sheaf("patch", "qa", "p.json");
  expect((await git(...of, "-C", clone, "pull", "-q", "--ff-only")).text).toBe("");
  expect((await git("-C", clone, "log", "--format=%s")).text.trim().split("\n")).toHaveLength(2);
  expect((await git("-C", clone, "tag")).text).toBe("v1\n");
  expect((await git("-C", clone, "fsck", "--strict")).code).toBe(0);
  expect((await git("-C", clone, "cat-file", "-p", "HEAD:qa/dataset.json")).text).toContain("{");
});

test("nobody pushes, gets another repository, or a part of a history", async () => {
  const { url, root } = await host();
  const clone = join(folder(), "evals");
  await git("clone", "-q", url, clone);
  expect((await git("-C", clone, "push", "-f", "origin", "HEAD:refs/heads/other")).code).toBe(1);
  expect((await git("clone", "-q", `${root}/other.git`, join(folder(), "x"))).code).toBe(1);
  expect((await git("clone", "-q", "--depth", "1", url, join(folder(), "x"))).code).toBe(1);
});

test("what a ref named when it was listed is given though the ref moved on since; what no ref descends from is not", async () => {
  const { shell, url } = await host();
  const listed = async () => (await git("ls-remote", url, "refs/heads/main")).text.slice(0, 40);
  const edit = async (n: number) => {
    shell.write("p.json", `[{"op":"replace","path":"/items/q1/n","value":${n}}]`);
    await shell.sheaf("patch", "qa", "p.json");
  };
  const before = await listed();
  await edit(5);
  const clone = folder();
  await git("init", "-q", clone);
  const fetched = (oid: string) => git("-C", clone, "fetch", "-q", url, oid);
  expect(await fetched(before)).toEqual({ code: 0, text: "" });
  const undone = await listed();
  await shell.sheaf("undo");
  expect((await fetched(undone)).text).toContain("not a ref of this repository");
});

test("a token is git's password", async () => {
  const { repo, url } = await host(false);
  const { secret } = await createToken(repo.local(), { name: "CI", email: "ci@example.org", scope: "read" });
  expect((await git("clone", "-q", url, join(folder(), "a"))).code).toBe(1);
  expect((await git("clone", "-q", url.replace("://", `://ci:${secret}@`), join(folder(), "b"))).code).toBe(0);
});

test.each([
  ["nothing", ""],
  ["no lines", "hello"],
  ["an unknown command", "0014command=make-tea0000"],
  ["an object that is none", `0012command=fetch00010009done0000`],
  ["a foreign object", `0012command=fetch0001${"0032want " + "1".repeat(40)}\n0009done\n0000`],
])("%s is refused in git's words or as a problem, never as a fault", async (_, body) => {
  const { url } = await host();
  const headers = { "git-protocol": "version=2" };
  const answer = await fetch(`${url}/git-upload-pack`, { method: "POST", body, headers });
  const text = await answer.text();
  expect(answer.status === 400 || (answer.status === 200 && text.includes("ERR "))).toBe(true);
});
