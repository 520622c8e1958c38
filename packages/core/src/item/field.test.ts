import fc from "fast-check";
import { expect, test } from "vitest";
import { fromUtf8, utf8 } from "../text.js";
import { encodeView } from "./encode-view.js";
import { fieldOf, findText } from "./field.js";

const found = { start: 0, end: 0 };

function textOf(block: Uint8Array, key: string): string | undefined {
  const padded = new Uint8Array(block.length + 7).fill(0xff);
  padded.set(block, 3);
  const isThere = findText(padded, 3, 3 + block.length, utf8(key), found);
  return isThere ? fromUtf8(padded.subarray(found.start, found.end)) : undefined;
}

const key = fc.oneof(fc.constantFrom("", "id", "k", "@meta", "é"), fc.string({ unit: "grapheme", maxLength: 30 }));
const scalar = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(key, scalar, { maxKeys: 3 }));

test("the text that is found is the field", () => {
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 30 }), key, (item, wanted) => {
      const block = encodeView(item);
      for (const name of [...Object.keys(item), wanted]) {
        const text = textOf(block, name);
        if (text !== undefined) expect(text).toBe(fieldOf(block, name));
      }
    }),
  );
});

test("a text is found whole at every length", () => {
  for (const length of [0, 1, 22, 23, 24, 25, 255, 256, 257, 65_535])
    expect(textOf(encodeView({ id: "x".repeat(length) }), "id")).toBe("x".repeat(length));
});

test("a text among other scalars is found, long and short", () => {
  const item = { id: "short", b: 1.5, aa: null, long: "x".repeat(300), longer: "y".repeat(70_000), n: -(2 ** 40) };
  const block = encodeView(item);
  expect([textOf(block, "id"), textOf(block, "long")]).toEqual([item.id, item.long]);
  expect([textOf(block, "n"), textOf(block, "no")]).toEqual([undefined, undefined]);
});
