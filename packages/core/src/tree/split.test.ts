import { expect, test } from "vitest";
import { utf8 } from "../text.js";
import { endsNode, hashKey, maxBytes, minBytes, targetBytes } from "./split.js";

test("keys are hashed by MurmurHash3 x86 32-bit, seeded by the level", () => {
  const golden: [level: number, key: string, hash: number][] = [
    [0, "", 0],
    [1, "", 0x514e28b7],
    [0, "a", 0x3c2569b2],
    [0, "aa", 0x371091a9],
    [0, "abc", 0xb3dd93fa],
    [0, "aaaa", 0x7eeed987],
    [1234, "Hello, world!", 0xfaf6cdb3],
    [0, "The quick brown fox jumps over the lazy dog", 0x2e4ff723],
  ];
  for (const [level, key, hash] of golden)
    expect([key, hashKey(level, utf8(key)).toString(16)]).toEqual([key, hash.toString(16)]);
});

test("a hash looks at its span only", () => {
  expect(hashKey(3, utf8("xxabcdexx"), 2, 7)).toBe(hashKey(3, utf8("abcde")));
});

test("a node never ends below the least size, always at the greatest, and in between by a chance that its last entry's size steers", () => {
  expect(endsNode(minBytes - 1, 100, 0)).toBe(false);
  expect(endsNode(minBytes, 100, 0)).toBe(true);
  expect(endsNode(maxBytes - 1, 1, 0xffff_ffff)).toBe(false);
  expect(endsNode(maxBytes, 1, 0xffff_ffff)).toBe(true);
  expect(endsNode(minBytes, targetBytes / 4, 2 ** 30 - 1)).toBe(true);
  expect(endsNode(minBytes, targetBytes / 4, 2 ** 30)).toBe(false);
  expect(endsNode(minBytes, targetBytes, 0xffff_ffff)).toBe(true);
});

test("levels cut independently of each other", () => {
  let both = 0;
  for (let n = 0; n < 65_536; n++) {
    const key = Uint8Array.of(n >> 8, n & 255);
    if (hashKey(0, key) < 2 ** 28 && hashKey(1, key) < 2 ** 28) both++;
  }
  expect(both).toBeGreaterThan(180);
  expect(both).toBeLessThan(340);
});
