import { amended, dagCbor, encodeTag, Link, parseCid, printCid, Repository, type ValueObject } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import { expect, test, vi } from "vitest";

async function fresh(drive = new MemoryDrive()) {
  const repo = await Repository.open(drive, {
    platform: nodePlatform,
    create: true,
    author: () => ({ name: "Ada", email: "ada@example.org" }),
  });
  const put = async (id: string, dataset = "qa", attributes = {}) => {
    const patch = [{ op: "add", path: `/items/${id}`, value: { id } }] as const;
    return (await repo.edit([{ dataset, patch }], { attributes })).commit;
  };
  const versions = async () => (await repo.versions.of("qa")).map(({ number, commit }) => [number, commit]);
  return { drive, repo, put, versions };
}

test("each commit that changes the dataset is a version, numbered once; what changes others is none", async () => {
  const { repo, put, versions } = await fresh();
  const { commit } = await repo.createDataset("qa");
  await repo.createDataset("other");
  const first = await put("a");
  await put("x", "other");
  expect(await versions()).toEqual([
    [1, commit],
    [2, first],
  ]);
  const second = await put("b");
  expect((await versions()).slice(2)).toEqual([[3, second]]);
});

test("a commit that amends goes into the version before it, and into none where there is none", async () => {
  const { repo, put, versions } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  expect(await versions()).toEqual([]);
  const first = await put("a");
  const second = await put("b", "qa", amended);
  expect(await versions()).toEqual([[1, second]]);
  const third = await put("c", "qa", amended);
  const fourth = await put("d");
  expect(await versions()).toEqual([
    [1, third],
    [2, fourth],
  ]);
  expect((await repo.versions.of("qa"))[0].first).toBe(first);
});

test("who acts for somebody else sees at once what others noted, and the other way round", async () => {
  const { repo, put } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  await put("a");
  const other = repo.by({ name: "Bob", email: "bob@example.org" });
  const seen = async () => [(await repo.versions.of("qa"))[0].note, (await other.versions.of("qa"))[0].note];
  expect(await seen()).toEqual([{}, {}]);
  await other.versions.note("qa", 1, note => ({ ...note, name: "first" }));
  expect(await seen()).toEqual([{ name: "first" }, { name: "first" }]);
  await repo.versions.note("qa", 1, note => ({ ...note, by: "Ada" }));
  expect(await seen()).toEqual([
    { name: "first", by: "Ada" },
    { name: "first", by: "Ada" },
  ]);
});

test("numbers stay when the branch goes back, and what follows gets new ones", async () => {
  const { repo, put, versions } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  const first = await put("a");
  const second = await put("b");
  await versions();
  await repo.undo();
  const third = await put("c");
  expect(await versions()).toEqual([
    [1, first],
    [2, second],
    [3, third],
  ]);
});

test("notes are kept with the version, also when it changes, is made another commit, or is read by another process", async () => {
  const { drive, repo, put } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  const first = await put("a");
  await repo.versions.note("qa", 1, note => ({ ...note, name: "gold" }));
  const second = await put("b", "qa", amended);
  expect(await repo.versions.of("qa")).toMatchObject([{ number: 1, commit: second, first, note: { name: "gold" } }]);
  const third = await put("c");
  await repo.versions.amend("qa", 1, third);
  const other = await fresh(drive);
  expect(await other.repo.versions.of("qa")).toMatchObject([
    { commit: third, first, note: { name: "gold" } },
    { number: 2, commit: third },
  ]);
  await expect(repo.versions.note("qa", 7, note => note)).rejects.toMatchObject({ code: "no-such-ref" });
});

test("many that enter the same versions at once agree, and the repository stays whole", async () => {
  const { drive, repo, put } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  for (const id of ["a", "b", "c", "d"]) await put(id);
  const others = await Promise.all([fresh(drive), fresh(drive), fresh(drive)]);
  const seen = await Promise.all([repo, ...others.map(other => other.repo)].map(one => one.versions.of("qa")));
  for (const versions of seen) expect(versions.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  await repo.gc({ graceMs: 0 });
  for await (const finding of repo.verify()) expect(finding).toBeUndefined();
});

test("a version is read as it was, by whatever name the dataset had then", async () => {
  const { repo, put } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  await put("a");
  await put("b");
  await repo.renameDataset("qa", "renamed");
  await repo.createDataset("qa");
  const info = await repo.dataset("renamed").info();
  const [first, second] = await repo.versions.of("renamed");
  expect((await repo.versions.read(info, first)).info).toMatchObject({ path: "qa", id: info.id, count: 1 });
  expect((await repo.versions.read(info, second)).info.count).toBe(2);
  await expect(repo.versions.read({ id: "nobody", path: "qa" }, first)).rejects.toMatchObject({
    code: "no-such-dataset",
  });
});

test("many who look at once, while commits come, see the same numbers", async () => {
  const { repo, put, versions } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  const looks: Promise<unknown>[] = [];
  for (let i = 0; i < 10; i++) {
    await put(`r${i}`);
    looks.push(...Array.from({ length: 10 }, versions));
  }
  await Promise.all(looks);
  expect((await versions()).map(([number]) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test("versions that were listed and read once are found again without reading a block", async () => {
  const { repo, put } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  await put("a");
  await put("b");
  const look = async () => {
    const info = await repo.dataset("qa").info();
    for (const version of await repo.versions.of("qa")) await repo.versions.read(info, version);
  };
  await look();
  const load = vi.spyOn(repo.context.store, "load");
  await look();
  expect(load).not.toHaveBeenCalled();
});

test("a note that is written while versions are listed is seen at once by whoever asks after it", async () => {
  const drive = new MemoryDrive();
  const { repo, put } = await fresh(drive);
  await repo.createDataset("qa", undefined, { attributes: amended });
  await put("a");
  const { id } = await repo.dataset("qa").info();
  const create = drive.create.bind(drive);
  vi.spyOn(drive, "create").mockImplementation(async (file, bytes) => {
    if (file.startsWith(`refs/notes/${id}`)) await repo.versions.of("qa");
    return create(file, bytes);
  });
  await repo.versions.note("qa", 1, note => ({ ...note, name: "first" }));
  expect((await repo.versions.of("qa"))[0].note).toEqual({ name: "first" });
});

test("what the tag of a number says, from before notes travelled, stays beside what others note, until it is changed", async () => {
  const { repo, put } = await fresh();
  await repo.createDataset("qa", undefined, { attributes: amended });
  const first = parseCid(await put("a")).digest;
  const { id } = await repo.dataset("qa").info();
  const tagger = { name: "Ada", email: "", time: 1, zone: 0 };
  const tag = (attributes: object) =>
    encodeTag({ target: first, name: "v1", tagger, message: "", attributes: attributes as ValueObject });
  const name = async (ref: string, bytes: Uint8Array) => {
    const to = await repo.local().write(async blocks => printCid(blocks.put(bytes)));
    await repo.context.logs.move(ref, { from: undefined, to, who: tagger, command: "as it was" });
    repo.versions.forget();
  };
  const old = { opik: { name: "gold", description: "old" }, galileo: "x" };
  await name(`refs/versions/${id}/1`, tag({ first: new Link(first, dagCbor), note: old }));
  expect((await repo.versions.of("qa"))[0].note).toEqual(old);
  await name(`refs/notes/${id}/${printCid(first)}`, tag({ note: { opik: { description: "new" } } }));
  const both = { opik: { name: "gold", description: "new" }, galileo: "x" };
  expect((await repo.versions.of("qa"))[0].note).toEqual(both);
  const changed = await repo.versions.note("qa", 1, ({ opik }) => ({ opik: opik ?? null }));
  expect(changed.note).toEqual({ opik: both.opik });
  expect(await repo.versions.of("qa")).toEqual([changed]);
});
