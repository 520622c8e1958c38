import { createHash } from "node:crypto";
import * as dagCbor from "@ipld/dag-cbor";
import { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import { printCid, type Digest } from "../block/cid.js";
import { MemoryBlocks } from "../testing/blocks.js";
import { entriesOf, fromHex, linkTo, numberedDigest, numberedKey, numberedTree, toHex } from "../testing/trees.js";
import { utf8 } from "../text.js";
import { emptyTree, TreeBuilder } from "./builder.js";
import { maxBytes, minBytes, targetBytes } from "./split.js";

/** As the oracle does, in plain bytes. */
const encode = (value: unknown) => new Uint8Array(dagCbor.encode(value));
const memory = () => new MemoryBlocks((bytes, out, at) => out.set(createHash("sha256").update(bytes).digest(), at));

function build(fill: (builder: TreeBuilder) => void) {
  const blocks = memory();
  const builder = new TreeBuilder(blocks);
  fill(builder);
  return { blocks, ...builder.finish() };
}

describe("golden roots: format version 1", () => {
  const golden: [root: string, what: string, fill: (builder: TreeBuilder) => void][] = [
    ["bafyreiajjm5xypssqz6egnkvxn4bbxwtkeeohka6lz7ght47ymllkufbg4", "no entries", () => undefined],
    [
      "bafyreih73hlkilwwncbqrfrjrooi4f7aotct3xjffafutv26ki5pr2nyam",
      "one link",
      b => b.addLink(utf8("a0\0q1"), 5, numberedDigest(1)),
    ],
    [
      "bafyreie7ohdp63cetqp3exrclhdxodgiwc6stbnjcis4n4nqq47jn5e3uq",
      "three texts",
      b => ["a", "b", "é"].forEach(id => b.addText(utf8(id), utf8(`a${id}`))),
    ],
    [
      "bafyreid2e47yfvfreglcl3pwpgosp53lhn2kbksjpofggxudxylgokfwnu",
      "a thousand links",
      b => times(1000, n => b.addLink(numberedKey(n), numberedKey(n).length, numberedDigest(n))),
    ],
    [
      "bafyreicnxwaqghxntz7ty7tiaj7dt5gh5nnfkdum6fhlpwlwmecmdmktpi",
      "forty thousand links",
      b => times(40_000, n => b.addLink(numberedKey(n), numberedKey(n).length, numberedDigest(n))),
    ],
    [
      "bafyreihkkrjdeos6noh4iwdaq47vtfw2lc56o6it5va6cxjbsw26rvjsuu",
      "entries greater than a node",
      b => times(9, n => b.add(Uint8Array.of(n), giant(n))),
    ],
    [
      "bafyreiak4zy7gyd5wz6zhzt2pqrrvrzu4uxifdjwg7fknplsyoihhiwv5u",
      "the longest keys",
      b => times(300, n => b.add(new Uint8Array(1200).fill(n & 255).with(0, n >> 8), Uint8Array.of(n % 24))),
    ],
  ];
  for (const [root, what, fill] of golden)
    test(`${root} is the root of ${what}`, () => expect(printCid(build(fill).root)).toBe(root));
});

function times(count: number, act: (n: number) => void): void {
  for (let n = 0; n < count; n++) act(n);
}

function giant(n: number): Uint8Array {
  const value = new Uint8Array(20_003).fill(n);
  value.set([0x59, 20_000 >> 8, 20_000 & 255]);
  return value;
}

describe("nodes", () => {
  test("every block is canonical dag-cbor of the documented form, and links make one tree", async () => {
    const { blocks, root, count } = build(b =>
      times(5000, n => b.addLink(numberedKey(n), numberedKey(n).length, numberedDigest(n))),
    );
    const seen = new Set<string>();
    const walk = (digest: Digest): { rows: number; last: Uint8Array; level: number } => {
      const bytes = blocks.load(digest) as Uint8Array;
      const [level, fields] = dagCbor.decode<[number, unknown[]]>(bytes);
      expect(toHex(encode([level, fields]))).toBe(toHex(bytes));
      seen.add(printCid(digest));
      if (level === 0) return { rows: fields.length / 2, last: fields.at(-2) as Uint8Array, level };
      let sum = 0;
      for (let i = 0; i < fields.length; i += 3) {
        const [last, link, rows] = fields.slice(i, i + 3) as [Uint8Array, CID, number];
        expect(walk(link.multihash.digest)).toEqual({ rows, last, level: level - 1 });
        sum += rows;
      }
      return { rows: sum, last: fields.at(-3) as Uint8Array, level };
    };
    expect(walk(root).rows).toBe(count);
    expect(seen.size).toBe(blocks.blocks.size);
    expect(await entriesOf(blocks, root)).toHaveLength(5000);
  });

  test("are about as great as aimed for", () => {
    const { blocks } = numberedIn(100_000);
    const sizes = [...blocks.blocks.values()].map(bytes => bytes.length);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(targetBytes * 0.9);
    expect(mean).toBeLessThan(targetBytes * 1.2);
    expect(Math.max(...sizes)).toBeLessThan(maxBytes + 200);
    expect(sizes.filter(size => size < minBytes).length).toBeLessThan(4);
  });

  test("are each put once, and nothing is read", () => {
    const { blocks } = numberedIn(20_000);
    expect(blocks.counts).toMatchObject({ loads: 0, puts: blocks.blocks.size });
  });
});

function numberedIn(count: number) {
  const blocks = memory();
  return { blocks, ...numberedTree(blocks, count) };
}

test("the fast paths write what the plain one writes", () => {
  const links = build(b => times(500, n => b.add(numberedKey(n), linkTo(numberedDigest(n)))));
  const arena = Uint8Array.of(9, 9, ...numberedDigest(0), ...numberedDigest(1));
  expect(links.root).toEqual(numberedTree(memory(), 500).root);
  const fromArena = build(b =>
    times(2, n => b.addLink(Uint8Array.of(...numberedKey(n), 5), numberedKey(n).length, arena, 2 + 32 * n)),
  );
  expect(fromArena.root).toEqual(numberedTree(memory(), 2).root);
  for (const text of ["", "a0", "é".repeat(11), "x".repeat(23), "y".repeat(24), "z".repeat(300)])
    expect(build(b => b.addText(utf8("k"), utf8(text))).root).toEqual(build(b => b.add(utf8("k"), encode(text))).root);
});

test("the empty key is a key like any other, and comes first", async () => {
  const { blocks, root } = build(b => ["", "00", "0000"].forEach(key => b.add(fromHex(key), fromHex("f6"))));
  expect((await entriesOf(blocks, root)).map(([key]) => key)).toEqual(["", "00", "0000"]);
  expect(() => build(b => times(2, () => b.add(fromHex(""), fromHex("f6"))))).toThrow("must ascend strictly");
});

test("keys out of order, twice or too long are refused, also across the end of a node", () => {
  const ended = (b: TreeBuilder) => times(1000, n => b.add(numberedKey(n), giant(n)));
  expect(() => build(b => (ended(b), b.add(numberedKey(999), fromHex("f6"))))).toThrow("must ascend strictly");
  expect(() => build(b => (b.addText(utf8("b"), utf8("x")), b.addText(utf8("a"), utf8("x"))))).toThrow(
    '"a" is not greater',
  );
  expect(() => build(b => b.add(new Uint8Array(1201), fromHex("f6")))).toThrow("the most is 1200");
  expect(build(b => b.add(new Uint8Array(1200), fromHex("f6"))).count).toBe(1);
});

test("the empty tree is a leaf without entries", () => {
  const blocks = memory();
  expect(toHex(blocks.load(emptyTree(blocks)) as Uint8Array)).toBe("820080");
});
