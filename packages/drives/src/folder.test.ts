import { fork } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isSheafError } from "@sheaf/core";
import { driveContract } from "@sheaf/core/testing";
import { bundle } from "../test/bundle.js";
import { FolderDrive } from "./folder.js";

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sheaf-drive-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

driveContract("folder", async () => {
  const path = mkdtempSync(join(tmpdir(), "sheaf-drive-"));
  const drive = FolderDrive.open(path);
  const opened = [drive];
  const again = async () => {
    const other = FolderDrive.open(path);
    opened.push(other);
    return other;
  };
  const close = async () => {
    opened.forEach(one => one.close());
    rmSync(path, { recursive: true, force: true });
  };
  return { drive, again, close };
});

test("reads answer at once, without a promise", async () => {
  const drive = FolderDrive.open(freshFolder());
  await drive.create("a", new Uint8Array([1, 2, 3]));
  expect(drive.read("a", { start: 1 })).toBeInstanceOf(Uint8Array);
});

test("opening what is not a folder says so, and makes one when asked", () => {
  const path = join(freshFolder(), "deep/er");
  expect(() => FolderDrive.open(path)).toThrow("is not a folder");
  FolderDrive.open(path, { create: true });
  expect(existsSync(path)).toBe(true);
  writeFileSync(join(path, "file"), "");
  expect(() => FolderDrive.open(join(path, "file"))).toThrow("is not a folder");
});

test("stale temporary files are swept when the drive is opened, fresh ones stay", async () => {
  const path = freshFolder();
  mkdirSync(join(path, ".tmp"));
  writeFileSync(join(path, ".tmp/old"), "half");
  writeFileSync(join(path, ".tmp/new"), "half");
  utimesSync(join(path, ".tmp/old"), 0, 0);
  FolderDrive.open(path);
  await expect.poll(() => readdirSync(join(path, ".tmp"))).toEqual(["new"]);
});

test("no temporary file is left by a create, won or lost", async () => {
  const path = freshFolder();
  const drive = FolderDrive.open(path);
  await drive.create("a", new Uint8Array(10));
  await drive.create("a", new Uint8Array(10));
  await expect.poll(() => readdirSync(join(path, ".tmp"))).toEqual([]);
});

test("files that are not the drive's are not listed", async () => {
  const path = freshFolder();
  writeFileSync(join(path, "README.md"), "");
  writeFileSync(join(path, ".hidden"), "");
  const drive = FolderDrive.open(path);
  await drive.create("packs/a", new Uint8Array(1));
  const names: string[] = [];
  for await (const name of drive.list("")) names.push(name);
  expect(names).toEqual(["packs/a"]);
});

test("many names can be read in parts, more than files may be open", async () => {
  const drive = FolderDrive.open(freshFolder());
  const names = Array.from({ length: 150 }, (_, i) => `packs/${i}`);
  for (const [i, name] of names.entries()) await drive.create(name, new Uint8Array([i, i + 1]));
  for (let round = 0; round < 2; round++)
    for (const [i, name] of names.entries()) expect(drive.read(name, { start: 1 })?.[0]).toBe(i + 1);
  drive.close();
});

// Skipped as root, who may write everywhere.
test.skipIf(process.getuid?.() === 0)(
  "a folder without permission gives drive-failed (root may do everything, so it skips)",
  async () => {
    const path = freshFolder();
    const drive = FolderDrive.open(path);
    chmodSync(path, 0o500);
    await expect(drive.create("packs/a", new Uint8Array(1))).rejects.toSatisfy(error =>
      isSheafError(error, "drive-failed"),
    );
  },
);

test("a file where a folder is needed gives drive-failed with a reason", async () => {
  const drive = FolderDrive.open(freshFolder());
  await drive.create("packs", new Uint8Array(1));
  await expect(drive.create("packs/a", new Uint8Array(1))).rejects.toSatisfy(
    error => isSheafError(error, "drive-failed") && error.message.includes("a file stands where a folder is needed"),
  );
});

test("of four processes that race for the same names each name has one winner", async () => {
  const path = freshFolder();
  const script = await bundle("race.ts");
  onTestFinished(script.remove);
  const won = await Promise.all(
    Array.from({ length: 4 }, (_, i) => {
      const child = fork(script.path, [path, String(i)], { stdio: "inherit" });
      return new Promise<number[]>((resolve, reject) => {
        child.on("message", message => resolve(message as number[]));
        child.on("error", reject);
      });
    }),
  );
  const winners = won.flat().sort((a, b) => a - b);
  expect(winners).toEqual(Array.from({ length: 50 }, (_, i) => i));
  const drive = FolderDrive.open(path);
  won.forEach((names, process) => {
    for (const name of names) expect(new TextDecoder().decode(drive.read(`race/${name}`))).toBe(`process ${process}`);
  });
});
