import { expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { CountingDrive } from "../testing/counting-drive.js";
import { trimLogs } from "./log-trim.js";
import { Logs } from "./logs.js";

test("a head that was looked at a moment ago costs one look, sees every move at once, and after that moment a trim too", async () => {
  let now = 1_000_000;
  const drive = new CountingDrive(new MemoryDrive());
  const reader = new Logs(drive, { ...nodePlatform, now: () => now }, { freshMs: 1000 });
  const writer = new Logs(drive, nodePlatform);
  await put(writer, "0");
  const look = async () => {
    drive.reset();
    const entry = await reader.read("refs/heads/a");
    return [entry?.value, drive.counts.reads, drive.counts.lists];
  };
  expect(await look()).toEqual(["0", 1, 1]);
  for (let i = 0; i < 5; i++) expect(await look()).toEqual(["0", 1, 0]);
  await put(writer, "1");
  expect((await look())[0]).toBe("1");
  expect(await look()).toEqual(["1", 1, 0]);
  now += 1000;
  expect(await look()).toEqual(["1", 2, 0]);
  expect(await look()).toEqual(["1", 1, 0]);
  for (const value of ["2", "3", "4"]) await put(writer, value);
  const files: string[] = [];
  for await (const file of drive.list("refs/heads/a/")) files.push(file);
  for (const file of files.slice(1)) await drive.remove(file);
  now += 1000;
  expect((await look())[0]).toBe("4");
});

test("a log that was trimmed away here is looked at anew", async () => {
  const logs = new Logs(new MemoryDrive(), nodePlatform, { freshMs: 1000 });
  const who = { name: "Ada", email: "ada@example.org" };
  await put(logs, "0");
  await logs.move("refs/heads/a", { from: await logs.read("refs/heads/a"), to: null, who, command: "test" });
  expect(await trimLogs(logs, nodePlatform.now() + 1, false)).toBe(2);
  expect(await logs.read("refs/heads/a")).toBeUndefined();
  await put(logs, "1");
});

async function put(logs: Logs, value: string): Promise<void> {
  const who = { name: "Ada", email: "ada@example.org" };
  const from = await logs.read("refs/heads/a");
  expect(await logs.move("refs/heads/a", { from, to: value, who, command: "test" })).toMatchObject({ ok: true });
}
