/** What one face renames, moves, deletes, brings back, merges in or pulls from git, every other shows at once, under the ids that it gave before. */
import { Repository } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { openNodeGitRemote } from "@sheaf/git/node";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshFolder, gitEnvironment, StockGit } from "../../packages/git/test/git.js";
import { findings } from "../sync/town.js";
import { facesOf, type Item } from "./faces.js";
import { ok } from "./opik-client.js";
import { Town } from "./town.js";

/** A face's datasets. */
interface Shelf {
  /** By name the id that the face gives. */
  list(): Promise<Map<string, string>>;
  /** The status of a look at a dataset by its id. */
  look(id: string): Promise<number>;
  rename(id: string, to: string): Promise<number>;
  remove(id: string): Promise<number>;
}

const names = ["opik", "arize", "galileo", "humanloop", "native"] as const;
type Name = (typeof names)[number];
const key = { "x-api-key": "key" };

function shelvesOf(town: Town): Readonly<Record<Name, Shelf>> {
  const shelf = (
    root: string,
    list: readonly [method: string, path: string, member: string, name: string],
    edit: (to: string) => readonly [method: string, path: string, body: object],
    headers = {},
    id = "id",
  ): Shelf => {
    const at = (one: string) => `${root}/${encodeURIComponent(one)}`;
    const status = async (method: string, path: string, body?: object) =>
      (await town.ask(method, path, body, headers)).status;
    return {
      async list() {
        const [method, path, member, name] = list;
        const answer = ok(await town.ask(method, root + path, method === "POST" ? {} : undefined, headers), 200);
        const found = (answer.body as Record<string, Record<string, string>[]>)[member];
        return new Map(found.map(one => [one[name], one[id]] as const).sort());
      },
      look: one => status("GET", at(one)),
      async rename(one, to) {
        const [method, path, body] = edit(to);
        return status(method, at(one) + path, body);
      },
      remove: one => status("DELETE", at(one)),
    };
  };
  const opik = "/opik/api/v1/private/datasets";
  return {
    opik: shelf(opik, ["GET", "?size=100", "content", "name"], name => ["PUT", "", { name }]),
    arize: shelf("/arize/v2/datasets", ["GET", "?limit=100", "datasets", "name"], name => ["PATCH", "", { name }]),
    galileo: shelf("/galileo/datasets", ["POST", "/query", "datasets", "name"], name => ["PATCH", "", { name }]),
    humanloop: shelf(
      "/humanloop/v5/datasets",
      ["GET", "?size=50", "records", "path"],
      path => ["PATCH", "", { path }],
      key,
    ),
    native: shelf("/api/v1/datasets", ["GET", "", "datasets", "path"], to => ["POST", "/rename", { to }], {}, "path"),
  };
}

const items: readonly Item[] = [
  { q: "one", n: 1 },
  { q: "two", n: 2 },
];

async function begun(drive = new MemoryDrive()) {
  const town = await Town.open(drive);
  const [faces, shelves] = [facesOf(town), shelvesOf(town)];
  await faces.opik.create("keep", items);
  await faces.galileo.create("in/qa", items);
  const rows = async (reader: Name, dataset: string) =>
    (await faces[reader].rows(dataset)).map(({ id, item }) => ({ id, item }));
  /** What every face shows of a dataset, its id too. */
  const shown = async (dataset: string) => {
    const all = names.map(async name => {
      const id = name === "native" ? "" : (await shelves[name].list()).get(dataset);
      return [name, { id, rows: await rows(name, dataset) }] as const;
    });
    return Object.fromEntries(await Promise.all(all));
  };
  const listed = async () => {
    const all = await Promise.all(names.map(async name => [...(await shelves[name].list()).keys()].join()));
    return [...new Set(all)];
  };
  return { town, faces, shelves, shown, listed };
}

test.each(names)(
  "by %s a dataset moves to another folder, another takes its name, and it goes and comes back",
  async actor => {
    const { town, faces, shelves, shown, listed } = await begun();
    const before = await shown("in/qa");
    const idIn = async (name: Name, dataset: string) => (await shelves[name].list()).get(dataset) ?? "";
    const versions = async (dataset: string) =>
      new Set(await Promise.all(names.map(name => faces[name].versions(dataset))));
    const id = await idIn(actor, "in/qa");
    const taken = await shelves[actor].rename(id, "keep");
    expect([taken >= 400 && taken < 500, await listed()]).toEqual([true, ["in/qa,keep"]]);
    expect(await shelves[actor].rename(id, "out/of/qa")).toBeLessThan(300);
    expect(await listed()).toEqual(["keep,out/of/qa"]);
    expect(await shown("out/of/qa")).toEqual(before);
    // Natively another path is another version, but to Humanloop, which counts what a version holds.
    expect(await versions("out/of/qa")).toEqual(new Set(actor === "native" ? [2, 1] : [1]));

    const next = names[(names.indexOf(actor) + 1) % names.length];
    await faces[next].create("in/qa", [{ q: "new" }]);
    expect(await listed()).toEqual(["in/qa,keep,out/of/qa"]);
    for (const name of names) expect([name, await idIn(name, "in/qa")]).not.toEqual([name, before[name].id]);

    const now = await idIn(actor, "out/of/qa");
    expect(await shelves[actor].remove(now)).toBeLessThan(300);
    expect(await listed()).toEqual(["in/qa,keep"]);
    for (const name of names)
      expect([name, await shelves[name].look(name === "native" ? "out/of/qa" : (before[name].id ?? ""))]).toEqual([
        name,
        404,
      ]);

    await town.repo.undo();
    expect(await listed()).toEqual(["in/qa,keep,out/of/qa"]);
    expect(await shown("out/of/qa")).toEqual(before);
    expect(await findings(town.repo)).toEqual([]);
  },
);

test("what a branch brings in, what is restored, and what others pushed by git is shown by all at once", async () => {
  const drive = new MemoryDrive();
  const { town, faces } = await begun(drive);
  const { repo } = town;
  const all = async () => {
    const seen = await Promise.all(
      names.map(async name => JSON.stringify((await faces[name].rows("keep")).map(({ item }) => item["q"]))),
    );
    return [...new Set(seen)];
  };
  await repo.branch("fix");
  await repo.dataset("keep").patch([{ op: "add", path: "/items/-", value: { q: "three", n: 3 } }], { branch: "fix" });
  await faces.galileo.add("in/qa", { q: "meanwhile" });
  expect(await all()).toEqual(['["one","two"]']);
  await repo.merge("fix");
  expect(await all()).toEqual(['["one","two","three"]']);
  const [first] = await repo.versions.of("keep");
  await repo.restore("keep", first.commit);
  expect(await all()).toEqual(['["one","two"]']);

  const bare = StockGit.bare();
  const environment = gitEnvironment("/nonexistent");
  const other = await Repository.open(drive, {
    platform: nodePlatform,
    author: () => ({ name: "Bob", email: "bob@example.org" }),
    connect: async (url, local) => openNodeGitRemote(url, local, { environment }),
  });
  await other.addRemote("origin", bare.folder);
  await other.push("origin", ["main"]);
  const work = new StockGit(join(freshFolder(), "work"));
  new StockGit(freshFolder()).run(["clone", "--quiet", bare.folder, work.folder]);
  const [file] = work.run(["ls-files", "keep/rows"]).trim().split("\n");
  appendFileSync(join(work.folder, file), '{"q":"by git","n":9}\n');
  work.run(["commit", "--quiet", "-am", "one more"]);
  work.run(["push", "--quiet"]);
  await other.pull({ remote: "origin", branch: "main" });
  expect(await all()).toEqual(['["one","two","by git"]']);
  expect(await findings(repo)).toEqual([]);
});
