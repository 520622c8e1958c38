import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSource, readAll } from "./source.js";

function fileOf(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-source-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "a"), bytes);
  return join(folder, "a");
}

const io = { stdin: process.stdin, cwd: "/", signal: new AbortController().signal };

test.each([0, 1, 2 ** 18, 2 ** 18 + 1, 3_000_000])(
  "a file of %i bytes is read whole, as often as it is opened",
  async size => {
    const bytes = Buffer.from(Uint32Array.from({ length: size / 4 + 1 }, (_, n) => n * 2_654_435_761).buffer, 0, size);
    const source = await openSource(io, fileOf(bytes));
    for (let n = 0; n < 2; n++) expect(Buffer.compare(await readAll(source), bytes)).toBe(0);
  },
);

test("a chunk stays what it is while one more is asked for", async () => {
  const source = await openSource(io, fileOf(Buffer.alloc(20 * 2 ** 18).map((_, n) => n >> 18)));
  let before: Uint8Array | undefined;
  let count = 0;
  for await (const chunk of source.open()) {
    expect(before?.every(byte => byte === count - 1) ?? true).toBe(true);
    before = chunk;
    count++;
  }
  expect(count).toBe(20);
});

test("who stops early leaves no file open, and who reads a folder is told", async () => {
  const file = fileOf(Buffer.alloc(2_000_000));
  for (let n = 0; n < 3; n++)
    for await (const chunk of (await openSource(io, file)).open()) if (chunk.length > 0) break;
  await expect(openSource(io, join(file, ".."))).rejects.toMatchObject({ code: "bad-input" });
  const source = await openSource(io, file);
  rmSync(file);
  await expect(readAll(source)).rejects.toThrow("there is no such file");
});
