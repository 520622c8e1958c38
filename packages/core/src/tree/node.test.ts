import { createHash } from "node:crypto";
import * as dagCbor from "@ipld/dag-cbor";
import fc from "fast-check";
import { CID } from "multiformats/cid";
import * as Multihash from "multiformats/hashes/digest";
import { describe, expect, test } from "vitest";
import type { Digest } from "../block/cid.js";
import { numberedDigest } from "../testing/trees.js";
import { compareBytes, utf8 } from "../text.js";
import { encodeNode, parseNode, type Entry } from "./node.js";
import { skipValue } from "./span.js";

/** As the oracle does, in plain bytes. */
const encode = (value: unknown) => new Uint8Array(dagCbor.encode(value));
const sha256 = (bytes: Uint8Array): Digest => new Uint8Array(createHash("sha256").update(bytes).digest());
const cidOf = (digest: Digest, codec = 0x71) => CID.createV1(codec, Multihash.create(0x12, digest));
const parse = (bytes: Uint8Array) => parseNode(sha256(bytes), bytes);

const scalar = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    23,
    24,
    255,
    256,
    65_535,
    65_536,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 53 - 1,
    -1,
    -(2 ** 53 - 1),
  ),
  fc.constantFrom<unknown>(
    2n ** 64n - 1n,
    -(2n ** 64n),
    2n ** 53n,
    cidOf(numberedDigest(1)),
    cidOf(numberedDigest(2), 0x55),
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.uint8Array({ maxLength: 40 }),
);
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(
      fc.string({ unit: "grapheme", maxLength: 26 }).filter(key => key !== "__proto__"),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
}));
const key = fc.uint8Array({ maxLength: 300 });
const uniqueKeys = (length: number) =>
  fc.uniqueArray(key, { maxLength: length, selector: String }).map(keys => keys.toSorted(compareBytes));

describe("law: nodes are read as @ipld/dag-cbor reads them", () => {
  test("leaves with any values", () => {
    const entries = uniqueKeys(40).chain(keys =>
      fc.tuple(fc.constant(keys), fc.array(value, { minLength: keys.length, maxLength: keys.length })),
    );
    fc.assert(
      fc.property(entries, ([keys, values]) => {
        const bytes = encode([0, keys.flatMap((one, i) => [one, values[i]])]);
        const node = parse(bytes);
        expect([node.level, node.count, node.rows]).toEqual([0, keys.length, keys.length]);
        const read = keys.map((_, i): Entry => ({ key: node.key(i), value: node.value(i) }));
        expect(read.map(entry => entry.key)).toEqual(keys);
        for (const [i, one] of values.entries()) expect(node.value(i)).toEqual(encode(one));
        expect(encodeNode(0, read)).toEqual(bytes);
      }),
    );
  });

  test("inner nodes with any numbers of rows", () => {
    const rows = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 45 }));
    const entries = uniqueKeys(40)
      .filter(keys => keys.length > 0)
      .chain(keys => fc.tuple(fc.constant(keys), fc.array(rows, { minLength: keys.length, maxLength: keys.length })));
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 23 }), ([keys, counts], level) => {
        const bytes = encode([level, keys.flatMap((one, i) => [one, cidOf(numberedDigest(i)), counts[i]])]);
        const node = parse(bytes);
        const read = keys.map((_, i): Entry => ({ key: node.key(i), child: node.link(i), rows: node.childRows(i) }));
        expect(read).toEqual(keys.map((one, i) => ({ key: one, child: numberedDigest(i), rows: counts[i] })));
        expect(node.rows).toBe(counts.reduce((sum, one) => sum + one, 0));
        expect(encodeNode(level, read)).toEqual(bytes);
        for (const [i, upTo] of counts.entries()) {
          const before = counts.slice(0, i).reduce((sum, one) => sum + one, 0);
          expect([node.childAt(before), node.childAt(before + upTo - 1)]).toEqual([i, i]);
        }
      }),
    );
  });

  test("what was damaged is refused, or is still canonical dag-cbor", () => {
    const bytes = encode([
      0,
      ["a", "b", "c"].flatMap((id, i) => [utf8(id), { n: i, "": [null, "é", cidOf(numberedDigest(i))] }]),
    ]);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const damaged = bytes.slice().with(at, byte);
        let node;
        try {
          node = parse(damaged);
        } catch (error) {
          expect(error).toMatchObject({ code: "corrupt-block" });
          return;
        }
        expect(node.count).toBe(3);
        // The oracle reads 1.0 as 1 and cannot write it back; ours are bytes.
        if (damaged.includes(0xfb)) return;
        expect(encode(dagCbor.decode(damaged))).toEqual(damaged);
      }),
      { numRuns: 500 },
    );
  });
});

test("the first key not less than another is found, from any start, however often one searches", () => {
  const alike = fc.array(fc.constantFrom(0, 1, 255), { maxLength: 9 }).map(bytes => Uint8Array.from([7, 7, ...bytes]));
  const oneOf = fc.oneof(alike, alike, key);
  const keys = fc.uniqueArray(oneOf, { maxLength: 60, selector: String }).map(list => list.toSorted(compareBytes));
  const search = fc.record({ sought: oneOf, start: fc.nat(30) });
  fc.assert(
    fc.property(keys, fc.array(search, { minLength: 8, maxLength: 8 }), (list, searches) => {
      const node = parse(encode([0, list.flatMap(one => [one, 0])]));
      for (const { sought, start } of searches) {
        const from = Math.min(start, list.length);
        const expected = list.findIndex((one, i) => i >= from && compareBytes(one, sought) >= 0);
        expect(node.lowerBound(sought, from)).toBe(expected < 0 ? list.length : expected);
      }
    }),
  );
});

describe("malformed nodes are refused", () => {
  const link = "d82a58250001711220" + "00".repeat(32);
  const cases: [what: string, hex: string][] = [
    ["nothing", ""],
    ["no list", "a0"],
    ["a list of three", "83008000"],
    ["no list of entries", "820000"],
    ["a level beyond 23", "82181880"],
    ["a negative level", "822080"],
    ["a key without value", "82008140"],
    ["a list that is longer than the bytes", "82008240"],
    ["a false count of entries", "82009b0000000100000000"],
    ["a count in long form", "820098024000"],
    ["bytes behind the node", "82008000"],
    ["a key that is text", "820082616100"],
    ["a key length in long form", "82008258016100"],
    ["a key twice", "820084" + "416100".repeat(2)],
    ["keys out of order", "820084416200416100"],
    ["a key of 1201 bytes", "8200825904b1" + "00".repeat(1201) + "00"],
    ["an integer in long form", "820082401801"],
    ["a float of 32 bits", "82008240fa3fc00000"],
    ["not a number", "82008240fb7ff8000000000000"],
    ["infinity", "82008240fb7ff0000000000000"],
    ["undefined", "82008240f7"],
    ["indefinite lengths", "820082405f4100ff"],
    ["another tag", "82008240c100"],
    ["a link to a block hashed otherwise", "82008240" + link.replace("1220", "1320")],
    ["a link with another codec", "82008240" + link.replace("0171", "0170")],
    ["text that is not UTF-8", "8200824061ff"],
    ["a surrogate as text", "8200824063eda080"],
    ["map keys out of order", "82008240a2616200616100"],
    ["a map key twice", "82008240a2616100616100"],
    ["a map key that is no text", "82008240a10000"],
    ["a value cut short", "820082406261"],
    ["an inner node without entries", "820180"],
    ["an inner node with a child but no rows", "82018240" + link],
    ["a child without rows", "82018340" + link + "00"],
    ["a child with negative rows", "82018340" + link + "20"],
    ["a raw child", "82018340" + link.replace("0171", "0155") + "01"],
    [
      "rows that add up beyond safe integers",
      "820186" + ["40", "4100"].map(k => k + link + "1b001fffffffffffff").join(""),
    ],
    ["nesting without end", "82008240" + "81".repeat(5000) + "00"],
  ];
  test.each(cases)("%s", (_, hex) => {
    const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
    expect(() => parse(bytes)).toThrow("is not a sound tree node");
  });
});

test("a value ends where the next one begins, and never beyond the bytes", () => {
  fc.assert(
    fc.property(value, fc.uint8Array({ maxLength: 3 }), (one, tail) => {
      const bytes = encode(one);
      expect(skipValue(Uint8Array.of(...bytes, ...tail), 0)).toBe(bytes.length);
      if (bytes.length > 1) expect(skipValue(bytes.subarray(0, -1), 0)).toBe(-1);
    }),
  );
});
