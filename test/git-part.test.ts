/** Partial clones of git hosts: the commits are those of a whole clone, whoever made them, and what was done goes back or is refused in words. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isSheafError, Repository, utf8 } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { openNodeGitRemote } from "@sheaf/git/node";
import { freshFolder, gitEnvironment, StockGit } from "../packages/git/test/git.js";
import { findings, rowsOf } from "./sync/town.js";

const environment = gitEnvironment("/nonexistent");

/** Opens git repositories, counts the drives that were lent, and sees that they come back. */
class Ways {
  lent = 0;
  returned = 0;
  readonly options = {
    platform: nodePlatform,
    author: () => ({ name: "Ada", email: "ada@example.org" }),
    connect: async (url: string, local: Parameters<typeof openNodeGitRemote>[1]) =>
      openNodeGitRemote(url, local, {
        environment,
        openDrive: () => {
          this.lent++;
          return { drive: new MemoryDrive(), close: () => void this.returned++ };
        },
      }),
  };

  clone(url: string, datasets?: readonly string[]): Promise<Repository> {
    return Repository.clone(new MemoryDrive(), url, { ...this.options, ...(datasets && { datasets }) });
  }
}

const rows = (count: number, text: string) =>
  Array.from({ length: count }, (_, n) => ({ id: `q${n}`, text: `${text} ${n}` }));
const edit = (repo: Repository, dataset: string, id: string, text: string) =>
  repo.dataset(dataset).patch([{ op: "replace", path: `/items/${id}/text`, value: text }]);

/** A bare repository with two datasets and a file, the repository that it came from, and a partial clone of it. */
async function started() {
  const ways = new Ways();
  const git = StockGit.bare();
  const whole = await Repository.open(new MemoryDrive(), { ...ways.options, create: true });
  await whole.dataset("qa").import(rows(60, "qa"), { key: "id" });
  await whole.dataset("large").import(rows(400, "large"), { key: "id" });
  await whole.edit([{ file: "README.md", content: utf8("# Read me\n") }]);
  await whole.tag("v1", { message: "the first" });
  await whole.addRemote("origin", git.folder);
  await whole.push("origin", ["main", "v1"], { setUpstream: true });
  const part = await ways.clone(git.folder, ["qa"]);
  return { ways, git, whole, part };
}

/** Changes a file as a colleague with stock git does. */
function change(git: StockGit, path: string, from: string, to: string): void {
  const work = new StockGit(join(freshFolder(), "work"));
  new StockGit(freshFolder()).run(["clone", "--quiet", git.folder, work.folder]);
  const [file] = readdirSync(join(work.folder, path));
  work.write(`${path}/${file}`, `${work.run(["show", `HEAD:${path}/${file}`]).replace(from, to)}\n`);
  work.run(["commit", "-qam", `Change ${path}`]);
  work.run(["push", "-q"]);
}

test("a clone of one dataset has the same commits and tags, and its rows alone", async () => {
  const { ways, whole, part } = await started();
  for (const name of ["main", "v1"]) expect(await part.resolve(name)).toBe(await whole.resolve(name));
  expect(await rowsOf(part)).toEqual(await rowsOf(whole));
  expect((await part.status()).part).toEqual(["qa"]);
  await expect(rowsOf(part, "large")).rejects.toThrow(/only the rows of qa are here.*sheaf fetch --dataset/);
  expect(await findings(part)).toEqual([]);
  expect(ways).toMatchObject({ lent: 1, returned: 1 });
});

test("work on it is pushed and pulled, and costs what changed", async () => {
  const { ways, git, whole, part } = await started();
  await edit(part, "qa", "q1", "part");
  const { refs, traffic } = await part.push("origin", ["main"]);
  expect(refs).toMatchObject([{ outcome: "updated" }]);
  expect(traffic.objects).toBeLessThanOrEqual(5);
  git.run(["fsck", "--full", "--strict"]);
  await whole.pull();
  expect(await whole.resolve("main")).toBe(await part.resolve("main"));
  await edit(whole, "qa", "q2", "whole");
  await whole.push("origin", ["main"]);
  await part.pull();
  expect(await part.resolve("main")).toBe(await whole.resolve("main"));
  expect(await findings(part)).toEqual([]);
  expect(ways.lent).toBe(1);
});

test.each([
  ["the dataset that is here", "qa/rows", "qa 7", "qa seven"],
  ["another dataset", "large/rows", "large 7", "large seven"],
])("what a colleague did to %s comes, with the CIDs of a whole clone", async (_, path, from, to) => {
  const { ways, git, whole, part } = await started();
  change(git, path, from, to);
  await whole.pull();
  await part.pull();
  expect(await part.resolve("main")).toBe(await whole.resolve("main"));
  change(git, path, to, from);
  await whole.pull();
  await part.pull();
  expect(await part.resolve("main")).toBe(await whole.resolve("main"));
  expect(await rowsOf(part)).toEqual(await rowsOf(whole));
  expect(await findings(part)).toEqual([]);
  expect(ways.returned).toBe(ways.lent);
});

test("a push that would need what is not here is refused before anything moves", async () => {
  const { git, part } = await started();
  const other = StockGit.bare();
  await part.addRemote("other", other.folder);
  const failure = await part.push("other", ["main"]).catch((error: unknown) => error);
  expect(isSheafError(failure, "missing-block") && failure.message).toMatch(/only the rows of qa are here/);
  expect(other.run(["for-each-ref"])).toBe("");
  expect(git.run(["log", "--format=%s", "main"]).split("\n")).toHaveLength(3);
});

test("another dataset is added, with all its versions", async () => {
  const { git, whole, part } = await started();
  await edit(part, "qa", "q3", "not pushed");
  change(git, "large/rows", "large 7", "large seven");
  await whole.pull();
  await part.fetch("origin", { datasets: ["large"] });
  expect((await part.status()).part).toEqual(["large", "qa"]);
  expect(await rowsOf(part, "large", "origin/main")).toEqual(await rowsOf(whole, "large"));
  expect(await rowsOf(part, "large", "main")).toEqual(await rowsOf(whole, "large", "v1"));
  expect(await findings(part)).toEqual([]);
});

test("where nothing is lent, no part can be had, in words", async () => {
  const { git } = await started();
  const connect = async (url: string, local: Parameters<typeof openNodeGitRemote>[1]) =>
    openNodeGitRemote(url, local, { environment });
  const options = { ...new Ways().options, connect, datasets: ["qa"] };
  await expect(Repository.clone(new MemoryDrive(), git.folder, options)).rejects.toThrow(
    /gives no part of itself here; clone all of it/,
  );
});
