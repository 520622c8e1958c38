import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareText, utf8, fromUtf8 } from "../text.js";
import { KeyTable } from "./key-table.js";

function tableOf(ids: readonly string[]): KeyTable {
  const table = new KeyTable();
  ids.forEach((id, i) => {
    const bytes = utf8(id);
    const position = utf8(`p${i}`);
    table.add(bytes, bytes.length, position, position.length);
  });
  return table;
}

function inOrder(ids: readonly string[]): string[] {
  const table = tableOf(ids);
  return Array.from(table.sorted(), row => `${fromUtf8(table.key(row))}|${fromUtf8(table.value(row))}`);
}

function naive(ids: readonly string[]): string[] {
  return ids
    .map((id, i) => ({ id, i }))
    .sort((a, b) => compareText(a.id, b.id) || a.i - b.i)
    .map(({ id, i }) => `${id}|p${i}`);
}

describe("a table of keys", () => {
  test("walks its keys in the order of their bytes, equal ones in the order in which they came", () => {
    const id = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 8 }),
      fc.stringMatching(/^row-[0-9]{1,9}$/),
      fc.constantFrom("a", "aa", "aaaaaaaaaaaa"),
    );
    fc.assert(
      fc.property(fc.array(id, { maxLength: 400 }), ids => {
        expect(inOrder(ids)).toEqual(naive(ids));
      }),
    );
  });

  test("sort alike whether they share long prefixes or are prefixes of each other", () => {
    const ids = Array.from({ length: 5000 }, (_, i) => `shared/prefix/${"x".repeat(i % 300)}${(i * 7919) % 5000}`);
    expect(inOrder(ids)).toEqual(naive(ids));
  });
});
