import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { exportFile, importFile, isSheafError, Repository } from "./index.js";
import { MemoryDrive, Repository as InMemory } from "./memory.js";

let folder = "";
const author = () => ({ name: "Ada", email: "ada@example.org" });

beforeEach(() => {
  const fresh = mkdtempSync(join(tmpdir(), "sheaf-library-"));
  onTestFinished(() => rmSync(fresh, { recursive: true, force: true }));
  folder = fresh;
});

test("a folder without a repository is refused, unless one is to be made", async () => {
  await expect(Repository.open(folder)).rejects.toSatisfy(error => isSheafError(error, "no-such-repository"));
  await Repository.open(folder, { create: true });
  expect(await (await Repository.open(folder)).head()).toEqual({ branch: "main" });
});

test("what was imported is there when the folder is opened again", async () => {
  const first = await Repository.open(folder, { create: true, author });
  await first.dataset("qa").import([{ id: "q1", answer: "4" }], { key: "id" });
  const again = await Repository.open(folder);
  expect((await again.dataset("qa").get("q1"))?.item).toEqual({ id: "q1", answer: "4" });
});

test("files go in and come out, in the format that their names say", async () => {
  const repository = await Repository.open(folder, { create: true, author });
  const [from, to] = [join(folder, "in.csv"), join(folder, "out.jsonl")];
  writeFileSync(from, "id,answer\nq1,4\n");
  expect(await importFile(repository.dataset("qa"), from, { key: "id" })).toMatchObject({ added: 1 });
  await exportFile(repository.dataset("qa"), to);
  expect(readFileSync(to, "utf8")).toBe('{"answer":"4","id":"q1"}\n');
});

test("two repositories in memory on one drive are one", async () => {
  const drive = new MemoryDrive();
  const [writer, reader] = [await InMemory.open({ drive }), await InMemory.open({ drive })];
  await writer.dataset("qa").import([{ answer: 4 }]);
  const rows = [];
  for await (const { item } of reader.dataset("qa").rows()) rows.push(item);
  expect(rows).toEqual([{ answer: 4 }]);
});

test("the attribute git is refused, for adoption alone writes it, and nothing is stored", async () => {
  const repository = await Repository.open(folder, { create: true, author });
  const edit = repository.dataset("qa").import([{ answer: 4 }], { attributes: { git: "mine" } });
  await expect(edit).rejects.toSatisfy(error => isSheafError(error, "bad-input"));
  expect(await repository.head()).toEqual({ branch: "main" });
});
