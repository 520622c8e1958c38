import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Float, setKey, toBlockForm, type Value, type ValueObject } from "@sheaf/core";
import { parse, print, refuseLosses, surveyTable, type Format } from "./index.js";
import { batchesOf, blocksOf, chunked, rowsOf, textOf, type Row } from "./testing.js";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "",
    " ",
    " a ",
    "\r",
    "\n",
    "\r\n",
    '"',
    '""',
    ",",
    "\t",
    "\u2028",
    "\ufeff",
    "\0",
    "a\rb",
    "\\",
    "é😀",
  ),
);
const key = fc.oneof(
  text,
  fc.constantFrom("@id", "@pos", "@meta", "@@id", "@@meta", "@", "__proto__", "A", "a", "toString"),
);
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }).map(n => (Number.isSafeInteger(Number(n)) ? Number(n) : n)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => (Number.isInteger(n) ? new Float(n) : n)),
);

const objectOf = (keys: fc.Arbitrary<string>, value: fc.Arbitrary<Value>) =>
  fc.uniqueArray(fc.tuple(keys, value), { maxLength: 4, selector: ([name]) => name }).map(members => {
    const object: ValueObject = {};
    for (const [name, member] of members) setKey(object, name, member);
    return object;
  });
const { value } = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 3 }),
    objectOf(key, tie("value")),
  ),
}));
const item = objectOf(key, value);
const rowsOfItems = fc
  .array(item, { maxLength: 8 })
  .map(items => items.map((item): Row => ({ block: toBlockForm(item) })));
const chunkSize = fc.constantFrom(1, 2, 7, 64, Infinity);

const name = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 5 }),
  key.filter(key => key !== ""),
);
const table = fc
  .uniqueArray(name, { minLength: 1, maxLength: 4 })
  .chain(columns => fc.tuple(fc.constant(columns), fc.array(fc.tuple(...columns.map(() => text)), { maxLength: 6 })))
  .map(([columns, cells]) => ({
    columns,
    rows: cells.map((row): Row => {
      const item: ValueObject = {};
      columns.forEach((column, i) => setKey(item, column, row[i]));
      return { block: toBlockForm(item) };
    }),
  }));

describe("parse(print(rows)) = rows", () => {
  test.each<Format>(["jsonl", "json"])("for any items in %s, however the bytes are cut", async format => {
    await fc.assert(
      fc.asyncProperty(rowsOfItems, chunkSize, async (rows, size) => {
        const printed = await textOf(print(format, batchesOf(rows)));
        expect(await blocksOf(format, printed, {}, size)).toEqual(rows.map(row => row.block));
      }),
      { numRuns: 40 },
    );
  });

  test.each<Format>(["jsonl", "json"])("with ids, positions and attributes in %s under rows", async format => {
    const rows = fc.array(
      fc.record({
        id: fc.oneof(fc.string({ unit: "binary", minLength: 1 }), fc.constantFrom("q1", 'a"b', "é", "\\")),
        position: fc.stringMatching(/^[a-z][0-9a-z]{1,4}$/),
        block: fc.tuple(item, fc.option(item, { nil: undefined })).map(([data, meta]) => toBlockForm(data, meta)),
      }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(rows, chunkSize, async (rows, size) => {
        const printed = await textOf(print(format, batchesOf(rows), { rows: true }));
        const read = await rowsOf(parse(format, chunked(printed, size), { rows: true }));
        expect(read.map(({ id, position, block }) => ({ id, position, block }))).toEqual(rows);
      }),
      { numRuns: 40 },
    );
  });

  test.each<Format>(["csv", "tsv"])("for tables of texts in %s, columns in order", async format => {
    await fc.assert(
      fc.asyncProperty(table, chunkSize, async ({ columns, rows }, size) => {
        const printed = await textOf(print(format, batchesOf(rows), { columns }));
        const parsed = parse(format, chunked(printed, size));
        expect((await rowsOf(parsed)).map(row => row.block)).toEqual(rows.map(row => row.block));
        expect(parsed.columns).toEqual(columns);
      }),
    );
  });

  test("for tables with any delimiter", async () => {
    const delimiter = fc.constantFrom(";", "|", " ", "\\", "\x1f", "\t", "a", ":", "^");
    await fc.assert(
      fc.asyncProperty(table, delimiter, async ({ columns, rows }, delimiter) => {
        const printed = await textOf(print("csv", batchesOf(rows), { columns, delimiter }));
        expect(await blocksOf("csv", printed, { delimiter })).toEqual(rows.map(row => row.block));
      }),
    );
  });
});

test("what is read does not depend on how the bytes are cut, whatever they are", async () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "{",
      "}",
      "\r\n",
      "[",
      "]",
      '"',
      ",",
      ":",
      "\n",
      "\r",
      " ",
      "\\",
      "a",
      "1",
      "null",
      '{"a":1}',
      "é",
      "\t",
      '""',
      "😀",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const outcome = async (format: Format, bytes: Uint8Array, size: number) =>
    rowsOf(parse(format, chunked(bytes, size))).then(
      rows => rows.map(({ block, line }) => ({ block, line })),
      (error: Error) => error.message,
    );
  const format = fc.constantFrom<Format>("jsonl", "json", "csv", "tsv");
  await fc.assert(
    fc.asyncProperty(format, fc.array(piece, { maxLength: 12 }), fc.nat(40), async (format, pieces, broken) => {
      const bytes = new TextEncoder().encode(pieces.join(""));
      if (broken < bytes.length) bytes[broken] ^= 0x80;
      const whole = await outcome(format, bytes, Infinity);
      for (const size of [1, 2, 3, 5]) expect(await outcome(format, bytes, size)).toEqual(whole);
    }),
  );
});

test("surveyTable lists known columns first, then others as they come", async () => {
  const rows = [{ b: "1" }, { a: "2", "@@meta": "x" }, { c: "3", b: "4" }].map((block): Row => ({ block }));
  expect((await surveyTable(batchesOf(rows, 1), ["c"])).columns).toEqual(["c", "b", "@meta", "a"]);
});

test("what surveyTable calls whole is not refused, and all else is", async () => {
  const value = fc.oneof({ weight: 9, arbitrary: fc.string() }, { weight: 1, arbitrary: fc.integer() });
  const block = fc
    .tuple(
      fc.dictionary(fc.constantFrom("a", "b"), value, { minKeys: 1 }),
      fc.constantFrom({}, {}, { "@meta": { n: 1 } }),
    )
    .map(([item, meta]): ValueObject => ({ ...item, ...meta }));
  await fc.assert(
    fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 4 }), async blocks => {
      const batches = () =>
        batchesOf(
          blocks.map((block): Row => ({ block })),
          1,
        );
      const { columns, isWhole } = await surveyTable(batches());
      const refused = await refuseLosses("csv", batches(), { columns }).then(
        () => false,
        () => true,
      );
      expect(refused).toBe(!isWhole);
    }),
  );
});
