import { joinBytes } from "@sheaf/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyDelta, encodeDelta } from "./delta.js";

const pieces = fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constant(new Uint8Array(40).fill(7))), {
  maxLength: 8,
});
/** Two bodies that share pieces, in other orders. */
const pairs = fc
  .tuple(pieces, fc.array(fc.oneof(fc.nat({ max: 7 }), fc.uint8Array({ maxLength: 20 })), { maxLength: 8 }))
  .map(([parts, picks]) => {
    const picked = picks.map(pick => (typeof pick === "number" ? (parts[pick] ?? new Uint8Array(0)) : pick));
    return [joinBytes(parts), joinBytes(picked)] as const;
  });
const random = (bytes: number, seed: number) => {
  let state = seed;
  return Uint8Array.from({ length: bytes }, () => (state = Math.imul(state, 1664525) + 1013904223) >>> 24);
};

describe("laws", () => {
  test("apply makes what was encoded", () =>
    fc.assert(
      fc.property(pairs, ([base, target]) => {
        expect(applyDelta(base, encodeDelta(base, target)!)).toEqual(target);
      }),
    ));

  test("a difference is within its limit, or there is none", () =>
    fc.assert(
      fc.property(pairs, fc.nat({ max: 100 }), ([base, target], limit) => {
        const delta = encodeDelta(base, target, limit);
        const whole = encodeDelta(base, target)!;
        expect(delta).toEqual(whole.length <= limit ? whole : undefined);
      }),
    ));

  test("damage is refused, or makes as many bytes as it said", () =>
    fc.assert(
      fc.property(pairs, fc.nat(), fc.nat({ max: 255 }), ([base, target], at, byte) => {
        const delta = encodeDelta(base, target)!;
        delta[at % delta.length] = byte;
        try {
          expect(applyDelta(base, delta, 2 ** 20).length).toBeLessThanOrEqual(2 ** 20);
        } catch (error) {
          expect(String(error)).toMatch(/the git pack is damaged/);
        }
      }),
    ));
});

test.each([
  ["one byte changed", (b: Uint8Array) => b.with(50_000, b[50_000] ^ 1), 40],
  ["bytes put in", (b: Uint8Array) => joinBytes([b.subarray(0, 70_000), random(30, 9), b.subarray(70_000)]), 70],
  ["changes far apart", (b: Uint8Array) => b.with(5, b[5] ^ 1).with(199_000, b[199_000] ^ 1), 80],
  ["halves swapped", (b: Uint8Array) => joinBytes([b.subarray(100_000), b.subarray(0, 100_000)]), 60],
  ["the same", (b: Uint8Array) => b, 40],
])("%s in 200 kB takes few bytes", (_, change, most) => {
  const base = random(200_000, 1);
  const target = change(base);
  const delta = encodeDelta(base, target)!;
  expect(Buffer.compare(applyDelta(base, delta), target)).toBe(0);
  expect(delta.length).toBeLessThanOrEqual(most);
});

test("a difference that makes more than is taken is refused before it is made", () =>
  expect(() => applyDelta(new Uint8Array(1), Uint8Array.of(1, 0xff, 0xff, 0xff, 0x7f), 1000)).toThrow(
    "makes 268435455 bytes, more than the 1000 that are taken",
  ));
