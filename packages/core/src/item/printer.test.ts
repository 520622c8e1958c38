import { describe, expect, test } from "vitest";
import { fromUtf8 } from "../text.js";
import { decode, encode, Link } from "./cbor.js";
import { parseJson, printJson } from "./json.js";
import { LineEncoder } from "./lines.js";
import { LinePrinter } from "./printer.js";
import { encodeText, printRow, printText } from "./reference.js";
import { sampleText, seeded } from "./samples.js";
import type { ValueObject } from "./value.js";
import { utf8 } from "../text.js";

describe.each(["kernel", "reference"] as const)("with the %s", engine => {
  const random = seeded(31);
  const blocks = Array.from({ length: 2000 }, (_, i) =>
    encodeText(sampleText({ random }), i % 2 === 0 ? "plain" : "plain"),
  );
  const deep = encodeText(`{"a":${"[".repeat(400)}${"]".repeat(400)}}`, "plain");

  test.each(["plain", "block"] as const)("a list prints as its items do one by one, in %s form", form => {
    const printer = new LinePrinter(engine);
    const list = [...blocks.slice(0, 700), deep, ...blocks.slice(700)];
    expect(fromUtf8(printer.print(list, form)).split("\n")).toEqual([...list.map(block => printText(block, form)), ""]);
  });

  test("blocks in one array print as a list does", () => {
    const encoder = new LineEncoder();
    const texts = blocks.map(block => printText(block, "plain"));
    const printed: string[] = [];
    const printer = new LinePrinter(engine);
    for (const batch of encoder.push(utf8(`${texts.join("\n")}\n`))) printed.push(fromUtf8(printer.print(batch)));
    expect(printed.join("").split("\n").slice(0, -1)).toEqual(texts);
  });

  test("rows carry id and position among their members, in byte order, whatever keys the item has", () => {
    const printer = new LinePrinter(engine);
    const ids = blocks.map((_, i) => ["q1", 'a "quoted" id', "日本", "x".repeat(500)][i % 4]);
    const positions = blocks.map((_, i) => `a${i}`);
    const lines = fromUtf8(printer.printRows(blocks, ids, positions)).split("\n");
    expect(lines.slice(0, -1)).toEqual(blocks.map((block, i) => printRow(block, ids[i], positions[i])));
    const odd = encode({ "!x": 1, "@id": 2, "@@pos": 3, "@meta": {}, "": 4, Z: 5 });
    expect(fromUtf8(printer.printRows([odd], ["i"], ["p"]))).toBe(
      '{"":4,"!x":1,"@@@pos":3,"@@id":2,"@id":"i","@meta":{},"@pos":"p","Z":5}\n',
    );
    expect(fromUtf8(printer.printRows([encode({})], ["i"], ["p"]))).toBe('{"@id":"i","@pos":"p"}\n');
  });

  test("attributes are left out of the user's form, and its own @meta comes back", () => {
    const printer = new LinePrinter(engine);
    const list = [
      encode({ a: 1, "@meta": { x: 1 } }),
      encode({ "@@meta": 1, "@meta": {} }),
      encode({ "@meta": { x: 1 } }),
    ];
    expect(fromUtf8(printer.print(list))).toBe('{"a":1}\n{"@meta":1}\n{}\n');
  });

  test("no blocks give no bytes", () => {
    expect(new LinePrinter(engine).print([])).toEqual(new Uint8Array(0));
  });

  test.each<[string, Uint8Array]>([
    ["no map", encode([1])],
    ["a link", encode({ a: new Link(new Uint8Array(32)) })],
    ["bytes", encode({ a: new Uint8Array(1) })],
    ["@meta that is no object", encode({ "@meta": 1 })],
    ["bytes after it", Uint8Array.of(0xa0, 0xa0)],
    ["an end too early", Uint8Array.of(0xa1, 0x61)],
    ["nothing", new Uint8Array(0)],
  ])("refuses a block of %s", (_, block) => {
    const printer = new LinePrinter(engine);
    expect(() => printer.print([encode({}), block, encode({})])).toThrow(
      expect.objectContaining({ code: "bad-input" }),
    );
  });

  test("a block longer than a slice, and text that grows sixfold", () => {
    const printer = new LinePrinter(engine);
    const long = encode({ text: "\u0001".repeat(1_000_000), more: "é\n".repeat(200_000) });
    const lines = fromUtf8(printer.print([encode({ a: 1 }), long, encode({ b: 2 })])).split("\n");
    expect(lines).toEqual(['{"a":1}', printJson(decode(long) as ValueObject), '{"b":2}', ""]);
    expect(parseJson(lines[1])).toEqual(decode(long));
  });
});
