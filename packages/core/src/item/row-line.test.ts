import { expect, test } from "vitest";
import { utf8 } from "../text.js";
import { RowLineEncoder } from "./row-line.js";
import { printText } from "./reference.js";

/** Every row of some texts, one encoder for all: line, id, position, block as text. */
function rowsOf(...texts: readonly string[]): unknown[] {
  const encoder = new RowLineEncoder();
  const rows: unknown[] = [];
  for (const text of texts)
    for (const { items, ids, positions, lines } of encoder.lines(utf8(text), 1, { file: "f" }))
      for (let i = 0; i < items.count; i++)
        rows.push([
          lines[i],
          ids[i],
          positions[i],
          printText(items.bytes.subarray(items.starts[i], items.ends[i]), "block"),
        ]);
  return rows;
}

test("ids and positions are taken out of lines, whatever ends them, text after text", () => {
  expect(
    rowsOf(
      '{"@id":"q1","@pos":"a0","a":1}\r\n\n{"a":2}\n',
      '\n{"@@id":"own","@meta":{"m":1}}',
      '{"x":"@","@id":"q2"}\n',
    ),
  ).toEqual([
    [1, "q1", "a0", '{"a":1}'],
    [3, undefined, undefined, '{"a":2}'],
    [2, undefined, undefined, '{"@id":"own","@meta":{"m":1}}'],
    [1, "q2", undefined, '{"x":"@"}'],
  ]);
});

test("a flaw is told on its own line, behind blank lines and other texts", () => {
  expect(() => rowsOf('{"a":1}\n{"a":2}\n', '\n\n{"a":1}\n\n{"@id":"q","a":tru}\n')).toThrow("f:5:16, at /a: expected");
  expect(() => rowsOf("{}\n", '\n{"@id":1}')).toThrow("f:2, at /@id: @id must be a text");
  expect(() => rowsOf("\n[]")).toThrow("f:2, at the root: an item must be an object");
});
