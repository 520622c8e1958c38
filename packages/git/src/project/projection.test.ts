import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dagCbor,
  encode,
  encodeCommit,
  encodeSnapshot,
  Link,
  raw,
  utf8,
  type Digest,
  type Drive,
  type Platform,
  type ValueObject,
} from "@sheaf/core";
import {
  drawHistory,
  plainSnapshots,
  putSnapshot,
  putTree,
  snapshotChanges,
  type MemoryBlocks,
  type PlainSnapshot,
} from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { parseCommit } from "../commit.js";
import { nodeGitPlatform } from "../node.js";
import type { GitObject, Oid } from "../object.js";
import { parseTree } from "../tree.js";
import { openProjector } from "./projection.js";
import { freshBlocks, manyRows, MemoryObjects, plainProjection, sound } from "./testing.js";

/** A history costs as much as many snapshots do. */
const runs = Number(process.env["SHEAF_RUNS"] ?? 100);

let nonces = 0;
const platform = {
  digestInto: (bytes: Uint8Array, out: Uint8Array, at: number) =>
    out.set(createHash("sha256").update(bytes).digest(), at),
  nonce: () => createHash("md5").update(String(nonces++)).digest("hex"),
} as Platform;

/** What adoption keeps of a commit, by path of its projection: other bytes, or nothing there. */
type Kept = ReadonlyMap<string, string | null>;

interface Drawn {
  readonly kept: readonly Kept[];
  readonly snapshots: readonly PlainSnapshot[];
  readonly parents: readonly (readonly number[])[];
}

/** Files of any projection, and one of nobody's. */
const keptFiles: fc.Arbitrary<Kept> = fc
  .dictionary(
    fc.constantFrom(
      "sheaf.json",
      "qa/rows/0.jsonl",
      "qa/dataset.json",
      "safety/a/rows/0.jsonl",
      "new/x",
      "z/rows/a.jsonl",
    ),
    fc.constantFrom("by hand\r\n", null),
    { maxKeys: 3 },
  )
  .map(files => new Map(Object.entries(files)));

/** Histories of up to nine commits, each changed from its first parent. */
const histories: fc.Arbitrary<Drawn> = fc
  .tuple(
    plainSnapshots,
    fc.array(fc.tuple(snapshotChanges, fc.nat(), fc.option(fc.nat(), { freq: 2 }), fc.option(keptFiles)), {
      maxLength: 8,
    }),
  )
  .map(([first, steps]) => {
    const snapshots = [sound(first)];
    const parents: number[][] = [[]];
    const kept: Kept[] = [new Map()];
    for (const [change, p, q, files] of steps) {
      kept.push(files ?? new Map());
      const own = [...new Set([p, ...(q === null ? [] : [q])].map(n => n % snapshots.length))];
      parents.push(own);
      snapshots.push(sound(change(snapshots[own[0]])));
    }
    return { snapshots, parents, kept };
  });

function put({ snapshots, parents, kept }: Drawn, blocks = freshBlocks()) {
  const who = { name: "Ada", email: "ada@example.org", time: 1000, zone: 0 };
  const commits: Digest[] = [];
  for (const [n, own] of parents.entries())
    commits.push(
      blocks.put(
        encodeCommit({
          snapshot: blocks.put(encodeSnapshot(putSnapshot(blocks, snapshots[n]))),
          parents: own.map(p => commits[p]),
          author: who,
          committer: who,
          message: `c${n}`,
          attributes: attributesOf(blocks, kept[n]),
        }),
      ),
    );
  return { blocks, commits };
}

function attributesOf(blocks: MemoryBlocks, kept: Kept): ValueObject {
  if (kept.size === 0) return {};
  const link = (text: string) => new Link(blocks.put(utf8(text)), raw);
  const files = putTree(
    blocks,
    Array.from(kept, ([path, text]) => [utf8(path), encode(text === null ? null : [0o100644, link(text)])]),
  );
  return { git: { files: new Link(files, dagCbor) } } as unknown as ValueObject;
}

/** The top tree by the letter, with what is kept laid over its files. */
function plainTop(snapshot: PlainSnapshot, kept: Kept): Map<string, string> {
  const objects = new MemoryObjects();
  const files = objects.files(plainProjection(objects, snapshot));
  for (const [path, text] of kept)
    if (text === null) files.delete(path);
    else files.set(path, `100644 ${objects.put("blob", utf8(text))}`);
  return files;
}

const open = (reader: MemoryBlocks, drive: Drive = new MemoryDrive()) =>
  openProjector({ reader, platform, git: nodeGitPlatform, drive });

/** What an object names. */
function namesOf({ type, body }: GitObject): Oid[] {
  if (type === "tree") return parseTree(body).map(({ oid }) => oid);
  if (type !== "commit") return [];
  const { tree, parents } = parseCommit(body);
  return [tree, ...parents];
}

describe("laws", () => {
  test("what is sent is whole, in order, and each commit's tree is its snapshot's by the letter", async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), async (drawn, n) => {
        const { blocks, commits } = put(drawn);
        const there = new MemoryObjects();
        const drive = new MemoryDrive();
        for (const tip of [commits[n % commits.length], ...commits]) {
          const projector = await open(blocks, n % 2 === 0 ? drive : new MemoryDrive());
          const known = new Set(there.objects.keys());
          await projector.send([tip], { isKnown: oid => known.has(oid) }, there);
          for (const { oid, like } of there.take()) {
            const own = there.objects.get(oid);
            if (like) expect(known.has(like.oid)).toBe(true);
            for (const name of own ? namesOf(own) : []) expect(known.has(name)).toBe(true);
            known.add(oid);
          }
          await projector.save();
        }
        const projector = await open(blocks, drive);
        for (const [i, commit] of commits.entries()) {
          const { tree } = parseCommit(there.body(await projector.oidOf(commit)));
          const plain = plainTop(drawn.snapshots[i], drawn.kept[i]);
          expect([...there.files(tree)].toSorted()).toEqual([...plain].toSorted());
          if (drawn.kept[i].size === 0) expect(tree).toBe(plainProjection(new MemoryObjects(), drawn.snapshots[i]));
        }
      }),
      { numRuns: Math.ceil(runs / 6) },
    );
  });
});

test("a history of thousands of commits is projected without running out of stack", async () => {
  const blocks = freshBlocks();
  const line = Array.from({ length: 2000 }, (_, n) => ({
    name: `c${n}`,
    parents: n > 0 ? [`c${n - 1}`] : [],
    time: n,
  }));
  const snapshot = putSnapshot(blocks, { datasets: new Map(), files: new Map() });
  const commits = drawHistory(blocks, line, () => snapshot);
  const there = new MemoryObjects();
  const projector = await open(blocks);
  const tip = commits.get("c1999") as Digest;
  await projector.send([tip], { isKnown: () => false, isEmpty: true }, there);
  expect(there.objects.size).toBe(2000 + 2);
  expect(await projector.digestOf(await projector.oidOf(tip))).toEqual(tip);
});

test("a file of a commit comes back from blocks, by the path that it has in git, as somebody wrote it", async () => {
  const blocks = freshBlocks();
  const rows = manyRows(1500, 300);
  const datasets = new Map([["a/Rows", { id: "1", meta: {}, rows }]]);
  const files = new Map([["a/%52ows/rows/README", { mode: 0o100755, text: "x" }]]);
  const kept = new Map([
    ["a/%52ows/rows/0.jsonl", "{}\n"],
    ["sheaf.json", null],
  ]);
  const [commit] = put({ snapshots: [{ datasets, files }], parents: [[]], kept: [kept] }, blocks).commits;
  const projector = await open(blocks);
  const plain = new MemoryObjects();
  const all = plain.files(plainProjection(plain, { datasets, files }));
  all.delete("sheaf.json");
  all.set("a/%52ows/rows/0.jsonl", `100644 ${plain.put("blob", utf8("{}\n"))}`);
  expect(all.size).toBeGreaterThan(6);
  for (const [path, file] of all)
    expect(await projector.file(commit, path), path).toEqual(plain.body(file.slice(7) as Oid));
  for (const path of ["a/%52ows/rows/a0.jsonl", "a/Rows/dataset.json", "none", "a", "sheaf.json"])
    expect(await projector.file(commit, path)).toBeUndefined();
});
