import { describe, expect, test } from "vitest";
import { utf8 } from "../text.js";
import { encode } from "./cbor.js";
import { LineEncoder, maxLineBytes, type LineOptions } from "./lines.js";
import { encodeText } from "./reference.js";
import { sampleText, seeded } from "./samples.js";

interface Made {
  readonly blocks: string[];
  readonly lines: number[];
}

/** Encodes the chunks and keeps a copy of everything, checking that blocks lie one right after another. */
function encodeAll(chunks: Iterable<Uint8Array>, options: LineOptions = {}): Made {
  const encoder = new LineEncoder(options);
  const made: Made = { blocks: [], lines: [] };
  const keep = (
    batches: Iterable<{ bytes: Uint8Array; count: number; starts: Uint32Array; ends: Uint32Array; lines: Uint32Array }>,
  ) => {
    for (const { bytes, count, starts, ends, lines } of batches) {
      expect([starts.length, ends.length, lines.length, starts[0], ends[count - 1]]).toEqual([
        count,
        count,
        count,
        0,
        bytes.length,
      ]);
      for (let i = 0; i < count; i++) {
        if (i > 0) expect(starts[i]).toBe(ends[i - 1]);
        made.blocks.push(Buffer.from(bytes.subarray(starts[i], ends[i])).toString("latin1"));
        made.lines.push(lines[i]);
      }
    }
  };
  for (const chunk of chunks) keep(encoder.push(chunk));
  keep(encoder.finish());
  return made;
}

const block = (text: string, form: "plain" | "block" = "plain") =>
  Buffer.from(encodeText(text, form)).toString("latin1");
const engines = ["kernel", "reference"] as const;

describe.each(engines)("with the %s", engine => {
  test("cut anywhere into chunks, lines give the same rows", () => {
    const random = seeded(21);
    const texts = Array.from({ length: 300 }, () => sampleText({ random }).replaceAll("\r", " "));
    const bytes = utf8(texts.join("\n"));
    for (let round = 0; round < 10; round++) {
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + Math.floor(random() ** 3 * 20000);
        chunks.push(bytes.subarray(at, end));
        at = end;
      }
      const made = encodeAll(chunks, { engine });
      expect(made.blocks).toEqual(texts.map(text => block(text)));
      expect(made.lines).toEqual(texts.map((_, i) => i + 1));
    }
  });

  test("blank lines are skipped and counted; CRLF, a byte order mark and a missing last line break are taken", () => {
    const input = '\ufeff{"a":1}\r\n\r\n  \t\n{"b":2} \n\n{"c":3}';
    const made = encodeAll(
      [...utf8(input)].map(byte => Uint8Array.of(byte)),
      { engine },
    );
    expect(made).toEqual({ blocks: ['{"a":1}', '{"b":2}', '{"c":3}'].map(text => block(text)), lines: [1, 4, 6] });
    expect(encodeAll([utf8(input)], { engine })).toEqual(made);
    expect(encodeAll([utf8("\n \n")], { engine }).blocks).toEqual([]);
    expect(encodeAll([], { engine }).blocks).toEqual([]);
  });

  test("rows that need escapes or are deep stand in their places among the others", () => {
    const texts = [
      '{"a":1}',
      '{"@meta":1}',
      '{"@@meta":1,"@metal":2}',
      `{"a":${"[".repeat(500)}${"]".repeat(500)}}`,
      '{"n":-18446744073709551616}',
      '{"z":1}',
    ];
    expect(encodeAll([utf8(texts.join("\n"))], { engine }).blocks).toEqual(texts.map(text => block(text)));
    expect(block('{"@meta":1}')).toBe(Buffer.from(encode({ "@@meta": 1 })).toString("latin1"));
  });

  test("in block form @meta stays, and must be an object", () => {
    const texts = ['{"a":1,"@meta":{"tags":["x"]}}', '{"@@meta":1}'];
    expect(encodeAll([utf8(texts.join("\n"))], { engine, form: "block" }).blocks).toEqual(
      texts.map(text => block(text, "block")),
    );
    expect(() => encodeAll([utf8('{"@meta":[]}')], { engine, form: "block" })).toThrow(/line 1, at \/@meta/);
  });

  test.each<[string, object]>([
    ['{"a":1}\n\n{"a":1,"b":}\n', { file: "f.jsonl", line: 3, column: 12, pointer: "/b" }],
    ['{"a":1}\n[1]\n', { file: "f.jsonl", line: 2, pointer: "" }],
    ['{"a":1}\n{"a":{"x":1,\n"y":2}}', { file: "f.jsonl", line: 2, column: 13, pointer: "/a" }],
    ['{"a":1} {"a":2}', { file: "f.jsonl", line: 1, column: 9, pointer: "" }],
    ['{"a":"\\ud800"}', { file: "f.jsonl", line: 1, column: 7, pointer: "/a" }],
    ['{}\n{"a":{"b":1,"b":2}}\n{}', { file: "f.jsonl", line: 2, column: 13, pointer: "/a/b" }],
  ])("refuses %j where it stands", (input, data) => {
    expect(() => encodeAll([utf8(input)], { engine, file: "f.jsonl" })).toThrow(
      expect.objectContaining({ code: "bad-input", data }),
    );
  });

  test("bytes that are not UTF-8 are refused where they stand", () => {
    const input = Uint8Array.from([...utf8('{}\n{"a":"é'), 0xff, ...utf8('"}\n')]);
    expect(() => encodeAll([input], { engine })).toThrow(/^line 2:8, at \/a: bytes that are not UTF-8/);
  });

  test("more rows than one call of the kernel holds, and a line longer than a slice", () => {
    const many = "{}\n".repeat(40_000);
    const long = `{"long":"${"lorem ipsum ".repeat(100_000)}"}`;
    const made = encodeAll([utf8(many), utf8(`${long}\n{"a":1}\n`), utf8(long)], { engine });
    expect(made.blocks.length).toBe(40_003);
    expect(made.blocks.slice(40_000)).toEqual([block(long), block('{"a":1}'), block(long)]);
    expect(made.lines.slice(40_000)).toEqual([40_001, 40_002, 40_003]);
  });
});

test("a line of a hundred megabytes is taken", () => {
  const piece = new Uint8Array(2 ** 20).fill(0x78);
  const encoder = new LineEncoder();
  const sizes: number[] = [];
  const push = (chunk: Uint8Array) => {
    for (const batch of encoder.push(chunk))
      for (let i = 0; i < batch.count; i++) sizes.push(batch.ends[i] - batch.starts[i]);
  };
  push(utf8('{"a":"'));
  for (let i = 0; i < 100; i++) push(piece);
  push(utf8('"}\n{"b":1}\n'));
  expect(sizes).toEqual([100 * 2 ** 20 + 8, 4]);
});

test("a line beyond the limit is refused, and does not have to be read to its end", () => {
  const piece = new Uint8Array(2 ** 24).fill(0x20);
  const encoder = new LineEncoder({ engine: "reference" });
  const push = () => {
    for (let i = 0; i <= maxLineBytes / piece.length; i++) expect([...encoder.push(piece)]).toEqual([]);
  };
  expect(push).toThrow(/line 1: a line longer than/);
});
