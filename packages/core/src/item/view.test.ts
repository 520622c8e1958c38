import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encode } from "./cbor.js";
import { encodeView } from "./encode-view.js";
import { fieldOf } from "./field.js";
import { escapeKey, fromBlockForm, toBlockForm, unescapeKey } from "./meta.js";
import { decodeItem, encodeItem } from "./reference.js";
import { sampleText, seeded } from "./samples.js";
import { encodeJson, printItem } from "./text.js";
import { parseJson } from "./json.js";
import { isObject, sameValue, type Value, type ValueObject } from "./value.js";
import { Float, fromView, view, viewItem, viewRow } from "./view.js";

const name = fc.oneof(
  fc.string(),
  fc.constantFrom("@meta", "@@meta", "@@@meta", "meta", "@metal", "@", "", "__proto__", "@id"),
);

describe("the reserved key", () => {
  test("the block's form gives back the user's form and the attributes", () => {
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.integer()),
        fc.option(fc.dictionary(name, fc.string()), { nil: undefined }),
        (item, meta) => {
          const back = fromBlockForm(toBlockForm(item, meta));
          expect(sameValue(back.item, item)).toBe(true);
          expect(back.meta).toEqual(meta);
        },
      ),
    );
  });

  test("keys are escaped for a set of names, and back", () => {
    fc.assert(fc.property(name, key => unescapeKey(escapeKey(key, ["meta", "id"]), ["meta", "id"]) === key));
    expect(["@meta", "@@id", "meta", "@metas", "@"].map(key => escapeKey(key, ["meta", "id"]))).toEqual([
      "@@meta",
      "@@@id",
      "meta",
      "@metas",
      "@",
    ]);
    expect(escapeKey("@meta", ["meta"])).not.toBe("@meta");
  });
});

describe("views", () => {
  test("what goes in as plain data comes out as it was", () => {
    const plain = fc.dictionary(fc.string(), fc.jsonValue({ stringUnit: "binary" }) as fc.Arbitrary<unknown>);
    fc.assert(
      fc.property(plain, given => {
        expect(viewItem(encodeView(given))).toEqual(given);
        expect(view(fromView(given))).toEqual(given);
      }),
    );
  });

  test("encodeView is fromView, then encode, whatever comes", () => {
    const random = seeded(41);
    for (let i = 0; i < 5000; i++) {
      const given = view(parseJson(sampleText({ random })));
      expect(Buffer.compare(encodeView(given), encodeItem(fromView(given), "plain"))).toBe(0);
    }
  });

  test("whole numbers are integers, other numbers and -0 are floats, and Float says so", () => {
    const bytes = encodeView({ a: 1, b: -0, c: 1.5, d: new Float(2), e: 2n ** 63n, f: 5n, g: 2 ** 60 });
    expect(printItem(bytes)).toBe(
      '{"a":1,"b":-0.0,"c":1.5,"d":2.0,"e":9223372036854775808,"f":5,"g":1152921504606847000.0}',
    );
    expect(viewItem(bytes)).toEqual({ a: 1, b: -0, c: 1.5, d: 2, e: 2n ** 63n, f: 5, g: 2 ** 60 });
  });

  test("dates and boxes are unwrapped, undefined members left out", () => {
    class Answer {
      text = "x";
      hidden = undefined;
    }
    const given = {
      date: new Date(0),
      gone: undefined,
      n: Object(1) as unknown,
      s: Object("s") as unknown,
      answer: new Answer(),
    };
    expect(viewItem(encodeView(given))).toEqual({
      date: "1970-01-01T00:00:00.000Z",
      n: 1,
      s: "s",
      answer: { text: "x" },
    });
  });

  test("keys stand in byte order, and __proto__ is a key like any other", () => {
    const item = viewItem(encodeView(JSON.parse('{"b":1,"aaa":2,"__proto__":{"x":1}}')));
    expect(Object.keys(item)).toEqual(["__proto__", "aaa", "b"]);
    expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
  });

  test("attributes come apart", () => {
    expect(viewRow(encodeView({ "@meta": 1, a: 2 }, { tags: [1.5] }))).toEqual({
      item: { "@meta": 1, a: 2 },
      meta: { tags: [1.5] },
    });
    expect(viewRow(encodeView({ a: 2 }, { n: 2n ** 60n }))).toEqual({ item: { a: 2 }, meta: { n: 2n ** 60n } });
    expect(viewRow(encodeView({ a: 2 }))).toEqual({ item: { a: 2 } });
    expect(() => encodeView({ a: 1 }, [1])).toThrow(/must be an object/);
  });

  const cycle: { a: unknown[] } = { a: [] };
  cycle.a.push(cycle);
  test.each<[string, unknown, string]>([
    ["NaN", { a: [NaN] }, "/a/0"],
    ["an infinity", { a: -Infinity }, "/a"],
    ["NaN as Float", { a: new Float(NaN) }, "/a"],
    ["a function", { a: () => 0 }, "/a"],
    ["a symbol", { a: Symbol("x") }, "/a"],
    ["undefined in an array", { a: [1, undefined] }, "/a/1"],
    ["a hole", { a: [1, , 2] }, "/a/1"], // eslint-disable-line no-sparse-arrays
    ["a lone surrogate", { a: { b: "x\udfff" } }, "/a/b"],
    ["a lone surrogate in a key", { "\ud800": 1 }, "/\ud800"],
    ["a bigint too big", { a: 2n ** 64n }, "/a"],
    ["a map", { a: new Map() }, "/a"],
    ["bytes", { a: new Uint8Array(2) }, "/a"],
    ["a cycle", cycle, "/a/0"],
    ["an array", [1], ""],
    ["text", "x", ""],
    ["nothing", undefined, ""],
  ])("refuses %s", (_, given, pointer) => {
    expect(() => encodeView(given)).toThrow(expect.objectContaining({ code: "bad-input", data: { pointer } }));
  });

  test("the same object twice is no cycle", () => {
    const twice = { x: 1 };
    expect(viewItem(encodeView({ a: twice, b: [twice, twice] }))).toEqual({ a: twice, b: [twice, twice] });
  });
});

describe("one item's text", () => {
  test("is encoded from text and from bytes alike, and refused with its place", () => {
    expect(encodeJson(new TextEncoder().encode('{"a":"é"}'))).toEqual(encodeJson('{"a":"é"}'));
    expect(() => encodeJson('{\n"a":"\ud800"}')).toThrow(
      expect.objectContaining({ data: { line: 2, column: 6, pointer: "/a" } }),
    );
    expect(() => encodeJson("[1]", "plain", { id: "q1" })).toThrow(/id "q1", at the root: an item must be an object/);
    expect(() => encodeJson("\ufeff{}")).toThrow(/expected a value/);
  });

  test("may be longer than the kernel takes", () => {
    const long = `{"a":"${"x".repeat(300_000)}"}`;
    expect(printItem(encodeJson(long))).toBe(long);
  });
});

test("a field is read alone: the same as from the whole item, or undefined", () => {
  const random = seeded(42);
  for (let i = 0; i < 3000; i++) {
    const block = encodeJson(sampleText({ random }));
    const item: ValueObject = decodeItem(block);
    for (const key of [...Object.keys(item), "nope", "a", "", "__proto__", "@meta", "messages"]) {
      const field: Value | undefined = fieldOf(block, key);
      const whole = Object.hasOwn(item, key) ? item[key] : undefined;
      if (field === undefined || whole === undefined) expect(field).toBe(whole);
      else expect(sameValue(field, whole)).toBe(true);
    }
  }
  expect(isObject(fieldOf(encode({ "@meta": {} }), "@meta"))).toBe(true);
  expect(() => fieldOf(encode([1]), "a")).toThrow(/not a map/);
});
