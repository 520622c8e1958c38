import { Float } from "@sheaf/core";
import { expect, test } from "vitest";
import { Paint, visible } from "./paint.js";
import { change, inline } from "./value.js";

const plain = new Paint(false);

test("short values are shown before and after, exactly", () => {
  expect(change("4", new Float(4), plain)).toBe('"4" → 4.0');
  expect(change(null, { a: [1] }, plain)).toBe('null → {"a":[1]}');
});

test("of long texts the words that changed are marked, far ones left out", () => {
  const long = "The quick brown fox jumps over the lazy dog while nobody at all is looking at it. ";
  expect(change(`${long}One.`, `${long}Two.`, plain)).toBe("… at all is looking at it. [-One-]{+Two+}.");
});

test("texts with nothing in common are shown whole", () => {
  expect(change("a".repeat(50), "b".repeat(50), plain)).toBe(`"${"a".repeat(50)}" → "${"b".repeat(50)}"`);
});

test("a long value is cut, an absent one is named", () => {
  expect(inline("x".repeat(500))).toHaveLength(160);
  expect(inline(undefined)).toBe("(absent)");
});

test("control and direction characters are shown as escapes", () => {
  expect(visible("a\x1b[31m\u009b\u202eb\n")).toBe("a\\u001b[31m\\u009b\\u202eb\\n");
});
