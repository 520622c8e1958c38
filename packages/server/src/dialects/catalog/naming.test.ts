import fc from "fast-check";
import { expect, test } from "vitest";
import { nameOf, pathFor } from "./naming.js";

const segment = fc.oneof(
  fc.constantFrom("", ".", "..", "records", "%", "%25", "%2E", "a", "\0", "%00", "..a"),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);
const name = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map(segments => segments.join("/"))
  .filter(text => text !== "");

test("every name is read back from its path, which is one and is not among the records", () => {
  fc.assert(
    fc.property(name, text => {
      const path = pathFor(text);
      expect(nameOf({ path })).toBe(text);
      expect(
        path.split("/").filter(part => part === "" || part === "." || part === ".." || part.includes("\0")),
      ).toEqual([]);
      expect(path.startsWith("records/")).toBe(false);
    }),
  );
});

test("a path that no name has is its own name", () => {
  for (const path of ["%plain", "a/%2E", "records/traces"]) expect(nameOf({ path })).toBe(path);
});

test("names that are paths stay as they are", () => {
  for (const path of ["qa", "safety/jailbreaks", "my data (v1): 50%", "records", "a/records/b"])
    expect(pathFor(path)).toBe(path);
  expect(pathFor("a//b")).toBe("a/%/b");
  expect(pathFor("../x")).toBe("%%2E%2E/x");
  expect(pathFor("records/traces")).toBe("%records/traces");
});
