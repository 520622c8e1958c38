import { describe, expect, test } from "vitest";
import { parse } from "./index.js";
import { blocksOf, chunked, rowsOf } from "./testing.js";

describe("inferring", () => {
  test("makes numbers and booleans of columns that hold nothing else, exactly as they are printed", async () => {
    const text = "n,f,b,z,e,m\n42,-1.5,true,007,1e-7,1\n-3,1.0,false,10,,x\n18446744073709551615,1e+21,true,1,-0.0,2\n";
    const blocks = await blocksOf("csv", text, { infer: true });
    expect(blocks).toEqual(
      await blocksOf(
        "jsonl",
        [
          '{"n":42,"f":-1.5,"b":true,"z":"007","e":1e-7,"m":"1"}',
          '{"n":-3,"f":1.0,"b":false,"z":"10","e":"","m":"x"}',
          '{"n":18446744073709551615,"f":1e21,"b":true,"z":"1","e":-0.0,"m":"2"}',
        ].join("\n"),
      ),
    );
  });

  test.each([
    "NA",
    "null",
    "1E2",
    "+1",
    "1.50",
    "0x10",
    ".5",
    "1.",
    "1e400",
    "18446744073709551616",
    "-0",
    " 1",
    "TRUE",
    "NaN",
    "1e5",
    "1_000",
  ])("leaves a column with %s as text", async cell => {
    expect(await blocksOf("csv", `a\n1\n${cell}\n`, { infer: true })).toEqual([{ a: "1" }, { a: cell }]);
  });

  test("does not mix numbers and booleans, and does not care for quotes", async () => {
    expect(await blocksOf("csv", 'a,b\n1,"2"\ntrue,3\n', { infer: true })).toEqual([
      { a: "1", b: 2 },
      { a: "true", b: 3 },
    ]);
  });

  test("needs a source that can be read twice", async () => {
    const once = chunked("a\n1\n")();
    await expect(rowsOf(parse("csv", once, { infer: true }))).rejects.toThrow("give it as a file");
  });
});
