import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printCid } from "../block/cid.js";
import { MemoryBlocks } from "../testing/blocks.js";
import {
  entriesOf,
  fromHex,
  linkTo,
  numberedDigest,
  numberedKey,
  numberedTree,
  toHex,
  treeOf,
} from "../testing/trees.js";
import { emptyTree } from "./builder.js";
import { editTree, type TreeChange } from "./edit.js";
import { encodeNode, parseNode } from "./node.js";
import { hashKey } from "./split.js";

const digestInto = (bytes: Uint8Array, out: Uint8Array, at: number) =>
  out.set(createHash("sha256").update(bytes).digest(), at);
const memory = (slow = false) => new MemoryBlocks(digestInto, { slow });

/** Encodes a byte string of this many bytes, the last one telling `version`. */
function valueOf(size: number, version: number): string {
  const bytes = new Uint8Array(size + 3).fill(version);
  bytes.set([0x59, size >> 8, size & 255]);
  return size < 256 ? toHex(Uint8Array.of(0x18, 24 + version)) : toHex(bytes);
}

const suffixed = (n: number, level: number, wanted: (hash: number) => boolean): Uint8Array => {
  for (let tail = 0; ; tail++) {
    const key = Uint8Array.of(n >> 8, n & 255, tail >> 8, tail & 255);
    if (wanted(hashKey(level, key))) return key;
  }
};

/** Ways in which the `n`-th key may look; each ascends with `n`. Long keys make deep trees of few entries. */
const keyKinds: Record<string, (n: number) => Uint8Array> = {
  short: n => Uint8Array.of(n >> 8, n & 255),
  long: n =>
    new Uint8Array(600 + (n % 3) * 300)
      .fill(7)
      .with(0, n >> 8)
      .with(1, n & 255),
  "of any length": n =>
    new Uint8Array(2 + ((n * 37) % 400))
      .fill(n & 255)
      .with(0, n >> 8)
      .with(1, n & 255),
  "that never end a leaf": n => suffixed(n, 0, hash => hash > 0xf000_0000),
  "that always end a leaf": n => suffixed(n, 0, hash => hash < 0x0010_0000),
  "that always end a node of level 1": n => suffixed(n, 1, hash => hash < 0x0100_0000),
};

/** Finding keys takes trials: each is looked for once. */
const remembered = (keyOf: (n: number) => Uint8Array) => {
  const known = Array.from({ length: 701 }, (_, n) => keyOf(n));
  return (n: number) => known[n];
};

const size = fc.constantFrom(1, 1, 1, 1, 300, 300, 300, 900, 17_000);
const change = fc.record({ n: fc.nat(400), size, version: fc.nat(3), removes: fc.boolean() });
const span = fc.record({ from: fc.nat(400), length: fc.nat(250), size, version: fc.nat(3), removes: fc.boolean() });
/** A batch of changes: scattered ones, and whole stretches put or removed. */
const batch = fc.record({ scattered: fc.array(change, { maxLength: 20 }), spans: fc.array(span, { maxLength: 2 }) });

type Batch = Parameters<Parameters<(typeof batch)["map"]>[0]>[0];

/** The changes of a batch by key, in order. */
function changesIn({ scattered, spans }: Batch, keyOf: (n: number) => Uint8Array): Map<string, string | undefined> {
  const byNumber = new Map<number, string | undefined>();
  for (const { from, length, size, version, removes } of spans)
    for (let n = from; n < from + length; n++) byNumber.set(n, removes ? undefined : valueOf(size % 2000, version));
  for (const { n, size, version, removes } of scattered) byNumber.set(n, removes ? undefined : valueOf(size, version));
  const sorted = [...byNumber].sort(([a], [b]) => a - b);
  return new Map(sorted.map(([n, value]) => [toHex(keyOf(n)), value]));
}

const asChanges = (changes: ReadonlyMap<string, string | undefined>): TreeChange[] =>
  Array.from(changes, ([key, value]) => ({
    key: fromHex(key),
    value: value === undefined ? undefined : fromHex(value),
  }));

const inOrder = (model: ReadonlyMap<string, string>) => [...model].sort(([a], [b]) => (a < b ? -1 : 1));

describe("law 1: same content, same root", () => {
  for (const [kind, anyKey] of Object.entries(keyKinds)) {
    const keyOf = remembered(anyKey);
    test(`with keys ${kind}, edits in any grouping give the tree that is built from scratch`, async () => {
      const law = fc.asyncProperty(
        fc.array(batch, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (batches, slow) => {
          const blocks = memory(slow);
          const model = new Map<string, string>();
          let root = emptyTree(blocks);
          for (const one of batches) {
            const changes = changesIn(one, keyOf);
            for (const [key, value] of changes) {
              if (value === undefined) model.delete(key);
              else model.set(key, value);
            }
            const edited = await editTree(blocks, root, asChanges(changes));
            const built = treeOf(memory(), inOrder(model));
            expect(edited.count).toBe(model.size);
            expect(printCid(edited.root)).toBe(printCid(built.root));
            ({ root } = edited);
          }
          expect(await entriesOf(blocks, root)).toEqual(inOrder(model));
        },
      );
      await fc.assert(law, { numRuns: kind === "long" ? 6 : 12 });
    });
  }

  test("edits one by one, all at once, and from an async source agree", async () => {
    const blocks = memory();
    const { root } = numberedTree(blocks, 3000);
    const changes = Array.from({ length: 60 }, (_, i) => ({
      key: numberedKey(i * 49),
      value: i % 3 === 0 ? undefined : linkTo(numberedDigest(i, 1)),
    }));
    const atOnce = await editTree(blocks, root, changes);
    let oneByOne = root;
    for (const one of changes.toReversed()) oneByOne = (await editTree(blocks, oneByOne, [one])).root;
    const source = async function* () {
      for (const one of changes) yield await Promise.resolve(one);
    };
    expect(oneByOne).toEqual(atOnce.root);
    expect(await editTree(blocks, root, source())).toEqual(atOnce);
    expect(atOnce.count).toBe(2980);
  });

  test("taking an edit back gives the old root", async () => {
    const blocks = memory();
    const { root } = numberedTree(blocks, 2000);
    const gone = Array.from({ length: 700 }, (_, i) => i + 900);
    const without = await editTree(
      blocks,
      root,
      gone.map(n => ({ key: numberedKey(n), value: undefined })),
    );
    const back = await editTree(
      blocks,
      without.root,
      gone.map(n => ({ key: numberedKey(n), value: linkTo(numberedDigest(n)) })),
    );
    expect(without.count).toBe(1300);
    expect(back).toEqual({ root, count: 2000 });
  });

  test("no tree has a root with one child, and removing everything gives the empty tree", async () => {
    const blocks = memory();
    const count = 3000;
    let tree = numberedTree(blocks, count);
    for (let kept = count; kept > 0; kept = Math.floor(kept / 3)) {
      const gone = Array.from({ length: tree.count - kept }, (_, i) => ({
        key: numberedKey(i + count - tree.count),
        value: undefined,
      }));
      tree = await editTree(blocks, tree.root, gone);
      const top = parseNode(tree.root, await blocks.load(tree.root));
      expect(top.level === 0 || top.count > 1).toBe(true);
      expect(top.rows).toBe(kept);
    }
    const none = await editTree(blocks, tree.root, [{ key: numberedKey(count - 1), value: undefined }]);
    expect(none).toEqual({ root: emptyTree(blocks), count: 0 });
  });
});

test("an old node with one child, left over alone at the right edge, does not become the root", async () => {
  const keyOf = keyKinds["long"];
  let lonely = 0;
  for (let size = 60; size < 140; size += 3) {
    const blocks = memory();
    const plain = Array.from({ length: size }, (_, n) => [toHex(keyOf(n)), "00"] as const);
    const { root } = treeOf(blocks, plain);
    const top = parseNode(root, await blocks.load(root));
    const lastChild = top.link(top.count - 1);
    if (top.level > 1 && parseNode(lastChild, await blocks.load(lastChild)).count === 1) lonely++;
    const kept = top.childRows(top.count - 1);
    const gone = plain.slice(0, size - kept).map(([key]) => ({ key: fromHex(key), value: undefined }));
    expect(await editTree(blocks, root, gone)).toEqual(treeOf(memory(), plain.slice(size - kept)));
  }
  expect(lonely).toBeGreaterThan(0);
});

describe("cost follows the change", () => {
  test("an edit that changes nothing reads one path and writes nothing", async () => {
    const blocks = memory();
    const { root } = numberedTree(blocks, 100_000);
    blocks.reset();
    const same = await editTree(blocks, root, [
      { key: numberedKey(500), value: linkTo(numberedDigest(500)) },
      { key: numberedKey(500).with(7, 0xff), value: undefined },
    ]);
    expect(same).toEqual({ root, count: 100_000 });
    expect(blocks.reset()).toMatchObject({ loads: 3, puts: 0 });
  });

  test("one changed value rewrites the nodes of one path and reads no more", async () => {
    const blocks = memory();
    const { root } = numberedTree(blocks, 100_000);
    blocks.reset();
    for (let n = 0; n < 50; n++)
      await editTree(blocks, root, [{ key: numberedKey(n * 1999), value: linkTo(numberedDigest(n, 1)) }]);
    expect(blocks.reset()).toMatchObject({ loads: 3 * 50, puts: 3 * 50 });
  });

  test("an insert or a removal rewrites little more than one path", async () => {
    const blocks = memory();
    const { root } = numberedTree(blocks, 100_000);
    blocks.reset();
    for (let n = 0; n < 50; n++) {
      const key = numberedKey(n * 1999);
      await editTree(blocks, root, [{ key, value: undefined }]);
      await editTree(blocks, root, [{ key: Uint8Array.of(...key, 1), value: linkTo(numberedDigest(n, 1)) }]);
    }
    const { loads, created } = blocks.reset();
    expect(loads).toBeLessThan(100 * 3.5);
    expect(created).toBeLessThan(100 * 3.5);
  });

  test("a thousand neighbours are rewritten together: each leaf is read and written once", async () => {
    const blocks = memory();
    const { root } = numberedTree(blocks, 100_000);
    blocks.reset();
    const changes = Array.from({ length: 1000 }, (_, i) => ({
      key: numberedKey(40_000 + i),
      value: linkTo(numberedDigest(i, 1)),
    }));
    await editTree(blocks, root, changes);
    const { loads, puts, createdBytes } = blocks.reset();
    expect(loads).toBe(puts);
    expect(loads).toBeLessThan(30);
    expect(createdBytes).toBeLessThan(130_000);
  });

  test("long edits let the writer drain", async () => {
    const blocks = memory(true);
    await editTree(
      blocks,
      numberedTree(blocks, 60_000).root,
      Array.from({ length: 600 }, (_, i) => ({ key: numberedKey(i * 100), value: undefined })),
    );
    expect(blocks.reset().drains).toBeGreaterThan(1);
  });
});

describe("what is refused", () => {
  test("keys out of order, twice, or too long", async () => {
    const blocks = memory();
    const { root } = numberedTree(blocks, 5000);
    const put = (n: number) => ({ key: numberedKey(n), value: linkTo(numberedDigest(n, 1)) });
    for (const [a, b] of [
      [7, 3],
      [7, 7],
      [4000, 3],
      [6000, 3],
    ] as const)
      await expect(editTree(blocks, root, [put(a), put(b)])).rejects.toThrow("must ascend strictly");
    await expect(editTree(blocks, root, [{ key: new Uint8Array(1201), value: fromHex("00") }])).rejects.toThrow(
      "1201 bytes",
    );
  });

  test("a tree whose nodes do not fit together is reported as corrupt", async () => {
    const blocks = memory();
    const child = blocks.put(encodeNode(0, [{ key: Uint8Array.of(1), value: fromHex("00") }]));
    const other = blocks.put(encodeNode(0, [{ key: Uint8Array.of(5), value: fromHex("00") }]));
    for (const [key, rows] of [
      [2, 1],
      [1, 2],
    ]) {
      const root = blocks.put(
        encodeNode(1, [
          { key: Uint8Array.of(key), child, rows },
          { key: Uint8Array.of(5), child: other, rows: 1 },
        ]),
      );
      await expect(editTree(blocks, root, [{ key: Uint8Array.of(0), value: undefined }])).rejects.toMatchObject({
        code: "corrupt-block",
      });
    }
  });
});
