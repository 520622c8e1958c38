import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeFileWhole } from "./target.js";

async function* chunks(count: number, failure?: Error) {
  for (let i = 0; i < count; i++) yield Buffer.from(`${i};`);
  if (failure) throw failure;
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-target-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a file is replaced as a whole", async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, "a"), "before");
  await writeFileWhole(join(folder, "a"), chunks(3));
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("0;1;2;");
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("many chunks of all sizes arrive in order, though their memory is used again", async () => {
  const memory = Buffer.alloc(3_000_000);
  const lengths = [1, 70_000, 1_048_576, 0, 2_500_000, 1_048_575, 2, 999_999];
  async function* fleeting() {
    for (const [i, length] of lengths.entries()) {
      yield memory.fill(i + 1).subarray(0, length);
      memory.fill(0);
    }
  }
  const path = join(freshFolder(), "a");
  await writeFileWhole(path, fleeting());
  const wanted = Buffer.concat(lengths.map((length, i) => Buffer.alloc(length, i + 1)));
  expect(readFileSync(path).equals(wanted)).toBe(true);
});

test("when the chunks fail, the file is what it was and nothing is left beside it", async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, "a"), "before");
  await expect(writeFileWhole(join(folder, "a"), chunks(3, new Error("no more")))).rejects.toThrow("no more");
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("a folder that is not there is named", async () => {
  const path = join(freshFolder(), "none", "a");
  await expect(writeFileWhole(path, chunks(1))).rejects.toMatchObject({
    code: "drive-failed",
    message: expect.stringContaining(path),
  });
});

test("what is no ordinary file is written to as it is", async () => {
  await writeFileWhole("/dev/null", chunks(2));
  expect(readFileSync("/dev/null", "utf8")).toBe("");
});
