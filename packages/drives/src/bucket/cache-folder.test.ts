import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CacheFolder } from "./cache-folder.js";
import type { GetPiece } from "./spans.js";

const size = 1000;
const whole = Uint8Array.from({ length: size }, (_, i) => i * 7);

function fresh(maxBytes = 1 << 20, origin = "s3://datasets") {
  const root = mkdtempSync(join(tmpdir(), "sheaf-cache-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, "not/there/yet");
  const asked: string[] = [];
  const get: GetPiece = async (name, { start, end }) => {
    asked.push(name);
    if (name === "absent") return undefined;
    const at = start < 0 ? size + start : start;
    return { at, bytes: whole.slice(at, end), size };
  };
  const open = (from = origin) => new CacheFolder(path, maxBytes, from).around(get);
  return { path, asked, open };
}

test("a piece is asked for once, by however many processes, and is what it was", async () => {
  const { asked, open } = fresh();
  for (const span of [{ start: -100 }, { start: 0, end: 64 }, { start: 64, end: 999 }]) {
    asked.length = 0;
    const first = await open()("packs/a", span);
    expect(await open()("packs/a", span)).toEqual(first);
    expect(asked).toHaveLength(1);
    expect((await open()("packs/a", span))?.bytes.constructor).toBe(Uint8Array);
  }
});

test("other packs, spans and buckets are other pieces, and what is absent is asked for again", async () => {
  const { asked, open } = fresh();
  const span = { start: 0, end: 64 };
  await open()("packs/a", span);
  await open()("packs/b", span);
  await open()("packs/a", { start: 0, end: 65 });
  await open("s3://another")("packs/a", span);
  expect(asked).toHaveLength(4);
  for (let i = 0; i < 2; i++) expect(await open()("absent", span)).toBeUndefined();
  expect(asked).toHaveLength(6);
});

test("a file that is cut, changed or of another piece is as good as none", async () => {
  const { path, asked, open } = fresh();
  const span = { start: 0, end: 64 };
  const right = await open()("packs/a", span);
  const file = join(path, readdirSync(path)[0]);
  const bytes = readFileSync(file);
  await open()("packs/b", span);
  const other = readFileSync(join(path, readdirSync(path).find(name => !file.endsWith(name)) ?? ""));
  for (const spoilt of [
    bytes.subarray(0, 20),
    Buffer.alloc(0),
    Buffer.from("0 1\n"),
    bytes.map(byte => byte ^ 1),
    other,
  ]) {
    writeFileSync(file, spoilt);
    asked.length = 0;
    expect(await open()("packs/a", span)).toEqual(right);
    expect(asked).toEqual(["packs/a"]);
  }
});

test("the folder stays within its bound, and a folder that cannot be written to does no harm", async () => {
  const { path, open } = fresh(3000);
  for (let i = 0; i < 20; i++) {
    await open()(`packs/${i}`, { start: 0, end: 800 });
    const total = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    expect(total).toBeLessThanOrEqual(3000);
  }
  const get: GetPiece = async () => ({ at: 0, bytes: whole, size });
  const isAFile = join(path, readdirSync(path)[0]);
  expect(await new CacheFolder(isAFile, 3000, "").around(get)("packs/a", { start: -size })).toMatchObject({ size });
});
