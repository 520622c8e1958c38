/** Law 5: a ref moves by compare-and-swap, whoever writes: nothing that was acknowledged is lost, nothing stale is taken. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { Repository } from "@sheaf/core";
import { FolderDrive } from "@sheaf/drives/folder";
import { MemoryDrive } from "@sheaf/drives/memory";
import { bundle } from "../../packages/drives/test/bundle.js";
import { all, author, open } from "./rows.js";

/** `count` repositories over one drive, as so many processes see it. */
async function rivals(count: number) {
  const drive = new MemoryDrive();
  const first = await open(drive);
  await first.dataset("qa").import(
    Array.from({ length: 4 }, (_, i) => ({ k: `q${i}`, n: 0 })),
    { key: "k" },
  );
  return [first, ...(await Promise.all(Array.from({ length: count - 1 }, () => open(drive))))];
}

describe("of n writers at once", () => {
  test("none is lost when they change different rows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 3 }), async (writers, edits) => {
        const repos = await rivals(writers);
        const made = await Promise.all(
          repos.map(async (repo, w) => {
            const commits: string[] = [];
            for (let i = 0; i < edits; i++) {
              const { commit, advanced } = await repo
                .dataset("qa")
                .patch([{ op: "add", path: `/items/w${w}-${i}`, value: { w, i } }]);
              expect(advanced).toBe(true);
              commits.push(commit);
            }
            return commits;
          }),
        );
        const [repo] = repos;
        const old = Array.from({ length: 4 }, (_, i) => `q${i}`);
        const added = made.flatMap((list, w) => list.map((_, i) => `w${w}-${i}`));
        const rows = (await all(repo.dataset("qa").rows())).map(({ id }) => id);
        expect(rows).toHaveLength(old.length + added.length);
        expect(new Set(rows)).toEqual(new Set([...old, ...added]));
        const logged = (await all(repo.log())).map(({ commit }) => commit);
        expect(logged).toEqual(expect.arrayContaining(made.flat()));
        expect(logged).toHaveLength(writers * edits + 1);
      }),
      { numRuns: 15 },
    );
  });

  test("one wins when they change one field, and the others are told both heads", async () => {
    const repos = await rivals(6);
    const base = (await repos[0].head()).commit;
    const results = await Promise.allSettled(
      repos.map((repo, w) => repo.dataset("qa").patch([{ op: "replace", path: "/items/q1/n", value: w + 1 }])),
    );
    const won = results.findIndex(({ status }) => status === "fulfilled");
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const head = (await repos[0].head()).commit;
    for (const result of results)
      if (result.status === "rejected")
        expect(result.reason).toMatchObject({ code: "stale-base", data: { ref: "main", dataset: "qa", base, head } });
    expect((await repos[2].dataset("qa").get("q1"))?.item).toEqual({ k: "q1", n: won + 1 });
  });

  test("those that change different fields of one row, import, merge and work on other datasets all come through", async () => {
    const repos = await rivals(5);
    await repos[0].branch("side");
    await repos[0].dataset("qa").patch([{ op: "add", path: "/items/q3/side", value: 1 }], { branch: "side" });
    await Promise.all([
      repos[0].dataset("qa").patch([{ op: "add", path: "/items/q1/a", value: 1 }]),
      repos[1].dataset("qa").patch([{ op: "add", path: "/items/q1/b", value: 2 }]),
      repos[2].dataset("other").import([{ x: 1 }]),
      repos[3].merge("side"),
      repos[4].dataset("qa").import([{ k: "new" }], { key: "k", mode: "upsert" }),
    ]);
    const [repo] = repos;
    expect((await repo.dataset("qa").get("q1"))?.item).toEqual({ k: "q1", n: 0, a: 1, b: 2 });
    expect((await repo.dataset("qa").get("q3"))?.item).toMatchObject({ side: 1 });
    expect((await repo.dataset("qa").get("new"))?.item).toEqual({ k: "new" });
    expect((await repo.dataset("other").info()).count).toBe(1);
  });

  test("a test in a patch holds on the head that the patch ends up on", async () => {
    const [other] = await rivals(1);
    let isFirst = true;
    // The author is asked for when the patch is made and the branch not moved yet: just then somebody else is faster.
    const slow = async () => {
      if (isFirst) {
        isFirst = false;
        await other.dataset("qa").patch([{ op: "replace", path: "/items/q0/n", value: 1 }]);
      }
      return author();
    };
    const repo = await Repository.open(other.context.store.drive, { platform: other.context.platform, author: slow });
    const guarded = [
      { op: "test", path: "/items/q0/n", value: 0 },
      { op: "add", path: "/items/guarded", value: {} },
    ] as const;
    await expect(repo.dataset("qa").patch(guarded)).rejects.toMatchObject({ code: "refused" });
    isFirst = true;
    expect(await repo.dataset("qa").patch([{ op: "add", path: "/items/free", value: {} }])).toMatchObject({
      advanced: true,
    });
    expect((await other.dataset("qa").info()).count).toBe(5);
  });
});

describe("a given base", () => {
  test("is stale when the dataset changed since, which both heads tell, before anything else is said", async () => {
    const repo = await open();
    const qa = repo.dataset("qa");
    const { commit: base } = await qa.import([{ k: "a" }, { k: "b" }], { key: "k" });
    const { commit: head } = await qa.patch([{ op: "remove", path: "/items/a" }]);
    const stale = { code: "stale-base", data: { ref: "main", base, head, dataset: "qa" } };
    await expect(qa.patch([{ op: "add", path: "/items/a/x", value: 1 }], { base })).rejects.toMatchObject(stale);
    await expect(qa.patch([{ op: "add", path: "/items/b/x", value: 1 }], { base })).rejects.toMatchObject(stale);
    await expect(qa.import([{ k: "a" }], { base })).rejects.toMatchObject(stale);
    await expect(qa.insert({}, { base })).rejects.toMatchObject(stale);
    await expect(qa.renameColumn("k", "l", { base })).rejects.toMatchObject(stale);
    await expect(repo.edit([{ dataset: "qa", items: () => ({ x: 1 }) }], { base })).rejects.toMatchObject(stale);
    await expect(repo.removeDataset("qa", { base })).rejects.toMatchObject(stale);
    await expect(repo.renameDataset("qa", "qb", { base })).rejects.toMatchObject(stale);
    await expect(repo.restore("qa", base, { base })).rejects.toMatchObject(stale);
    expect((await repo.head()).commit).toBe(head);
  });

  test("is not stale for what only other datasets changed", async () => {
    const repo = await open();
    const { commit: base } = await repo.dataset("qa").import([{ k: "a" }], { key: "k" });
    await repo.dataset("other").import([{ x: 1 }]);
    await repo.dataset("qa").patch([{ op: "add", path: "/items/a/x", value: 1 }], { base });
    await expect(repo.dataset("qa").patch([], { base, allowEmpty: true })).rejects.toMatchObject({
      code: "stale-base",
    });
  });

  test("a branch that is not there is not made by an edit", async () => {
    const repo = await open();
    await repo.dataset("qa").import([{ k: "a" }]);
    await expect(repo.dataset("qa").import([{ k: "a" }], { branch: "typo" })).rejects.toMatchObject({
      code: "no-such-ref",
    });
    await expect(repo.merge("main", { into: "typo" })).rejects.toMatchObject({ code: "no-such-ref" });
  });
});

test("four processes over one folder lose nothing", async () => {
  const script = await bundle("../../../test/laws/writer.ts");
  const folder = mkdtempSync(join(tmpdir(), "sheaf-race-"));
  onTestFinished(() => {
    script.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const drive = FolderDrive.open(folder, { create: true });
  const repo = await open(drive);
  await repo.createDataset("qa");
  const edits = 12;
  const codes = await Promise.all(
    ["a", "b", "c", "d"].map(
      name =>
        new Promise(done =>
          spawn(process.execPath, [script.path, folder, name, String(edits)], { stdio: "inherit" }).on("close", done),
        ),
    ),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
  expect((await repo.dataset("qa").info()).count).toBe(4 * edits);
  expect(await all(repo.log())).toHaveLength(4 * edits + 1);
  expect(await all(repo.verify())).toEqual([]);
  drive.close();
});

test("writers who append equal items without ids at once get a row each", async () => {
  const drive = new MemoryDrive();
  const first = await open(drive);
  await first.dataset("qa").import([], {});
  const writers = await Promise.all(Array.from({ length: 5 }, () => open(drive)));
  const append = [{ op: "add" as const, path: "/items/-", value: { question: "the same" } }];
  await Promise.all(writers.map(writer => writer.dataset("qa").patch(append)));
  expect((await first.dataset("qa").info()).count).toBe(5);
});
