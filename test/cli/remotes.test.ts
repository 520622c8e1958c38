/** Repositories that work together from the command line, each in a folder. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { StockGit } from "../../packages/git/test/git.js";
import { openFolder } from "../../packages/cli/src/compose.js";
import { freshShell, smallRepository, type Shell } from "./shell.js";

/** A repository, and one more beside it that was made empty for others to push to. */
async function two(): Promise<{ ada: Shell; middle: string }> {
  const ada = await smallRepository();
  await ada.sheaf("init", "middle");
  await ada.sheaf("remote", "add", "origin", "middle");
  await ada.sheaf("push", "-u", "origin", "main");
  return { ada, middle: "middle" };
}

test("push, clone, edit on both sides, pull and push again", async () => {
  const { ada, middle } = await two();
  const nobody = { env: { SHEAF_AUTHOR_NAME: "", SHEAF_AUTHOR_EMAIL: "", GIT_CONFIG_GLOBAL: "/dev/null" } };
  expect((await ada.run(["clone", middle, "bob"], nobody)).err).not.toContain("hint");
  expect((await ada.json("-C", "bob", "status"))[0]).toMatchObject({
    upstream: { remote: "origin", branch: "main", ahead: 0, behind: 0 },
  });
  const patch = (value: string) => ({
    stdin: JSON.stringify([{ op: "replace", path: "/items/q1/answer", value }]),
  });
  await ada.run(["patch", "qa", "-"], patch("ada"));
  await ada.run(["-C", "bob", "patch", "qa", "-"], patch("bob"));
  await ada.sheaf("push");
  expect(await ada.run(["-C", "bob", "push"])).toMatchObject({ code: 4, out: expect.stringContaining("sheaf pull") });
  expect((await ada.run(["-C", "bob", "pull"])).code).toBe(1);
  expect(await ada.sheaf("-C", "bob", "status")).toContain("1 commit ahead of and 1 behind origin/main");
  await ada.sheaf("-C", "bob", "resolve", "--theirs", "--all");
  await ada.sheaf("-C", "bob", "merge", "--continue");
  await ada.sheaf("-C", "bob", "push");
  await ada.sheaf("pull");
  expect(await ada.json("log")).toEqual(await ada.json("-C", "bob", "log"));
  expect(await ada.sheaf("pull")).toMatch(/^origin\/main has nothing new; no commit made/);
  expect((await ada.run(["-C", "bob", "push"])).err).toContain("everything up to date");
});

/** Two people who changed the answer of q1 in two ways: Ada pushed hers, and Bob's clone is in the folder bob. */
async function quarrel(): Promise<Shell> {
  const { ada, middle } = await two();
  await ada.sheaf("clone", middle, "bob");
  for (const [folder, value] of [
    [".", "ada"],
    ["bob", "bob"],
  ])
    await ada.run(["-C", folder, "patch", "qa", "-", "-m", value], {
      stdin: JSON.stringify([{ op: "replace", path: "/items/q1/answer", value }]),
    });
  await ada.sheaf("push");
  return ada;
}

test.each([
  [["pull"], "merge"],
  [["pull", "--rebase"], "rebase"],
])("undo after %j that stopped at conflicts gives the %s up, then takes back the fetch", async (pull, kind) => {
  const ada = await quarrel();
  const before = (await ada.json("-C", "bob", "status"))[0];
  expect((await ada.run(["-C", "bob", ...pull])).code).toBe(1);
  expect((await ada.json("-C", "bob", "status"))[0]).toHaveProperty("merging");
  const head = before.commit;
  expect(await ada.json("-C", "bob", "undo")).toEqual([
    { ref: "refs/heads/main", from: head, to: head, command: expect.stringMatching(/^pull /), gaveUp: kind },
  ]);
  const after = (await ada.json("-C", "bob", "status"))[0];
  expect(after).toMatchObject({ commit: head, upstream: { ahead: 1, behind: 1 } });
  expect(after).not.toHaveProperty("merging");
  expect(await ada.json("-C", "bob", "conflicts")).toEqual([]);
  expect(await ada.sheaf("-C", "bob", "undo")).toMatch(/^took back fetch origin/);
  expect((await ada.json("-C", "bob", "status"))[0]).toEqual(before);
  expect((await ada.run(["-C", "bob", ...pull])).code).toBe(1);
  expect(await ada.sheaf("-C", "bob", "undo")).toMatch(
    new RegExp(`the ${kind} that waited for its conflicts is given up, refs/heads/main stays at b`),
  );
});

test("what was fetched is listed and shown as git does; CIDs are short where people read", async () => {
  const ada = await quarrel();
  await ada.sheaf("-C", "bob", "fetch");
  const all = await ada.json("-C", "bob", "branch", "-a");
  expect(all.map(({ branch, isRemote }) => [branch, isRemote])).toEqual([
    ["main", undefined],
    ["origin/main", true],
  ]);
  expect(await ada.json("-C", "bob", "branch", "-r")).toEqual(all.slice(1));
  expect(await ada.sheaf("-C", "bob", "branch", "-a", "-v")).toMatch(/\* main .* bob\n {2}origin\/main .* ada\n$/);
  expect(await ada.sheaf("-C", "bob", "log", "--oneline", "origin/main")).toMatch(/ \(origin\/main\) ada\n/);
  expect(await ada.sheaf("log", "-n", "1")).toContain(" (HEAD → main, origin/main)\n");
  expect(await ada.sheaf("remote", "-v")).toMatch(/origin +middle\n/);
  const { out } = await ada.run(["-C", "bob", "push"]);
  expect(out).toMatch(/not in bafyrei[a-z2-7]{9} \(it is at bafyrei[a-z2-7]{9}\)/);
  expect((await ada.run(["-C", "bob", "push", "--json"])).out).toMatch(/not in bafyrei[a-z2-7]{52} /);
});

test("a bundle carries the news to where no network goes", async () => {
  const { ada } = await two();
  await ada.sheaf("bundle", "create", "all.car");
  await ada.sheaf("clone", "all.car", "bob");
  expect(await ada.json("-C", "bob", "log")).toEqual(await ada.json("log"));
  await ada.run(["patch", "qa", "-"], { stdin: JSON.stringify([{ op: "remove", path: "/items/q1" }]) });
  await ada.sheaf("bundle", "create", "news.car", "main", "^origin/main");
  expect((await ada.json("-C", "bob", "bundle", "verify", "news.car"))[0]).toMatchObject({
    refs: [{ ref: "refs/heads/main" }],
    prerequisites: [(await ada.json("log"))[1].commit],
  });
  await ada.sheaf("-C", "bob", "pull", "../news.car", "main");
  expect(await ada.json("-C", "bob", "log")).toEqual(await ada.json("log"));
  expect((await ada.run(["bundle", "create", "none.car", "main", "^main"])).code).toBe(2);
});

test("a remote that is not there, or not known, is said so", async () => {
  const shell = await smallRepository();
  expect(await shell.run(["fetch"])).toMatchObject({ code: 3, err: expect.stringContaining("sheaf remote add") });
  expect(await shell.run(["fetch", "./nowhere"])).toMatchObject({
    code: 3,
    err: expect.stringContaining("nothing is there"),
  });
  expect(await shell.run(["fetch", "gopher://x/y"])).toMatchObject({ code: 2 });
  const { out, err } = await shell.run(["remote", "add", "hub", "https://ada:secret@example.org/evals.git"]);
  expect(out).toContain("https://example.org/evals.git");
  expect(out + err).not.toContain("secret");
  expect(err).toMatch(/not stored; .*SHEAF_GIT_TOKEN/);
  const bucket = await shell.run(["remote", "add", "bucket", "s3://key:secret@evals/data"]);
  expect(bucket.err).toMatch(/not stored; set AWS_ACCESS_KEY_ID/);
  expect(bucket.out + bucket.err).not.toMatch(/secret@|git/);
  for (const url of ["s3://evals/data", "../elsewhere", "https://example.org/evals.git", "ada@example.org:evals"])
    expect((await shell.run(["remote", "set-url", "hub", url])).err).toBe("");
  expect(await shell.sheaf("config")).not.toContain("secret");
});

test("rebase from the command line: a conflict waits, and goes on when it is resolved", async () => {
  const shell = await smallRepository();
  const patch = (value: string, ...args: string[]) =>
    shell.run(["patch", "qa", "-", "-m", value, ...args], {
      stdin: JSON.stringify([{ op: "replace", path: "/items/q1/answer", value }]),
    });
  await shell.sheaf("branch", "side");
  await patch("ours");
  await patch("theirs", "--branch", "side");
  expect((await shell.run(["rebase", "main", "side"])).code).toBe(1);
  await shell.sheaf("switch", "side");
  expect((await shell.json("status"))[0].rebasing.left).toHaveLength(1);
  expect((await shell.run(["merge", "--continue"])).code).toBe(2);
  await shell.sheaf("resolve", "--theirs", "--all");
  expect((await shell.json("rebase", "--continue"))[0]).toMatchObject({ replayed: 1, dropped: [] });
  expect((await shell.json("log")).slice(0, 2).map(({ message }) => message)).toEqual(["theirs", "ours"]);
  await shell.sheaf("undo");
  expect((await shell.json("log"))[0].message).toBe("theirs");
  expect((await shell.json("log"))[1].message).not.toBe("ours");
});

describe("git", () => {
  const withGit = {
    env: { PATH: process.env["PATH"] ?? "", GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
  };

  test("a bundle of git's is made by pushing to it, and one that is not there is said so", async () => {
    const ada = await smallRepository();
    expect(await ada.run(["push", "data.bundle", "main"])).toMatchObject({ code: 0 });
    expect(ada.read("data.bundle")).toMatch(/^# v2 git bundle\n/);
    await ada.sheaf("clone", "data.bundle", "bob");
    expect(await ada.json("-C", "bob", "log")).toEqual(await ada.json("log"));
    for (const verb of ["fetch", "clone"])
      expect(await ada.run([verb, "none.bundle"])).toMatchObject({
        code: 3,
        err: expect.stringMatching(/there is nothing at .*none\.bundle/),
      });
  });

  test("a bundle of ours is known for what it is, whatever its name ends in", async () => {
    const ada = await smallRepository();
    await ada.sheaf("bundle", "create", "ours.bundle");
    await ada.sheaf("clone", "ours.bundle", "bob");
    expect(await ada.json("-C", "bob", "log")).toEqual(await ada.json("log"));
  });

  test("who pushes to a repository whose HEAD names another branch hears of it", async () => {
    const ada = await smallRepository();
    const bare = StockGit.bare(join(ada.folder, "it's bare.git"));
    bare.write("HEAD", "ref: refs/heads/master\n");
    const { code, err } = await ada.run(["push", "it's bare.git", "main"], withGit);
    expect(code).toBe(0);
    expect(err).toContain("HEAD there names the branch master, which is not there");
    const command = /; (git -C .*) makes it/.exec(err)?.[1] ?? "";
    execFileSync("sh", ["-c", command], withGit);
    expect(bare.run(["symbolic-ref", "HEAD"])).toBe("refs/heads/main");
    await ada.run(["tag", "v1"]);
    expect((await ada.run(["push", "it's bare.git", "main:side"], withGit)).err).not.toContain("HEAD");
  });

  test("a part is cloned, and added to", async () => {
    const ada = await smallRepository();
    ada.write("more.jsonl", '{"a":1}\n');
    await ada.sheaf("import", "more", "more.jsonl");
    await ada.sheaf("push", "data.bundle", "main");
    await ada.sheaf("clone", "--dataset", "qa", "data.bundle", "part");
    expect((await ada.run(["-C", "part", "rows", "more"])).err).toContain("sheaf fetch --dataset");
    expect(await ada.run(["-C", "part", "fetch", "--dataset", "more"])).toMatchObject({
      code: 0,
      err: expect.stringContaining("the rows of more are here now"),
    });
    expect(await ada.sheaf("-C", "part", "rows", "more")).toBe(await ada.sheaf("rows", "more"));
  });
});

test("push and fetch tell of the notes of versions that go and come along", async () => {
  const [ada, team] = [freshShell(), freshShell()];
  await team.sheaf("init");
  await ada.sheaf("init");
  ada.write("qa.jsonl", '{"id":"q1"}');
  await ada.sheaf("import", "qa", "qa.jsonl", "--key", "id");
  const repo = await openFolder(ada.folder, { author: () => ({ name: "Ada", email: "ada@example.org" }) });
  await repo.versions.note("qa", 1, () => ({ name: "gold" }));
  await ada.sheaf("remote", "add", "origin", team.folder);
  const pushed = await ada.run(["push", "-u", "origin", "main"]);
  expect(pushed).toMatchObject({ code: 0, err: expect.stringContaining("1 note of versions went along") });
  const bob = freshShell();
  await bob.sheaf("clone", team.folder, ".");
  await repo.versions.note("qa", 1, () => ({ name: "silver" }));
  expect((await ada.json("push"))[0]).toMatchObject({ notes: [{ outcome: "updated" }] });
  expect((await bob.run(["fetch"])).err).toContain("1 note of versions came along");
  expect((await bob.run(["fetch"])).err).toContain("nothing new");
});
