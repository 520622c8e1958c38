import { nodePlatform } from "@sheaf/drives/node";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { fresh } from "./testing.js";

type Server = Awaited<ReturnType<typeof fresh>>;
interface Page {
  readonly commits: readonly { readonly commit: string }[];
  readonly next?: string;
}

async function commitOn({ repo }: Server, branch: string, n: number): Promise<void> {
  await repo.dataset("qa").patch([{ op: "add", path: `/items/${branch}${n}`, value: { n } }], { branch });
}

/** All pages, and how many blocks were asked for each. */
async function pages(server: Server, limit: number, more = ""): Promise<{ ids: string[][]; reads: number[] }> {
  const ids: string[][] = [];
  const reads: number[] = [];
  const load = vi.spyOn(server.repo.context.store, "load");
  for (let cursor: string | undefined = ""; cursor !== undefined;) {
    load.mockClear();
    const answer = await server.ask("GET", `/commits?limit=${limit}${more}${cursor && `&cursor=${cursor}`}`);
    const page = answer.body as unknown as Page;
    reads.push(load.mock.calls.length);
    ids.push(page.commits.map(({ commit }) => commit));
    cursor = page.next;
  }
  return { ids, reads };
}

test("pages of the log give every commit once, where lines part and meet too", async () => {
  const server = await fresh();
  const { repo } = server;
  await repo.dataset("qa").import([{ n: 0 }]);
  for (let n = 0; n < 4; n++) await commitOn(server, "main", n);
  await repo.branch("side", { at: "main" });
  for (let n = 4; n < 7; n++) await commitOn(server, n % 2 ? "side" : "main", n);
  await repo.merge("side", { into: "main" });
  for (let n = 7; n < 10; n++) await commitOn(server, "main", n);
  for (const more of ["", "&firstParent=true", "&dataset=qa"]) {
    const [whole] = (await pages(server, 100, more)).ids;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), async limit => {
        const { ids } = await pages(server, limit, more);
        expect(ids.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
        expect(ids.flat().sort()).toEqual([...whole].sort());
      }),
      { numRuns: 8 },
    );
  }
});

test("a page far down a line of commits costs what the first one does", async () => {
  // Of one second all would be read at once, as any may be the newest.
  let now = 1_800_000_000_000;
  const clock = vi.spyOn(nodePlatform, "now").mockImplementation(() => (now += 1000));
  onTestFinished(() => clock.mockRestore());
  const server = await fresh();
  await server.repo.dataset("qa").import([{ n: 0 }]);
  for (let n = 0; n < 40; n++) await commitOn(server, "main", n);
  const { reads } = await pages(server, 5);
  expect(reads[0]).toBeGreaterThan(5);
  expect(Math.max(...reads)).toBeLessThanOrEqual(reads[0] + 3);
});
