import fc from "fast-check";
import { expect, test } from "vitest";
import { Paint } from "./paint.js";
import { narrow, printTable } from "./table.js";
import { fit, width } from "./width.js";

const terminal = (columns: number) => ({ onTerminal: true, paint: new Paint(false), io: { stdout: { columns } } });

test("law: a text that was fitted is no wider than asked, and unchanged if it fitted", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, cells) => {
      expect(width(fit(text, cells))).toBeLessThanOrEqual(cells);
      if (width(text) <= cells) expect(fit(text, cells)).toBe(text);
    }),
  );
});

test("law: a table on a terminal is no wider than it, as long as each column has six cells", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string(), fc.string(), fc.string()), { minLength: 1 }),
      fc.integer({ min: 22, max: 120 }),
      (rows, columns) => {
        const lines = printTable(["a", "b", "c"], rows, terminal(columns));
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

test("the widest columns give way first", () => {
  expect(narrow([10, 50, 20], 60)).toEqual([10, 30, 20]);
  expect(narrow([10, 50, 40], 60)).toEqual([10, 25, 25]);
  expect(narrow([3, 4], 60)).toEqual([3, 4]);
});

test("characters of East Asia take two cells, combining marks none", () => {
  expect([width("日本"), width("e\u0301"), width("abc")]).toEqual([4, 1, 3]);
});
