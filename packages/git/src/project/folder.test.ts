import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nameFault } from "../entry-name.js";
import { escapeSegment, foldersOf, pathOfFolder } from "./folder.js";

const awkward = [
  ..."aAbB.%_-~ \\:*é",
  "É",
  "e\u0301",
  "ß",
  "\u200c",
  "😀",
  "rows",
  "Rows",
  ".git",
  "git~1",
  "con",
  "AUX",
  "com¹",
  "dataset.json",
  "x".repeat(120),
  "é".repeat(70),
];
const segments = fc
  .array(fc.oneof(fc.constantFrom(...awkward), fc.string({ unit: "grapheme", maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map(parts => parts.join("").replaceAll("/", "").replaceAll("\0", ""))
  .filter(segment => segment !== "" && segment !== "." && segment !== ".." && segment.isWellFormed());
const paths = fc.array(segments, { minLength: 1, maxLength: 3 }).map(list => list.join("/"));
// oxlint-disable-next-line no-control-regex
const windows = /[\0-\x1f\\:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i;

describe("laws", () => {
  test("the folder gives back the path", () =>
    fc.assert(
      fc.property(fc.uniqueArray(paths, { maxLength: 8 }), list => {
        for (const [path, folder] of foldersOf(list)) expect(pathOfFolder(folder)).toBe(path);
      }),
    ));

  test("names are safe in git and on every file system, and none hides or is taken for the projection's own", () =>
    fc.assert(
      fc.property(fc.uniqueArray(paths, { maxLength: 8 }), list => {
        for (const folder of foldersOf(list).values())
          for (const name of folder.split("/")) {
            expect(nameFault(name)).toBeUndefined();
            expect(name).not.toMatch(windows);
            expect(name).not.toMatch(/^(?:rows|dataset\.json|sheaf\.json|git~\d)$|^\./i);
            expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(200);
          }
      }),
    ));

  test("siblings stay apart where case and composition do not count", () =>
    fc.assert(
      fc.property(fc.uniqueArray(paths, { maxLength: 8 }), list => {
        const folders = [...foldersOf(list).values()].map(folder =>
          folder.normalize("NFC").toUpperCase().toLowerCase(),
        );
        expect(new Set(folders).size).toBe(list.length);
      }),
    ));

  test("every folder has a path", () =>
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(..."a%_.4e6"), minLength: 1 }), { minLength: 1 }),
        names => {
          const path = pathOfFolder(names.join("/"));
          expect(path.split("/")).not.toContain("");
        },
      ),
    ));
});

test.each([
  ["qa", "qa"],
  ["safety/jail breaks", "safety/jail breaks"],
  ["a/rows/b", "a/%72ows/b"],
  ["Dataset.JSON", "%44ataset.JSON"],
  [".git/x", "%2egit/x"],
  ["\u200c.git", "\u200c%2egit"],
  ["a.", "a%2e"],
  ["...", "%2e.%2e"],
  ["100%", "100%25"],
  ["con.txt", "%63on.txt"],
  ["COM¹", "%43OM¹"],
  ["console", "console"],
  ["é😀", "é😀"],
  ["a\\b:c", "a%5cb%3ac"],
])("%s lies in %s", (path, folder) => expect(foldersOf([path]).get(path)).toBe(folder));

test("of datasets that differ by case only, those that are not in lower case are escaped", () => {
  expect([...foldersOf(["qa", "QA", "Qa/x", "é", "e\u0301", "Zz"]).values()]).toEqual([
    "qa",
    "%51%41",
    "%51a/x",
    "é",
    "e%cc%81",
    "Zz",
  ]);
});

test("a long segment goes on in a folder below", () => {
  expect(escapeSegment("x".repeat(200))).toBe("x".repeat(200));
  expect(escapeSegment(`${"x".repeat(198)}.git`)).toBe(`${"x".repeat(198)}%/_.git`);
  expect(escapeSegment("é".repeat(101)).split("/")).toEqual([
    `${"%c3%a9".repeat(33)}%`,
    `_${"%c3%a9".repeat(33)}%`,
    `_${"%c3%a9".repeat(33)}%`,
    "_%c3%a9%c3%a9",
  ]);
});
