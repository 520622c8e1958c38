import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Drive, Platform } from "@sheaf/core";
import { drawHistory, plainSnapshots, snapshotChanges, type PlainSnapshot } from "@sheaf/core/testing";
import { MemoryDrive } from "@sheaf/drives/memory";
import { parseCommit } from "../commit.js";
import { nodeGitPlatform } from "../node.js";
import type { GitObject, Oid } from "../object.js";
import { parseTree } from "../tree.js";
import { openProjector } from "./projection.js";
import { freshBlocks, MemoryObjects, plainProjection, sound } from "./testing.js";

/** A history costs as much as many snapshots do. */
const runs = Number(process.env["SHEAF_RUNS"] ?? 100);

let nonces = 0;
const platform = {
  digestInto: (bytes: Uint8Array, out: Uint8Array, at: number) =>
    out.set(createHash("sha256").update(bytes).digest(), at),
  nonce: () => createHash("md5").update(String(nonces++)).digest("hex"),
} as Platform;

interface Drawn {
  readonly snapshots: readonly PlainSnapshot[];
  readonly parents: readonly (readonly number[])[];
}

/** Histories of up to nine commits, each changed from its first parent. */
const histories: fc.Arbitrary<Drawn> = fc
  .tuple(
    plainSnapshots,
    fc.array(fc.tuple(snapshotChanges, fc.nat(), fc.option(fc.nat(), { freq: 2 })), { maxLength: 8 }),
  )
  .map(([first, steps]) => {
    const snapshots = [sound(first)];
    const parents: number[][] = [[]];
    for (const [change, p, q] of steps) {
      const own = [...new Set([p, ...(q === null ? [] : [q])].map(n => n % snapshots.length))];
      parents.push(own);
      snapshots.push(sound(change(snapshots[own[0]])));
    }
    return { snapshots, parents };
  });

function put({ snapshots, parents }: Drawn) {
  const blocks = freshBlocks();
  const drawing = parents.map((own, n) => ({ name: `c${n}`, parents: own.map(p => `c${p}`), time: 1000 + n }));
  const commits = drawHistory(blocks, drawing, name => snapshots[Number(name.slice(1))]);
  return { blocks, commits: [...commits.values()] };
}

const open = (reader: ReturnType<typeof freshBlocks>, drive: Drive = new MemoryDrive()) =>
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
          expect(tree).toBe(plainProjection(new MemoryObjects(), drawn.snapshots[i]));
        }
      }),
      { numRuns: runs / 4 },
    );
  });
});
