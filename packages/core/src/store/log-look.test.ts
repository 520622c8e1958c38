import { expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import type { Drive } from "./drive.js";
import { Logs } from "./logs.js";

const ref = "refs/heads/main";
const who = { name: "Ada", email: "ada@example.org" };

async function put(logs: Logs, to: string): Promise<void> {
  await logs.move(ref, { from: await logs.read(ref), to, who, command: "test" });
}

/** A drive whose reads take a turn, and what was under way at once. */
function slowly(drive: MemoryDrive) {
  const counts = { reads: 0, underWay: 0, most: 0 };
  const slow: Drive = {
    async read(name) {
      counts.reads++;
      counts.most = Math.max(counts.most, ++counts.underWay);
      await nodePlatform.pause();
      counts.underWay--;
      return drive.read(name);
    },
    create: (name, bytes) => drive.create(name, bytes),
    list: (prefix, after) => drive.list(prefix, after),
    remove: name => drive.remove(name),
  };
  return { slow, counts };
}

test("over a drive that takes time, a log read again costs two looks side by side, and one after the other once that is long ago", async () => {
  const drive = new MemoryDrive();
  const { slow, counts } = slowly(drive);
  let now = Date.now();
  const logs = new Logs(slow, { ...nodePlatform, now: () => now });
  await put(logs, "first");
  await logs.read(ref);
  for (const [passes, atOnce] of [
    [0, 2],
    [3_600_000, 1],
  ]) {
    now += passes;
    Object.assign(counts, { reads: 0, most: 0 });
    expect((await logs.read(ref))?.value).toBe("first");
    expect(counts).toMatchObject({ reads: 2, most: atOnce });
  }
});

test("what another process moved is seen, and a look that fails is told", async () => {
  const drive = new MemoryDrive();
  const { slow } = slowly(drive);
  const logs = new Logs(slow, nodePlatform);
  await put(logs, "first");
  await put(new Logs(drive, nodePlatform), "second");
  expect((await logs.read(ref))?.value).toBe("second");
  slow.read = () => Promise.reject(new RangeError("the line is cut"));
  await expect(logs.read(ref)).rejects.toThrow("the line is cut");
});
