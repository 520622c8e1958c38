import fc from "fast-check";
import { expect, test } from "vitest";
import { FramePool } from "./frame-pool.js";

test("memory comes back once for all who held it, and never while somebody does", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("take", "hold", "release"), { maxLength: 60 }), fc.nat(), (steps, seed) => {
      const pool = new FramePool();
      const held: Uint8Array[] = [];
      for (const [i, step] of steps.entries()) {
        const some = held[(seed + i) % Math.max(1, held.length)];
        if (step === "take") {
          const taken = pool.take(64);
          expect(taken).toHaveLength(64);
          expect(held.filter(({ buffer }) => buffer === taken.buffer)).toEqual([]);
          pool.hold(taken);
          held.push(taken);
        } else if (some && step === "hold") {
          pool.hold(some);
          held.push(some);
        } else if (some) {
          pool.release(some);
          held.splice(held.indexOf(some), 1);
        }
      }
    }),
  );
});

test("what was let go of is given again, at its own size", () => {
  const pool = new FramePool();
  const first = pool.take(64);
  pool.hold(first);
  pool.release(first.subarray(0, 3));
  expect(pool.take(32).buffer).not.toBe(first.buffer);
  expect(pool.take(64).buffer).toBe(first.buffer);
  expect(pool.take(64).buffer).not.toBe(first.buffer);
});
