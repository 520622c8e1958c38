import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Float, fromUtf8, parseJson, sameValue, type Value } from "@sheaf/core";
import { values } from "@sheaf/core/testing";
import { formatText, printDatasetText, printIndented } from "./texts.js";

test("what is printed for people is read back to the bit", () =>
  fc.assert(
    fc.property(values, (value: Value) => void expect(sameValue(parseJson(printIndented(value)), value)).toBe(true)),
  ));

test("objects and lists are indented, empty ones are not", () => {
  const value = { b: [1, new Float(1), 2n ** 63n], a: { c: {}, d: [] }, "😀": null, "\uffee": "x" };
  expect(printIndented(value)).toBe(`{
  "a": {
    "c": {},
    "d": []
  },
  "b": [
    1,
    1.0,
    9223372036854775808
  ],
  "\uffee": "x",
  "😀": null
}
`);
});

test("a dataset's file says its id and true path, and its metadata when there is any", () => {
  expect(fromUtf8(printDatasetText({ id: "00ff", path: "a/b", meta: {} }))).toBe(
    '{\n  "id": "00ff",\n  "path": "a/b"\n}\n',
  );
  expect(fromUtf8(printDatasetText({ id: "00ff", path: "a", meta: { description: "d" } }))).toBe(
    '{\n  "id": "00ff",\n  "meta": {\n    "description": "d"\n  },\n  "path": "a"\n}\n',
  );
  expect(fromUtf8(formatText)).toBe('{\n  "format": 1\n}\n');
});
