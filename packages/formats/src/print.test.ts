import { describe, expect, test } from "vitest";
import { Float, toBlockForm, type ValueObject } from "@sheaf/core";
import { parse, print, type Format, type PrintOptions } from "./index.js";
import { batchesOf, chunked, rowsOf, textOf } from "./testing.js";

const printed = (format: Format, items: ValueObject[], options: PrintOptions = {}) =>
  textOf(
    print(
      format,
      batchesOf(
        items.map((block, i) => ({ id: `q${i + 1}`, position: `a${i}`, block })),
        2,
      ),
      options,
    ),
  );

test("JSON has one row a line", async () => {
  expect(await printed("json", [{ a: 1 }, { b: [new Float(2)] }, {}])).toBe('[\n{"a":1},\n{"b":[2.0]},\n{}\n]\n');
  expect(await printed("json", [])).toBe("[]\n");
  expect(await printed("jsonl", [])).toBe("");
});

test("the projection's lines have ids and positions among the keys, own ones escaped", async () => {
  const items = [{ answer: "4" }, { "!": 1, "@id": "own", "@meta": { tag: "x" }, "@@pos": 2 }];
  expect(await printed("jsonl", items, { rows: true })).toBe(
    '{"@id":"q1","@pos":"a0","answer":"4"}\n{"!":1,"@@@pos":2,"@@id":"own","@id":"q2","@meta":{"tag":"x"},"@pos":"a1"}\n',
  );
});

describe("the projection's lines are read", () => {
  const read = async (text: string) =>
    (await rowsOf(parse("jsonl", chunked(text), { rows: true }))).map(({ id, position, block }) => [
      id,
      position,
      block,
    ]);

  test.each<[string, unknown[]]>([
    ['{"@id":"q1","@pos":"a3","x":1}', ["q1", "a3", { x: 1 }]],
    ['{"@id":"q1","@pos":"a3"}', ["q1", "a3", {}]],
    ['{"@id":"q1"}', ["q1", undefined, {}]],
    ['{"x":1}', [undefined, undefined, { x: 1 }]],
    ['{"x":1,"@id":"é"}', ["é", undefined, { x: 1 }]],
    ['{"@id":"q1","x":"@id"}', ["q1", undefined, { x: "@id" }]],
    ['{"@id":"q1","x":1,"\\u0040pos":"a1"}', ["q1", "a1", { x: 1 }]],
    ['{"@id":"q1","@@id":1,"@meta":{},"@@meta":2}', ["q1", undefined, { "@id": 1, "@meta": {}, "@@meta": 2 }]],
    ['{"@id":"q1","x":{"@id":1,"@pos":2}}', ["q1", undefined, { x: { "@id": 1, "@pos": 2 } }]],
    ['{"@id":"q1", "x":1.0 , "__proto__":{}}', ["q1", undefined, JSON.parse('{"x":{"value":1},"__proto__":{}}')]],
  ])("%s", async (line, row) => {
    const [read1] = await read(`\n${line}\r\n`);
    expect(JSON.stringify(read1)).toBe(JSON.stringify(row));
  });

  test.each([
    ['{"@id":1}', "line 1, at /@id: @id must be a text"],
    ['{"@id":"q","@pos":null}', "line 1, at /@pos: @pos must be a text"],
    ['{"@id":"q","@id":"r"}', "line 1:12, at /@id: the key"],
    ['{"@id":"q","@meta":1}', "line 1, at /@meta: @meta holds the attributes"],
    ["\n[]", "line 2"],
    ['{"@id":"q","x":tru}', "line 1:16, at /x"],
  ])("%s is refused", async (line, message) => {
    await expect(read(line)).rejects.toThrow(message);
  });
});

test("CSV quotes as little as can be", async () => {
  const items = [
    { a: "x", b: "" },
    { a: 'say "hi", you', b: "1\r2" },
    { a: " s ", b: "\ufeff" },
  ];
  expect(await printed("csv", items, { columns: ["b", "a"] })).toBe(
    'b,a\n,x\n"1\r2","say ""hi"", you"\n"\ufeff", s \n',
  );
  expect(await printed("csv", [{ a: "" }], { columns: ["a"] })).toBe('a\n""\n');
});

describe("a loss is refused with id and pointer, and taken when lossy", () => {
  test.each<[string, Format, ValueObject, string, string]>([
    ["a number", "csv", { a: 1, b: "" }, 'id "q1", at /a: a number would come back as text', "a,b\n1,\n"],
    ["a float", "csv", { a: new Float(1), b: "" }, "at /a: a number", "a,b\n1.0,\n"],
    ["a boolean", "tsv", { a: true, b: "" }, "at /a: true would", "a\tb\ntrue\t\n"],
    ["null", "csv", { a: null, b: "" }, "at /a: null would", "a,b\n,\n"],
    ["an array", "csv", { a: ["x"], b: "" }, "at /a: an array would", 'a,b\n"[""x""]",\n'],
    ["an absent field", "csv", { a: "x" }, "at /b: the field is absent", "a,b\nx,\n"],
    ["another field", "csv", { a: "x", b: "y", "c/d": "z" }, "at /c~1d: the field is no column", "a,b\nx,y\n"],
    ["attributes in CSV", "csv", toBlockForm({ a: "x", b: "y" }, { tag: 1 }), "at /@meta: attributes", "a,b\nx,y\n"],
    [
      "attributes in JSONL",
      "jsonl",
      toBlockForm({ a: "x" }, { tag: 1 }),
      'id "q1", at /@meta: attributes',
      '{"a":"x"}\n',
    ],
    ["attributes in JSON", "json", toBlockForm({ a: "x" }, {}), "at /@meta: attributes", '[\n{"a":"x"}\n]\n'],
  ])("%s", async (_, format, block, message, lossy) => {
    const options = format === "csv" || format === "tsv" ? { columns: ["a", "b"] } : {};
    const refused = printed(format, [block], options);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow("--lossy");
    await expect(refused).rejects.toMatchObject({ code: "refused" });
    expect(await printed(format, [block], { ...options, lossy: true })).toBe(lossy);
  });

  test("an @meta deeper down, or escaped, or in a text is no attribute", async () => {
    const items = [{ a: { "@meta": 1 } }, { "@@meta": 1 }, { a: "e@meta" }];
    expect(await printed("jsonl", items)).toBe('{"a":{"@meta":1}}\n{"@meta":1}\n{"a":"e@meta"}\n');
  });

  test("columns that could not be read back are refused", async () => {
    await expect(printed("csv", [], { columns: ["a", ""] })).rejects.toThrow("column 2 has no name");
    await expect(printed("csv", [{}], {})).rejects.toThrow("a table needs one column or more");
  });
});

test("an aborted signal ends the printing", async () => {
  for (const format of ["jsonl", "json", "csv"] as const)
    await expect(
      printed(format, [{ a: "x" }], { columns: ["a"], signal: AbortSignal.abort(new Error("enough")) }),
    ).rejects.toThrow("enough");
});
