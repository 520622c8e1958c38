import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CountingDrive } from "@sheaf/core/testing";
import type { Digest, Platform } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { nodeGitPlatform as git } from "../node.js";
import type { Oid } from "../object.js";
import { oidOf } from "../oid.js";
import { modes, printTree } from "../tree.js";
import { GitCache } from "./cache.js";
import { parseCacheFile, printCacheFile } from "./cache-file.js";

let nonces = 0;
const platform = { nonce: () => (++nonces).toString(16).padStart(32, "0") } as Platform;
const digestOf = (text: string): Digest => new Uint8Array(createHash("sha256").update(text).digest());
const oidAt = (text: string) => createHash("sha1").update(text).digest("hex") as Oid;

/** A top tree over one folder, both made from a name. */
function treesOf(name: string) {
  const folder = printTree([{ mode: modes.file, name, oid: oidAt(name) }]);
  const top = printTree([{ mode: modes.folder, name: "folder", oid: oidOf(git, "tree", folder) }]);
  return new Map([top, folder].map(body => [oidOf(git, "tree", body), body]));
}

/** Opens the cache, notes a commit and its snapshot, and saves. */
async function note(drive: CountingDrive, name: string) {
  const cache = await GitCache.open({ drive, platform, git });
  const trees = treesOf(name);
  const [top] = trees.keys();
  cache.keepVersion({ digest: digestOf(name), oid: oidAt(name), tree: top });
  cache.keepSnapshot(digestOf(`s${name}`), top, true);
  await cache.save(oid => trees.get(oid));
  return trees;
}

const open = () => new CountingDrive(new MemoryDrive());
async function namesOn(drive: CountingDrive): Promise<string[]> {
  const names: string[] = [];
  for await (const name of drive.list("derived/git/")) names.push(name);
  return names;
}

describe("laws", () => {
  test("a file gives back what was printed, and nothing once a byte of it is changed or gone", () =>
    fc.assert(
      fc.property(fc.array(fc.string()), fc.nat(), (names, place) => {
        const content = {
          versions: names.map((name, i) => ({
            digest: digestOf(name),
            oid: oidAt(name),
            ...(i % 2 && { tree: oidAt(`t${name}`) }),
          })),
          snapshots: names.map(name => ({ digest: digestOf(name), tree: oidAt(name) })),
          trees: names.flatMap(name => [...treesOf(name.replaceAll(/[/\0.]/g, "") || "x").values()]),
        };
        const bytes = printCacheFile(git, content);
        expect(parseCacheFile(git, bytes)).toEqual(content);
        expect(parseCacheFile(git, bytes.subarray(0, place % bytes.length))).toBeUndefined();
        bytes[place % bytes.length] ^= 1;
        expect(parseCacheFile(git, bytes)).toBeUndefined();
      }),
    ));
});

test("what one process found out the next one knows, trees too", async () => {
  const drive = open();
  const trees = await note(drive, "a");
  const [top, folder] = trees.keys();
  const cache = await GitCache.open({ drive, platform, git });
  expect(cache.version(digestOf("a"))).toEqual({ digest: digestOf("a"), oid: oidAt("a"), tree: top });
  expect(cache.versionIn(oidAt("a"))?.digest).toEqual(digestOf("a"));
  expect(cache.snapshot(digestOf("sa"))).toBe(top);
  expect(cache.tree(folder)).toEqual(trees.get(folder));
});

test("nothing is written when nothing was found out", async () => {
  const drive = open();
  await note(drive, "a");
  drive.reset();
  await note(drive, "a");
  expect(drive.counts.creates).toBe(0);
});

test("many files become one, which keeps every name and the trees of recent tips only", async () => {
  const drive = open();
  const all: string[] = [];
  for (let n = 0; n < 40; n++) {
    await note(drive, `n${n}`);
    all.push(`n${n}`);
    expect((await namesOn(drive)).length).toBeLessThan(8);
  }
  const cache = await GitCache.open({ drive, platform, git });
  expect(all.every(name => cache.version(digestOf(name))?.oid === oidAt(name))).toBe(true);
  const has = (name: string) => [...treesOf(name).keys()].every(oid => cache.tree(oid));
  expect(has("n39")).toBe(true);
  expect(has("n0")).toBe(false);
});

test("a damaged file counts as not there, and goes when files are merged", async () => {
  const drive = open();
  await drive.create("derived/git/damaged", new Uint8Array(100));
  for (let n = 0; n < 9; n++) await note(drive, `n${n}`);
  expect(await namesOn(drive)).not.toContain("derived/git/damaged");
});
