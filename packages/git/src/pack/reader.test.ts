import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { utf8, joinBytes } from "@sheaf/core";
import { StockGit } from "../../test/git.js";
import { nodeGitPlatform, openNodeScratch } from "../node.js";
import type { GitObject, ObjectSource, Oid } from "../object.js";
import { oidOf, writeOid } from "../oid.js";
import { printEntryHead, printPackHead, type EntryKind } from "./entry.js";
import { receivePack, type ReceiveOptions } from "./reader.js";
import { MemoryScratch } from "./scratch.js";
import { PackWriter } from "./writer.js";

const platform = nodeGitPlatform;
const options: ReceiveOptions = { platform, openScratch: () => new MemoryScratch() };
const receive = (bytes: Uint8Array, more: Partial<ReceiveOptions> = {}, size = 1000) =>
  receivePack(chunked(bytes, size), { ...options, ...more });

async function* chunked(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const sealed = (...parts: Uint8Array[]) => {
  const trailer = new Uint8Array(20);
  writeOid(platform.sha1(...parts) as Oid, trailer, 0);
  return joinBytes([...parts, trailer]);
};
/** A pack of entries, whatever they say. */
const pack = (...entries: readonly [kind: EntryKind, content: Uint8Array, size?: number][]) =>
  sealed(
    printPackHead(entries.length),
    ...entries.flatMap(([kind, content, size = content.length]) => [
      printEntryHead(kind, size),
      platform.deflate(content),
    ]),
  );
const blob = { type: "blob" } as const;

describe("laws", () => {
  test("what the writer wrote is read, object for object, in chunks of any size", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 300, minLength: 65 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 99 }),
        async (bodies, size) => {
          const writer = new PackWriter(platform, new MemoryScratch(), { thin: false });
          const objects = bodies.map((part, i): GitObject => ({
            type: "blob",
            body: joinBytes([part, bodies[i - 1] ?? part]),
          }));
          const oids = objects.map(({ type, body }, i) => {
            const before = objects[i - 1];
            return writer.put(type, body, before && { ...before, oid: oidOf(platform, "blob", before.body) });
          });
          const chunks: Uint8Array[] = [];
          for await (const chunk of writer.stream()) chunks.push(chunk);
          const received = await receive(joinBytes(chunks), {}, size);
          for (const [i, oid] of oids.entries()) expect(await received.read(oid)).toEqual(objects[i]);
          expect(received.count).toBe(new Set(oids).size);
        },
      ),
      { numRuns: 30 },
    ));

  test("one byte changed anywhere is noticed, even under a sum that fits", async () => {
    const bytes = pack([blob, utf8("a".repeat(100))], [{ type: "tree" }, new Uint8Array(0)]);
    const base = [...(await receive(bytes)).list()][0].oid;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: bytes.length - 21 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = bytes.slice(0, -20);
        changed[at] ^= flip;
        const received = await receive(sealed(changed)).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "bad-input" });
        });
        // The kind of an entry and zlib's settings are no part of any sum: then the object has another name.
        if (received) expect([...received.list()].length).toBe(2);
        if (received && at > 40) expect((await received.read(base))?.body.length).toBe(100);
      }),
    );
  });
});

describe("packs of stock git", () => {
  let git: StockGit;
  let wanted: string[];
  let close: () => void;
  const row = (i: number, value: number) => `{"row":${i},"value":${value}}\n`;

  beforeAll(() => {
    [git, close] = StockGit.lasting();
    for (let version = 0; version < 12; version++) {
      const lines = Array.from({ length: 400 }, (_, i) => row(i, i % 12 <= version ? i * version : i));
      git.write("rows/0.jsonl", lines.join(""));
      git.write(`files/${version}.txt`, `${version}\n`.repeat(version * 500));
      git.run(["add", "."]);
      git.run(["commit", "-q", "-m", `version ${version}`]);
    }
    git.run(["tag", "-m", "a tag", "v1"]);
    wanted = git.run(["rev-list", "--objects", "--all", "--no-object-names"]).split("\n");
    return close;
  });

  const check = async (bytes: Uint8Array, oids: readonly string[], more: Partial<ReceiveOptions> = {}) => {
    const received = await receive(bytes, more, 5000);
    expect(new Set(Array.from(received.list(), ({ oid }) => oid))).toEqual(new Set(oids));
    for (const { oid, type } of [...received.list()].reverse()) {
      const object = await received.read(oid);
      expect(object?.type).toBe(type);
      expect(oidOf(platform, type, object!.body)).toBe(oid);
    }
    await received.close();
  };
  const packed = (oids: readonly string[], ...args: string[]) =>
    git.bytes(["pack-objects", "--stdout", "-q", ...args], oids.join("\n"));

  test("with differences by place", () => check(packed(wanted, "--delta-base-offset"), wanted));
  test("with differences by name", () => check(packed(wanted), wanted));
  test("in a scratch file", () => check(packed(wanted), wanted, { openScratch: () => openNodeScratch() }));

  test("after an aggressive gc", () => {
    git.run(["gc", "--aggressive", "-q"]);
    return check(packed(wanted, "--delta-base-offset", "--depth=250"), wanted);
  });

  test("thin, with what is here already", async () => {
    const known = new Set(git.run(["rev-list", "--objects", "main~3", "--no-object-names"]).split("\n"));
    const fresh = git.run(["rev-list", "--objects", "main", "^main~3", "--no-object-names"]).split("\n");
    const thin = git.bytes(["pack-objects", "--stdout", "-q", "--thin", "--revs"], "main\n^main~3\n");
    const others: ObjectSource = {
      read: oid =>
        known.has(oid)
          ? {
              type: git.run(["cat-file", "-t", oid]) as "blob",
              body: git.bytes(["cat-file", git.run(["cat-file", "-t", oid]), oid]),
            }
          : undefined,
    };
    await check(thin, fresh, { others });
    await expect(receive(thin)).rejects.toThrow(/is made from [0-9a-f]{40}, which is neither in it nor here/);
  });
});

describe("what is no good pack is refused, and its scratch file goes", () => {
  const copyAll = (base: number, target: number) => {
    const size = (n: number) => [0x80 | (n & 0x7f), 0x80 | ((n >> 7) & 0x7f), n >> 14];
    return Uint8Array.from([
      ...size(base),
      ...size(target),
      ...Array.from({ length: target / base }, () => [0xb0, base & 0xff, base >> 8]).flat(),
    ]);
  };
  const nobody = "1".repeat(40) as Oid;
  const somebody = "2".repeat(40) as Oid;
  const hello = utf8("hello, hello");
  const good = pack([blob, hello]);
  const cases: [string, Uint8Array, RegExp, Partial<ReceiveOptions>?][] = [
    ["a text", utf8("<!doctype html><html><body>not a pack at all</body>"), /damaged or cut off/],
    ["a text with a sum", sealed(utf8("<!doctype html>")), /does not begin as a pack/],
    ["a pack cut off", good.subarray(0, good.length - 1), /damaged or cut off/],
    ["a pack cut off early", good.subarray(0, 20), /is cut off/],
    ["version 4", sealed(Uint8Array.of(...utf8("PACK"), 0, 0, 0, 4, 0, 0, 0, 0)), /version 4/],
    ["more objects than it holds", sealed(printPackHead(2), good.subarray(12, -20)), /cut off|damaged|more than fit/],
    ["a million objects that are not there", sealed(printPackHead(1e6), good.subarray(12, -20)), /more than fit/],
    ["bytes behind", sealed(printPackHead(1), good.subarray(12, -20), utf8("more")), /4 bytes behind/],
    ["a size too small", pack([blob, hello, 5]), /damaged/],
    ["a size too large", pack([blob, hello, 50]), /damaged/],
    ["a size beyond all reason", pack([blob, hello, 2 ** 40]), /more than the 536870912 that are taken/],
    ["a size beyond what zlib makes", pack([blob, hello, 400_000]), /more than it can hold/],
    [
      "an object too large to be taken",
      pack([blob, new Uint8Array(2000)]),
      /2000 bytes, more than the 1000/,
      { limits: { maxObjectBytes: 1000, maxTotalBytes: 1e6 } },
    ],
    ["a kind that is none", sealed(printPackHead(1), Uint8Array.of(0x50), platform.deflate(hello)), /kind 5/],
    ["a difference from behind", pack([{ back: 5 }, hello], [blob, hello]), /from what is no object/],
    ["a difference from before all", pack([{ back: 5000 }, hello]), /from what is no object/],
    ["a difference from itself", pack([{ back: 0 }, hello]), /from what is no object/],
    ["differences in a circle", pack([{ base: nobody }, hello], [{ base: somebody }, hello]), /neither in it nor here/],
    [
      "a difference that is none",
      pack([blob, hello], [{ base: oidOf(platform, "blob", hello) }, hello]),
      /a difference in it/,
    ],
    [
      "a difference that makes too much",
      pack(
        [blob, new Uint8Array(1000)],
        [{ base: oidOf(platform, "blob", new Uint8Array(1000)) }, copyAll(1000, 900_000)],
      ),
      /makes 900000 bytes, more than the 500000/,
      { limits: { maxObjectBytes: 500_000, maxTotalBytes: 1e9 } },
    ],
    [
      "differences that make too much together",
      pack(
        [blob, new Uint8Array(1000)],
        [{ base: oidOf(platform, "blob", new Uint8Array(1000)) }, copyAll(1000, 900_000)],
      ),
      /unpacks to more than the 900000/,
      { limits: { maxObjectBytes: 1e6, maxTotalBytes: 900_000 } },
    ],
  ];

  test.each(cases)("%s", async (_, bytes, words, more = {}) => {
    const scratch = new MemoryScratch();
    await expect(receive(bytes, { openScratch: () => scratch, ...more })).rejects.toThrow(words);
    expect(scratch.size).toBe(0);
  });

  test("nothing at all is a pack without objects, and so is an empty one", async () => {
    expect((await receive(new Uint8Array(0))).count).toBe(0);
    expect((await receive(pack())).count).toBe(0);
  });
});

test("an object of several megabytes goes through", async () => {
  let state = 1;
  const body = Uint8Array.from({ length: 5_000_000 }, () => (state = Math.imul(state, 1664525) + 1013904223) >>> 24);
  const received = await receive(pack([blob, body], [blob, utf8("after")]), {}, 100_000);
  const read = await received.read(oidOf(platform, "blob", body));
  expect(Buffer.compare(read!.body, body)).toBe(0);
  expect(await received.read(oidOf(platform, "blob", utf8("after")))).toEqual({ type: "blob", body: utf8("after") });
});

test("a pack is let go when nobody waits for it", async () => {
  const controller = new AbortController();
  controller.abort(new Error("enough"));
  await expect(receive(pack([blob, utf8("x")]), { signal: controller.signal })).rejects.toThrow("enough");
});
