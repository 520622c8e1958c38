import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../block/cid.js";
import type { Snapshot } from "../history/snapshot.js";
import { MemoryBlocks } from "../testing/blocks.js";
import {
  drawHistory,
  plainDataset,
  plainSnapshotOf,
  type PlainDataset,
  type PlainSnapshot,
} from "../testing/history.js";
import { mergeBase, mergeCommits } from "./merge-base.js";

const fresh = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));
const qa = plainDataset("1", [["q1", "a", { n: 1 }]]);
const snapshot = (datasets: Record<string, PlainDataset>, files: Record<string, string> = {}): PlainSnapshot => ({
  datasets: new Map(Object.entries(datasets)),
  files: new Map(Object.entries(files).map(([name, text]) => [name, { mode: 0o100644, text }])),
});

describe("criss-cross histories", () => {
  const value = (n: number, m = 0) => snapshot({ qa: plainDataset("1", [["q1", "a", { n, m }]]) });

  async function crissCross(contents: Record<string, PlainSnapshot>) {
    //     a - b - d        d = b + c
    //      \   \ /
    //       \   X
    //        \ / \
    //         c - e        e = c + b
    const blocks = fresh();
    const commits = drawHistory(blocks, "a b c(a) d(b,c) e(c,b)", name => contents[name]);
    const at = (name: string): Digest => commits.get(name) ?? new Uint8Array(0);
    return {
      blocks,
      at,
      rows: async (from: Snapshot) => (await plainSnapshotOf(blocks, from)).datasets.get("qa")?.rows.get("q1")?.item,
    };
  }

  test("where both sides decided alike, nothing is left to decide", async () => {
    const { blocks, at, rows } = await crissCross({
      a: value(0),
      b: value(1),
      c: value(2),
      d: value(1),
      e: value(1, 5),
    });
    const { snapshot: merge, conflicts } = await mergeCommits(blocks, at("d"), at("e"));
    expect(conflicts).toEqual([]);
    expect(await rows(merge)).toEqual({ n: 1, m: 5 });
  });

  test("where they decided differently, neither is dropped", async () => {
    const { blocks, at, rows } = await crissCross({ a: value(0), b: value(1), c: value(2), d: value(1), e: value(2) });
    expect(await rows((await mergeBase(blocks, at("d"), at("e"))) ?? ({} as Snapshot))).toEqual({ n: 0, m: 0 });
    const { conflicts } = await mergeCommits(blocks, at("d"), at("e"));
    expect(conflicts).toEqual([{ dataset: "qa", id: "q1", pointer: "/n", base: 0, ours: 1, theirs: 2 }]);
  });

  test("what both bases brought is in the fold, so changing it later is no conflict", async () => {
    const { blocks, at, rows } = await crissCross({
      a: value(0),
      b: value(1),
      c: value(0, 3),
      d: value(1, 3),
      e: value(1, 4),
    });
    const { snapshot: merge, conflicts } = await mergeCommits(blocks, at("d"), at("e"));
    expect(conflicts).toEqual([]);
    expect(await rows(merge)).toEqual({ n: 1, m: 4 });
  });

  test("what one base deleted and the other changed is in the fold as it was, so that either decision counts as one", async () => {
    const changed = plainDataset("1", [["q1", "a", { n: 2 }]]);
    const [was, gone, is] = [snapshot({ qa }, { f: "1" }), snapshot({}), snapshot({ qa: changed }, { f: "2" })];
    const { blocks, at } = await crissCross({ a: was, b: gone, c: is, d: gone, e: is });
    const fold = await plainSnapshotOf(blocks, (await mergeBase(blocks, at("d"), at("e"))) ?? ({} as Snapshot));
    expect(fold).toEqual(was);
    const { conflicts } = await mergeCommits(blocks, at("d"), at("e"));
    expect(conflicts.map(({ dataset, id }) => [dataset, id])).toEqual([
      ["qa", undefined],
      ["", "f"],
    ]);
  });

  test("generated: the fold is the same from both sides", async () => {
    const contents = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })), {
      minLength: 7,
      maxLength: 7,
    });
    await fc.assert(
      fc.asyncProperty(contents, async list => {
        const blocks = fresh();
        const names = ["a", "b", "c", "d", "e", "f", "g"];
        const commits = drawHistory(blocks, "a b c(a) d(b,c) e(c,b) f(d,e) g(e,d)", name =>
          value(...list[names.indexOf(name)]),
        );
        const at = (name: string): Digest => commits.get(name) ?? new Uint8Array(0);
        expect(await mergeBase(blocks, at("f"), at("g"))).toEqual(await mergeBase(blocks, at("g"), at("f")));
      }),
    );
  });

  test("unrelated histories merge as if made from nothing", async () => {
    const blocks = fresh();
    const commits = drawHistory(blocks, "a b()", name => snapshot({ [name]: { ...qa, id: name } }));
    const { snapshot: both, conflicts } = await mergeCommits(
      blocks,
      commits.get("a") ?? new Uint8Array(0),
      commits.get("b") ?? new Uint8Array(0),
    );
    expect(conflicts).toEqual([]);
    expect([...(await plainSnapshotOf(blocks, both)).datasets.keys()]).toEqual(["a", "b"]);
  });
});
