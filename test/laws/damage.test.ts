/** Law 9: what is read is checked. Whatever byte of whatever file is damaged, no read gives anything but the truth or an error. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isSheafError, type Drive, type Span } from "@sheaf/core";
import { MemoryDrive } from "@sheaf/drives/memory";
import { all, open } from "./rows.js";

/** A drive in which one file has one byte changed, is cut off, or is gone. */
class DamagedDrive implements Drive {
  constructor(
    readonly drive: MemoryDrive,
    readonly name: string,
    readonly damage: (bytes: Uint8Array) => Uint8Array | undefined,
  ) {}

  read(name: string, span?: Span): Uint8Array | undefined {
    if (name !== this.name) return this.drive.read(name, span);
    const bytes = this.damage(this.drive.read(name) as Uint8Array);
    const from = span === undefined ? 0 : span.start < 0 ? Math.max(0, (bytes?.length ?? 0) + span.start) : span.start;
    return bytes?.slice(from, Math.max(from, span?.end ?? bytes.length));
  }

  create(name: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<boolean> {
    return this.drive.create(name, bytes);
  }

  async *list(prefix: string, after?: string): AsyncIterable<string> {
    for await (const name of this.drive.list(prefix, after))
      if (name !== this.name || this.damage(new Uint8Array(1))) yield name;
  }

  remove(name: string): Promise<void> {
    return this.drive.remove(name);
  }
}

/** A small repository with history, a compressed pack and a plain one; and all that can be read of it. */
async function grown(): Promise<MemoryDrive> {
  const drive = new MemoryDrive();
  const repo = await open(drive);
  await repo.dataset("qa").import(
    Array.from({ length: 300 }, (_, i) => ({ k: `q${i}`, text: `text ${i} `.repeat(5) })),
    { key: "k" },
  );
  await repo.dataset("qa").patch([{ op: "remove", path: "/items/q7" }]);
  await repo.repack({ all: true });
  await repo.gc({ graceMs: 0 });
  await repo.dataset("qa").patch([{ op: "add", path: "/items/q9/more", value: 1.5 }]);
  await repo.tag("v1", { message: "notes" });
  return drive;
}

/** Everything that a reader sees, part by part: a text, or the code of the error. */
async function readAll(drive: Drive): Promise<string[]> {
  const parts: string[] = [];
  const part = async (read: () => Promise<unknown>) => {
    try {
      parts.push(JSON.stringify(await read()));
    } catch (error) {
      if (!isSheafError(error)) throw error;
      parts.push(`! ${error.code}`);
    }
  };
  let repo: Awaited<ReturnType<typeof open>>;
  try {
    repo = await open(drive);
  } catch (error) {
    if (!isSheafError(error)) throw error;
    return [`! ${error.code}`];
  }
  for (const at of ["main", "main~1", "main~2", "v1"]) {
    await part(() => all(repo.dataset("qa").rows({ at })));
    await part(() => repo.dataset("qa").get("q9", { at }));
    await part(() => repo.dataset("qa").info({ at }));
  }
  await part(() => all(repo.log()));
  await part(() => repo.tags());
  return parts;
}

test("a damaged, cut off or missing file is never read as something else, and verify names it", async () => {
  const drive = await grown();
  const truth = await readAll(drive);
  expect(truth.filter(text => text.startsWith("!"))).toEqual([]);
  const names = await all(drive.list(""));
  const kinds = fc.record({
    name: fc.constantFrom(...names),
    at: fc.nat(1_000_000),
    bit: fc.nat(7),
    kind: fc.constantFrom("flip", "flip", "cut", "gone"),
  });
  let found = 0;
  await fc.assert(
    fc.asyncProperty(kinds, async ({ name, at, bit, kind }) => {
      const damaged = new DamagedDrive(drive, name, bytes => {
        if (kind === "gone") return undefined;
        if (kind === "cut") return bytes.slice(0, at % bytes.length);
        const copy = bytes.slice();
        copy[at % copy.length] ^= 1 << bit;
        return copy;
      });
      const isOldEntry = kind === "gone" && !name.startsWith("packs/");
      const parts = await readAll(damaged);
      if (parts.length === truth.length && !isOldEntry)
        parts.forEach((text, i) => expect(text.startsWith("!") || text === truth[i]).toBe(true));
      const opened = await open(damaged).catch(error => error as Error);
      if (opened instanceof Error) return void found++;
      const findings = await all(opened.verify());
      if (findings.length > 0) found++;
      if (!isOldEntry && name.startsWith("packs/")) expect(findings.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
  expect(found).toBeGreaterThan(50);
});
