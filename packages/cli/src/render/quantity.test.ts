import { expect, test } from "vitest";
import { bytes, counted, duration, grouped, moment, rough } from "./quantity.js";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1234567, "1,234,567"],
])("%d is grouped as %s", (count, text) => expect(grouped(count)).toBe(text));

test("nouns follow their count", () => {
  expect([counted(0, "row"), counted(1, "row"), counted(2000, "row")]).toEqual(["0 rows", "1 row", "2,000 rows"]);
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [320 * 2 ** 20, "320 MiB"],
])("%d bytes are %s", (count, text) => expect(bytes(count)).toBe(text));

test.each([
  [9999, "9,999"],
  [850_000, "850 k"],
  [1_250_000, "1.3 M"],
])("%d is roughly %s", (count, text) => expect(rough(count)).toBe(text));

test.each([
  [8.4, "8 s"],
  [125, "2 min 5 s"],
  [4800, "1 h 20 min"],
])("%d seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

test("moments are shown in their own zone", () => {
  expect(moment(1709290800, 60)).toBe("2024-03-01 12:00:00 +0100");
  expect(moment(0, -330)).toBe("1969-12-31 18:30:00 -0530");
  expect(moment(Number.MAX_SAFE_INTEGER, 0)).toBe("@9007199254740991 +0000");
});
