import { isUtf8 } from "node:buffer";
import { describe, expect, test } from "vitest";
import { utf8 } from "../text.js";
import { inputAt, openKernel, printGrowth, type Kernel } from "./kernel.js";
import { decodeItem, encodeText, printText } from "./reference.js";
import { sampleText, seeded } from "./samples.js";
import { encodeJson } from "./text.js";
import { viewItem, view } from "./view.js";
import { fromBlockForm } from "./meta.js";

const documents = 12_000;

function kernel(): Kernel {
  const opened = openKernel(printGrowth);
  if (opened === undefined) throw new Error("this platform has no kernel; the tests need one");
  opened.reserve(2 ** 18);
  return opened;
}

function tryTo<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** The kernel's own answer: bytes, or `undefined` when it refuses. */
function kernelEncode(fast: Kernel, text: Uint8Array, plain: boolean): Uint8Array | undefined {
  fast.bytes.set(text, inputAt);
  const end = fast.encodeText(text.length, plain);
  return end === 0 ? undefined : fast.bytes.slice(fast.outputAt, end);
}

function kernelPrint(fast: Kernel, block: Uint8Array, form: 0 | 1): string | undefined {
  fast.bytes.set(block, inputAt);
  fast.bytes.fill(0x80, inputAt + block.length, inputAt + block.length + 40);
  fast.table(0, 2).set([inputAt, inputAt + block.length]);
  fast.printBlocks(1, form);
  if (fast.refused !== 0) return undefined;
  return new TextDecoder("utf-8", { fatal: true }).decode(fast.bytes.subarray(fast.outputAt, fast.outputEnd - 1));
}

describe("the kernel and the reference agree", () => {
  for (const form of ["plain", "block"] as const)
    test(`on ${documents} texts in ${form} form: what it takes, it encodes the same; what must be refused, it refuses`, () => {
      const fast = kernel();
      const random = seeded(form === "plain" ? 1 : 2);
      let taken = 0;
      for (let i = 0; i < documents; i++) {
        const text = sampleText({ random, bad: i % 3 === 0 ? 0.03 : 0, at: i % 2 === 0 });
        const expected = tryTo(() => encodeText(text, form));
        const made = kernelEncode(fast, utf8(text), form === "plain");
        if (made === undefined) continue;
        taken++;
        if (expected === undefined || Buffer.compare(made, expected) !== 0)
          expect({ text, made }).toEqual({ text, made: expected });
      }
      expect(taken).toBeGreaterThan(documents * 0.5);
    });

  test("on texts with one byte changed, dropped or doubled", () => {
    const fast = kernel();
    const random = seeded(3);
    for (let i = 0; i < documents / 2; i++) {
      const text = mutate(utf8(sampleText({ random, at: false })), random);
      const made = kernelEncode(fast, text, true);
      if (made !== undefined) expect(Buffer.compare(made, encodeText(text, "plain"))).toBe(0);
    }
  });

  test("on printing, also of blocks with one byte changed, dropped or doubled", () => {
    const fast = kernel();
    const random = seeded(4);
    let printed = 0;
    for (let i = 0; i < documents / 2; i++) {
      const whole = encodeJson(sampleText({ random }));
      const block = i % 2 === 0 ? whole : mutate(whole, random);
      const text = kernelPrint(fast, block, i % 4 < 2 ? 0 : 1);
      if (text === undefined) continue;
      printed++;
      const expected = printText(block, i % 4 < 2 ? "plain" : "block");
      if (text !== expected) expect(text).toBe(expected);
    }
    expect(printed).toBeGreaterThan(documents * 0.2);
  });

  test("on random floats, printed and read", () => {
    const fast = kernel();
    const random = seeded(5);
    const bits = new DataView(new ArrayBuffer(8));
    for (let i = 0; i < 5_000; i++) {
      bits.setUint32(0, random() * 2 ** 32);
      bits.setUint32(4, random() * 2 ** 32);
      const some = [
        bits.getFloat64(0),
        Math.round(random() * 1e6) / 10 ** (i % 7),
        random(),
        random() * 10 ** (i % 20),
        Math.round(random() * 1e15) / 1e6,
      ];
      const list = some.filter(Number.isFinite).map(n => (Number.isInteger(n) ? `${BigInt(n)}.0` : String(n)));
      const block = encodeText(`{"n":[${list.join(",")}]}`, "plain");
      expect(Buffer.compare(kernelEncode(fast, utf8(`{"n":[${list.join(",")}]}`), true) ?? block.slice(1), block)).toBe(
        0,
      );
      expect(kernelPrint(fast, block, 0)).toBe(printText(block, "plain"));
    }
  });
});

test("the kernel takes exactly the bytes that are UTF-8, in text and in blocks", () => {
  const fast = kernel();
  const firsts = [
    0x41, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
  ];
  const nexts = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
  for (const first of firsts)
    for (const second of nexts)
      for (const third of nexts)
        for (const fourth of nexts) {
          const text = [first, second, third, fourth];
          const made = kernelEncode(fast, Uint8Array.from([...utf8('{"a":"'), ...text, ...utf8('"}')]), true);
          const printed = kernelPrint(fast, Uint8Array.from([0xa1, 0x61, 0x61, 0x64, ...text]), 0);
          const good = isUtf8(Uint8Array.from(text));
          if (good !== (made !== undefined) || good !== (printed !== undefined))
            expect({ text, made, printed }).toBe(good);
        }
});

test("a view is the same by way of the kernel and by way of the reference, to the order of keys", () => {
  const random = seeded(6);
  for (let i = 0; i < 5_000; i++) {
    const block = encodeJson(sampleText({ random }));
    const slow = view(fromBlockForm(decodeItem(block)).item);
    expect(viewItem(block)).toEqual(slow);
    expect(Object.keys(viewItem(block))).toEqual(Object.keys(slow as object));
  }
});

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const kind = random();
  if (kind < 0.3) return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]);
  if (kind < 0.4)
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at, at + 1), ...bytes.subarray(at)]);
  const copy = bytes.slice();
  copy[at] = kind < 0.7 ? random() * 256 : bytes[Math.floor(random() * bytes.length)];
  return copy;
}
