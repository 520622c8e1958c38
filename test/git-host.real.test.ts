/** Two people, a full git host and real data: what one pushes others review, edit and merge in the host's pages, and everybody holds the same commits. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Gitea } from "./git-host/gitea.js";
import { Person } from "./git-host/person.js";
import { key, logOf, note, release, rowsAt } from "./git-host/registry.js";
import type { GiteaUser, MergeStyle } from "./git-host/user.js";

let host: Gitea;
let ada: GiteaUser;
let bob: GiteaUser;
let eve: GiteaUser;
let repositories = 0;

beforeAll(async () => {
  host = await Gitea.start();
  [ada, bob, eve] = ["ada", "bob", "eve"].map(name => host.addUser(name));
});
afterAll(() => host?.close());

/** A person at a terminal who has this user's password in the environment. */
function at(user: GiteaUser): Person {
  const person = Person.fresh(user.name);
  Object.assign(person.env, { SHEAF_GIT_USERNAME: user.name, SHEAF_GIT_PASSWORD: user.password });
  return person;
}

/** Ada's repository with the old release of the registry, pushed; Bob may write, and has a clone. */
async function shared(): Promise<{ repository: string; hers: Person; his: Person }> {
  const repository = await ada.addRepository(`evals-${repositories++}`);
  await ada.call("PUT", `repos/${repository}/collaborators/bob`, { permission: "write" });
  const hers = at(ada);
  await hers.sheaf("init");
  await hers.sheaf("import", "subtags", release("old"), ...key, "-m", "registry of 2022");
  await hers.sheaf("remote", "add", "origin", ada.url(repository));
  await hers.sheaf("push", "-u", "origin", "main");
  const folder = at(bob);
  await folder.sheaf("clone", bob.url(repository), "evals");
  return { repository, hers, his: folder.in("evals") };
}

/** Says that both hold the same, whole, and that stock git finds nothing wrong with what the host has. */
async function agree(repository: string, ...people: Person[]): Promise<void> {
  const logs = await Promise.all(people.map(person => logOf(person)));
  for (const log of logs) expect(log).toEqual(logs[0]);
  for (const person of people) await person.sheaf("verify");
  const git = people[0];
  const bare = host.repositoryFolder("ada", repository.split("/")[1]);
  expect(await git.git("-C", bare, "fsck", "--full", "--strict")).toBe("");
}

test("branches, tags and environments go there and back, and every version opens after git's gc and ours", async () => {
  const { repository, hers, his } = await shared();
  await hers.sheaf("tag", "v2022", "-m", "as it was");
  await hers.sheaf("import", "subtags", release("new"), ...key, "-m", "registry of 2025");
  await hers.sheaf("tag", "light");
  await hers.sheaf("branch", "topic/ä", "v2022");
  await hers.sheaf("env", "subtags", "production", "v2022");
  await hers.sheaf("push", "--all", "--tags", "--environments");
  await his.sheaf("pull");
  expect(await his.json("tag")).toEqual(await hers.json("tag"));
  expect(await his.json("env", "subtags")).toEqual(await hers.json("env", "subtags"));
  await agree(repository, hers, his);

  const git = at(ada);
  await git.git("clone", "-q", ada.url(repository, ada.password), "plain");
  const plain = git.in("plain");
  expect(await plain.git("log", "-p", "--all")).toContain("language/apc");
  expect(await plain.git("blame", "subtags/rows/0.jsonl")).toContain("language/aa");
  expect(await plain.git("cat-file", "-t", "v2022")).toBe("tag\n");
  for (const folder of [plain.folder, host.repositoryFolder("ada", repository.split("/")[1])])
    await git.git("-C", folder, "gc", "-q", "--prune=now");
  await hers.sheaf("gc");
  await agree(repository, hers, his);

  const third = at(ada);
  await third.sheaf("clone", ada.url(repository), "again");
  for (const version of ["v2022", "light", "main~1", "origin/topic/ä"])
    expect(await rowsAt(third.in("again"), version)).toBe(await rowsAt(hers, version.replace("origin/", "")));
  expect(await plain.git("fsck", "--full", "--strict")).toBe("");
});

describe("what is edited in the host's pages", () => {
  const file = "subtags/rows/0.jsonl";
  const lines = (change: (lines: string[]) => void) => (text: string) => {
    const all = text.split("\n");
    change(all);
    return all.join("\n");
  };

  test("comes back row by row, the same in both clones", async () => {
    const { repository, hers, his } = await shared();
    await ada.edit(repository, file, text => text.replace('"Afar"', '"Afar!"'), { message: "Change a line" });
    await bob.edit(
      repository,
      file,
      lines(all => all.splice(3, 0, '{ "Subtag": "zzz", "Type": "language" }')),
    );
    await bob.edit(
      repository,
      file,
      lines(all => all.splice(10, 1)),
    );
    await bob.addFile(repository, "README.md", "# Subtags\r\n");
    await bob.addFile(repository, "made/by hand/rows/a.jsonl", '{"q":1}\n{"q":1.0}');
    await hers.sheaf("pull");
    await his.sheaf("fetch");
    expect(await his.sheaf("status")).toContain("5 commits behind origin/main");
    await his.sheaf("pull");
    await agree(repository, hers, his);
    const changed = await his.json("diff", "main~5", "main", "--dataset", "subtags");
    expect(changed.map(({ kind, id }) => [kind, id])).toEqual(
      expect.arrayContaining([
        ["changed", "language/aa"],
        ["removed", "language/av"],
        ["added", expect.any(String)],
      ]),
    );
    expect(changed.filter(({ id }) => id !== undefined)).toHaveLength(3);
    expect(await his.json("rows", "made/by hand")).toMatchObject([{ item: { q: 1 } }, { item: { q: 1.0 } }]);

    await his.patch("made/by hand", "one more", [{ op: "add", path: "/items/-", value: { q: 3 } }]);
    await his.sheaf("push");
    await hers.sheaf("pull");
    await agree(repository, hers, his);
  });

  test("may be a deletion or a new name; a commit with a line that is no JSON is refused with its place, until the host's branch is without it", async () => {
    const { repository, hers, his } = await shared();
    await ada.rename(repository, file, "subtags/rows/00.jsonl");
    await ada.rename(repository, "subtags/rows/00.jsonl", "subtags/rows/deep/er.jsonl");
    await ada.rename(repository, "subtags/dataset.json", "tags/of languages/dataset.json");
    await ada.removeFile(repository, "sheaf.json");
    await hers.sheaf("pull");
    await his.sheaf("pull");
    await agree(repository, hers, his);
    const { text } = await ada.file(repository, "subtags/rows/deep/er.jsonl");
    const before = await his.json("status");
    await bob.edit(
      repository,
      "subtags/rows/deep/er.jsonl",
      lines(all => (all[6] = `${all[6]},`)),
    );
    const { code, err } = await his.try(["pull"]);
    expect([code, err]).toEqual([2, expect.stringMatching(/[0-9a-f]{40}, subtags\/rows\/deep\/er\.jsonl:7/)]);
    expect(await his.json("status")).toEqual(before);

    await bob.edit(repository, "subtags/rows/deep/er.jsonl", () => text);
    expect((await his.try(["pull"])).code).toBe(2);
    await hers.patch("subtags", "hers", [note("ab", "one")]);
    expect((await hers.try(["push"])).code).toBe(4);
    await hers.sheaf("push", "--force");
    await his.sheaf("pull");
    await agree(repository, hers, his);
  });
});

describe("a pull request that the host merges", () => {
  const styles: MergeStyle[] = ["merge", "rebase", "rebase-merge", "squash", "fast-forward-only"];
  test.each(styles)("by %s is pulled by both, and the same", async style => {
    const { repository, hers, his } = await shared();
    await his.sheaf("switch", "-c", "notes");
    await his.patch("subtags", "a note", [note("ab", "one")]);
    await his.patch("subtags", "another", [note("ae", "two")]);
    await his.sheaf("push", "-u", "origin", "notes");
    if (style !== "fast-forward-only") {
      await hers.patch("subtags", "meanwhile", [note("zza", "three")]);
      await hers.sheaf("push");
    }
    const number = await bob.propose(repository, "notes");
    await ada.merge(repository, number, style);
    await hers.sheaf("pull");
    await his.sheaf("switch", "main");
    await his.sheaf("pull");
    await agree(repository, hers, his);
    const noted = JSON.parse(await his.sheaf("get", "subtags", "language/ae"));
    expect(noted.Comments).toEqual(["two"]);
    await his.patch("subtags", "life goes on", [note("af", "four")]);
    await his.sheaf("push");
    await hers.sheaf("pull");
    await agree(repository, hers, his);
  });
});

test("conflicts of a pull are settled as those of a merge; a rebase leaves one line of history", async () => {
  const { repository, hers, his } = await shared();
  await hers.patch("subtags", "hers", [note("ab", "hers"), note("ae", "hers")]);
  await hers.sheaf("push");
  await his.patch("subtags", "his", [note("ab", "his"), note("af", "his")]);
  expect((await his.try(["push"])).code).toBe(4);
  const { code } = await his.try(["pull"]);
  expect(code).toBe(1);
  expect(await his.json("conflicts")).toMatchObject([
    { id: "language/ab", pointer: expect.stringContaining("/Comments") },
  ]);
  await his.sheaf("resolve", "--theirs", "--all");
  await his.sheaf("merge", "--continue");
  await his.sheaf("push");
  await hers.patch("subtags", "on top", [note("ak", "hers")]);
  await hers.sheaf("pull", "--rebase");
  await hers.sheaf("push");
  await his.sheaf("pull");
  await agree(repository, hers, his);
  const [newest, merge] = await logOf(his);
  expect([newest.message, newest.parents.length, merge.parents.length]).toEqual(["on top", 1, 2]);
});

describe("what the host does not allow", () => {
  test("is said in one sentence with its own words, and changes nothing", async () => {
    const { repository, hers, his } = await shared();
    await ada.call("POST", `repos/${repository}/branch_protections`, { rule_name: "main", enable_push: false });
    await hers.patch("subtags", "not like this", [note("ab", "one")]);
    const protectedBranch = await hers.try(["push"]);
    expect(protectedBranch.code).toBe(2);
    expect(protectedBranch.out + protectedBranch.err).toContain("Not allowed to push to protected branch main");
    expect(protectedBranch.out + protectedBranch.err).not.toMatch(/error:|\n\s+at /);
    await hers.sheaf("push", "origin", "main:proposal");
    await ada.merge(repository, await ada.propose(repository, "proposal"), "fast-forward-only");
    await hers.sheaf("fetch");
    expect(await hers.sheaf("status")).toContain("up to date with origin/main");

    await his.sheaf("pull");
    await his.patch("subtags", "more", [note("ae", "two")]);
    const outsider = at(eve);
    const asEve = (...args: string[]) => Object.assign(his.in("."), { env: outsider.env }).try(args);
    const { code, out, err } = await asEve("push", "origin", "main:hers");
    expect([code, out + err]).toEqual([2, expect.stringContaining("User permission denied for writing")]);
    await ada.call("PATCH", `repos/${repository}`, { private: true });
    expect(await asEve("fetch")).toMatchObject({
      code: 3,
      err: expect.stringContaining("these credentials may not see it"),
    });
    his.env["SHEAF_GIT_PASSWORD"] = "wrong";
    expect(await his.try(["fetch"])).toMatchObject({ code: 6, err: expect.stringContaining("user name and password") });
    delete his.env["SHEAF_GIT_USERNAME"];
    his.env["SHEAF_GIT_TOKEN"] = await bob.addToken(repository);
    await his.sheaf("fetch");
    await his.sheaf("push", "origin", "main:more");
    his.env["SHEAF_GIT_TOKEN"] = await bob.addToken(`${repository} read`, ["read:repository"]);
    await his.sheaf("fetch");
    await his.patch("subtags", "even more", [note("af", "two")]);
    expect((await his.try(["push", "origin", "main:more"])).err).toMatch(/403|allow|scope/);
    await agree(repository, hers);
  });

  test("a repository with another name is found where it went; a branch goes away when it is deleted, and no rival is run over", async () => {
    const { repository, hers, his } = await shared();
    const name = `renamed-${repositories++}`;
    await ada.call("PATCH", `repos/${repository}`, { name });
    await hers.sheaf("branch", "gone");
    await hers.patch("subtags", "still there", [note("ab", "one")]);
    expect((await hers.try(["push", "origin", "main", "gone"])).err).toMatch(new RegExp(`has moved to .*/${name}`));
    await his.sheaf("pull");
    expect(await his.sheaf("branch", "-r")).toContain("origin/gone");
    await his.sheaf("push", "--delete", "origin", "gone");
    await hers.sheaf("fetch", "--prune");
    expect(await hers.sheaf("branch", "-r")).not.toContain("origin/gone");

    await his.patch("subtags", "his", [note("ae", "his")]);
    await his.sheaf("push");
    await hers.patch("subtags", "another history", [note("ab", "another")]);
    expect((await hers.try(["push"])).code).toBe(4);
    expect((await hers.try(["push", "--force-with-lease"])).code).toBe(4);
    await hers.sheaf("fetch");
    await hers.sheaf("push", "--force-with-lease");
    await his.sheaf("fetch");
    expect((await his.json("status"))[0].upstream).toMatchObject({ ahead: 1, behind: 1 });
    await agree(`ada/${name}`, hers);
  });
});

test("one changed row sends few objects and few bytes, and so it comes", async () => {
  const { hers, his } = await shared();
  await hers.patch("subtags", "one row", [note("ab", "a word")]);
  const [{ traffic: sent }] = await hers.json("push");
  await his.sheaf("fetch");
  await hers.patch("subtags", "one row", [note("qaa..qtz", "a word")]);
  await hers.json("push");
  const [{ traffic: came }] = await his.json("fetch");
  // A row file, the folders rows, subtags and the top one, and the commit.
  for (const { objects } of [sent, came]) expect(objects).toBe(5);
  expect(sent.sent).toBeLessThan(2_000);
  expect(came.received).toBeLessThan(2_000);
});

test("plain tools read the rows: the lines of all files in the order of their names are the dataset", async () => {
  const { repository, hers } = await shared();
  await hers.sheaf("import", "subtags", release("new"), ...key, "-m", "registry of 2025");
  await hers.sheaf("push");
  await hers.git("clone", "-q", ada.url(repository, ada.password), "plain");
  const names = await hers.in("plain").git("ls-files", "subtags/rows/*.jsonl");
  const texts = names
    .trim()
    .split("\n")
    .map(name => readFileSync(join(hers.folder, "plain", name), "utf8"));
  expect(texts.join("")).toBe(await rowsAt(hers, "main"));
});
