import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codecs, type Codec } from "@sheaf/core";
import { inflate } from "./inflate.js";
import { nodePlatform } from "./node.js";

const bytesOf = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc
    .array(fc.constantFrom("the ", "same ", "words ", "é"), { maxLength: 500 })
    .map(words => new TextEncoder().encode(words.join(""))),
);

test("the digest is sha2-256, written where it is wanted", () => {
  fc.assert(
    fc.property(bytesOf, fc.nat(40), (bytes, at) => {
      const out = new Uint8Array(80).fill(1);
      nodePlatform.digestInto(bytes, out, at);
      expect(Buffer.from(out.subarray(at, at + 32))).toEqual(createHash("sha256").update(bytes).digest());
      expect(out.subarray(0, at).every(byte => byte === 1) && out.subarray(at + 32).every(byte => byte === 1)).toBe(
        true,
      );
    }),
  );
});

test("a digest is known by its bytes, each of them", () => {
  fc.assert(
    fc.property(bytesOf, fc.nat(31), fc.integer({ min: 1, max: 255 }), (bytes, i, change) => {
      const digest = new Uint8Array(40);
      nodePlatform.digestInto(bytes, digest, 8);
      expect(nodePlatform.hashesTo(bytes, digest, 8)).toBe(true);
      digest[8 + i] ^= change;
      expect(nodePlatform.hashesTo(bytes, digest, 8)).toBe(false);
    }),
  );
});

test("text is read from one byte or two a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), text => {
      const padded = (bytes: Buffer) => new Uint8Array(Buffer.concat([Buffer.alloc(2), bytes, Buffer.alloc(3)]));
      const wide = Buffer.from(text, "utf16le");
      expect(nodePlatform.utf16(padded(wide), 2, 2 + wide.length)).toBe(text);
      const narrow = Buffer.from(text, "latin1");
      expect(nodePlatform.latin1(padded(narrow), 2, 2 + narrow.length)).toBe(narrow.toString("latin1"));
    }),
  );
});

describe.each(Object.entries(codecs) as [string, Codec][])("codec %s", (_, codec) => {
  test("decompress(compress(x)) = x, with a dictionary and without", () => {
    fc.assert(
      fc.property(
        bytesOf,
        fc.option(
          bytesOf.filter(({ length }) => length > 0),
          { nil: undefined },
        ),
        (bytes, dictionary) => {
          const back = nodePlatform.decompress(
            codec,
            nodePlatform.compress(codec, bytes, dictionary),
            bytes.length,
            dictionary,
          );
          expect(Buffer.from(back)).toEqual(Buffer.from(bytes));
          expect(back.constructor).toBe(Uint8Array);
        },
      ),
    );
  });

  test("another length, a cut or a flipped bit throws or gives other bytes, and the next frame is none the worse", () => {
    const bytes = new TextEncoder().encode("one two three four five six seven eight nine ten ".repeat(20));
    const packed = nodePlatform.compress(codec, bytes);
    const attempt = (input: Uint8Array, length: number) => {
      try {
        return nodePlatform.decompress(codec, input, length);
      } catch {
        return undefined;
      }
    };
    for (const length of [1, bytes.length - 1, bytes.length + 1, 0x1000])
      expect(attempt(packed, length)).toBeUndefined();
    for (let at = 0; at < packed.length - 1; at += 5)
      expect(attempt(packed.slice(0, at), bytes.length)).toBeUndefined();
    for (let at = 0; at < packed.length; at += 7) {
      const broken = packed.slice();
      broken[at] ^= 0x10;
      expect([undefined, bytes.length]).toContain(attempt(broken, bytes.length)?.length);
      expect(Buffer.from(nodePlatform.decompress(codec, packed, bytes.length))).toEqual(Buffer.from(bytes));
    }
  });
});

test("a dictionary makes small frames smaller", () => {
  const frame = new TextEncoder().encode('{"question":"what is the answer?","answer":"forty-two"}');
  const other = new TextEncoder().encode('{"question":"what is the matter?","answer":"nothing"}');
  expect(nodePlatform.compress(codecs.deflate, frame, other).length).toBeLessThan(
    nodePlatform.compress(codecs.deflate, frame).length / 1.5,
  );
});

test("inflate agrees with zlib's own", () => {
  fc.assert(
    fc.property(bytesOf, bytes => {
      expect(Buffer.from(inflate(deflateRawSync(bytes), bytes.length))).toEqual(Buffer.from(bytes));
    }),
  );
});

test("names that nobody else makes are 32 hex digits, and pause lets others run", async () => {
  expect(nodePlatform.nonce()).toMatch(/^[0-9a-f]{32}$/);
  expect(nodePlatform.nonce()).not.toBe(nodePlatform.nonce());
  let ran = false;
  setImmediate(() => (ran = true));
  await nodePlatform.pause();
  expect(ran).toBe(true);
  expect(Math.abs(nodePlatform.now() - Date.now())).toBeLessThan(1000);
});
