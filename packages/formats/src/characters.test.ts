import fc from "fast-check";
import { expect, test } from "vitest";
import { characterBytes, countUnits, wholeCharacters } from "./characters.js";
import { chunked } from "./testing.js";

const text = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀", "\0", "~"), maxLength: 40 });

test("countUnits counts what the text's length is, from any byte offset", () => {
  fc.assert(
    fc.property(text, fc.nat(7), (text, offset) => {
      const bytes = new Uint8Array([...new Uint8Array(offset), ...new TextEncoder().encode(text)]).subarray(offset);
      expect(countUnits(bytes)).toBe(text.length);
    }),
  );
});

test("wholeCharacters cuts between characters, and gives every byte", async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 5 }), async (text, size) => {
      let joined = "";
      for await (const chunk of wholeCharacters(chunked(text, size)()))
        joined += new TextDecoder("utf-8", { fatal: true }).decode(chunk);
      expect(joined).toBe(text);
    }),
  );
});

test("characterBytes takes exactly the characters of two to four bytes that a strict decoder takes", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const isCharacter = (bytes: Uint8Array) => {
    try {
      return [...strict.decode(bytes)].length === 1;
    } catch {
      return false;
    }
  };
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
  for (let lead = 0x80; lead < 0x100; lead++)
    for (const second of edges)
      for (const third of edges) {
        const bytes = Uint8Array.of(lead, second, third, 0x80);
        const sizes = [2, 3, 4].filter(size => isCharacter(bytes.subarray(0, size)));
        expect(characterBytes(bytes, 0)).toBe(sizes[0] ?? 0);
      }
});
