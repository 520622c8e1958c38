import { describe, expect, test } from "vitest";
import { nodePlatform } from "../../../drives/src/node.js";
import { encode } from "./cbor.js";
import { encodeText } from "./reference.js";
import { sampleText, seeded } from "./samples.js";
import { encodeJson } from "./text.js";
import { viewRow } from "./view.js";
import { ItemViewer } from "./viewer.js";

/** What is seen, with the order of keys, or what is thrown. */
function seen(view: () => unknown): string {
  try {
    return print(view());
  } catch (error) {
    return (error as Error).message;
  }
}

function print(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(print).join()}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${print(member)}`)
    .join()}}`;
}

/** Views blocks of which every third lies apart from the one before. */
function viewAll(viewer: ItemViewer, blocks: readonly Uint8Array[]) {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [i, block] of blocks.entries()) {
    starts.push((ends[i - 1] ?? 0) + (i % 3 === 0 ? 1 : 0));
    ends.push(starts[i] + block.length);
  }
  const bytes = new Uint8Array(ends[ends.length - 1]);
  for (const [i, block] of blocks.entries()) bytes.set(block, starts[i]);
  return viewer.viewMany({ bytes, starts, ends }, 0, blocks.length);
}

describe("law: the viewer sees what viewRow sees", () => {
  test("in items of every kind, one by one and many at once", () => {
    const random = seeded(41);
    const viewer = new ItemViewer(nodePlatform);
    const blocks = Array.from({ length: 1500 }, () => encodeText(sampleText({ random, at: true }), "plain"));
    for (const block of blocks) expect(seen(() => viewer.view(block))).toBe(seen(() => viewRow(block)));
    const many = viewAll(viewer, blocks);
    expect(many.filter(view => view !== undefined).length).toBeGreaterThan(blocks.length / 4);
    for (const [i, view] of many.entries()) if (view) expect(print(view)).toBe(print(viewRow(blocks[i])));
  });

  test("in damaged blocks: each is refused as before, or seen as before", () => {
    const random = seeded(42);
    const viewer = new ItemViewer(nodePlatform);
    for (let i = 0; i < 1500; i++) {
      const block = encodeText(sampleText({ random }), "plain");
      const at = Math.floor(random() * block.length);
      if (random() < 0.8) block[at] = Math.floor(random() * 256);
      const damaged = random() < 0.2 ? block.subarray(0, at) : block;
      expect(seen(() => viewer.view(damaged))).toBe(seen(() => viewRow(damaged)));
    }
  });
});

describe("the viewer", () => {
  const viewer = new ItemViewer(nodePlatform);
  const view = (json: string) => viewer.view(encodeJson(json, "plain")).item;

  test.each([
    "",
    "é",
    "ÿĀ",
    "日本語",
    "😀",
    "a".repeat(12),
    "é".repeat(12),
    "é".repeat(13),
    "a".repeat(13),
    "\u0080\u009f",
  ])("texts of all widths and lengths: %j", text => {
    const item = { a: text, b: [text, `${text}x`, `x${text}`], long: text + "y".repeat(40) + text };
    expect(view(JSON.stringify(item))).toEqual(item);
  });

  test("`__proto__` is a member like any other, and indices stand first as always", () => {
    const item = view('{"__proto__":{"a":1},"b":2,"10":3}');
    expect(Object.entries(item)).toEqual([["10", 3], ["__proto__", { a: 1 }], ["b", 2]]); // prettier-ignore
    expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
  });

  test("rows of ever other keys are seen too, and what comes after them", () => {
    for (let n = 0; n < 3000; n++) expect(view(`{"k${n}":{"x${n}":${n}}}`)).toEqual({ [`k${n}`]: { [`x${n}`]: n } });
    for (let n = 0; n < 300; n++) expect(view('{"plain":true}')).toEqual({ plain: true });
    expect(viewAll(viewer, [encode({ plain: true })])[0]).toEqual({ item: { plain: true } });
  });

  test("an item longer than the kernel takes, and more items than it takes at once", () => {
    const long = { text: "z".repeat(300_000) };
    expect(view(JSON.stringify(long))).toEqual(long);
    const fresh = new ItemViewer(nodePlatform);
    const blocks = Array.from({ length: 3000 }, (_, n) => encode({ n, text: "w".repeat(200) }));
    expect(viewAll(fresh, blocks).map(row => row?.item["n"])).toEqual(blocks.map((_, n) => n));
  });
});
