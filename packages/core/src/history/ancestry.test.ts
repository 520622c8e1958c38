import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../block/cid.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { drawHistory, type DrawnCommit } from "../testing/history.js";
import { aheadBehind, commitsNotIn, difference, isAncestor, mergeBases } from "./ancestry.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

/** Any history of up to a dozen commits with up to three parents each, with clocks that tell the truth, stand still or lie. */
const histories: fc.Arbitrary<DrawnCommit[]> = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.nat(9)), { minLength: 1, maxLength: 14 })
  .chain(shape =>
    fc.constantFrom("true", "still", "lying").map(clock =>
      shape.map(([parents, wild], i): DrawnCommit => ({
        name: `c${i}`,
        parents: i === 0 ? [] : [...new Set(parents.map(parent => `c${parent % i}`))],
        time: clock === "true" ? 10 * i : clock === "still" ? 5 : wild,
      })),
    ),
  );

/** What ancestry says by its definition, on the whole of the history. */
class Naive {
  readonly above = new Map<string, Set<string>>();
  constructor(readonly history: readonly DrawnCommit[]) {
    for (const { name, parents } of history)
      this.above.set(name, new Set([name, ...parents.flatMap(parent => [...(this.above.get(parent) ?? [])])]));
  }
  ancestors(name: string): Set<string> {
    return this.above.get(name) ?? new Set();
  }
  bases(a: string, b: string): string[] {
    const common = [...this.ancestors(a)].filter(name => this.ancestors(b).has(name));
    return common.filter(name => !common.some(other => other !== name && this.ancestors(other).has(name)));
  }
  only(a: string, b: string): string[] {
    return [...this.ancestors(a)].filter(name => !this.ancestors(b).has(name));
  }
}

function drawn(history: string | readonly DrawnCommit[]) {
  const blocks = fresh();
  const commits = drawHistory(blocks, history);
  const names = new Map(Array.from(commits, ([name, digest]) => [String(digest), name]));
  const at = (name: string): Digest => {
    const digest = commits.get(name);
    if (!digest) throw new Error(name);
    return digest;
  };
  const named = (digests: readonly Digest[]) => digests.map(digest => names.get(String(digest)) ?? "?");
  blocks.reset();
  return { blocks, at, named };
}

describe("laws, whatever the clocks say", () => {
  test("merge bases are the common ancestors that are above no other", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), fc.nat(), async (history, i, j) => {
        const { blocks, at, named } = drawn(history);
        const [a, b] = [history[i % history.length].name, history[j % history.length].name];
        const found = named(await mergeBases(blocks, at(a), at(b)));
        expect(found.toSorted()).toEqual(new Naive(history).bases(a, b).toSorted());
        expect(named(await mergeBases(blocks, at(b), at(a)))).toEqual(found);
      }),
    );
  });

  test("what only one side has is counted exactly, and listed children first", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), fc.nat(), async (history, i, j) => {
        const { blocks, at, named } = drawn(history);
        const [a, b] = [history[i % history.length].name, history[j % history.length].name];
        const naive = new Naive(history);
        const { ahead, behind } = await difference(blocks, at(a), at(b));
        expect(named(ahead).toSorted()).toEqual(naive.only(a, b).toSorted());
        expect(named(behind).toSorted()).toEqual(naive.only(b, a).toSorted());
        named(ahead).forEach((name, place, list) =>
          expect(list.slice(place + 1).some(later => naive.ancestors(later).has(name))).toBe(false),
        );
        expect(await aheadBehind(blocks, at(a), at(b))).toEqual({ ahead: ahead.length, behind: behind.length });
      }),
    );
  });

  test("a commit descends from itself and from what its parents descend from", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), fc.nat(), async (history, i, j) => {
        const { blocks, at } = drawn(history);
        const [a, b] = [history[i % history.length].name, history[j % history.length].name];
        expect(await isAncestor(blocks, at(a), at(b))).toBe(new Naive(history).ancestors(b).has(a));
      }),
    );
  });
});

describe("examples", () => {
  test("two branches meet at the commit where they parted", async () => {
    //     a - b - c          ours
    //          \
    //           d - e        theirs
    const { blocks, at, named } = drawn("a b c d(b) e");
    expect(named(await mergeBases(blocks, at("c"), at("e")))).toEqual(["b"]);
    expect(named(await mergeBases(blocks, at("e"), at("b")))).toEqual(["b"]);
    expect(named(await mergeBases(blocks, at("e"), at("e")))).toEqual(["e"]);
  });

  test("criss-cross merges have two bases", async () => {
    //     a - b - d - f      d = b + c
    //      \   \ /           e = c + b
    //       \   X
    //        \ / \
    //         c - e - g
    const { blocks, at, named } = drawn("a b c(a) d(b,c) e(c,b) f(d) g(e)");
    expect(named(await mergeBases(blocks, at("f"), at("g"))).toSorted()).toEqual(["b", "c"]);
  });

  test("unrelated histories have no base, and all of each is ahead", async () => {
    const { blocks, at } = drawn("a b x() y");
    expect(await mergeBases(blocks, at("b"), at("y"))).toEqual([]);
    expect(await aheadBehind(blocks, at("b"), at("y"))).toEqual({ ahead: 2, behind: 2 });
    expect(await isAncestor(blocks, at("a"), at("y"))).toBe(false);
  });

  test("the bases of sets of tips are those of a merge of each set", async () => {
    const { blocks, at, named } = drawn("a b c(a) d(a) m(b,c) n(c,d)");
    expect(named(await mergeBases(blocks, [at("b"), at("c")], [at("c"), at("d")]))).toEqual(["c"]);
    expect(named(await mergeBases(blocks, at("m"), at("n")))).toEqual(["c"]);
  });

  test("commits not in another branch come newest first", async () => {
    const { blocks, at, named } = drawn("a b c(a) d(b,c) e");
    expect(named(await commitsNotIn(blocks, at("e"), [at("c")]))).toEqual(["e", "d", "b"]);
    expect(named(await commitsNotIn(blocks, at("e"), [at("b"), at("c")]))).toEqual(["e", "d"]);
    expect(named(await commitsNotIn(blocks, at("c"), []))).toEqual(["c", "a"]);
  });
});

/** A trunk of so many commits, then two branches off its end. `time` gives each commit's clock by its number, and by its branch. */
function forked(
  trunk: number,
  ours: number,
  theirs: number,
  time: (n: number, branch: string) => number,
): DrawnCommit[] {
  const line = (branch: string, from: string | undefined, length: number, start: number): DrawnCommit[] =>
    Array.from({ length }, (_, i) => ({
      name: `${branch}${i}`,
      parents: i > 0 ? [`${branch}${i - 1}`] : from === undefined ? [] : [from],
      time: time(start + i, branch),
    }));
  return [
    ...line("t", undefined, trunk, 0),
    ...line("o", `t${trunk - 1}`, ours, trunk),
    ...line("e", `t${trunk - 1}`, theirs, trunk),
  ];
}

describe("cost: about the commits between the tips, not all of history", () => {
  const clocks: [string, (n: number, branch: string) => number, number][] = [
    ["true clocks", n => n, 1.1],
    ["a clock that stands still", () => 7, 1.6],
    ["one side's clock far in the past", (n, branch) => (branch === "e" ? n : 1_000_000 + n), 5],
  ];
  test.each(clocks)("%s", async (_name, time, factor) => {
    const { blocks, at, named } = drawn(forked(3000, 60, 40, time));
    expect(named(await mergeBases(blocks, at("o59"), at("e39")))).toEqual(["t2999"]);
    expect(blocks.reset().loads).toBeLessThan(100 * factor + 10);
    expect(await aheadBehind(blocks, at("o59"), at("e39"))).toEqual({ ahead: 60, behind: 40 });
    expect(blocks.reset().loads).toBeLessThan(100 * factor + 10);
    expect(await isAncestor(blocks, at("o59"), at("e39"))).toBe(false);
    expect(blocks.reset().loads).toBeLessThan(100 * factor + 10);
  });

  test("a branch that is only ahead costs about its length, and a new tip almost nothing", async () => {
    const { blocks, at } = drawn(forked(3000, 200, 0, n => n));
    expect(await isAncestor(blocks, at("t2999"), at("o199"))).toBe(true);
    expect(blocks.reset().loads).toBeLessThan(280);
    expect(await isAncestor(blocks, at("t2999"), at("o0"))).toBe(true);
    expect(blocks.reset().loads).toBeLessThan(4);
    expect(await mergeBases(blocks, at("o199"), at("o199"))).toEqual([at("o199")]);
    expect(blocks.reset().loads).toBe(0);
  });

  test("a criss-cross far from the root is answered without the root", async () => {
    const trunk = forked(3000, 20, 20, n => n);
    const cross: DrawnCommit[] = [
      { name: "x", parents: ["o19", "e19"], time: 5000 },
      { name: "y", parents: ["e19", "o19"], time: 5001 },
    ];
    const { blocks, at } = drawn([...trunk, ...cross]);
    expect(await mergeBases(blocks, at("x"), at("y"))).toHaveLength(2);
    expect(blocks.reset().loads).toBeLessThan(60);
  });
});
