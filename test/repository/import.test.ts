import { describe, expect, test } from "vitest";
import { all, open } from "../laws/rows.js";

const x = { text: "x" };
const y = { text: "y" };

describe("imports", () => {
  test("mode add takes the next free id for content whose row was edited, and finds it again", async () => {
    const repo = await open();
    const qa = repo.dataset("qa");
    await qa.import([x, y]);
    const [first] = await all(qa.rows());
    await qa.patch([{ op: "replace", path: `/items/${first.id}/text`, value: "edited" }]);
    expect(await qa.import([x, y], { mode: "add" })).toMatchObject({ added: 1, unchanged: 1 });
    expect(await qa.import([x, y], { mode: "add" })).toMatchObject({ added: 0, unchanged: 2, advanced: false });
    expect((await all(qa.rows())).map(({ item }) => item)).toEqual([{ text: "edited" }, y, x]);
  });

  test("no columns named make nothing where none were named before; those that are all take away the others", async () => {
    const repo = await open();
    const qa = repo.dataset("qa");
    await qa.import([x]);
    expect(await qa.import([x], { columns: [] })).toMatchObject({ advanced: false });
    await qa.import([x], { columns: ["text", "more"] });
    expect(await qa.import([x], { columns: ["text"] })).toMatchObject({ advanced: false });
    expect(await qa.import([x], { columns: ["text"], onlyColumns: true })).toMatchObject({ advanced: true });
    expect((await qa.info()).meta).toEqual({ columns: ["text"] });
  });

  test("mode remove of what is not there says so, and makes nothing", async () => {
    const repo = await open();
    await expect(repo.dataset("qa").import([x], { mode: "remove" })).rejects.toMatchObject({ code: "no-such-dataset" });
    expect((await repo.head()).commit).toBeUndefined();
  });

  test("rows that two branches appended at one place stay where they are when their export is imported again", async () => {
    const repo = await open();
    const qa = repo.dataset("qa");
    await qa.import([x, y]);
    await repo.branch("side");
    await qa.import([{ text: "here" }], { mode: "add" });
    await qa.import([{ text: "there" }], { mode: "add", branch: "side" });
    await repo.merge("side");
    const rows = await all(qa.rows());
    expect(new Set(rows.map(({ position }) => position)).size).toBe(3);
    expect(await qa.import(rows.map(({ item }) => item as object))).toMatchObject({
      advanced: false,
      unchanged: 4,
      moved: 0,
    });
    const between = [...rows.slice(0, 3).map(({ item }) => item as object), { text: "new" }, rows[3].item as object];
    expect(await qa.import(between)).toMatchObject({ added: 1, unchanged: 4, moved: 1 });
  });

  test("an id that stands twice is refused with both rows, into an empty dataset and into a full one", async () => {
    const repo = await open();
    const twice = [{ k: "a" }, { k: "b" }, { k: "a" }];
    for (let i = 0; i < 2; i++) {
      const refused = {
        code: "bad-input",
        data: { id: "a", row: 3 },
        message: expect.stringContaining("row 1") as string,
      };
      await expect(repo.dataset("qa").import(twice, { key: "k" })).rejects.toMatchObject(refused);
      await repo.dataset("qa").import([{ k: "a" }], { key: "k" });
    }
  });
});

describe("undo", () => {
  test("takes back one command, though another branch was moved by one of the same name a moment ago", async () => {
    const repo = await open();
    const qa = repo.dataset("qa");
    const { commit } = await qa.import([x]);
    await repo.branch("side");
    const { commit: onSide } = await qa.import([y], { branch: "side" });
    await new Promise(done => setTimeout(done, 2));
    await qa.import([x, y]);
    await repo.undo();
    expect(await repo.resolve("main")).toBe(commit);
    expect(await repo.resolve("side")).toBe(onSide);
  });

  test("does not take a branch for new whose old entries were dropped", async () => {
    const repo = await open();
    await repo.dataset("qa").import([x]);
    const { commit } = await repo.dataset("qa").import([y]);
    await new Promise(done => setTimeout(done, 2));
    await repo.gc({ graceMs: 0, keepMs: 0 });
    await expect(repo.undo()).rejects.toMatchObject({ code: "refused" });
    expect(await repo.resolve("main")).toBe(commit);
  });

  test("takes back a switch to a new branch in one step, and a rename", async () => {
    const repo = await open();
    await repo.dataset("qa").import([x]);
    await repo.switch("new", { create: true });
    await repo.undo();
    expect((await repo.branches()).map(({ name }) => name)).toEqual(["main"]);
    expect((await repo.head()).branch).toBe("main");
    await repo.renameBranch("main", "trunk");
    await repo.undo();
    expect((await repo.branches()).map(({ name }) => name)).toEqual(["main"]);
    expect((await repo.head()).branch).toBe("main");
  });
});

describe("names", () => {
  test("a dataset is restored under the name that it has now", async () => {
    const repo = await open();
    const { commit } = await repo.dataset("qa").import([x]);
    await repo.dataset("qa").import([y]);
    await repo.renameDataset("qa", "questions");
    await repo.restore("questions", commit);
    expect((await all(repo.dataset("questions").rows())).map(({ item }) => item)).toEqual([x]);
  });

  test("two datasets made at one path in one edit are two", async () => {
    const repo = await open();
    await repo.edit([
      { dataset: "a", create: {} },
      { dataset: "a", rename: "b" },
      { dataset: "a", create: {} },
    ]);
    const [a, b] = await all(repo.datasets());
    expect(a.id).not.toBe(b.id);
  });

  test("the id - means append in a patch, so no row is inserted under it", async () => {
    const repo = await open();
    await repo.createDataset("qa");
    await expect(repo.dataset("qa").insert(x, { id: "-" })).rejects.toMatchObject({ code: "bad-input" });
  });

  test("the author can be set in the configuration of a repository that has none", async () => {
    const { Repository } = await import("@sheaf/core");
    const { context } = await open();
    const repo = await Repository.open(context.store.drive, { platform: context.platform });
    await expect(repo.createDataset("qa")).rejects.toMatchObject({ code: "refused" });
    await repo.config.set("user.name", "Ada");
    await repo.config.set("user.email", "ada@example.org");
    await repo.createDataset("qa");
    expect((await repo.show("HEAD")).author).toMatchObject({ name: "Ada" });
  });
});
