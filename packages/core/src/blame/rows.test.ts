import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../block/cid.js";
import type { Value, ValueObject } from "../item/value.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { snapshotChanges } from "../testing/documents.js";
import {
  drawHistory,
  plainDataset,
  type DrawnCommit,
  type PlainDataset,
  type PlainSnapshot,
} from "../testing/history.js";
import { blame, type BlameContext } from "./rows.js";
import { blameFields } from "./fields.js";
import type { DerivedCache } from "./derived.js";

const digestInto = (bytes: Uint8Array, out: Uint8Array, at: number) =>
  out.set(createHash("sha256").update(bytes).digest(), at);

class MemoryCache implements DerivedCache {
  readonly kept = new Map<string, Uint8Array>();
  get(key: string) {
    return this.kept.get(key);
  }
  put(key: string, bytes: Uint8Array) {
    this.kept.set(key, bytes);
  }
}

function drawn(history: readonly DrawnCommit[] | string, contents: (name: string) => PlainSnapshot) {
  const blocks = new MemoryBlocks(digestInto);
  const commits = drawHistory(blocks, history, contents);
  const cache = new MemoryCache();
  const context: BlameContext = { reader: blocks, cache, digestInto };
  const names = new Map(Array.from(commits, ([name, digest]) => [String(digest), name]));
  const at = (name: string): Digest => commits.get(name) ?? new Uint8Array(32);
  const name = (digest: Digest) => names.get(String(digest)) ?? "?";
  const origins = async (commit: string, dataset = "1", ids?: string[]) => {
    const found: Record<string, string> = {};
    for await (const { id, created, changed } of blame(context, at(commit), { dataset, ids }))
      found[id] = `${name(created)} ${name(changed)}`;
    return found;
  };
  return { blocks, cache, context, at, name, origins };
}

/** A history of snapshots: each commit edits what its first parent has, or takes another parent's. */
const histories = fc
  .array(fc.tuple(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), snapshotChanges, fc.nat(2)), {
    minLength: 2,
    maxLength: 10,
  })
  .map(list => {
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
    const history = list.map(([parents, change, taken], i): DrawnCommit => {
      const names = i === 0 ? [] : [...new Set(parents.map(parent => `c${parent % i}`))];
      contents.set(`c${i}`, change(contents.get(names[taken % Math.max(1, names.length)] ?? "") ?? first));
      return { name: `c${i}`, parents: names, time: 100 + i };
    });
    return { history, contents };
  });

type Origins = Map<string, { created: string; changed: string }>;

/** Blame by its definition, over whole documents. */
class Naive {
  readonly #known = new Map<string, Origins>();
  constructor(
    readonly history: readonly DrawnCommit[],
    readonly contents: ReadonlyMap<string, PlainSnapshot>,
    readonly dataset: string,
  ) {}

  of(name: string): PlainDataset | undefined {
    return [...(this.contents.get(name)?.datasets.values() ?? [])].find(({ id }) => id === this.dataset);
  }

  origins(name: string): Origins {
    const known = this.#known.get(name);
    if (known) return known;
    const made: Origins = new Map();
    const parents = (this.history.find(commit => commit.name === name)?.parents ?? []).filter(parent =>
      this.of(parent),
    );
    for (const [id, { item }] of this.of(name)?.rows ?? []) {
      const having = parents.filter(parent => this.of(parent)?.rows.has(id));
      const same = having.find(parent => isDeepStrictEqual(this.of(parent)?.rows.get(id)?.item, item));
      const from = (same ?? having[0]) === undefined ? undefined : this.origins(same ?? having[0]).get(id);
      made.set(id, same && from ? from : { created: from?.created ?? name, changed: name });
    }
    this.#known.set(name, made);
    return made;
  }

  field(name: string, id: string, keys: readonly string[]): string {
    const valueAt = (commit: string) =>
      keys.reduce<Value | undefined>(
        (value, key) => (value as ValueObject | undefined)?.[key],
        this.of(commit)?.rows.get(id)?.item,
      );
    const parents = this.history.find(commit => commit.name === name)?.parents ?? [];
    const same = parents.find(
      parent => this.of(parent)?.rows.has(id) && isDeepStrictEqual(valueAt(parent), valueAt(name)),
    );
    return same === undefined ? name : this.field(same, id, keys);
  }
}

describe("laws", () => {
  test("the origins are those by definition, in any history, whatever is cached", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.nat(), { maxLength: 4 }), async ({ history, contents }, order) => {
        const { origins } = drawn(history, name => contents.get(name) as PlainSnapshot);
        const naive = new Naive(history, contents, "1");
        for (const i of [...order, history.length - 1]) {
          const { name } = history[i % history.length];
          const expected = Object.fromEntries(
            Array.from(naive.origins(name), ([id, { created, changed }]) => [id, `${created} ${changed}`]),
          );
          expect(await origins(name)).toEqual(expected);
        }
      }),
    );
  });

  test("the cache may lose anything: the index is made again", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.nat(), { maxLength: 6 }), async ({ history, contents }, lost) => {
        const { origins, cache } = drawn(history, name => contents.get(name) as PlainSnapshot);
        const { name } = history[history.length - 1];
        const before = await origins(name);
        for (const i of lost) {
          const key = [...cache.kept.keys()][i % Math.max(1, cache.kept.size)];
          if (key === undefined) continue;
          if (i % 2 === 0) cache.kept.delete(key);
          else cache.kept.set(key, new Uint8Array([1, 2, 3]));
        }
        expect(await origins(name)).toEqual(before);
      }),
    );
  });

  test("fields come from the commit after which their value stayed", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async ({ history, contents }) => {
        const { blocks, at, name } = drawn(history, commit => contents.get(commit) as PlainSnapshot);
        const naive = new Naive(history, contents, "1");
        const last = history[history.length - 1].name;
        for (const [id] of naive.of(last)?.rows ?? []) {
          const fields = await blameFields(blocks, at(last), { dataset: "1", row: id });
          for (const [pointer, { commit }] of fields ?? [])
            expect([pointer, name(commit)]).toEqual([pointer, naive.field(last, id, pointer.split("/").slice(1))]);
        }
        expect(await blameFields(blocks, at(last), { dataset: "1", row: "nobody" })).toBeUndefined();
      }),
    );
  });
});

describe("examples", () => {
  const contents: Record<string, [string, string, ValueObject][]> = {
    a: [
      ["1", "a", { n: 1 }],
      ["2", "b", { n: 2 }],
    ],
    b: [
      ["1", "a", { n: 10 }],
      ["2", "b", { n: 2 }],
    ],
    c: [
      ["1", "a", { n: 1 }],
      ["2", "z", { n: 2 }],
      ["3", "c", { n: 3, tag: { by: "c" } }],
    ],
    d: [
      ["1", "a", { n: 10 }],
      ["2", "z", { n: 2 }],
      ["3", "c", { n: 3, tag: { by: "d" } }],
    ],
  };
  //     a - b - d        d merges c into b and changes row 3; c moved row 2
  //      \     /
  //       c ---
  const example = () =>
    drawn("a b c(a) d(b,c)", name => ({
      datasets: new Map([["qa", plainDataset("1", contents[name])]]),
      files: new Map(),
    }));

  test("a merge takes each row from the parent that has it; a move is no change", async () => {
    expect(await example().origins("d")).toEqual({ 1: "a b", 2: "a a", 3: "c d" });
  });

  test("asked for some rows, it gives those that are there, in that order", async () => {
    const { origins } = example();
    expect(Object.keys(await origins("d", "1", ["3", "x", "1"])).toSorted()).toEqual(["1", "3"]);
    expect(await origins("d", "other")).toEqual({});
  });

  test("the fields of a row that a merge changed come from both", async () => {
    const { blocks, at, name } = example();
    const fields = await blameFields(blocks, at("d"), { dataset: "1", row: "3" });
    expect(Array.from(fields ?? [], ([pointer, { commit }]) => `${pointer} ${name(commit)}`)).toEqual([
      "/n c",
      "/tag/by d",
    ]);
  });
});

test("what both sides did alike comes from the first parent", async () => {
  //     a - b - d        b and c set n to 2, apart from each other
  //      \     /
  //       c ---
  const { blocks, at, name, origins } = drawn("a b c(a) d(b,c)", commit => ({
    datasets: new Map([["qa", plainDataset("1", [["1", "a", { n: commit === "a" ? 1 : 2 }]])]]),
    files: new Map(),
  }));
  const fields = await blameFields(blocks, at("d"), { dataset: "1", row: "1" });
  expect(Array.from(fields ?? [], ([pointer, { commit }]) => `${pointer} ${name(commit)}`)).toEqual(["/n b"]);
  expect(await origins("d")).toEqual({ 1: "a b" });
});

test("commits that leave the rows alone need no index of their own", async () => {
  const { origins, cache } = drawn("a b c", commit => ({
    datasets: new Map([["qa", plainDataset("1", [["1", "a", {}]], { description: commit })]]),
    files: new Map(),
  }));
  expect(await origins("c")).toEqual({ 1: "a a" });
  const kept = cache.kept.size;
  await origins("b");
  expect(cache.kept.size).toBe(kept);
});

describe("cost", () => {
  const size = 5000;
  const rows = (n: number): [string, string, ValueObject][] =>
    Array.from({ length: size }, (_, i) => [
      `id-${(i * 7919) % size}`,
      `a${i.toString(36).padStart(5, "0")}`,
      { n: i % 50 === n ? n : -1 },
    ]);

  test("the next commit costs about what it changed, and nothing is computed twice", async () => {
    const history: DrawnCommit[] = Array.from({ length: 4 }, (_, i) => ({
      name: `c${i}`,
      parents: i === 0 ? [] : [`c${i - 1}`],
      time: i,
    }));
    const snapshots = history.map((_, i): PlainSnapshot => {
      const all = rows(-2);
      if (i > 0) all[100 * i] = [all[100 * i][0], all[100 * i][1], { n: i }];
      return { datasets: new Map([["qa", plainDataset("1", all)]]), files: new Map() };
    });
    const { origins, blocks, cache } = drawn(history, name => snapshots[Number(name.slice(1))]);
    await origins("c2", "1", ["id-0"]);
    const kept = cache.kept.size;
    blocks.reset();
    expect(await origins("c3", "1", [rows(0)[300][0]])).toEqual({ [rows(0)[300][0]]: "c0 c3" });
    expect(blocks.reset().loads).toBeLessThan(40);
    expect(cache.kept.size - kept).toBeLessThan(8);
    await origins("c3", "1", ["id-0"]);
    expect(blocks.reset().loads).toBeLessThan(16);
  });
});
