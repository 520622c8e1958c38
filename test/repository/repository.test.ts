import { describe, expect, test } from "vitest";
import { MemoryDrive, Repository } from "sheaf/memory";

const rows = [
  { id: "q1", question: "2+2?", answer: "4" },
  { id: "q2", question: "3+3?", answer: "6" },
  { id: "q3", question: "capital of France?", answer: "Paris" },
];

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const element of source) list.push(element);
  return list;
}

describe("a repository", () => {
  test("keeps what is imported, in order, and answers for every version", async () => {
    const repo = await Repository.open();
    const qa = repo.dataset("qa");
    const first = await qa.import(rows, { key: "id", message: "first" });
    expect(first).toMatchObject({ added: 3, changed: 0, removed: 0, unchanged: 0, advanced: true });
    await repo.tag("v1");
    await qa.patch([{ op: "replace", path: "/items/q2/answer", value: "six" }]);
    expect((await qa.get("q2"))?.item).toEqual({ id: "q2", question: "3+3?", answer: "six" });
    expect((await qa.get("q2", { at: "v1" }))?.item).toEqual(rows[1]);
    expect((await all(qa.rows())).map(row => row.id)).toEqual(["q1", "q2", "q3"]);
  });

  test("importing the same rows again changes nothing and makes no commit", async () => {
    const repo = await Repository.open();
    const first = await repo.dataset("qa").import(rows);
    const second = await repo.dataset("qa").import(rows);
    expect(second).toMatchObject({ commit: first.commit, advanced: false, unchanged: 3, added: 0 });
  });

  test("merges branches that changed different fields of one row", async () => {
    const repo = await Repository.open();
    const qa = repo.dataset("qa");
    await qa.import(rows, { key: "id" });
    await repo.branch("fix");
    await qa.patch([{ op: "replace", path: "/items/q1/answer", value: "four" }], { branch: "fix" });
    await qa.patch([{ op: "replace", path: "/items/q1/question", value: "two plus two?" }]);
    const merged = await repo.merge("fix");
    expect(merged).toMatchObject({ advanced: true, fastForward: false });
    expect((await qa.get("q1"))?.item).toEqual({ id: "q1", question: "two plus two?", answer: "four" });
    expect(await repo.diffStat("main~1", "main")).toEqual({ qa: { added: 0, removed: 0, changed: 1, moved: 0 } });
  });

  test("keeps conflicts until they are resolved", async () => {
    const repo = await Repository.open();
    const qa = repo.dataset("qa");
    await qa.import(rows, { key: "id" });
    await repo.branch("fix");
    await qa.patch([{ op: "replace", path: "/items/q1/answer", value: "four" }], { branch: "fix" });
    await qa.patch([{ op: "replace", path: "/items/q1/answer", value: "IV" }]);
    const merged = await repo.merge("fix");
    expect(merged).toEqual({
      conflicts: [{ dataset: "qa", id: "q1", pointer: "/answer", base: "4", ours: "IV", theirs: "four" }],
    });
    await expect(repo.finishMerge()).rejects.toMatchObject({ code: "refused" });
    const state = await repo.resolveConflicts(() => "theirs");
    expect(state.conflicts.every(conflict => conflict.resolved)).toBe(true);
    await repo.finishMerge();
    expect((await qa.get("q1"))?.item).toMatchObject({ answer: "four" });
    expect(await repo.mergeState()).toBeUndefined();
    expect((await repo.show("HEAD")).parents).toHaveLength(2);
  });

  test("undo takes commands back one by one", async () => {
    const repo = await Repository.open();
    const qa = repo.dataset("qa");
    const { commit: one } = await qa.import(rows.slice(0, 1), { key: "id" });
    const { commit: two } = await qa.import(rows.slice(0, 2), { key: "id" });
    await qa.import(rows, { key: "id" });
    await repo.undo();
    expect(await repo.resolve("HEAD")).toBe(two);
    await repo.undo();
    expect(await repo.resolve("HEAD")).toBe(one);
  });
});

test("small packs are merged as they gather, and every version stays readable", async () => {
  const drive = new MemoryDrive();
  const repo = await Repository.open({ drive });
  const qa = repo.dataset("qa");
  await qa.import(rows, { key: "id" });
  for (let i = 0; i < 80; i++) await qa.patch([{ op: "replace", path: "/items/q1/answer", value: `${i}` }]);
  const standing = repo.context.store.shelf.standing;
  expect(standing.length).toBeLessThan(40);
  const again = await Repository.open({ drive });
  for (const back of [0, 1, 40, 79])
    expect((await again.dataset("qa").get("q1", { at: `main~${back}` }))?.item).toMatchObject({
      answer: `${79 - back}`,
    });
});
