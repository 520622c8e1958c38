import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { detect, parse, type Format } from "./index.js";
import { blocksOf, chunked, rowsOf } from "./testing.js";

const lines = '{"a":1}\n{"a":2}\n';

describe("gzip", () => {
  test.each([1, 5, Infinity])("is found by its first bytes and inflated, in chunks of %s", async size => {
    expect(await blocksOf("jsonl", gzipSync(lines), {}, size)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test("may have several members", async () => {
    const bytes = Buffer.concat([gzipSync(lines), gzipSync('{"a":3}\n')]);
    expect(await blocksOf("jsonl", bytes)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  test("cut off or damaged is refused", async () => {
    const bytes = gzipSync(lines.repeat(1000));
    await expect(blocksOf("jsonl", bytes.subarray(0, -9), { file: "f.gz" })).rejects.toThrow(
      "f.gz: the gzip stream ends too early",
    );
    await expect(blocksOf("jsonl", bytes.subarray(0, 4))).rejects.toThrow("the gzip stream ends too early");
    const damaged = Uint8Array.from(bytes);
    damaged[bytes.length - 6] ^= 1;
    await expect(blocksOf("jsonl", damaged)).rejects.toThrow("the gzip stream is damaged");
  });

  test("a bomb is read at the reader's pace, and left when the reader leaves", async () => {
    // Far more, even as it comes, than any stream in between holds.
    const bomb = gzipSync(Buffer.alloc(400 * 2 ** 20, "x,y\n"), { level: 1 });
    let taken = 0;
    let closed = false;
    const source = async function* () {
      try {
        for (let at = 0; at < bomb.length; at += 1024) {
          taken += 1024;
          yield bomb.subarray(at, at + 1024);
        }
      } finally {
        closed = true;
      }
    };
    for await (const batch of parse("csv", source())) {
      expect(batch.count).toBeGreaterThan(0);
      break;
    }
    expect(closed).toBe(true);
    expect(taken).toBeLessThan(bomb.length / 3);
  });

  test("counts bytes as they came", async () => {
    const bytes = gzipSync(lines);
    const parsed = parse("jsonl", chunked(bytes, 3));
    await rowsOf(parsed);
    expect(parsed.bytesRead).toBe(bytes.length);
  });
});

describe("input", () => {
  test("a failure of the source goes through, with gzip and without", async () => {
    for (const start of [Buffer.from(lines), gzipSync(lines).subarray(0, 12)]) {
      const source = async function* () {
        yield start;
        throw new Error("the disk is gone");
      };
      await expect(rowsOf(parse("jsonl", source()))).rejects.toThrow("the disk is gone");
    }
  });

  test("an aborted signal ends the reading with its reason", async () => {
    const stop = new AbortController();
    const source = async function* () {
      for (let i = 0; ; i++) {
        if (i === 3) stop.abort(new Error("enough"));
        yield Buffer.from(lines);
      }
    };
    await expect(rowsOf(parse("jsonl", source(), { signal: stop.signal }))).rejects.toThrow("enough");
  });

  test("UTF-16 is refused by name", async () => {
    const bytes = Buffer.from("\ufeffa,b\n", "utf16le");
    await expect(blocksOf("csv", bytes, { file: "f.csv" })).rejects.toThrow(
      "f.csv:1: the text is UTF-16; convert it to UTF-8",
    );
  });

  test("binary junk is refused in every format", async () => {
    const junk = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256);
    for (const format of ["jsonl", "json", "csv", "tsv"] as const)
      await expect(blocksOf(format, junk)).rejects.toMatchObject({ code: "bad-input" });
  });

  test("an option that a format has no use for is refused", () => {
    expect(() => parse("jsonl", chunked(""), { delimiter: ";" })).toThrow(
      "jsonl has no use for delimiter; it is for csv and tsv",
    );
    expect(() => parse("csv", chunked(""), { rows: true })).toThrow(
      "csv has no use for rows; it is for jsonl and json",
    );
  });
});

describe("JSONL", () => {
  test("takes CRLF, blank lines, a byte order mark, no final line break", async () => {
    const text = '\ufeff\n{"a":1}\r\n\r\n   \n{"a":2}';
    const rows = await rowsOf(parse("jsonl", chunked(text)));
    expect(rows.map(({ block, line }) => [block, line])).toEqual([
      [{ a: 1 }, 2],
      [{ a: 2 }, 5],
    ]);
  });

  test.each([
    ["a line that is no object", '{"a":1}\n[1]\n', "f.jsonl:2"],
    ["a flaw", '{"a":1}\n\n{"b":{"c":tru}}\n', "f.jsonl:3:11, at /b/c"],
    [
      "bytes that are not UTF-8",
      Uint8Array.from([0x7b, 0x7d, 10, 0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      "f.jsonl:2:3",
    ],
    ["two values on a line", '{"a":1}{"a":2}\n', "f.jsonl:1:8"],
  ])("refuses %s where it stands", async (_, text, message) => {
    for (const size of [1, Infinity])
      await expect(blocksOf("jsonl", text, { file: "f.jsonl" }, size)).rejects.toThrow(message);
  });

  test("takes a line of ten megabytes", async () => {
    const long = "é".repeat(5 * 2 ** 20);
    expect(await blocksOf("jsonl", `{"a":"${long}"}\n{"a":1}`, {}, 2 ** 16)).toEqual([{ a: long }, { a: 1 }]);
  });
});

describe("detect", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  test.each<[string | undefined, string, Format]>([
    ["a.jsonl", "", "jsonl"],
    ["a.NDJSON.gz", "", "jsonl"],
    ["a.csv", "{}", "csv"],
    ["a.tsv.gz", "", "tsv"],
    ["a.json", ' [{"a":1}]', "json"],
    ["a.json", '{"a":1}\n{"a":2}\n', "jsonl"],
    ["a.json", '{"a":{}}\n', "json"],
    ["a.json", '{\n  "a": 1\n}', "json"],
    ["a.json", '{"a":"cut off her', "json"],
    [undefined, '{"a":1}', "jsonl"],
    [undefined, '{"a":1}\n{"a":2', "jsonl"],
    [undefined, '{\n"a":[]}', "json"],
    [undefined, "\ufeff[", "json"],
    [undefined, "a,b\n1,2", "csv"],
    [undefined, "a\tb\n1\t2", "tsv"],
    ["data.txt", "a", "csv"],
  ])("%s with %j is %s", (name, text, format) => {
    expect(detect(name, bytes(text))).toBe(format);
    expect(detect(name, gzipSync(text))).toBe(format);
  });

  test("looks into the beginning of a gzip file", () => {
    const beginning = gzipSync(lines.repeat(10_000)).subarray(0, 200);
    expect(detect("a.json.gz", beginning)).toBe("jsonl");
  });

  test("names what cannot be read", () => {
    expect(() => detect("a.parquet", bytes("PAR1"))).toThrow("a.parquet: this is Parquet");
    expect(() => detect("a.xlsx", bytes("PK\x03\x04"))).toThrow("a zip file");
  });
});
