import { expect, test } from "vitest";
import { RecentNodes } from "./cache.js";
import { encodeNode, parseNode } from "./node.js";
import { numberedDigest } from "../testing/trees.js";

const nodeAt = (n: number) =>
  parseNode(numberedDigest(n), encodeNode(0, [{ key: new Uint8Array(1000).fill(n), value: Uint8Array.of(0) }]));

test("what was used last is kept, in bounded memory", () => {
  const cache = new RecentNodes(30_000);
  const hot = nodeAt(0);
  cache.set(hot.digest, hot);
  for (let n = 1; n < 200; n++) {
    const node = nodeAt(n);
    cache.set(node.digest, node);
    expect(cache.get(numberedDigest(0))?.digest).toEqual(hot.digest);
    expect(cache.get(numberedDigest(n))?.key(0)).toEqual(node.key(0));
  }
  const kept = Array.from({ length: 200 }, (_, n) => n).filter(n => cache.get(numberedDigest(n)) !== undefined);
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.length * 1000).toBeLessThan(30_000);
});

test("digests that begin alike are told apart", () => {
  const cache = new RecentNodes(30_000);
  const node = nodeAt(1);
  cache.set(node.digest, node);
  expect(cache.get(numberedDigest(1, 7))).toBeUndefined();
  expect(cache.get(numberedDigest(1))).toBe(cache.get(numberedDigest(1)));
});

test("a node that is part of a larger buffer is kept without it", () => {
  const cache = new RecentNodes(30_000);
  const bytes = encodeNode(0, [{ key: Uint8Array.of(1), value: Uint8Array.of(0) }]);
  const frame = new Uint8Array(65_536);
  frame.set(bytes, 100);
  cache.set(numberedDigest(1), parseNode(numberedDigest(1), frame.subarray(100, 100 + bytes.length)));
  expect(cache.get(numberedDigest(1))?.bytes.buffer.byteLength).toBe(bytes.length);
});

test("a node greater than the room is not kept", () => {
  const cache = new RecentNodes(1000);
  const node = nodeAt(1);
  cache.set(node.digest, node);
  expect(cache.get(node.digest)).toBeUndefined();
});
