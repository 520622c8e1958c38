/** Notes of versions between repositories: what faces know of a version travels with its commit, whatever number it has on the other side. */
import {
  amended,
  decodeCommit,
  encodeTag,
  parseCid,
  printCid,
  type Cid,
  type Repository,
  type ValueObject,
} from "@sheaf/core";
import { expect, test } from "vitest";
import { besides, name, put, shown, started } from "./noted.js";
import { findings, rowsOf } from "./town.js";

test("a clone and a pull show the versions as their writer does: numbers, notes, and what was changed beside the branch", async () => {
  const { town, ada } = await started();
  for (const id of ["a", "b", "c"]) await put(ada, id);
  await name(ada, 2, "gold");
  await besides(ada, 1, "late");
  await put(ada, "d", { attributes: amended });
  const pushed = await ada.push("origin");
  expect(pushed.notes).toMatchObject([{ outcome: "new" }, { outcome: "new" }]);
  const bob = await town.clone("origin", "bob");
  const all = [
    [1, null, "a,late"],
    [2, "gold", "a,b"],
    [3, null, "a,b,c,d"],
  ];
  expect(await shown(ada)).toEqual(all);
  expect(await shown(bob)).toEqual(all);
  expect((await bob.versions.of("qa")).map(info => ({ ...info }))).toEqual(await ada.versions.of("qa"));
  await name(ada, 3, "silver");
  await besides(ada, 2, "later");
  await put(ada, "e");
  await ada.push("origin");
  await bob.pull();
  expect(await shown(bob)).toEqual(await shown(ada));
  expect(await shown(bob)).toEqual([
    [1, null, "a,late"],
    [2, "gold", "a,b,later"],
    [3, "silver", "a,b,c,d"],
    [4, null, "a,b,c,d,e"],
  ]);
  for (const repo of [ada, bob, await town.open("origin")]) expect(await findings(repo)).toEqual([]);
});

test("what others note comes back; the same push and fetch again do nothing", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await ada.push("origin");
  const bob = await town.clone("origin", "bob");
  await name(bob, 1, "from bob");
  expect((await bob.push("origin")).notes).toMatchObject([{ outcome: "new" }]);
  expect((await bob.push("origin")).notes).toEqual([]);
  expect((await ada.fetch("origin")).notes).toMatchObject([{ outcome: "new" }]);
  expect((await ada.fetch("origin")).notes).toEqual([]);
  expect((await ada.push("origin")).notes).toEqual([]);
  expect(await shown(ada)).toEqual([[1, "from bob", "a"]]);
});

test("both write about one version: fields merge, of one field the later writer has its say, and all come to the same", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await name(ada, 1, "first");
  await ada.push("origin");
  const bob = await town.clone("origin", "bob");
  await ada.versions.note("qa", 1, note => ({ ...note, opik: { description: "of ada" } }));
  await bob.versions.note("qa", 1, note => ({ ...note, name: "second" }));
  await ada.push("origin");
  expect((await bob.push("origin")).notes).toMatchObject([{ outcome: "updated" }]);
  await ada.fetch("origin");
  for (const repo of [ada, bob, await town.open("origin")])
    expect((await repo.versions.of("qa"))[0].note).toEqual({ name: "second", opik: { description: "of ada" } });
});

test("lines that went apart: each keeps its numbers, and a note is found by its commit", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await ada.push("origin", ["main"], { setUpstream: true });
  const bob = await town.clone("origin", "bob");
  await put(ada, "x");
  await name(ada, 2, "ada's second");
  await ada.push("origin");
  await put(bob, "y");
  await name(bob, 2, "bob's second");
  await bob.pull();
  await name(bob, 3, "both");
  expect(await shown(bob)).toEqual([
    [1, null, "a"],
    [2, "bob's second", "a,y"],
    [3, "both", "a,x,y"],
  ]);
  await bob.push("origin");
  await ada.pull();
  expect(await shown(ada)).toEqual([
    [1, null, "a"],
    [2, "ada's second", "a,x"],
    [3, "bob's second", "a,y"],
    [4, "both", "a,x,y"],
  ]);
  expect(await shown(await town.clone("origin", "cy"))).toEqual(await shown(bob));
});

test("only notes of what is pushed go along", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await name(ada, 1, "first");
  await ada.branch("release");
  await put(ada, "b");
  await name(ada, 2, "not yet");
  const { notes } = await ada.push("origin", ["release"]);
  expect(notes.length).toBe(1);
  const origin = await town.open("origin");
  const { commit } = (await ada.versions.of("qa"))[1];
  await expect(origin.show(commit)).rejects.toMatchObject({ code: "no-such-ref" });
  expect((await ada.push("origin", ["main"])).notes.length).toBe(1);
});

test("a branch is fetched alone with the notes of its commits alone", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await ada.branch("release");
  await put(ada, "b");
  for (const number of [1, 2]) await name(ada, number, `number ${number}`);
  await ada.push("origin", ["main", "release"]);
  const bob = await town.clone("origin", "bob", { branch: "release", singleBranch: true });
  expect(await shown(bob)).toEqual([[1, "number 1", "a"]]);
  expect((await bob.context.logs.heads("refs/notes/")).length).toBe(1);
});

test("a bundle brings notes, and a clone of a part has them", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await put(ada, "b");
  await besides(ada, 1, "late");
  await name(ada, 2, "gold");
  await ada.createDataset("other");
  const bytes: Uint8Array[] = [];
  for await (const chunk of ada.bundle()) bytes.push(chunk.slice());
  const cy = await town.open("cy");
  await cy.unbundle(async function* () {
    yield* bytes;
  }, "all.car");
  await cy.branch("main", { at: "bundle/main" });
  expect(await shown(cy)).toEqual(await shown(ada));
  await name(ada, 1, "silver");
  const some: Uint8Array[] = [];
  for await (const chunk of ada.bundle(["main"])) some.push(chunk.slice());
  await cy.unbundle(async function* () {
    yield* some;
  }, "main.car");
  expect(await shown(cy)).toEqual(await shown(ada));
  await ada.push("origin");
  const part = await town.clone("origin", "part", { datasets: ["qa"] });
  expect(await shown(part)).toEqual(await shown(ada));
  expect(await findings(part)).toEqual([]);
});

test("garbage collection keeps what notes name, here and there", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await put(ada, "b");
  await besides(ada, 1, "late");
  await ada.push("origin");
  for (const repo of [ada, await town.open("origin")]) {
    await repo.gc({ graceMs: 0 });
    await repo.gc({ graceMs: 0 });
    expect(await findings(repo)).toEqual([]);
  }
  const bob = await town.clone("origin", "bob");
  expect(await shown(bob)).toEqual(await shown(ada));
});

/** Lets a ref say anything, as who has the folder can. */
async function set(repo: Repository, ref: string, to: Cid): Promise<void> {
  const from = await repo.context.logs.read(ref);
  await repo.context.logs.move(ref, { from, to, who: { name: "Eve", email: "" }, command: "evil" });
}

async function tagged(repo: Repository, target: Cid, attributes: ValueObject): Promise<Cid> {
  const tagger = { name: "Eve", email: "eve@example.org", time: 4_000_000_000, zone: 0 };
  const tag = encodeTag({ target: parseCid(target).digest, name: "note", tagger, message: "", attributes });
  return repo.local().write(async blocks => printCid(blocks.put(tag)));
}

test.each<[what: string, make: (evil: Repository, first: Cid, second: Cid) => Promise<Cid>]>([
  ["a commit", async (_, __, second) => second],
  ["a snapshot", async (evil, _, second) => printCid(decodeCommit(await evil.block(second)).snapshot)],
  ["a tag that says nothing", async (evil, _, second) => tagged(evil, second, {})],
  ["a tag that says a list", async (evil, _, second) => tagged(evil, second, { note: [] })],
  ["a tag of a tag", async (evil, _, second) => tagged(evil, await tagged(evil, second, {}), { note: {} })],
  ["a commit that does not come from it", async (evil, first) => tagged(evil, first, { note: {} })],
  [
    "a commit without the dataset",
    async evil => {
      await evil.branch("gone");
      return tagged(evil, (await evil.removeDataset("qa", { branch: "gone" })).commit, { note: {} });
    },
  ],
])("a note from elsewhere that names %s is refused; others come, and nothing here is hurt", async (_, make) => {
  const { town, ada, id } = await started();
  const [first, second] = [await put(ada, "a"), await put(ada, "b")];
  await put(ada, "c");
  await ada.push("origin");
  const evil = await town.open("origin");
  await name(evil, 1, "good");
  await set(evil, `refs/notes/${id}/${second}`, await make(evil, first, second));
  await set(evil, "refs/notes/x/y", first);
  await set(evil, `refs/notes/${id}/${first}z`, first);
  const { notes } = await ada.fetch("origin");
  expect(notes.map(({ outcome }) => outcome).sort()).toEqual(["new", "refused"]);
  expect(await shown(ada)).toEqual([
    [1, "good", "a"],
    [2, null, "a,b"],
    [3, null, "a,b,c"],
  ]);
  await name(ada, 3, "mine");
  expect((await ada.push("origin")).notes).toMatchObject([{ outcome: "new" }]);
  expect(await findings(ada)).toEqual([]);
});

test("a note of what is no commit is refused; others come", async () => {
  const { town, ada, id } = await started();
  const first = await put(ada, "a");
  await ada.push("origin");
  const evil = await town.open("origin");
  await name(evil, 1, "good");
  const snapshot = printCid(decodeCommit(await evil.block(first)).snapshot);
  await set(evil, `refs/notes/${id}/${snapshot}`, await tagged(evil, first, { note: {} }));
  const { notes } = await ada.fetch("origin");
  expect(notes.map(({ outcome }) => outcome).sort()).toEqual(["new", "refused"]);
  expect(await shown(ada)).toEqual([[1, "good", "a"]]);
});

test("a partial clone that lacks the rows takes from nobody what two others did beside to one version", async () => {
  const { town, ada } = await started();
  await ada.createDataset("other");
  for (const row of ["a", "b"]) await put(ada, row);
  await ada.push("origin");
  const bob = await town.clone("origin", "bob");
  const second = await town.open("second");
  await bob.addRemote("second", "mem:second");
  await besides(ada, 1, "of-ada");
  await besides(bob, 1, "of-bob");
  await ada.push("origin");
  await bob.push("second");
  const part = await town.clone("origin", "part", { datasets: ["other"] });
  await part.addRemote("second", "mem:second");
  expect((await part.fetch("second")).notes).toMatchObject([{ outcome: "refused" }]);
  expect((await part.push("second")).notes).toEqual([]);
  expect((await shown(second))[0]).toEqual([1, null, "a,of-bob"]);
  await bob.fetch("origin");
  expect((await rowsOf(bob, "qa", (await bob.versions.of("qa"))[0].commit)).length).toBe(3);
  await bob.push("second");
  expect((await part.fetch("second")).notes).toMatchObject([{ outcome: "updated" }]);
});

test("after a push whose answer was lost, what is taken out of a note later stays out", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await name(ada, 1, "first");
  await ada.push("origin");
  const [{ name: seen, entry }] = await ada.context.logs.heads("seen/origin/refs/notes/");
  await ada.context.logs.move(seen, { from: entry, to: null, who: { name: "", email: "" }, command: "never heard" });
  expect((await ada.push("origin")).notes).toEqual([]);
  await ada.versions.note("qa", 1, () => ({ other: 1 }));
  await ada.push("origin");
  expect((await (await town.open("origin")).versions.of("qa"))[0].note).toEqual({ other: 1 });
});

test("what others did beside to a version that is the newest here is not undone by a change in place", async () => {
  const { town, ada } = await started();
  await put(ada, "a");
  await ada.push("origin", ["main"], { setUpstream: true });
  const bob = await town.clone("origin", "bob");
  await shown(bob);
  await put(ada, "b");
  await besides(ada, 1, "late");
  await ada.push("origin");
  await bob.fetch("origin");
  await put(bob, "own", { attributes: amended });
  expect(await shown(bob)).toEqual([[1, null, "a,own"]]);
  await bob.pull();
  await bob.push("origin");
  await ada.pull();
  for (const repo of [ada, bob]) expect((await shown(repo))[0]).toEqual([1, null, "a,late"]);
  expect((await rowsOf(ada)).length).toBe(3);
});
