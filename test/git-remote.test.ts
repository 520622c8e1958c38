/** Two people and a git host: what one pushes others read with stock git, what they edit comes back, and both hold the same commits. */
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { openNodeGitRemote } from "@sheaf/git/node";
import { freshFolder, gitEnvironment, StockGit } from "../packages/git/test/git.js";
import { GitHost } from "../packages/git/test/host.js";

const environment = gitEnvironment("/nonexistent");
const options = {
  platform: nodePlatform,
  author: () => ({ name: "Ada", email: "ada@example.org" }),
  connect: async (url: string, local: Parameters<typeof openNodeGitRemote>[1]) =>
    openNodeGitRemote(url, local, { environment }),
};
const main = ["main"];

/** A repository with one dataset of so many rows, and a remote. */
async function started(url: string, rows: number): Promise<Repository> {
  const repo = await Repository.open(new MemoryDrive(), { ...options, create: true });
  const all = Array.from({ length: rows }, (_, i) => ({
    id: `q${i}`,
    question: `What is ${i} + ${i}?`,
    answer: `${2 * i}`,
  }));
  await repo.dataset("qa").import(all, { key: "id", message: "first import" });
  await repo.addRemote("origin", url);
  return repo;
}

const cloneOf = (url: string) => Repository.clone(new MemoryDrive(), url, options);
const headOf = async (repo: Repository) => (await repo.head()).commit;

/** Each gives the URL of an empty bare repository and stock git inside it. */
const hosts: [string, () => Promise<{ url: string; git: StockGit }>][] = [
  ["http", () => GitHost.start()],
  [
    "a folder",
    async () => {
      const git = StockGit.bare();
      return { git, url: git.folder };
    },
  ],
];

/** A colleague's clone by stock git; not from a host of this process, which stands still while git runs. */
function colleague(path: string): StockGit {
  const git = new StockGit(join(freshFolder(), "work"));
  new StockGit(freshFolder()).run(["clone", "--quiet", path, git.folder]);
  return git;
}

describe.each(hosts)("over %s", (_, start) => {
  test("push, clone by git, edit there, pull, and clone: everybody holds the same", async () => {
    const { url, git } = await start();
    const repo = await started(url, 300);
    await repo.tag("v1", { message: "the first" });
    await repo.push("origin", ["main", "v1"], { setUpstream: true });
    git.run(["fsck", "--full", "--strict"]);

    const other = colleague(git.folder);
    const [file] = readdirSync(join(other.folder, "qa/rows"));
    const before = other.run(["show", `HEAD:qa/rows/${file}`]);
    other.write(`qa/rows/${file}`, `${before.replace('"answer":"14"', '"answer":"fourteen"')}\n`);
    other.run(["commit", "-qam", "Spell it out"]);
    other.run(["push", "-q"]);

    await repo.pull();
    expect(await repo.dataset("qa").get("q7")).toMatchObject({ item: { answer: "fourteen" } });
    const clone = await cloneOf(url);
    expect(await headOf(clone)).toBe(await headOf(repo));
    expect(await clone.resolve("v1")).toBe(await repo.resolve("v1"));

    await clone.dataset("qa").patch([{ op: "replace", path: "/items/q8/answer", value: "sixteen" }], { message: "q8" });
    const { refs } = await clone.push("origin", main);
    expect(refs).toMatchObject([{ outcome: "updated" }]);
    git.run(["fsck", "--full", "--strict"]);
    expect(git.run(["show", "--stat", "--format=", "main"])).toMatch(
      /1 file changed, 1 insertion\(\+\), 1 deletion\(-\)/,
    );
    await repo.pull();
    expect(await headOf(repo)).toBe(await headOf(clone));
  });

  test("the cost follows the change", async () => {
    const { url } = await start();
    const repo = await started(url, 3000);
    const first = await repo.push("origin", main);
    await repo.dataset("qa").patch([{ op: "replace", path: "/items/q8/answer", value: "sixteen" }], { message: "q8" });
    const second = await repo.push("origin", main);
    expect(second.traffic.objects).toBeLessThanOrEqual(5);
    expect(second.traffic.sent).toBeLessThan(3000);
    expect(first.traffic.sent).toBeGreaterThan(20 * second.traffic.sent);
    const clone = await cloneOf(url);
    await repo.dataset("qa").patch([{ op: "replace", path: "/items/q9/answer", value: "eighteen" }], { message: "q9" });
    await repo.push("origin", main);
    const { traffic } = await clone.fetch();
    expect(traffic.objects).toBeLessThanOrEqual(5);
    expect(traffic.received).toBeLessThan(3000);
    expect((await clone.fetch()).traffic.objects).toBe(0);
  });
});

test("a rival's push is not run over", async () => {
  const git = StockGit.bare();
  const repo = await started(git.folder, 10);
  await repo.push("origin", main, { setUpstream: true });
  const rival = await cloneOf(git.folder);
  await rival.dataset("qa").patch([{ op: "remove", path: "/items/q1" }], { message: "theirs" });
  await rival.push("origin", main);
  await repo.dataset("qa").patch([{ op: "remove", path: "/items/q2" }], { message: "ours" });
  await expect(repo.push("origin", main)).rejects.toMatchObject({ code: "stale-base" });
  await repo.pull();
  await repo.push("origin", main);
  await rival.pull();
  expect(await headOf(rival)).toBe(await headOf(repo));
  expect(git.run(["log", "--format=%s", "main"]).split("\n")).toHaveLength(4);
});

test("what a hook says is in the refusal", async () => {
  const git = StockGit.bare();
  const repo = await started(git.folder, 10);
  git.hook("update", "echo 'main is protected' >&2; exit 1");
  await expect(repo.push("origin", main)).rejects.toThrow(/hook declined/);
});

test("a connection that breaks leaves nothing half done, and the same is done again", async () => {
  const host = await GitHost.start();
  const repo = await started(host.url, 300);
  host.switches.cutRequestAfter = 500;
  await expect(repo.push("origin", main)).rejects.toMatchObject({ code: "remote-failed" });
  delete host.switches.cutRequestAfter;
  await repo.push("origin", main);
  host.switches.cutAnswerAfter = 700;
  await expect(cloneOf(host.url)).rejects.toMatchObject({ code: "remote-failed" });
  delete host.switches.cutAnswerAfter;
  expect(await headOf(await cloneOf(host.url))).toBe(await headOf(repo));
});

test("a bundle goes by hand, and stock git reads it", async () => {
  const file = join(freshFolder(), "data.bundle");
  const repo = await started(file, 50);
  await repo.push("origin", main);
  const git = colleague(file);
  expect(git.run(["log", "--format=%s"])).toContain("first import");
  git.run(["bundle", "verify", file]);
  expect(await headOf(await cloneOf(file))).toBe(await headOf(repo));
  git.write("README.md", "# Data\n");
  git.run(["add", "."]);
  git.run(["commit", "-qm", "Say what it is"]);
  const next = join(git.folder, "next.bundle");
  git.run(["bundle", "create", "-q", next, "main", "^origin/main"]);
  await expect(cloneOf(next)).rejects.toThrow(
    /it builds on the commit [0-9a-f]{40}, which is not here; fetch that first/,
  );
  const { refs } = await repo.fetch(next);
  expect(refs).toMatchObject([{ remote: "refs/heads/main" }]);
});

/** What a colleague may do to a file of rows, in their own way. */
const habits: readonly ((git: StockGit, n: number) => void)[] = [
  (git, n) => appendFileSync(rowFile(git), `{"question": "by hand ${n}"}\n`),
  git => git.run(["mv", folderOf(git), `${folderOf(git)}x`]),
  git => writeFileSync(rowFile(git), readFileSync(rowFile(git), "utf8").replaceAll("\n", "\r\n")),
  git => writeFileSync(rowFile(git), readFileSync(rowFile(git), "utf8").split("\n").slice(1).join("\n")),
  (git, n) => cpSync(join(git.folder, folderOf(git)), join(git.folder, `copies/${n}`), { recursive: true }),
  git => git.run(["mv", rowFile(git), rowFile(git).replace(/\.jsonl$/, "-.jsonl")]),
  (git, n) => git.write(`notes/${n}.md`, "same\n"),
];

const folderOf = (git: StockGit) => readdirSync(git.folder).find(name => name.startsWith("qa")) ?? "";
const rowFile = (git: StockGit) => {
  const rows = join(git.folder, folderOf(git), "rows");
  return join(rows, readdirSync(rows)[0]);
};

test("who pulls after each commit of a colleague and who clones at the end hold the same", async () => {
  const step = fc.tuple(fc.nat({ max: habits.length - 1 }), fc.boolean());
  const appendedThenMoved: [number, boolean][] = [
    [0, true],
    [1, true],
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 6 }), async steps => {
      const git = StockGit.bare();
      const repo = await started(git.folder, 12);
      await repo.push("origin", main, { setUpstream: true });
      const other = colleague(git.folder);
      for (const [n, [habit, pulls]] of steps.entries()) {
        habits[habit](other, n);
        other.run(["add", "--all"]);
        other.run(["commit", "-q", "--allow-empty", "-m", `${n}`]);
        other.run(["push", "-q"]);
        if (pulls) await repo.pull();
      }
      await repo.pull();
      expect(await headOf(await cloneOf(git.folder))).toBe(await headOf(repo));
    }),
    { numRuns: 5, examples: [[appendedThenMoved]] },
  );
});

test("tags of what is no commit stay away, with the reason", async () => {
  const git = StockGit.bare();
  const repo = await started(git.folder, 10);
  await repo.push("origin", main);
  git.run(["tag", "-m", "a file", "file", "main:sheaf.json"]);
  const { refs } = await repo.fetch();
  expect(refs.find(({ remote }) => remote === "refs/tags/file")).toMatchObject({ outcome: "refused", message: /blob/ });
});

test.each([
  ["a folder that leads out", (git: StockGit) => git.run(["mktree"], `040000 tree ${git.run(["mktree"], "")}\t..\n`)],
  ["a submodule", (git: StockGit) => git.run(["mktree"], `160000 commit ${"1".repeat(40)}\tsub\n`)],
])("%s is refused with the commit, and nothing moves", async (_, tree) => {
  const git = StockGit.bare();
  const repo = await started(git.folder, 10);
  await repo.push("origin", main);
  const commit = git.run(["commit-tree", "-p", "main", "-m", "bad", tree(git)]);
  git.run(["update-ref", "refs/heads/bad", commit]);
  const before = await headOf(repo);
  await expect(repo.fetch()).rejects.toThrow(commit);
  expect((await repo.branches()).map(({ name }) => name)).toEqual(["main"]);
  expect(await headOf(repo)).toBe(before);
});

test("what stands at a note's place in git and is none is refused; the rest comes", async () => {
  const git = StockGit.bare();
  const repo = await started(git.folder, 3);
  await repo.versions.note("qa", 1, () => ({ name: "gold" }));
  await repo.push("origin", main);
  const { id } = await repo.dataset("qa").info();
  const head = git.run(["rev-parse", "main"]);
  const [first] = git
    .run(["for-each-ref", "--format=%(refname)", `refs/sheaf/notes/${id}/`])
    .split("/")
    .slice(-1);
  const blob = git.run(["rev-parse", "main:sheaf.json"]);
  const other = "1".repeat(32);
  git.run(["update-ref", `refs/sheaf/notes/${other}/${first}`, blob]);
  git.run(["update-ref", `refs/sheaf/notes/${"2".repeat(32)}/${first}`, head]);
  git.run(["update-ref", "refs/sheaf/notes/commits", head]);
  const bob = await cloneOf(git.folder);
  expect(await bob.versions.of("qa")).toMatchObject([{ number: 1, note: { name: "gold" } }]);
  const { notes } = await bob.fetch("origin");
  expect(notes.map(({ outcome }) => outcome)).toEqual(["refused", "refused"]);
});
