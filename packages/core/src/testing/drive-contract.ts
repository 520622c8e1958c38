/** Every promise in `store/drive.ts`, one test each. What passes is a drive. */
import { describe, expect, onTestFinished, test } from "vitest";
import { isSheafError } from "../errors.js";
import type { Drive } from "../store/drive.js";
import { utf8 } from "../text.js";

/** Opens a fresh, empty drive; `again` opens the same one as another process would. */
export type OpenDrive = () => Promise<{ drive: Drive; again: () => Promise<Drive>; close: () => Promise<void> }>;

/** Runs the contract over one kind of drive. */
export function driveContract(kind: string, open: OpenDrive): void {
  const fresh = async () => {
    const opened = await open();
    onTestFinished(opened.close);
    return opened;
  };

  describe(`drive contract: ${kind}`, () => {
    test("read: nothing is at a name that nobody created", async () => {
      const { drive } = await fresh();
      expect(await drive.read("packs/a")).toBeUndefined();
      expect(await drive.read("packs/a", { start: 0, end: 1 })).toBeUndefined();
    });

    test("read: gives plain arrays, whose slices are copies", async () => {
      const { drive } = await fresh();
      const bytes = new Uint8Array(10_000);
      await drive.create("packs/a", bytes);
      for (const span of [undefined, { start: 0, end: 4 }, { start: 4, end: 9000 }])
        expect((await drive.read("packs/a", span))?.constructor).toBe(Uint8Array);
    });

    test("read: memory that is offered changes nothing of what comes, whether it suffices or not", async () => {
      const { drive } = await fresh();
      await drive.create("packs/digits", utf8("0123456789"));
      for (const length of [0, 2, 3, 20]) {
        const room = new Uint8Array(length).fill(0x78);
        expect(plain(await drive.read("packs/digits", { start: 4, end: 7 }, room))).toEqual(utf8("456"));
        expect(plain(await drive.read("packs/digits", { start: 8 }, room))).toEqual(utf8("89"));
      }
      expect(plain(await drive.read("packs/digits"))).toEqual(utf8("0123456789"));
    });

    test("read: what stands below a name is not at that name, and the other way round", async () => {
      const { drive } = await fresh();
      await drive.create("refs/heads/main/~99999999", utf8("entry"));
      expect(await drive.read("refs/heads/main")).toBeUndefined();
      expect(await drive.read("refs/heads/main/~99999999/more")).toBeUndefined();
    });

    test("read: gives the bytes that were created, all values of a byte and none", async () => {
      const { drive } = await fresh();
      const bytes = Uint8Array.from({ length: 1024 }, (_, i) => i);
      expect(await drive.create("packs/a", bytes)).toBe(true);
      expect(await drive.create("packs/empty", new Uint8Array(0))).toBe(true);
      expect(plain(await drive.read("packs/a"))).toEqual(bytes);
      expect(plain(await drive.read("packs/empty"))).toEqual(new Uint8Array(0));
    });

    test.each([
      ["from a byte to another", { start: 2, end: 5 }, "234"],
      ["from a byte to the last", { start: 7 }, "789"],
      ["the last bytes", { start: -3 }, "789"],
      ["from one of the last bytes to a byte", { start: -3, end: 9 }, "78"],
      ["cut to what is there, at the end", { start: 8, end: 99 }, "89"],
      ["cut to what is there, at the start", { start: -99 }, "0123456789"],
      ["beyond the last byte", { start: 50, end: 60 }, ""],
      ["without bytes", { start: 4, end: 4 }, ""],
      ["that ends before it starts", { start: 6, end: 2 }, ""],
    ])("read: a span %s", async (_, span, expected) => {
      const { drive } = await fresh();
      await drive.create("packs/digits", utf8("0123456789"));
      expect(plain(await drive.read("packs/digits", span))).toEqual(utf8(expected));
    });

    test("create: takes a copy, so that later changes of the bytes do no harm", async () => {
      const { drive } = await fresh();
      const bytes = utf8("kept");
      await drive.create("packs/a", bytes);
      bytes.fill(0);
      const read = await drive.read("packs/a");
      read?.fill(0);
      expect(plain(await drive.read("packs/a"))).toEqual(utf8("kept"));
    });

    test("create: a taken name stays as it is", async () => {
      const { drive } = await fresh();
      expect(await drive.create("packs/a", utf8("first"))).toBe(true);
      expect(await drive.create("packs/a", utf8("second"))).toBe(false);
      expect(await drive.create("packs/a", streamOf("sec", "ond"))).toBe(false);
      expect(plain(await drive.read("packs/a"))).toEqual(utf8("first"));
    });

    test("create: of twenty rivals for one name exactly one wins, and its bytes are there", async () => {
      const { drive, again } = await fresh();
      const other = await again();
      const name = "refs/heads/main/~99999999";
      const rivals = Array.from({ length: 20 }, (_, i) => utf8(`commit ${i}`));
      const won = await Promise.all(rivals.map((bytes, i) => (i % 2 ? drive : other).create(name, bytes)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(plain(await drive.read(name))).toEqual(rivals[won.indexOf(true)]);
    });

    test("create: takes a stream of any number of chunks, and all of it is there", async () => {
      const { drive } = await fresh();
      expect(await drive.create("packs/a", streamOf("one ", "", "two ", "three"))).toBe(true);
      expect(await drive.create("packs/none", streamOf())).toBe(true);
      expect(plain(await drive.read("packs/a"))).toEqual(utf8("one two three"));
      expect(plain(await drive.read("packs/none"))).toEqual(new Uint8Array(0));
    });

    test("create: a chunk of a stream may be overwritten once the next is asked for", async () => {
      const { drive } = await fresh();
      const chunk = new Uint8Array(100_000);
      async function* stream() {
        for (let i = 1; i < 30; i++) yield chunk.fill(i);
        chunk.fill(0);
      }
      await drive.create("packs/a", stream());
      const read = await drive.read("packs/a");
      expect(read?.length).toBe(29 * chunk.length);
      expect(read?.findIndex((byte, i) => byte !== 1 + Math.floor(i / chunk.length))).toBe(-1);
    });

    test("create: a name cannot be read before the last chunk of its stream is in", async () => {
      const { drive } = await fresh();
      const seen: unknown[] = [];
      async function* slow() {
        for (let i = 0; i < 3; i++) {
          seen.push(await drive.read("packs/a"), await names(drive, ""));
          yield utf8("x".repeat(100_000));
        }
      }
      await drive.create("packs/a", slow());
      expect(seen).toEqual([undefined, [], undefined, [], undefined, []]);
      expect((await drive.read("packs/a"))?.length).toBe(300_000);
    });

    test("create: when the stream throws the name is free, and the error comes through", async () => {
      const { drive } = await fresh();
      async function* broken() {
        yield utf8("half");
        throw new RangeError("the source broke");
      }
      await expect(drive.create("packs/a", broken())).rejects.toThrow("the source broke");
      expect(await drive.read("packs/a")).toBeUndefined();
      expect(await names(drive, "")).toEqual([]);
      expect(await drive.create("packs/a", utf8("whole"))).toBe(true);
    });

    test("create: what is there is there for whoever opens the drive next", async () => {
      const { drive, again } = await fresh();
      await drive.create("deep/er/and/deeper/still", utf8("bytes"));
      expect(plain(await (await again()).read("deep/er/and/deeper/still"))).toEqual(utf8("bytes"));
    });

    test("create: takes every name of the alphabet, segments of up to 200 bytes", async () => {
      const { drive } = await fresh();
      const all = [
        "a",
        "0",
        "-",
        "_",
        "~",
        "%",
        "az09-_.~%/x..y",
        "a".repeat(200),
        `${"b".repeat(200)}/${"c".repeat(200)}`,
      ];
      for (const name of all) expect(await drive.create(name, utf8(name))).toBe(true);
      for (const name of all) expect(plain(await drive.read(name))).toEqual(utf8(name));
      expect(await names(drive, "")).toEqual([...all].sort());
    });

    test.each([
      "",
      "/a",
      "a/",
      "a//b",
      ".",
      "..",
      "../a",
      "a/../b",
      ".hidden",
      "a/.b",
      "A",
      "é",
      "a b",
      "a\\b",
      "a:b",
      "a\0",
      "a".repeat(201),
    ])("a name outside the alphabet is refused everywhere: %j", async name => {
      const { drive } = await fresh();
      const isRefused = (error: unknown) => isSheafError(error, "drive-failed");
      await expect(drive.create(name, utf8("x"))).rejects.toSatisfy(isRefused);
      await expect((async () => drive.read(name))()).rejects.toSatisfy(isRefused);
      await expect(drive.remove(name)).rejects.toSatisfy(isRefused);
    });

    test("list: gives the names that begin with the prefix, in byte order, at any depth", async () => {
      const { drive } = await fresh();
      const all = ["a", "a-b", "a.b", "a/b", "a/b/c", "a0", "ab/c", "b", "a~"].filter(
        name => name !== "a/b" && name !== "a",
      );
      for (const name of all) await drive.create(name, utf8(name));
      expect(await names(drive, "")).toEqual([...all].sort());
      expect(await names(drive, "a")).toEqual(all.filter(name => name.startsWith("a")).sort());
      expect(await names(drive, "a/")).toEqual(["a/b/c"]);
      expect(await names(drive, "a/b/c")).toEqual(["a/b/c"]);
      expect(await names(drive, "ab/")).toEqual(["ab/c"]);
      expect(await names(drive, "nothing/")).toEqual([]);
      expect(await names(drive, "A strange prefix?")).toEqual([]);
    });

    test("list: gives only names greater than `after`", async () => {
      const { drive } = await fresh();
      const all = ["refs/a/~1", "refs/a/~2", "refs/a-b/~1", "refs/b/c/~1", "refs/b/~1"].sort();
      for (const name of all) await drive.create(name, utf8(name));
      for (const after of [...all, "refs/a", "refs/a/", "refs/a/~", "refs/b/d", "zzz", "refs/a/~~"])
        expect(await names(drive, "refs/", after)).toEqual(all.filter(name => name > after));
    });

    test("list: can be left before its end", async () => {
      const { drive } = await fresh();
      for (const name of ["x/3", "x/1", "x/2"]) await drive.create(name, utf8(name));
      for await (const name of drive.list("x/")) {
        expect(name).toBe("x/1");
        break;
      }
    });

    test("remove: makes the name free, for listing, reading and creating, and for others too", async () => {
      const { drive, again } = await fresh();
      await drive.create("packs/a", utf8("first"));
      await drive.read("packs/a", { start: 0, end: 2 });
      await drive.remove("packs/a");
      expect(await drive.read("packs/a")).toBeUndefined();
      expect(await drive.read("packs/a", { start: 0, end: 2 })).toBeUndefined();
      expect(await names(drive, "packs/")).toEqual([]);
      expect(await drive.create("packs/a", utf8("second"))).toBe(true);
      expect(plain(await (await again()).read("packs/a"))).toEqual(utf8("second"));
    });

    test("remove: nothing happens when the name is free", async () => {
      const { drive } = await fresh();
      await drive.remove("packs/a");
      await drive.create("packs/b", utf8("b"));
      await drive.remove("packs/b/c");
      expect(plain(await drive.read("packs/b"))).toEqual(utf8("b"));
    });
  });
}

/** A Buffer equals no Uint8Array in the eyes of the test runner. */
function plain(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && Uint8Array.from(bytes);
}

async function names(drive: Drive, prefix: string, after?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of drive.list(prefix, after)) found.push(name);
  return found;
}

async function* streamOf(...parts: string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield utf8(part);
}
