/** Every statement of RFC 6902, case by case. */
import { describe, expect, test } from "vitest";
import type { Value } from "../item/value.js";
import { applyPatch, FailedTest, type Operation } from "./patch.js";

type Case = [name: string, document: unknown, patch: unknown, result: unknown];

const failed = Symbol("the test fails");
const bad = Symbol("bad input");

/** Every statement of RFC 6902, its errata and its appendix A, as cases of our own. */
const cases: Case[] = [
  ["an empty patch changes nothing", { a: 1 }, [], { a: 1 }],
  ["an empty patch keeps a scalar", "x", [], "x"],
  // add
  ["add sets a new key", { a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
  ["add replaces a key that is there", { a: null }, [{ op: "add", path: "/a", value: 1 }], { a: 1 }],
  ["add can set null", {}, [{ op: "add", path: "/a", value: null }], { a: null }],
  ["add can set false", {}, [{ op: "add", path: "/a", value: false }], { a: false }],
  ["add nests containers", { a: 1 }, [{ op: "add", path: "/b", value: [1, { c: 2 }] }], { a: 1, b: [1, { c: 2 }] }],
  ["add goes into an element", { a: [{ b: 1 }] }, [{ op: "add", path: "/a/0/c", value: 2 }], { a: [{ b: 1, c: 2 }] }],
  ["add at the root puts another document", { a: 1 }, [{ op: "add", path: "", value: [] }], []],
  ["add at the root of an array puts an object", [], [{ op: "add", path: "", value: {} }], {}],
  ["add at the root of a scalar works", 1, [{ op: "add", path: "", value: "x" }], "x"],
  ["add to the empty key", {}, [{ op: "add", path: "/", value: 1 }], { "": 1 }],
  ["add to the empty key below", { a: {} }, [{ op: "add", path: "/a/", value: 1 }], { a: { "": 1 } }],
  ["add to an empty array", [], [{ op: "add", path: "/0", value: 1 }], [1]],
  ["add in front", [1, 2], [{ op: "add", path: "/0", value: 0 }], [0, 1, 2]],
  ["add in the middle", [1, 3], [{ op: "add", path: "/1", value: 2 }], [1, 2, 3]],
  ["add behind the end by index", [1, 2], [{ op: "add", path: "/2", value: 3 }], [1, 2, 3]],
  ["add behind the end by -", [1, 2], [{ op: "add", path: "/-", value: 3 }], [1, 2, 3]],
  ["add by - deep down", [1, [2, [3]]], [{ op: "add", path: "/1/1/-", value: 4 }], [1, [2, [3, 4]]]],
  ["add does not flatten an array", [1, 2], [{ op: "add", path: "/1", value: [8, 9] }], [1, [8, 9], 2]],
  ["- is a key of an object", {}, [{ op: "add", path: "/-", value: 1 }], { "-": 1 }],
  ["0 is a key of an object", { a: 1 }, [{ op: "add", path: "/0", value: 2 }], { a: 1, "0": 2 }],
  ["01 is a key of an object", {}, [{ op: "add", path: "/01", value: 2 }], { "01": 2 }],
  ["add beyond the end", [1, 2], [{ op: "add", path: "/3", value: 3 }], bad],
  ["add far beyond the end", { a: [1] }, [{ op: "add", path: "/a/99999999999999999999", value: 3 }], bad],
  ["add at a negative index", [1, 2], [{ op: "add", path: "/-1", value: 3 }], bad],
  ["add at a word in an array", [1, 2], [{ op: "add", path: "/x", value: 3 }], bad],
  ["add at length in an array", [1, 2], [{ op: "add", path: "/length", value: 3 }], bad],
  ["add at an index with a leading zero", [1, 2], [{ op: "add", path: "/01", value: 3 }], bad],
  ["add at an exponent", [1, 2], [{ op: "add", path: "/1e0", value: 3 }], bad],
  ["add at an empty index", [1, 2], [{ op: "add", path: "/", value: 3 }], bad],
  ["add below a missing key", { q: { bar: 2 } }, [{ op: "add", path: "/a/b", value: 1 }], bad],
  ["add below a text", { a: "text" }, [{ op: "add", path: "/a/0", value: 1 }], bad],
  ["add below a number", { a: 1 }, [{ op: "add", path: "/a/b", value: 1 }], bad],
  ["add below null", { a: null }, [{ op: "add", path: "/a/b", value: 1 }], bad],
  ["add below a scalar root", 1, [{ op: "add", path: "/a", value: 1 }], bad],
  ["add below -", [[]], [{ op: "add", path: "/-/0", value: 1 }], bad],
  // remove
  ["remove takes a key", { a: 1, b: [1] }, [{ op: "remove", path: "/b" }], { a: 1 }],
  ["remove takes null", { a: null }, [{ op: "remove", path: "/a" }], {}],
  ["remove takes a key of an element", [{ a: 1 }], [{ op: "remove", path: "/0/a" }], [{}]],
  ["remove takes an element", [1, 2, 3], [{ op: "remove", path: "/0" }], [2, 3]],
  ["remove takes the last element", [1, 2, 3], [{ op: "remove", path: "/2" }], [1, 2]],
  [
    "removals count anew each time",
    [1, 2, 3, 4],
    [
      { op: "remove", path: "/1" },
      { op: "remove", path: "/2" },
    ],
    [1, 3],
  ],
  ["remove of a missing key", { a: 1 }, [{ op: "remove", path: "/b" }], bad],
  ["remove of a missing index", [1], [{ op: "remove", path: "/1" }], bad],
  ["remove of -", [1], [{ op: "remove", path: "/-" }], bad],
  ["remove of an exponent", [1, 2], [{ op: "remove", path: "/1e0" }], bad],
  ["remove of a leading zero", [1, 2], [{ op: "remove", path: "/00" }], bad],
  ["remove of an inherited member", {}, [{ op: "remove", path: "/constructor" }], bad],
  ["remove of the document", { a: 1 }, [{ op: "remove", path: "" }], bad],
  [
    "remove twice",
    { a: 1 },
    [
      { op: "remove", path: "/a" },
      { op: "remove", path: "/a" },
    ],
    bad,
  ],
  // replace
  ["replace a key", { a: 1, b: 2 }, [{ op: "replace", path: "/a", value: [1] }], { a: [1], b: 2 }],
  ["replace by null", { a: 1 }, [{ op: "replace", path: "/a", value: null }], { a: null }],
  ["replace null", { a: null }, [{ op: "replace", path: "/a", value: 1 }], { a: 1 }],
  ["replace the empty text", [""], [{ op: "replace", path: "/0", value: 0 }], [0]],
  ["replace an element by an array", [1, 2], [{ op: "replace", path: "/1", value: [8, 9] }], [1, [8, 9]]],
  ["replace deep down", { a: [{ b: 1 }] }, [{ op: "replace", path: "/a/0/b", value: 2 }], { a: [{ b: 2 }] }],
  ["replace the document", { a: 1 }, [{ op: "replace", path: "", value: { b: 2 } }], { b: 2 }],
  ["replace a scalar document", "a", [{ op: "replace", path: "", value: "b" }], "b"],
  ["replace of a missing key", { a: 1 }, [{ op: "replace", path: "/b", value: 1 }], bad],
  ["replace below a missing key", { a: 1 }, [{ op: "replace", path: "/b/c", value: 1 }], bad],
  ["replace behind the end", [1], [{ op: "replace", path: "/1", value: 1 }], bad],
  ["replace of -", [1], [{ op: "replace", path: "/-", value: 1 }], bad],
  ["replace of an exponent", [1], [{ op: "replace", path: "/0e0", value: 1 }], bad],
  ["replace of an inherited member", {}, [{ op: "replace", path: "/toString", value: 1 }], bad],
  // move
  ["move to another key", { a: 1, b: 2 }, [{ op: "move", from: "/a", path: "/c" }], { b: 2, c: 1 }],
  ["move null", { a: null }, [{ op: "move", from: "/a", path: "/b" }], { b: null }],
  ["move over a key that is there", { a: 1, b: 2 }, [{ op: "move", from: "/a", path: "/b" }], { b: 1 }],
  ["move to the same place", { a: 1 }, [{ op: "move", from: "/a", path: "/a" }], { a: 1 }],
  ["move the document to itself", { a: 1 }, [{ op: "move", from: "", path: "" }], { a: 1 }],
  [
    "move between objects",
    { a: { x: 1, y: 2 }, b: {} },
    [{ op: "move", from: "/a/x", path: "/b/z" }],
    { a: { y: 2 }, b: { z: 1 } },
  ],
  ["move an element up", [1, 2, 3, 4], [{ op: "move", from: "/1", path: "/3" }], [1, 3, 4, 2]],
  ["move an element down", [1, 2, 3, 4], [{ op: "move", from: "/3", path: "/0" }], [4, 1, 2, 3]],
  ["move an element to the end", [1, 2, 3], [{ op: "move", from: "/0", path: "/-" }], [2, 3, 1]],
  ["move out of an element", { a: [{ b: 1 }] }, [{ op: "move", from: "/a/0/b", path: "/a/1" }], { a: [{}, 1] }],
  ["move a part to the root", { a: { b: 1 } }, [{ op: "move", from: "/a", path: "" }], { b: 1 }],
  ["move beside a key that begins alike", { a: 1 }, [{ op: "move", from: "/a", path: "/ab" }], { ab: 1 }],
  ["move into its own child", { a: { b: 1 } }, [{ op: "move", from: "/a", path: "/a/b" }], bad],
  ["move of the document into itself", { a: {} }, [{ op: "move", from: "", path: "/a" }], bad],
  ["move of what is missing", { a: 1 }, [{ op: "move", from: "/b", path: "/c" }], bad],
  ["move of what is missing to itself", { a: 1 }, [{ op: "move", from: "/b", path: "/b" }], bad],
  ["move of an exponent", [1, 2], [{ op: "move", from: "/1e0", path: "/0" }], bad],
  ["move behind an end that went down", [1, 2], [{ op: "move", from: "/0", path: "/2" }], bad],
  ["move to a missing parent", { a: 1 }, [{ op: "move", from: "/a", path: "/b/c" }], bad],
  // copy
  ["copy to another key", { a: [1] }, [{ op: "copy", from: "/a", path: "/b" }], { a: [1], b: [1] }],
  ["copy null", { a: null }, [{ op: "copy", from: "/a", path: "/b" }], { a: null, b: null }],
  ["copy into itself", { a: { b: 1 } }, [{ op: "copy", from: "/a", path: "/a/c" }], { a: { b: 1, c: { b: 1 } } }],
  ["copy the document into itself", { a: 1 }, [{ op: "copy", from: "", path: "/b" }], { a: 1, b: { a: 1 } }],
  ["copy an element", [1, 2], [{ op: "copy", from: "/0", path: "/-" }], [1, 2, 1]],
  [
    "a copy does not change with its origin",
    { a: { x: 1 } },
    [
      { op: "add", path: "/a/y", value: 2 },
      { op: "copy", from: "/a", path: "/b" },
      { op: "add", path: "/a/z", value: 3 },
      { op: "remove", path: "/b/x" },
    ],
    { a: { x: 1, y: 2, z: 3 }, b: { y: 2 } },
  ],
  ["copy of what is missing", { a: 1 }, [{ op: "copy", from: "/b", path: "/c" }], bad],
  ["copy of an exponent", [1, 2], [{ op: "copy", from: "/1e0", path: "/-" }], bad],
  ["copy of -", [1, 2], [{ op: "copy", from: "/-", path: "/-" }], bad],
  // test
  ["test of an equal text", { a: "x" }, [{ op: "test", path: "/a", value: "x" }], { a: "x" }],
  ["test of null", { a: null }, [{ op: "test", path: "/a", value: null }], { a: null }],
  [
    "test does not count key order",
    { a: { x: 1, y: 2 } },
    [{ op: "test", path: "/a", value: { y: 2, x: 1 } }],
    { a: { x: 1, y: 2 } },
  ],
  [
    "test compares deep",
    { a: [{ b: [1, 2] }] },
    [{ op: "test", path: "/a", value: [{ b: [1, 2] }] }],
    { a: [{ b: [1, 2] }] },
  ],
  ["test of the document", { a: 1 }, [{ op: "test", path: "", value: { a: 1 } }], { a: 1 }],
  ["test of the empty key", { "": 1 }, [{ op: "test", path: "/", value: 1 }], { "": 1 }],
  [
    "test of escaped keys",
    { "a/b": 1, "m~n": 8 },
    [
      { op: "test", path: "/a~1b", value: 1 },
      { op: "test", path: "/m~0n", value: 8 },
    ],
    { "a/b": 1, "m~n": 8 },
  ],
  ["~01 is ~1, not /", { "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], { "~1": 10 }],
  [
    "test of odd keys",
    { "c%d": 2, "e^f": 3, "g|h": 4, 'k"l': 6, " ": 7 },
    [
      { op: "test", path: "/ ", value: 7 },
      { op: "test", path: '/k"l', value: 6 },
    ],
    { "c%d": 2, "e^f": 3, "g|h": 4, 'k"l': 6, " ": 7 },
  ],
  ["test of another value", { a: "x" }, [{ op: "test", path: "/a", value: "y" }], failed],
  ["test of a text against a number", { "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: "10" }], failed],
  ["test of an array of another order", [1, 2], [{ op: "test", path: "", value: [2, 1] }], failed],
  ["test of a longer array", { a: [1, 2] }, [{ op: "test", path: "/a", value: [1] }], failed],
  ["test of an array against an object", { a: { 0: 1 } }, [{ op: "test", path: "/a", value: [1] }], failed],
  ["test of more keys", { a: {} }, [{ op: "test", path: "/a", value: { b: 1 } }], failed],
  ["test of fewer keys", { a: { b: 1 } }, [{ op: "test", path: "/a", value: {} }], failed],
  ["test of null against false", { a: false }, [{ op: "test", path: "/a", value: null }], failed],
  ["test of what is missing", { a: 1 }, [{ op: "test", path: "/b", value: 1 }], failed],
  ["test of null against what is missing", {}, [{ op: "test", path: "/a", value: null }], failed],
  ["test of an inherited member", {}, [{ op: "test", path: "/toString", value: 1 }], failed],
  ["test at an exponent", ["a", "b"], [{ op: "test", path: "/1e0", value: "b" }], failed],
  ["test at a leading zero", ["a", "b"], [{ op: "test", path: "/00", value: "a" }], failed],
  [
    "test after changes",
    { a: 1 },
    [
      { op: "add", path: "/a", value: 2 },
      { op: "test", path: "/a", value: 2 },
    ],
    { a: 2 },
  ],
  // form
  ["other members are ignored", { a: 1 }, [{ op: "test", path: "/a", value: 1, spurious: 1 }], { a: 1 }],
  ["value is ignored by remove", { a: 1 }, [{ op: "remove", path: "/a", value: 5 }], {}],
  ["an unknown op", {}, [{ op: "spam", path: "/a", value: 1 }], bad],
  ["an op that is inherited", {}, [{ op: "toString", path: "/a", value: 1 }], bad],
  ["an op in capitals", {}, [{ op: "ADD", path: "/a", value: 1 }], bad],
  ["an op that is no text", {}, [{ op: 1, path: "/a", value: 1 }], bad],
  ["no op", {}, [{ path: "/a", value: 1 }], bad],
  ["no path", {}, [{ op: "add", value: 1 }], bad],
  ["a path that is no text", {}, [{ op: "add", path: 1, value: 1 }], bad],
  ["a path that is null", {}, [{ op: "add", path: null, value: 1 }], bad],
  ["a path without its slash", { a: 1 }, [{ op: "remove", path: "a" }], bad],
  ["a path with a bad escape", { "~2": 1 }, [{ op: "remove", path: "/~2" }], bad],
  ["no value for add", [], [{ op: "add", path: "/-" }], bad],
  ["no value for replace", [1], [{ op: "replace", path: "/0" }], bad],
  ["no value for test", [null], [{ op: "test", path: "/0" }], bad],
  ["no from for copy", [1], [{ op: "copy", path: "/-" }], bad],
  ["no from for move", { a: 1 }, [{ op: "move", path: "/b" }], bad],
  ["a from that is no text", { a: 1 }, [{ op: "move", from: 1, path: "/b" }], bad],
  ["an operation that is null", {}, [null], bad],
  ["an operation that is a list", {}, [["add", "/a", 1]], bad],
  [
    "a later mistake undoes all",
    { a: 1 },
    [
      { op: "remove", path: "/a" },
      { op: "remove", path: "/b" },
    ],
    bad,
  ],
];

describe("RFC 6902, case by case", () => {
  test.each(cases)("%s", (_, document, patch, result) => {
    const before = structuredClone(document);
    const apply = () => applyPatch(document as Value, patch as Operation[]);
    if (result === bad) expect(apply).toThrow(expect.objectContaining({ code: "bad-input" }));
    else if (result === failed) expect(apply).toThrow(FailedTest);
    else expect(apply()).toEqual(result);
    expect(document).toEqual(before);
  });
});
