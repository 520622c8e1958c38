import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { isSheafError } from "../errors.js";
import { CountingDrive } from "../testing/counting-drive.js";
import { faults, FaultyDrive } from "../testing/faulty-drive.js";
import { isDriveName } from "./name.js";
import { decodeLogName, encodeLogName, encodePrefix, nameFault } from "./log-name.js";
import { Logs } from "./logs.js";

const who = { name: "Ada", email: "ada@example.org" };
const command = "sheaf commit";

const strange = fc.constantFrom(
  "A",
  "é",
  "e\u0301",
  "ß",
  "💥",
  "%",
  "-",
  "_",
  ".",
  "..",
  "con",
  "NUL.txt",
  "aux.",
  "~",
  "^",
  ":",
  "?",
  "*",
  "[",
  "\\",
  " ",
  "@",
  "@{",
  "{",
  ".lock",
  "\x7f",
  "\x01",
  "x".repeat(150),
  "É".repeat(90),
);
const part = fc
  .array(fc.oneof(strange, fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 4 })
  .map(all => all.join(""));
const anyName = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => parts.join("/"));
const goodName = anyName.map(name => `refs/heads/${name}`).filter(name => nameFault(name) === undefined);

describe("names", () => {
  test("what is written at rest is a drive's name and reads back", () => {
    fc.assert(
      fc.property(goodName, name => {
        expect(decodeLogName(encodeLogName(name))).toBe(name);
        expect(isDriveName(encodeLogName(name))).toBe(true);
      }),
      { numRuns: 1000 },
    );
    const full = ["aux.", "nul.", "x"].flatMap(start =>
      ["x", "É", "."].flatMap(end => [190, 193, 195, 199, 201].map(n => start + "y".repeat(n) + end)),
    );
    for (const part of full) {
      const path = encodeLogName(`refs/heads/${part}/z`);
      expect([part, isDriveName(path), decodeLogName(path)]).toEqual([part, true, `refs/heads/${part}/z`]);
    }
    for (const name of ["HEAD", "head", "config", "stash", "merge/refs/heads/main"])
      expect(decodeLogName(encodeLogName(name))).toBe(name);
  });

  test("names stand in the folders of their prefix", () => {
    fc.assert(
      fc.property(goodName, fc.nat(), (name, cut) => {
        expect(encodeLogName(name).startsWith(encodePrefix(name.slice(0, cut % name.length)))).toBe(true);
      }),
    );
  });

  test("names that differ only by case, and names of devices, are kept apart from what a file system may confuse", () => {
    expect(encodeLogName("refs/heads/Main")).toBe("refs/heads/%4dain");
    expect(encodeLogName("refs/heads/con")).toBe("refs/heads/%63on");
    expect(encodeLogName("refs/heads/nul.txt")).toBe("refs/heads/%6eul.txt");
    expect(encodeLogName("refs/heads/a./b")).toBe("refs/heads/a%2e/b");
    expect(encodeLogName("HEAD")).toBe("logs/%48%45%41%44");
  });

  test("a name is allowed where git check-ref-format allows it", () => {
    const git = (name: string) => {
      try {
        execFileSync("git", ["check-ref-format", name], { stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    };
    const samples = fc.sample(anyName, { numRuns: 60, seed: 7 }).filter(name => !name.includes("\0"));
    const known = [
      "a",
      "a.lock",
      "a.lock/b",
      "a/.b",
      "a.",
      "a./b",
      "@",
      "a@{b",
      "a@b",
      "a..b",
      "a//b",
      "a b",
      "-a",
      "é",
      "a\x7f",
      "a{b",
      "a]",
    ];
    for (const name of [...known, ...samples].map(text => `refs/heads/${text}`)) {
      if (new TextEncoder().encode(name).length > 1024) continue;
      expect([name, nameFault(name) === undefined]).toEqual([name, git(name)]);
    }
    expect(nameFault("refs/heads/\ud800")).toBe("holds half a character");
  });
});

function fresh() {
  const drive = new MemoryDrive();
  return { drive, logs: new Logs(drive, nodePlatform), other: new Logs(drive, nodePlatform) };
}

async function gather<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

/** Moves a log on from whatever it says. */
async function put(logs: Logs, name: string, to: string | null) {
  return logs.move(name, { from: await logs.read(name), to, who, command });
}

describe("logs", () => {
  test("a log says what it was last moved to, to everybody, and its history says it all", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.constantFrom("refs/heads/a", "HEAD", "config"),
            fc.option(fc.string(), { freq: 5 }),
            fc.boolean(),
          ),
        ),
        async moves => {
          const { logs, other } = fresh();
          const model = new Map<string, (string | null)[]>();
          for (const [name, value, isOther] of moves) {
            const moved = await put(isOther ? other : logs, name, value);
            expect(moved.ok).toBe(true);
            model.set(name, [value, ...(model.get(name) ?? [])]);
          }
          for (const [name, values] of model) {
            for (const reader of [logs, other]) expect((await reader.read(name))?.value).toBe(values[0]);
            expect((await gather(logs.history(name))).map(({ value }) => value)).toEqual(values);
          }
          const live = [...model].filter(([, values]) => values[0] !== null).map(([name]) => name);
          expect(await gather(other.list(""))).toEqual(live.sort());
        },
      ),
      { numRuns: 50 },
    );
  });

  test("of twenty rivals that read the same entry one wins, and the others are told the head", async () => {
    const { drive } = fresh();
    const rivals = Array.from({ length: 20 }, () => new Logs(drive, nodePlatform));
    for (let round = 0; round < 3; round++) {
      const read = await Promise.all(rivals.map(logs => logs.read("refs/heads/main")));
      const moved = await Promise.all(
        rivals.map((logs, i) => logs.move("refs/heads/main", { from: read[i], to: "same", who, command })),
      );
      const winner = moved.find(one => one.ok);
      expect(moved.filter(one => one.ok)).toHaveLength(1);
      for (const one of moved) if (!one.ok) expect(one.head).toEqual(winner?.ok && winner.entry);
    }
  });

  test("who read an older entry loses", async () => {
    const { logs } = fresh();
    await put(logs, "refs/heads/main", "one");
    const old = await logs.read("refs/heads/main");
    await put(logs, "refs/heads/main", "two");
    const moved = await logs.move("refs/heads/main", { from: old, to: "three", who, command });
    expect(moved.ok || moved.head?.value).toBe("two");
    expect((await logs.move("refs/heads/main", { from: undefined, to: "new", who, command })).ok).toBe(false);
  });

  test("who read an entry so old that the next ones have been trimmed loses too, and leaves nothing", async () => {
    const { drive, logs, other } = fresh();
    await put(logs, "refs/heads/main", "0");
    const old = await other.read("refs/heads/main");
    for (let i = 1; i < 5; i++) await put(logs, "refs/heads/main", String(i));
    for (let i = 0; i < 3; i++) await drive.remove(`refs/heads/main/~${99_999_999 - i}`);
    const before = await gather(drive.list(""));
    expect((await other.move("refs/heads/main", { from: old, to: "late", who, command })).ok).toBe(false);
    expect((await other.move("refs/heads/main", { from: undefined, to: "late", who, command })).ok).toBe(false);
    expect((await other.read("refs/heads/main"))?.value).toBe("4");
    expect(await gather(drive.list(""))).toEqual(before);
  });

  test("a deleted log can be made again", async () => {
    const { logs } = fresh();
    await put(logs, "refs/tags/v1", "a");
    await put(logs, "refs/tags/v1", null);
    expect(await gather(logs.list("refs/"))).toEqual([]);
    expect((await put(logs, "refs/tags/v1", "b")).ok).toBe(true);
  });

  test("no live ref is a folder of another", async () => {
    const { logs } = fresh();
    await put(logs, "refs/heads/a/b", "x");
    const isTaken = (error: unknown) => isSheafError(error, "already-exists");
    await expect(put(logs, "refs/heads/a", "x")).rejects.toSatisfy(isTaken);
    await expect(put(logs, "refs/heads/a/b/c", "x")).rejects.toSatisfy(isTaken);
    await put(logs, "refs/heads/a/b", null);
    expect((await put(logs, "refs/heads/a", "x")).ok).toBe(true);
    await expect(put(logs, "refs/heads/a/b", "x")).rejects.toSatisfy(isTaken);
    expect(await gather(logs.list("refs/"))).toEqual(["refs/heads/a"]);
  });

  test("of two that race to be a folder and a file, at most one lives", async () => {
    for (let round = 0; round < 20; round++) {
      const { logs, other } = fresh();
      await Promise.allSettled([put(logs, "refs/heads/a", "x"), put(other, "refs/heads/a/b", "x")]);
      expect((await gather(logs.list("refs/"))).length).toBeLessThanOrEqual(1);
    }
  });

  test("names that are not allowed are refused with what is wrong", async () => {
    const { logs } = fresh();
    await expect(put(logs, "refs/heads/a..b", "x")).rejects.toThrow("two dots in a row");
    await expect(logs.read("refs/heads/a b")).rejects.toSatisfy(error => isSheafError(error, "bad-input"));
  });

  test("a damaged entry is named and never read as something else", async () => {
    const { drive, logs, other } = fresh();
    await put(logs, "refs/heads/main", "bafy");
    const file = "refs/heads/main/~99999999";
    const bytes = (await drive.read(file)) as Uint8Array;
    for (let at = 0; at < bytes.length; at += 3) {
      const broken = bytes.slice();
      broken[at] ^= 1;
      await drive.remove(file);
      await drive.create(file, broken);
      await expect(other.read("refs/heads/main")).rejects.toThrow(file);
    }
  });

  test("reading a head costs the same after a thousand moves, and a listing passes over old entries", async () => {
    const drive = new CountingDrive(new MemoryDrive());
    const logs = new Logs(drive, nodePlatform);
    for (const name of ["refs/heads/a", "refs/heads/b"])
      for (let i = 0; i < 1000; i++) await put(logs, name, String(i));
    for (const reader of [logs, new Logs(drive, nodePlatform)]) {
      drive.reset();
      expect((await reader.read("refs/heads/a"))?.value).toBe("999");
      expect(drive.counts.reads + drive.counts.listed).toBe(2);
    }
    drive.reset();
    expect(await gather(logs.list("refs/"))).toEqual(["refs/heads/a", "refs/heads/b"]);
    expect(drive.counts.listed).toBeLessThan(100);
  });

  test("whatever fails while a log moves, its value is the old or the new one, and who is told it moved has moved it", async () => {
    for (const fault of faults) {
      for (let failAt = 1; failAt < 12; failAt++) {
        const below = new MemoryDrive();
        await put(new Logs(below, nodePlatform), "refs/heads/main", "old");
        const drive = new FaultyDrive(below, failAt, fault);
        const outcome = await put(new Logs(drive, nodePlatform), "refs/heads/main", "new").catch(() => undefined);
        const after = await new Logs(below, nodePlatform).read("refs/heads/main");
        if (outcome) expect([fault, failAt, outcome.ok, after?.value]).toEqual([fault, failAt, true, "new"]);
        else expect(["old", "new"]).toContain(after?.value);
      }
    }
  });
});
