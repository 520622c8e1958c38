import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isSheafError, type ValueObject } from "@sheaf/core";
import { featherRows } from "./feather.js";
import { readLz4 } from "./lz4.js";

/** What pyarrow wrote, compressed with lz4. */
const file = new Uint8Array(readFileSync(new URL("pyarrow.feather", import.meta.url)));

async function read(bytes: Uint8Array): Promise<ValueObject[] | string> {
  try {
    const rows: ValueObject[] = [];
    for await (const row of featherRows(bytes)) rows.push(row);
    return rows;
  } catch (error) {
    if (isSheafError(error, "bad-input")) return error.message;
    throw error;
  }
}

test("whatever a file holds, it is rows or refused", async () => {
  expect(await read(file)).toHaveLength(3);
  const change = fc.record({ at: fc.nat(file.length - 1), to: fc.integer({ min: 0, max: 255 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async changes => {
      const bytes = file.slice();
      for (const { at, to } of changes) bytes[at] = to;
      await read(bytes);
    }),
    // Each starts a thread, and some fill its memory.
    { numRuns: 3 },
  );
});

test("an LZ4 frame gives its literals and copies, also those that reach into themselves", () => {
  const head = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
  const frame = (...blocks: number[][]) =>
    Uint8Array.from([...head, ...blocks.flatMap(block => [block.length, 0, 0, 0, ...block]), 0, 0, 0, 0]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  expect(text(readLz4(frame([0x30, 97, 98, 99]), 10))).toBe("abc");
  expect(text(readLz4(frame([0x12, 97, 1, 0], [0x20, 98, 99]), 100))).toBe("aaaaaaabc");
  expect(() => readLz4(frame([0x12, 97, 1, 0]), 5)).toThrow("larger than 5");
  expect(() => readLz4(frame([0x12, 97, 2, 0]), 50)).toThrow("before its beginning");
  expect(() => readLz4(frame([0xf0, 255, 255]), 50)).toThrow("too early");
  expect(() => readLz4(Uint8Array.from(head), 50)).toThrow("too early");
});
