import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8 } from "@sheaf/core";
import { nodeGitPlatform } from "../node.js";
import type { Oid } from "../object.js";
import { modes, printTree } from "../tree.js";
import { editPaths, findPath, type Placed } from "./path-edit.js";
import { MemoryObjects } from "./testing.js";
import { TreeLoss, TreeShelf } from "./tree-shelf.js";

const open = () => ({ sink: new MemoryObjects(), shelf: new TreeShelf(nodeGitPlatform) });
const names = fc.array(fc.constantFrom("a", "b", "a.b", "c"), { minLength: 1, maxLength: 3 });
const files = fc
  .uniqueArray(fc.tuple(names, fc.constantFrom("x", "y")), { selector: ([path]) => path.join("/"), maxLength: 8 })
  .map(list => new Map(list.map(([path, text]) => [`${path.join("/")}!`, text])));

async function write(
  { sink, shelf }: ReturnType<typeof open>,
  all: ReadonlyMap<string, string>,
  root?: Oid,
  before = new Map<string, string>(),
) {
  const places = new Map<string, Placed | undefined>([...before.keys()].map(path => [path, undefined]));
  for (const [path, text] of all) places.set(path, { mode: modes.file, oid: sink.put("blob", utf8(text)) });
  return editPaths(shelf, sink, root, { places });
}

describe("laws", () => {
  test("edits of any tree give the tree made from nothing, and each file is found", async () => {
    await fc.assert(
      fc.asyncProperty(files, files, async (before, after) => {
        const work = open();
        const edited = await write(work, after, await write(work, before), before);
        expect(edited).toBe(await write(work, after));
        for (const [path, text] of after)
          expect(await findPath(work.shelf, edited, path)).toMatchObject({
            mode: modes.file,
            oid: work.sink.put("blob", utf8(text)),
          });
        expect(await findPath(work.shelf, edited, "a/b/none/x")).toBeUndefined();
      }),
    );
  });
});

test("a file where a folder must be is refused, unless it goes", async () => {
  const { sink, shelf } = open();
  const file = { mode: modes.file, oid: sink.put("blob", utf8("x")) };
  const root = await editPaths(shelf, sink, undefined, { places: new Map([["a", file]]) });
  await expect(editPaths(shelf, sink, root, { places: new Map([["a/b", file]]) })).rejects.toThrow(
    "a file stands where git needs a folder",
  );
  const places = new Map([
    ["a/b", file],
    ["a", undefined],
  ]);
  expect(sink.files(await editPaths(shelf, sink, root, { places }))).toEqual(new Map([["a/b", `100644 ${file.oid}`]]));
});

test("a folder's own bytes are used where they say the same, and refused where not", async () => {
  const { sink, shelf } = open();
  const file = { mode: modes.file, oid: sink.put("blob", utf8("x")) };
  const body = printTree([{ ...file, name: "b" }]);
  const odd = utf8("100664 b\0      ".padEnd(29)).map((byte, i) => (i < 9 ? byte : body[body.length - 20 + i - 9]));
  const places = new Map([["a/b", file]]);
  const root = await editPaths(shelf, sink, undefined, { places, bodies: new Map([["a", odd]]) });
  expect(sink.body((await findPath(shelf, root, "a"))?.oid as Oid)).toEqual(odd);
  await expect(
    editPaths(shelf, sink, undefined, { places: new Map([["a/c", file]]), bodies: new Map([["a", odd]]) }),
  ).rejects.toThrow("does not hold what its commit holds");
});

test("a tree that is not at hand is told by name", async () => {
  const { sink, shelf } = open();
  const oid = sink.put("tree", printTree([]));
  await expect(editPaths(shelf, sink, oid, { places: new Map([["a", undefined]]) })).rejects.toThrow(TreeLoss);
});
