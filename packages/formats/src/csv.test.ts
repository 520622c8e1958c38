import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import type { Value } from "@sheaf/core";
import { parse, type ParseOptions } from "./index.js";
import { blocksOf, chunked, rowsOf } from "./testing.js";

const cellsOf = async (
  text: string | Uint8Array,
  options: ParseOptions = {},
  format: "csv" | "tsv" = "csv",
  size = Infinity,
) => {
  const parsed = parse(format, chunked(text, size), options);
  const rows = await rowsOf(parsed);
  return [parsed.columns, ...rows.map(({ block }) => parsed.columns?.map(name => block[name]))];
};

describe("cells", () => {
  test.each<[string, string, Value[][]]>([
    [
      "LF",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "CRLF",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "bare CR",
      "a,b\r1,2\r",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["CRLF in a single column", "a\r\n1\r\n\r\n2", [["a"], ["1"], [""], ["2"]]],
    [
      "line ends of all kinds in one file",
      "a,b\n1,2\r\n3,4\r5,6",
      [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
      ],
    ],
    [
      "no final line end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a final delimiter",
      "a,b\n1,",
      [
        ["a", "b"],
        ["1", ""],
      ],
    ],
    [
      "a byte order mark",
      "\ufeffa,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a byte order mark before a quoted name",
      '\ufeff"a",b\n1,2',
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["quoted line ends, each kept", 'a\n"1\n2\r\n3\r4"\n', [["a"], ["1\n2\r\n3\r4"]]],
    [
      "quotes written twice",
      'a,b\n"""","x""y"\n',
      [
        ["a", "b"],
        ['"', 'x"y'],
      ],
    ],
    [
      "quoted delimiters",
      'a,b\n",",",,"\n',
      [
        ["a", "b"],
        [",", ",,"],
      ],
    ],
    [
      "empty and quoted empty cells",
      'a,b,c\n,"",\n',
      [
        ["a", "b", "c"],
        ["", "", ""],
      ],
    ],
    [
      "spaces around cells",
      "a,b\n 1 , 2\n",
      [
        ["a", "b"],
        [" 1 ", " 2"],
      ],
    ],
    ["U+2028, NUL, a backslash, controls", "a\n\u2028\0\\\x01\t\n", [["a"], ["\u2028\0\\\x01\t"]]],
    [
      "names that objects have already",
      "__proto__,constructor\n1,2\n",
      [
        ["__proto__", "constructor"],
        ["1", "2"],
      ],
    ],
    [
      "blank lines between rows",
      "\n\na,b\n\n1,2\n\n\n3,4\n\n",
      [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["blank lines of a single column, which are empty cells", 'a\n\n1\n""\n', [["a"], [""], ["1"], [""]]],
    ["a header alone", "a,b\n", [["a", "b"]]],
    [
      "cells that look like values",
      "a,b,c\n007,1E2,null\n",
      [
        ["a", "b", "c"],
        ["007", "1E2", "null"],
      ],
    ],
  ])("take %s", async (_, text, expected) => {
    expect(await cellsOf(text)).toEqual(expected);
    expect(await cellsOf(text, {}, "csv", 1)).toEqual(expected);
  });

  test("a column named @meta is data in the block", async () => {
    expect(await blocksOf("csv", "@meta\nx\n")).toEqual([{ "@@meta": "x" }]);
  });

  test("given names make the first line a row", async () => {
    expect(await cellsOf("1\t2\n3\t4", { columns: ["q", "a"] }, "tsv")).toEqual([
      ["q", "a"],
      ["1", "2"],
      ["3", "4"],
    ]);
  });

  test("any ASCII character delimits; \\t may be written out", async () => {
    expect(await cellsOf("a;b\n1,5;2\n", { delimiter: ";" })).toEqual([
      ["a", "b"],
      ["1,5", "2"],
    ]);
    expect(await cellsOf("a\tb\n1\t2\n", { delimiter: "\\t" })).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
    for (const delimiter of ["", ",,", '"', "\n", "é"])
      await expect(cellsOf("a\n", { delimiter })).rejects.toThrow("a delimiter is one ASCII character");
  });

  test("a quote inside a bare cell is text in TSV, and everywhere without quoting", async () => {
    expect(await cellsOf('a\tb\n5" pipe\t"x ""y"""\n', {}, "tsv")).toEqual([
      ["a", "b"],
      ['5" pipe', 'x "y"'],
    ]);
    expect(await cellsOf('a,b\n"x,y"\n', { quotes: false })).toEqual([
      ["a", "b"],
      ['"x', 'y"'],
    ]);
  });

  test("agree with papaparse wherever it has no complaint", async () => {
    const piece = fc.constantFrom(
      "a",
      "b ",
      " ",
      ",",
      "\n",
      '"',
      '""',
      ',"',
      '",',
      '\n"',
      '"\n',
      "é",
      "😀",
      "\u2028",
      "\0",
    );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async pieces => {
        const text = `x,y\n${pieces.join("")}`;
        const oracle = Papa.parse<string[]>(text, { delimiter: ",", newline: "\n", skipEmptyLines: true });
        const ours = await cellsOf(text).catch(() => undefined);
        if (ours === undefined || oracle.errors.length > 0) return;
        expect(ours).toEqual(oracle.data);
        compared++;
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});

describe("refused, with the line", () => {
  test.each([
    ["a row too short", "a,b\n1,2\n3\n", "f.csv:3: a row of 1 cell, but 2 columns"],
    ["a row too long", "a,b\n1,2,3\n", "f.csv:2: a row of more than 2 cells, but 2 columns"],
    ["a ragged row behind quoted lines", 'a,b\n"1\n\r\n2",3\n4\n', "f.csv:5: a row of 1 cell"],
    ["a line of spaces", "a,b\n  \n", "f.csv:2: a row of 1 cell"],
    ["a quote never closed", 'a,b\n1,2\n3,"x\ny\n', "f.csv:3: a quoted cell is never closed"],
    ["text behind a closing quote", 'a,b\n"x"y,1\n', "f.csv:2: text after the closing quote"],
    ["a space behind a closing quote", 'a,b\n"x" ,1\n', "f.csv:2: text after the closing quote"],
    ["a quote inside a bare cell", 'a,b\n1,x"y\n', 'f.csv:2: a " inside a cell'],
    ["a name twice", "a,b,a\n", 'f.csv:1: two columns have the name "a"'],
    ["an empty name", "a,,c\n", "f.csv:1: column 2 has no name"],
    ["an empty file", "", "f.csv: the file is empty"],
    ["blank lines alone", "\n\r\n", "f.csv: the file is empty"],
  ])("%s", async (_, text, message) => {
    await expect(cellsOf(text, { file: "f.csv" })).rejects.toThrow(message);
  });

  test.each([
    ["a stray byte", [0x80]],
    ["a character cut off", [0xe2, 0x82]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["more bytes than needed", [0xc0, 0xaf]],
    ["beyond U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["Latin-1", [0xe9, 0x2c]],
  ])("text that is not UTF-8: %s", async (_, bytes) => {
    for (const size of [1, 100]) {
      const input = Uint8Array.from([0x61, 0x0a, 0xc3, 0xa9, 0x0a, ...bytes]);
      const read = rowsOf(parse("csv", chunked(input, size)));
      await expect(read).rejects.toThrow("line 3: bytes that are not UTF-8");
    }
  });

  test("names given that could not be keys", async () => {
    await expect(cellsOf("1\n", { columns: ["a", "a"] })).rejects.toThrow('two columns have the name "a"');
    await expect(cellsOf("1\n", { columns: [] })).rejects.toThrow("a table needs one column");
  });
});
