import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSheafError } from "../errors.js";
import { utf8 } from "../text.js";
import { parseJson, printJson } from "./json.js";
import { maxDepth } from "./pointer.js";
import { sampleText, seeded } from "./samples.js";
import { Float, sameValue, type Value } from "./value.js";
import { view } from "./view.js";

const float = fc.double({ noDefaultInfinity: true, noNaN: true }).map(n => (Number.isInteger(n) ? new Float(n) : n));
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt(-(2n ** 64n), 2n ** 64n - 1n).map(n => (Number.isSafeInteger(Number(n)) ? Number(n) : n)),
);
const text = fc.string({ unit: "binary" });
const value = fc.letrec<{ any: Value }>(tie => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, false),
    integer,
    float,
    text,
    fc.array(tie("any")),
    fc.dictionary(fc.oneof(text, fc.constant("__proto__")), tie("any"), { noNullPrototype: true }),
  ),
})).any;

describe("laws", () => {
  test("parse takes back print, to the bit", () => {
    fc.assert(
      fc.property(value, given => sameValue(parseJson(printJson(given)), given)),
      { numRuns: 300 },
    );
  });

  test("print is stable: what it printed, it prints again", () => {
    const random = seeded(11);
    for (let i = 0; i < 5000; i++) {
      const printed = printJson(parseJson(sampleText({ random })));
      if (printJson(parseJson(printed)) !== printed) expect(printJson(parseJson(printed))).toBe(printed);
    }
  });

  test("JSON.parse agrees on what both take, and takes nothing that is refused here but for a reason it does not know", () => {
    const random = seeded(12);
    for (let i = 0; i < 20_000; i++) {
      const given = sampleText({ random, bad: 0.02 });
      let mine: Value | undefined;
      try {
        mine = parseJson(given);
      } catch (error) {
        expect(isSheafError(error, "bad-input")).toBe(true);
        const ours = /twice|surrogate|beyond|greater than|makes it zero/.test((error as Error).message);
        if (!ours) expect(() => JSON.parse(given), `${given} ${String(error)}`).toThrow();
        continue;
      }
      const theirs: unknown = JSON.parse(given);
      if (i % 4 === 0) expect(rounded(mine)).toEqual(theirs);
    }
  });

  test("every float is printed so that it reads back as the same float", () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), n => {
        const back = parseJson(printJson(new Float(n)));
        return Object.is(back instanceof Float ? back.value : Number.isInteger(back) ? undefined : back, n);
      }),
      { numRuns: 300 },
    );
  });
});

/** As `JSON.parse` has it. */
function rounded(given: Value): unknown {
  return JSON.parse(
    JSON.stringify(view(given), (_, member: unknown) =>
      typeof member === "bigint" ? Number(member) : Object.is(member, -0) ? "-0" : member,
    ),
    (_, member: unknown) => (member === "-0" ? -0 : member),
  );
}

test.each<[string, Value]>([
  ["0", 0], ["-0", new Float(-0)], ["-0.0", new Float(-0)], ["0.0", new Float(0)], ["0e9", new Float(0)], ["-0e-400", new Float(-0)], ["1", 1], ["1.0", new Float(1)], ["1e2", new Float(100)],
  ["9007199254740991", 9007199254740991], ["9007199254740992", 9007199254740992n], ["-9007199254740992", -9007199254740992n],
  ["18446744073709551615", 18446744073709551615n], ["-18446744073709551616", -18446744073709551616n], ["5e-324", 5e-324], ["1.5", 1.5],
  ['""', ""], ['"\\u0000"', "\0"], ['"\u2028"', "\u2028"], ['"\\ud83d\\ude00"', "😀"], ['"\\/\\b"', "/\b"], ['"e\u0301"', "e\u0301"], ['"\u007f"', "\u007f"], ["[]", []], ["{}", {}],
  [" [ 1 , { \"a\" : [ ] } ]\n", [1, { a: [] }]], ['{"":1,"__proto__":2}', JSON.parse('{"":1,"__proto__":2}') as Value], ["null", null], ["true", true], ["false", false],
])("takes %s", (given, expected) => {
  const parsed = parseJson(given);
  expect(sameValue(parsed, expected), printJson(parsed)).toBe(true);
  expect(sameValue(parseJson(utf8(given)), expected)).toBe(true);
}); // prettier-ignore

test.each([
  "", " ", "[", "{", "]", "}", "[1,]", "[,1]", "[1 2]", "[1,,2]", '{"a":1,}', '{"a"}', '{"a":}', '{a:1}', "{'a':1}", '{"a":1 "b":2}', '{1:1}', '{"a"1}', "nul", "True", "tru", "NaN",
  "Infinity", "-Infinity", "undefined", "01", "-01", "1.", ".5", "-.5", "+1", "1e", "1e+", "0x1", "1_0", "-", "--1", "1 2", '"', '"a', '"\n"', '"\t"', '"\u0000"', '"\\x"', '"\\u12"', '"\\u12g4"', '"\\"',
  "'a'", "// c\n1", "/* c */1", "[1]x", "\ufeff1", "\u00a01", "1\u2028", "[1\f]", '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\\ud800x"', '"\\udc00\\ud800"', '"\ud800"', '"\ud800\\udc00"',
  "18446744073709551616", "-18446744073709551617", `1${"0".repeat(400)}`, "1e309", "-1e309", "1e-400", "0.0000001e-400", '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":{"a":1,"b":0,"a":1}}',
])("refuses %j", given => {
  expect(() => parseJson(given)).toThrow(expect.objectContaining({ code: "bad-input" }));
}); // prettier-ignore

test.each<[string | Uint8Array, object]>([
  ['{"a":[1,\n  {"b":tru}]}', { line: 2, column: 8, pointer: "/a/1/b" }],
  ['{"a":1,\n"a":2}', { line: 2, column: 1, pointer: "/a" }],
  ['{"a/b":[0,1e999]}', { line: 1, column: 11, pointer: "/a~1b/1" }],
  ['["ok","\ud800"]', { line: 1, column: 8, pointer: "/1" }],
  ['["\\ud800"]', { line: 1, column: 3, pointer: "/0" }],
  [Uint8Array.of(0x5b, 0x22, 0xc3, 0xa9, 0xff, 0x22, 0x5d), { line: 1, column: 4, pointer: "/0" }],
  [Uint8Array.of(0x22, 0xe2, 0x82), { line: 1, column: 2, pointer: "" }],
  ["[1", { line: 1, column: 3, pointer: "" }],
])("names the place in %j", (given, place) => {
  expect(() => parseJson(given)).toThrow(expect.objectContaining({ data: place }));
});

test("bytes that are not UTF-8 are refused wherever they stand", () => {
  for (const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80], [0xf0, 0x80, 0x80, 0x80]])
    expect(() => parseJson(Uint8Array.from([0x22, ...bad, 0x22]))).toThrow(/not UTF-8/);
});

test("levels are taken up to the bound and refused beyond it, without running out of stack", () => {
  const nest = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(printJson(parseJson(nest(maxDepth)))).toBe(nest(maxDepth));
  expect(() => parseJson(nest(maxDepth + 1))).toThrow(/levels deep/);
  expect(() => parseJson("[".repeat(1e6))).toThrow(/levels deep/);
  expect(() => parseJson('{"a":'.repeat(1e5))).toThrow(/levels deep/);
  const deep = Array.from({ length: maxDepth + 1 }).reduce<Value>(inner => ({ a: inner }), 0);
  expect(() => printJson(deep)).toThrow(/levels deep/);
});

test("prints keys in the order of their UTF-8 bytes, and escapes as little as JSON allows", () => {
  const given: Value = { "\ue000": 1, "😀": 2, aa: 3, b: 4, "10": 5, "9": 6, "": 7 };
  expect(printJson(given)).toBe('{"":7,"10":5,"9":6,"aa":3,"b":4,"\ue000":1,"😀":2}');
  expect(printJson('\u2028\u007f/"\\\n\u0001é')).toBe('"\u2028\u007f/\\"\\\\\\n\\u0001é"');
});

test.each<[number, string]>([
  [1, "1.0"], [-0, "-0.0"], [0, "0.0"], [1e21, "1e+21"], [1e20, "100000000000000000000.0"], [1e-7, "1e-7"], [0.000001, "0.000001"], [5e-324, "5e-324"], [2 ** 53, "9007199254740992.0"],
])("prints the float %d as %s", (n, printed) => {
  expect(printJson(new Float(n))).toBe(printed);
}); // prettier-ignore

test.each<[unknown, string]>([
  [{ a: [NaN] }, "/a/0"],
  [{ a: "\ud800" }, "/a"],
  [{ "\ud800": 1 }, "/\ud800"],
  [[2n ** 64n], "/0"],
  [{ a: undefined }, "/a"],
])("refuses to print %o, naming %s", (given, pointer) => {
  expect(() => printJson(given as Value)).toThrow(expect.objectContaining({ code: "bad-input", data: { pointer } }));
});
