import { describe, expect, test, vi } from "vitest";
import { parse, type ParseOptions } from "./index.js";
import { blocksOf, chunked, rowsOf } from "./testing.js";
import { Window } from "./window.js";

const read = async (text: string, options: ParseOptions = {}, size = Infinity) =>
  (await rowsOf(parse("json", chunked(text, size), options))).map(({ id, block }) =>
    id === undefined ? block : [id, block],
  );

describe("where rows stand", () => {
  test("an array", async () => {
    expect(await read(' [ {"a":1} ,\n{"a":[{"b":"]}"}]}\r\n] \n')).toEqual([{ a: 1 }, { a: [{ b: "]}" }] }]);
    expect(await read("[]")).toEqual([]);
  });

  test("an object of rows by key: the keys are the ids", async () => {
    expect(await read('{"q1":{"a":1},"q\\"2":{"a":2}}')).toEqual([
      ["q1", { a: 1 }],
      ['q"2', { a: 2 }],
    ]);
    expect(await read("{}")).toEqual([]);
  });

  test("behind a pointer, an array or an object by key", async () => {
    const text = '{"canary":"x","n":[1,{"no":[]}],"a/b":{"rows":[{"a":1},{"a":2}]},"keyed":{"k":{"a":3}}}';
    expect(await read(text, { records: "/a~1b/rows" })).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await read(text, { records: "/keyed" })).toEqual([["k", { a: 3 }]]);
  });

  test("behind stars, for every element or member", async () => {
    const text = '{"data":[{"ps":[{"qas":[{"q":1},{"q":2}],"c":"x"}]},{"ps":[{"qas":[]},{"qas":[{"q":3}]}]}]}';
    expect(await read(text, { records: "/data/*/ps/*/qas" })).toEqual([{ q: 1 }, { q: 2 }, { q: 3 }]);
    expect(await read(text, { records: "/data/1/ps/*/qas" })).toEqual([{ q: 3 }]);
    expect(await read('{"a":{"x":{"q":1}},"b":{"y":{"q":2}}}', { records: "/*" })).toEqual([
      ["x", { q: 1 }],
      ["y", { q: 2 }],
    ]);
  });

  test("an envelope is refused with the pointers that would do", async () => {
    const text = '{"version":"1","data":[{"title":"t","ps":[{"q":1}]}],"more":[{"a":1}]}';
    await expect(read(text, { file: "f.json" })).rejects.toThrow(
      "f.json: the file is one object, and its member /version is a text, not a row; say where the rows are: --records '/data', --records '/data/*/ps', --records '/more'",
    );
    await expect(read(text, { records: "/nowhere" })).rejects.toThrow(
      "no rows stand at /nowhere; say where the rows are: --records '/data'",
    );
    await expect(read('{"a":{},"b":[{"c":1}]}')).rejects.toThrow("its member /b is an array, not a row");
  });
});

describe("refused, with line, column and pointer", () => {
  test.each<[string, string, ParseOptions, string]>([
    ["a row that is no object", '[{"a":1},\n 2]', {}, "line 2:2, at /1: a number stands where a row"],
    ["an array as a row", "[{},[]]", {}, "line 1:5, at /1: an array stands where a row"],
    ["a flaw inside a row", '[{"a":1},\n {"a":\n  [tru]}]', {}, "line 3:4, at /1/a/0: expected a value"],
    ["a flaw on the row's first line", '[{"é":1},{"a":+}]', {}, "line 1:15, at /1/a: expected a value"],
    ["brackets that do not pair", '[{"a":[1}]', {}, "line 1:9, at /0/a"],
    ["a line break in a text", '{"x":[{"a":"b\nc"}]}', { records: "/x" }, "line 1:14, at /x/0/a"],
    ["a key twice in a row", '{"k":{"a":1,"a":2}}', {}, "line 1:13, at /k/a: the key"],
    ["a missing comma", "[{} {}]", {}, "line 1:5, at /0: expected a comma or ] but found a value"],
    ["a comma too many", "[{},]", {}, "line 1:5, at /1: expected a value but found ]"],
    ["a missing colon", '{"a" {}}', {}, "line 1:6, at /a: expected a colon but found a value"],
    [
      "a second document",
      '[{"a":1}]\n[]',
      {},
      "line 2:1, at the root: expected the end of the file but found a value; if each line",
    ],
    ["an end too early, between rows", '[{"a":1},', {}, "line 1:10, at /1: the text ends where a value is wanted"],
    ["an end too early, in a row", '[{"a":1},{"b', {}, "line 1:13, at /1"],
    ["an end too early, in a key", '{"abc', {}, "line 1:6"],
    ["nothing", " \n", {}, "the file is empty"],
    [
      "a key of the envelope twice",
      '{"x":[],"x":[]}',
      { records: "/x" },
      'line 1:9, at /x: the key "x" stands there twice',
    ],
    [
      "a scalar at the pointer",
      '{"x":1}',
      { records: "/x" },
      "line 1:6, at /x: a number stands where an array or an object of rows is wanted",
    ],
    ["a bad scalar beside the rows", '{"y":01,"x":[]}', { records: "/x" }, "line 1:7, at /y"],
    ["a lone surrogate beside the rows", '{"y":"\\ud800","x":[]}', { records: "/x" }, "at /y: a lone surrogate"],
    ["a scalar document", "42", {}, "line 1:1, at the root: a number stands where"],
    ["a pointer that is none", "[]", { records: "data" }, "--records data: write a JSON Pointer"],
  ])("%s", async (_, text, options, message) => {
    for (const size of [1, Infinity]) await expect(read(text, options, size)).rejects.toThrow(message);
  });

  test("more levels than can be kept, in a row and around it", async () => {
    const deep = "[".repeat(100_000);
    await expect(read(`[{"a":${deep}`)).rejects.toThrow("more than 1000 levels deep");
    await expect(read(`{"x":${deep}`, { records: "/y" })).rejects.toThrow("more than 1000 levels deep");
  });
});

describe.each([0, 100, 12_000])("places stay right in every batch, %i rows with a line break inside", broken => {
  const rows = Array.from(
    { length: 12_000 },
    (_, i) => `{"é":${i},${i < broken ? "\n" : ""}"text":"${"ü".repeat(i % 30)}${"x".repeat(50)}"}`,
  );
  const placeIn = (text: string, at: number) => {
    const lines = text.slice(0, at).split("\n");
    return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
  };

  test("of a batch's first row", async () => {
    const text = `[${rows.join(",")}]`;
    let count = 0;
    let batches = 0;
    for await (const batch of parse("json", chunked(text, 10_007))) {
      const at = 1 + rows.slice(0, count).reduce((sum, row) => sum + row.length + 1, 0);
      expect(batch.place(0)).toEqual({ ...placeIn(text, at), pointer: `/${count}` });
      expect(batch.lines[0]).toBe(batch.place(0).line);
      count += batch.count;
      batches++;
    }
    expect(count).toBe(rows.length);
    expect(batches).toBeGreaterThan(2);
  });

  test("of a flaw in a row far behind", async () => {
    const text = `[${rows.with(10_000, '{"é":tru}').join(",")}]`;
    const { line, column } = placeIn(text, text.indexOf("tru}"));
    const read = blocksOf("json", text, {}, 10_007);
    await expect(read).rejects.toThrow(`line ${line}:${column}, at /10000/é: expected a value`);
  });
});

test("places stay right in a row that is longer than a batch", async () => {
  const long = "é".repeat(400_000);
  const text = `{"skip":"${long}",\n "rows":[\n{"a":1}, {"a":"${long}","b":tru}]}`;
  const column = 10 + long.length + 12;
  const read = blocksOf("json", text, { records: "/rows" }, 2 ** 16);
  await expect(read).rejects.toThrow(`line 3:${column}, at /rows/1/b: expected a value`);
});

test("rows under keys say their ids once", async () => {
  expect(await read('{"q1":{"@id":"q1","a":1}}', { rows: true })).toEqual([["q1", { a: 1 }]]);
  await expect(read('{"q1":{"@id":"q2"}}', { rows: true })).rejects.toThrow('at /q1: @id is "q2"');
});

test("one long line of rows is read in bounded memory", async () => {
  const total = 60_000;
  let most = 0;
  const append = Window.prototype.append;
  const held = vi.spyOn(Window.prototype, "append").mockImplementation(function (this: Window, chunk) {
    append.call(this, chunk);
    most = Math.max(most, this.length);
  });
  const source = async function* () {
    const encoder = new TextEncoder();
    yield encoder.encode('{"skip":[');
    for (let i = 0; i < 2_000; i++) yield encoder.encode(`"${"s".repeat(1000)}",`);
    yield encoder.encode('0],"rows":[');
    for (let i = 0; i < total; i++) yield encoder.encode(`${i > 0 ? "," : ""}{"n":${i},"t":"${"x".repeat(200)}"}`);
    yield encoder.encode("]}");
  };
  let count = 0;
  for await (const batch of parse("json", source(), { records: "/rows" })) {
    count += batch.count;
    most = Math.max(most, batch.items.bytes.length);
  }
  held.mockRestore();
  expect(count).toBe(total);
  expect(most).toBeLessThan(2 ** 20);
});
