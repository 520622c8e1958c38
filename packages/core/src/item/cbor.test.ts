import * as oracle from "@ipld/dag-cbor";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import { dagCbor, printCid, raw } from "../block/cid.js";
import { isSheafError } from "../errors.js";
import { decode, encode, Link, type Ipld } from "./cbor.js";
import { maxDepth } from "./pointer.js";
import { Float } from "./value.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const unhex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));
const cidOf = (bytes: Uint8Array) => printCid(createHash("sha256").update(bytes).digest());

const text = fc.string({ unit: "binary" });
const key = fc.oneof(
  text,
  fc.constantFrom("", "a", "__proto__", "constructor", "é", "\ue000", "😀", "x".repeat(24), "x".repeat(300)),
);
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc
    .bigInt(-(2n ** 64n), 2n ** 64n - 1n)
    .map(n => (BigInt(Number(n)) === n && Number.isSafeInteger(Number(n)) ? Number(n) : n)),
);
const float = fc.double({ noDefaultInfinity: true, noNaN: true }).map(n => (Number.isInteger(n) ? new Float(n) : n));
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 });
const link = fc.tuple(digest, fc.constantFrom(dagCbor, raw)).map(([bytes, codec]) => new Link(bytes, codec));
const leaf = fc.oneof(fc.constantFrom(null, true, false), integer, float, text, fc.uint8Array(), link);
const ipld = fc.letrec<{ any: Ipld }>(tie => ({
  any: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("any"), { maxLength: 40 }),
    fc.dictionary(key, tie("any"), { maxKeys: 30, noNullPrototype: true }),
  ),
})).any;

/** The same value in the words of `@ipld/dag-cbor`, which has no floats that are whole. */
function foreign(value: Ipld): unknown {
  if (value instanceof Link) return CID.decode(Uint8Array.of(1, value.codec, 0x12, 0x20, ...value.digest));
  if (value instanceof Uint8Array || value === null || typeof value !== "object") return value;
  if (value instanceof Float) throw new Error("no word for it");
  if (Array.isArray(value)) return value.map(foreign);
  const map = {};
  for (const [name, member] of Object.entries(value))
    Object.defineProperty(map, name, { value: foreign(member), enumerable: true });
  return map;
}

function wholeFloats(value: Ipld): boolean {
  if (value instanceof Float) return true;
  if (typeof value !== "object" || value === null || value instanceof Link || value instanceof Uint8Array) return false;
  return Object.values(value).some(wholeFloats);
}

describe("laws", () => {
  test("decode takes back encode", () => {
    fc.assert(
      fc.property(ipld, value => {
        expect(decode(encode(value))).toEqual(value);
      }),
    );
  });

  test("the bytes are those of @ipld/dag-cbor for all that both can say", () => {
    fc.assert(
      fc.property(
        ipld.filter(value => !wholeFloats(value)),
        value => {
          expect(hex(encode(value))).toBe(hex(oracle.encode(foreign(value))));
        },
      ),
    );
  });

  test("what is decoded is encoded to the same bytes, and everything else is refused, whatever bytes come", () => {
    const bytes = fc.tuple(ipld, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
      const block = encode(value);
      block[at % block.length] = byte;
      return block;
    });
    fc.assert(
      fc.property(fc.oneof(bytes, fc.uint8Array()), given => {
        let value: Ipld;
        try {
          value = decode(given);
        } catch (error) {
          return isSheafError(error, "bad-input");
        }
        return hex(encode(value)) === hex(given);
      }),
      { numRuns: 1000 },
    );
  });

  test("the order of keys does not count", () => {
    expect(hex(encode({ b: 1, aa: 2, a: 3 }))).toBe(hex(encode({ aa: 2, a: 3, b: 1 })));
  });
});

describe("golden", () => {
  const empty = new Uint8Array(32);
  test.each<[string, Ipld, string]>([
    ["0", 0, "00"],
    ["23 and 24", [23, 24], "82 17 18 18"],
    ["-1 and -25", [-1, -25], "82 20 38 18"],
    ["2^53", 9007199254740992n, "1b 0020000000000000"],
    ["2^64-1", 18446744073709551615n, "1b ffffffffffffffff"],
    ["-2^64", -18446744073709551616n, "3b ffffffffffffffff"],
    ["-2^53", -9007199254740992n, "3b 001fffffffffffff"],
    ["1.0", new Float(1), "fb 3ff0000000000000"],
    ["-0.0", new Float(-0), "fb 8000000000000000"],
    ["-0 as a number", -0, "fb 8000000000000000"],
    ["1.5", 1.5, "fb 3ff8000000000000"],
    ["an unsafe whole number", 2 ** 60, "fb 43b0000000000000"],
    ["keys by length, then bytes", { b: 1, aa: 2, "": 3, é: 4 }, "a4 60 03 61 62 01 62 6161 02 62 c3a9 04"],
    ["a link", new Link(empty), `d8 2a 58 25 00 01 71 12 20 ${hex(empty)}`],
    ["bytes", Uint8Array.of(1, 2), "42 01 02"],
  ])("%s", (_, value, bytes) => {
    expect(hex(encode(value))).toBe(bytes.replaceAll(" ", ""));
  });

  test("CIDs do not change", () => {
    expect(cidOf(encode({}))).toBe("bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua");
    expect(
      cidOf(encode({ question: "What is 2+2?", answer: "4", score: new Float(1), tags: ["a", null, true] })),
    ).toMatchInlineSnapshot(`"bafyreih2o66x7fx3euglocuhdzpmwytxbhw5mb6zf7324zd6cdvk3unpsu"`);
  });
});

describe("refused when read", () => {
  test.each([
    ["nothing", ""],
    ["an integer longer than needed", "1817"],
    ["two bytes for one", "1900ff"],
    ["four for two", "1a0000ffff"],
    ["eight for four", "1b00000000ffffffff"],
    ["a length longer than needed", "780161"],
    ["a half float", "f93c00"],
    ["a single float", "fa3f800000"],
    ["NaN", "fb7ff8000000000000"],
    ["an infinity", "fb7ff0000000000000"],
    ["undefined", "f7"],
    ["a simple value", "e0"],
    ["break", "ff"],
    ["an array without end", "9f01ff"],
    ["text without end", "7f6161ff"],
    ["a reserved head", "1c"],
    ["tag 1", "c101"],
    ["tag 43", "d82b00"],
    ["a link to an identity hash", "d82a4500015500 00"],
    ["a key twice", "a2616101616102"],
    ["keys out of order", "a2616201616101"],
    ["a key that is no text", "a10101"],
    ["text that is not UTF-8", "61ff"],
    ["an encoded surrogate", "63eda080"],
    ["bytes after the value", "0000"],
    ["an end too early", "8201"],
    ["a length beyond the end", "5bffffffffffffffff"],
    ["a map of too many", "bbffffffffffffffff"],
  ])("%s", (_, bytes) => {
    expect(() => decode(unhex(bytes))).toThrow(/not canonical dag-cbor/);
  });

  test("deeper than the bound, in both directions", () => {
    const nest = (depth: number) => Array.from({ length: depth }).reduce<Ipld>(inner => [inner], 0);
    expect(decode(encode(nest(maxDepth)))).toEqual(nest(maxDepth));
    expect(() => encode(nest(maxDepth + 1))).toThrow(/levels deep/);
    expect(() => decode(Uint8Array.from([...Array.from({ length: maxDepth + 1 }, () => 0x81), 0]))).toThrow(
      /levels deep/,
    );
    expect(() => decode(new Uint8Array(1e6).fill(0x81))).toThrow(/levels deep/);
  });
});

test.each<[unknown, string]>([
  [{ a: [NaN] }, "/a/0"],
  [{ a: Infinity }, "/a"],
  [{ a: undefined }, "/a"],
  [{ "a/b~": () => 0 }, "/a~1b~0"],
  [{ a: "\ud800" }, "/a"],
  [{ a: `${"x".repeat(40)}\udc00` }, "/a"],
  [{ "\ud800": 1 }, "/\ud800"],
  [[2n ** 64n], "/0"],
  [[-(2n ** 64n) - 1n], "/0"],
])("refuses to write %o, naming %s", (value, pointer) => {
  expect(() => encode(value as Ipld)).toThrow(expect.objectContaining({ code: "bad-input", data: { pointer } }));
});

test("text of every length around the heads' bounds comes back", () => {
  for (const unit of ["a", "é", "日", "😀"])
    for (const length of [
      0, 1, 5, 6, 7, 8, 11, 12, 22, 23, 24, 25, 63, 64, 127, 128, 254, 255, 256, 257, 21845, 65535, 65536,
    ])
      expect(decode(encode(unit.repeat(length)))).toBe(unit.repeat(length));
});
