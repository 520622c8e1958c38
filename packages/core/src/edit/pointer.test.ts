import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSheafError } from "../errors.js";
import { keys } from "../testing/values.js";
import { arrayIndex, below, parsePointer, pointer } from "./pointer.js";

describe("pointers", () => {
  test("what is built from keys reads back as those keys", () => {
    fc.assert(fc.property(fc.array(keys), list => void expect(parsePointer(pointer(...list))).toEqual(list)));
  });

  test("going down step by step builds the same pointer", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(keys, fc.nat())),
        list => void expect(list.reduce(below, "")).toBe(pointer(...list)),
      ),
    );
  });

  test.each([
    ["", []],
    ["/", [""]],
    ["/a~1b/~01/m~0n", ["a/b", "~1", "m~n"]],
    ["//x", ["", "x"]],
    ["/c%d/ /😀", ["c%d", " ", "😀"]],
  ])("%j reads as %j", (text, tokens) => expect(parsePointer(text)).toEqual(tokens));

  test.each(["a", "a/b", "#/a", "/~", "/~2", "/a~", "/~1~", " /a", "/\ud800"])(
    "%j is refused, with the place",
    text => {
      const refusal = expect.objectContaining({ code: "bad-input", data: { operation: 3 } });
      expect(() => parsePointer(text, { operation: 3 })).toThrow(refusal);
    },
  );

  test.each([
    ["0", 0],
    ["10", 10],
    ["01", undefined],
    ["-", undefined],
    ["-1", undefined],
    ["1e0", undefined],
    ["", undefined],
    ["1.0", undefined],
    ["٣", undefined],
  ])("%j names index %j", (token, index) => expect(arrayIndex(token)).toBe(index));

  test("a refusal is a SheafError", () => {
    let error: unknown;
    try {
      parsePointer("x");
    } catch (caught) {
      error = caught;
    }
    expect(isSheafError(error, "bad-input")).toBe(true);
  });
});
