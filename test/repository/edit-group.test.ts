/** Many requests, few commits: what each is answered, and what they cost together. */
import { EditConflicts, parseJson, parsePatch, Repository, type EditRequest, type Row } from "@sheaf/core";
import { CountingDrive } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodePlatform } from "@sheaf/drives/node";
import fc from "fast-check";
import { expect, test } from "vitest";

const ada = { name: "Ada", email: "ada@example.org" };
const bob = { name: "Bob", email: "bob@example.org" };

async function fresh() {
  const drive = new CountingDrive(new MemoryDrive());
  const repo = await Repository.open(drive, { platform: nodePlatform, create: true, author: () => ada });
  await repo.createDataset("qa");
  drive.reset();
  return { drive, repo, qa: repo.dataset("qa") };
}

const patch = (text: string, more: Partial<EditRequest> = {}): EditRequest => ({
  changes: [{ dataset: "qa", patch: parsePatch(parseJson(text)) }],
  ...more,
});
const add = (id: string, more: Partial<EditRequest> = {}) =>
  patch(`[{"op":"add","path":"/items/${id}","value":{}}]`, more);

test("a hundred requests of two people are two commits, one pack and one move of the branch", async () => {
  const { drive, repo, qa } = await fresh();
  const requests = Array.from({ length: 100 }, (_, i) => add(`q${i}`, { author: i % 2 ? ada : bob }));
  const outcomes = await repo.editEach(requests);
  expect(new Set(outcomes.map(outcome => "commit" in outcome && outcome.commit)).size).toBe(2);
  expect((await qa.info()).count).toBe(100);
  expect(drive.created.filter(name => name.startsWith("packs/")).length).toBe(1);
  expect(drive.created.filter(name => name.startsWith("refs/")).length).toBe(1);
  const authors: string[] = [];
  for await (const { author } of repo.log({ limit: 2 })) authors.push(author.name);
  expect(authors.sort()).toEqual(["Ada", "Bob"]);
});

test("a request that fails is answered alone, and nothing of it is stored", async () => {
  const { repo, qa } = await fresh();
  const bad = '[{"op":"add","path":"/items/x","value":{}},{"op":"test","path":"/items/x/a","value":1}]';
  const outcomes = await repo.editEach([add("a"), patch(bad), add("b")]);
  expect(outcomes.map(outcome => "error" in outcome)).toEqual([false, true, false]);
  expect(await qa.get("x")).toBeUndefined();
  expect((await qa.info()).count).toBe(2);
});

test("grouped or one by one, the same rows come of it", async () => {
  const operation = fc.record({
    op: fc.constantFrom("add", "remove", "replace"),
    id: fc.constantFrom("a", "b", "c", "d"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 12 }), async operations => {
      const requests = operations.map(({ op, id }, i) =>
        patch(`[{"op":"${op}","path":"/items/${id}"${op === "remove" ? "" : `,"value":{"n":${i}}`}}]`),
      );
      const [one, many] = [await fresh(), await fresh()];
      const alone = [];
      for (const request of requests) alone.push(...(await one.repo.editEach([request])));
      const together = await many.repo.editEach(requests);
      expect(together.map(outcome => "error" in outcome)).toEqual(alone.map(outcome => "error" in outcome));
      const { block } = await one.qa.at();
      expect((await many.qa.at()).block.rows).toEqual(block.rows);
    }),
    { numRuns: 15 },
  );
});

test("an old base is judged by dataset, or by row; what it is merged into is the newest version", async () => {
  const { repo, qa } = await fresh();
  await repo.editEach([
    patch('[{"op":"add","path":"/items/q","value":{"a":1,"b":1}},{"op":"add","path":"/items/r","value":{}}]'),
  ]);
  const base = await repo.resolve("HEAD");
  const set = (field: string, value: number, more: Partial<EditRequest> = {}) =>
    patch(`[{"op":"replace","path":"/items/q/${field}","value":${value}}]`, { base, ...more });
  await repo.editEach([set("a", 2)]);
  const [byDataset, byRow, otherRow, merged, conflict] = await repo.editEach([
    set("b", 3),
    set("b", 3, { rows: ["q"] }),
    patch('[{"op":"add","path":"/items/r/x","value":1}]', { base, rows: ["r"] }),
    set("b", 4, { merge: true }),
    set("a", 5, { merge: true }),
  ]);
  expect(byDataset).toMatchObject({ error: { code: "stale-base", data: { dataset: "qa", base } } });
  expect(byRow).toMatchObject({ error: { code: "stale-base" } });
  expect(otherRow).toHaveProperty("commit");
  expect(merged).toHaveProperty("commit");
  expect("error" in conflict && conflict.error).toBeInstanceOf(EditConflicts);
  expect(conflict).toMatchObject({ error: { conflicts: [{ id: "q", pointer: "/a", base: 1, ours: 2, theirs: 5 }] } });
  expect((await qa.get("q"))?.item).toEqual({ a: 2, b: 4 });
});

test("rivals that move the branch meanwhile lose nothing", async () => {
  const { drive, repo } = await fresh();
  const other = await Repository.open(drive, { platform: nodePlatform, author: () => bob });
  const many = (who: Repository, name: string) =>
    Promise.all(Array.from({ length: 4 }, (_, i) => who.editEach([add(`${name}${i}`), add(`${name}${i}b`)])));
  await Promise.all([many(repo, "x"), many(other, "y")]);
  expect((await repo.dataset("qa").info()).count).toBe(16);
});

test("a page goes on behind a row though it is gone, either way round", async () => {
  const { repo, qa } = await fresh();
  await repo.editEach(["a", "b", "c", "d"].map(id => add(id)));
  const rows: Row[] = [];
  for await (const row of qa.rows()) rows.push(row);
  await repo.editEach([patch('[{"op":"remove","path":"/items/b"}]')]);
  const after = async (i: number, reverse: boolean) => {
    const ids = [];
    for await (const { id } of qa.rows({ after: rows[i], reverse, limit: 2 })) ids.push(id);
    return ids;
  };
  expect(await after(1, false)).toEqual(["c", "d"]);
  expect(await after(1, true)).toEqual(["a"]);
  expect(await after(0, false)).toEqual(["c", "d"]);
  expect(await after(3, true)).toEqual(["c", "a"]);
});

test("a draft is edited by its whole name, merged and dropped; undo takes it back like any other", async () => {
  const { repo, qa } = await fresh();
  await repo.draft("idea");
  await repo.editEach([add("q")], "refs/drafts/idea");
  expect((await qa.info()).count).toBe(0);
  expect(await repo.merge("refs/drafts/idea")).toMatchObject({ advanced: true });
  expect((await qa.info()).count).toBe(1);
  await repo.deleteDraft("idea");
  expect(await repo.drafts()).toEqual([]);
  await expect(repo.deleteDraft("idea")).rejects.toMatchObject({ code: "no-such-ref" });
});
