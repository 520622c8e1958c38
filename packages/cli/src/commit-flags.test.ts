import { expect, test } from "vitest";
import { parseAuthor, parseDate } from "./commit-flags.js";

test("authors are read as git writes them", () => {
  expect(parseAuthor("Ada Lovelace <ada@example.org>")).toEqual({ name: "Ada Lovelace", email: "ada@example.org" });
  expect(parseAuthor("<>")).toEqual({ name: "", email: "" });
});

test.each(["Ada", "Ada <a> <b>", "Ada <a"])("%s is no author", text =>
  expect(() => parseAuthor(text)).toThrow("--author"),
);

test.each([
  ["2024-03-01T12:00:00+01:00", 1709290800, 60],
  ["2024-03-01 11:00:00Z", 1709290800, 0],
  ["1709290800 +0100", 1709290800, 60],
  ["@1709290800 -0530", 1709290800, -330],
  ["0", 0, 0],
])("%s is a moment in a zone", (text, time, zone) => expect(parseDate(text)).toEqual({ time, zone }));

test.each(["yesterday", "2024-13-01", "12:00", ""])("%j is no moment", text =>
  expect(() => parseDate(text)).toThrow("--date"),
);
