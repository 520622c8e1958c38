import { expect, test } from "vitest";
import { encode } from "./cbor.js";
import { guessEnd } from "./extent.js";
import { encodeText } from "./reference.js";
import { sampleText, seeded } from "./samples.js";

test("law: an item ends where it ends, whatever follows; cut short, it does not end", () => {
  const random = seeded(51);
  for (let i = 0; i < 1000; i++) {
    const block = encodeText(sampleText({ random, at: true }), "plain");
    const before = Math.floor(random() * 9);
    const bytes = new Uint8Array(before + block.length + 9).fill(random() * 256);
    bytes.set(block, before);
    expect(guessEnd(bytes, before)).toBe(before + block.length);
    const cut = before + Math.floor(random() * block.length);
    expect(guessEnd(bytes.subarray(0, cut), before)).toBe(-1);
  }
});

test("links and byte strings are stepped over too", () => {
  const value = encode([new Uint8Array(300), { a: [1, null, "x"] }, 2 ** 40, 0.5]);
  expect(guessEnd(value, 0)).toBe(value.length);
});

test.each([
  ["nothing", []],
  ["a list of as many as there can be", [0x9b, 255, 255, 255, 255, 255, 255, 255, 255, 0]],
  ["a list of four billion", [0x9a, 255, 255, 255, 255, ...new Uint8Array(99)]],
  ["a text longer than all", [0x7a, 127, 255, 255, 255, 0x61]],
  ["lists without end", new Uint8Array(999).fill(0x9f)],
  ["lists in lists", new Uint8Array(9999).fill(0x81)],
])("%s has no end", (_, bytes) => {
  expect(guessEnd(Uint8Array.from(bytes), 0)).toBe(-1);
});
