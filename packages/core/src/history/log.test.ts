import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../block/cid.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { snapshotChanges } from "../testing/documents.js";
import { drawHistory, plainDataset, type DrawnCommit, type PlainSnapshot } from "../testing/history.js";
import { log, type LogOptions } from "./log.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

function drawn(history: readonly DrawnCommit[] | string, contents?: (name: string) => PlainSnapshot) {
  const blocks = fresh();
  const commits = drawHistory(blocks, history, contents);
  blocks.reset();
  const names = async (tip: string | readonly string[], options?: LogOptions): Promise<string[]> => {
    const at = (name: string): Digest => commits.get(name) ?? new Uint8Array(32);
    const list: string[] = [];
    for await (const { message } of log(blocks, typeof tip === "string" ? at(tip) : tip.map(at), options))
      list.push(message);
    return list;
  };
  return { blocks, names };
}

const shapes = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.nat(9), snapshotChanges, fc.nat(2)), {
    minLength: 1,
    maxLength: 12,
  })
  .chain(shape =>
    fc.constantFrom("true", "still", "lying").map(clock => {
      const contents = new Map<string, PlainSnapshot>();
      const first: PlainSnapshot = {
        datasets: new Map([
          [
            "qa",
            plainDataset("1", [
              ["a", "a0", { x: 1 }],
              ["b", "a1", { y: 1 }],
            ]),
          ],
        ]),
        files: new Map(),
      };
      const history = shape.map(([links, wild, change, taken], i): DrawnCommit => {
        const parents = i === 0 ? [] : [...new Set(links.map(parent => `c${parent % i}`))];
        contents.set(`c${i}`, change(contents.get(parents[taken % Math.max(1, parents.length)] ?? "") ?? first));
        return { name: `c${i}`, parents, time: clock === "true" ? 10 * i : clock === "still" ? 5 : wild };
      });
      return { history, contents, clock };
    }),
  );

/** The commits that a filtered log gives, by its definition: git's default simplification. */
function naive(
  history: readonly DrawnCommit[],
  tip: string,
  stateOf: (name: string) => unknown,
  firstParent: boolean,
): string[] {
  const parentsOf = (name: string) =>
    (history.find(commit => commit.name === name)?.parents ?? []).slice(0, firstParent ? 1 : undefined);
  const seen = new Set<string>();
  const shown: string[] = [];
  for (const open = [tip]; open.length > 0;) {
    const name = open.pop() ?? "";
    if (seen.has(name)) continue;
    seen.add(name);
    const same = parentsOf(name).find(parent => isDeepStrictEqual(stateOf(parent), stateOf(name)));
    if (same !== undefined) open.push(same);
    else {
      if (parentsOf(name).length > 0 || stateOf(name) !== undefined) shown.push(name);
      open.push(...parentsOf(name));
    }
  }
  return shown;
}

describe("laws", () => {
  test("every ancestor comes once; children come first and newer before older, unless clocks lie", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), async ({ history, contents, clock }, i) => {
        const { names } = drawn(history, name => contents.get(name) as PlainSnapshot);
        const tip = history[i % history.length].name;
        const list = await names(tip);
        expect(list.toSorted()).toEqual(naive(history, tip, name => name, false).toSorted());
        if (clock === "lying") return;
        const place = new Map(list.map((name, at) => [name, at]));
        for (const { name, parents } of history)
          for (const parent of parents)
            if (place.has(name)) expect(place.get(name)).toBeLessThan(place.get(parent) ?? Infinity);
        if (clock === "true") expect(list).toEqual(list.toSorted((a, b) => Number(b.slice(1)) - Number(a.slice(1))));
      }),
    );
  });

  test("of a dataset: the commits in which it differs from every parent, across renames", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), fc.boolean(), async ({ history, contents }, i, firstParent) => {
        const { names } = drawn(history, name => contents.get(name) as PlainSnapshot);
        const tip = history[i % history.length].name;
        const stateOf = (name: string) => [...(contents.get(name)?.datasets ?? [])].find(([, { id }]) => id === "1");
        const expected = naive(history, tip, stateOf, firstParent);
        expect((await names(tip, { dataset: "1", firstParent })).toSorted()).toEqual(expected.toSorted());
        const [path] = stateOf(tip) ?? [];
        if (path !== undefined)
          expect((await names(tip, { dataset: "1", firstParent, path })).toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test("of a row: the commits in which its item or place differs from every parent's", async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), fc.constantFrom("a", "b"), async ({ history, contents }, i, row) => {
        const { names } = drawn(history, name => contents.get(name) as PlainSnapshot);
        const tip = history[i % history.length].name;
        const stateOf = (name: string) =>
          [...(contents.get(name)?.datasets.values() ?? [])].find(({ id }) => id === "1")?.rows.get(row);
        expect((await names(tip, { dataset: "1", row })).toSorted()).toEqual(
          naive(history, tip, stateOf, false).toSorted(),
        );
      }),
    );
  });
});

describe("examples", () => {
  test("lines run side by side, newest first", async () => {
    //     a - b - - - e        a b e are main, c d the branch; f merges
    //      \           \
    //       c - d - - - f
    const { names } = drawn("a@1 b@2 c(a)@3 d@4 e(b)@5 f(e,d)@6");
    expect(await names("f")).toEqual(["f", "e", "d", "c", "b", "a"]);
    expect(await names("f", { limit: 2 })).toEqual(["f", "e"]);
    expect(await names("f", { firstParent: true })).toEqual(["f", "e", "b", "a"]);
    expect(await names(["e", "d"])).toEqual(["e", "d", "c", "b", "a"]);
  });

  test("a parent waits for all its children even in the same second", async () => {
    const { names } = drawn("p@5 d(p)@5 e(d)@5 c(p)@5 m(c,e)@5");
    expect(await names("m")).toEqual(["m", "c", "e", "d", "p"]);
  });

  test("a child whose clock lies does not hold up what follows", async () => {
    const { names } = drawn("g@1 p(g)@9 d(p)@2 c(p)@10 m(c,d)@11");
    expect((await names("m")).toSorted()).toEqual(["c", "d", "g", "m", "p"]);
  });
});

test("two datasets that change names are told apart by id", async () => {
  const [x, y] = ["1", "2"].map(id => plainDataset(id, [[id, "a", {}]]));
  const swapped: PlainSnapshot = {
    datasets: new Map([
      ["x", y],
      ["y", x],
    ]),
    files: new Map(),
  };
  const { names } = drawn("a b c", name =>
    name === "a"
      ? {
          datasets: new Map([
            ["x", x],
            ["y", y],
          ]),
          files: new Map(),
        }
      : swapped,
  );
  expect(await names("c", { dataset: "1", path: "y" })).toEqual(["b", "a"]);
  expect(await names("c", { dataset: "1", path: "y", row: "1" })).toEqual(["a"]);
});

describe("cost", () => {
  const long = (length: number): DrawnCommit[] =>
    Array.from({ length }, (_, i) => ({ name: `c${i}`, parents: i === 0 ? [] : [`c${i - 1}`], time: i }));

  test("the first ten commits of a long history read about ten", async () => {
    const { blocks, names } = drawn(long(2000));
    expect(await names("c1999", { limit: 10 })).toHaveLength(10);
    expect(blocks.reset().loads).toBeLessThan(14);
  });

  test("of a dataset that other commits do not touch, no more than commits and snapshots are read", async () => {
    const qa = (n: number) =>
      plainDataset(
        "1",
        Array.from({ length: 200 }, (_, i) => [`r${i}`, `a${String(i).padStart(4, "0")}`, { n: i === 0 ? n : 0 }]),
      );
    const { blocks, names } = drawn(long(300), name => {
      const i = Number(name.slice(1));
      return {
        datasets: new Map([["qa", qa(Math.floor(i / 100))]]),
        files: new Map([["n", { mode: 0o100644, text: name }]]),
      };
    });
    expect(await names("c299", { dataset: "1", path: "qa" })).toEqual(["c200", "c100", "c0"]);
    expect(blocks.reset().loads).toBeLessThan(2 * 300 + 20);
    expect(await names("c299", { dataset: "1", path: "qa", row: "r0" })).toEqual(["c200", "c100", "c0"]);
    expect(blocks.reset().loads).toBeLessThan(2 * 300 + 50);
  });
});
