import { expect, test } from "vitest";
import { MemoryDrive } from "../../../drives/src/memory.js";
import { nodePlatform } from "../../../drives/src/node.js";
import { CountingDrive } from "../testing/counting-drive.js";
import { Logs } from "./logs.js";

const who = { name: "Ada", email: "ada@example.org" };

async function move(logs: Logs, name: string, to: string | null) {
  return logs.move(name, { from: await logs.read(name), to, who, command: "move" });
}

test("the heads of many logs cost one listing and a read each, however often they moved; what was seen is not read again, and what moved since is seen", async () => {
  const drive = new CountingDrive(new MemoryDrive());
  const logs = new Logs(drive, nodePlatform);
  for (let round = 0; round < 3; round++)
    for (let i = 0; i < 40; i++) await move(logs, `refs/notes/n${i}`, `${i} ${round}`);
  await move(logs, "refs/notes/n7", null);
  const fresh = new Logs(drive, nodePlatform);
  drive.reset();
  const heads = await fresh.heads("refs/notes/");
  expect(heads.map(({ entry }) => entry.value)).toEqual(
    Array.from({ length: 40 }, (_, i) => `${i} 2`)
      .filter((_, i) => i !== 7)
      .sort((a, b) => (`n${a.split(" ")[0]}` < `n${b.split(" ")[0]}` ? -1 : 1)),
  );
  expect(drive.counts).toMatchObject({ lists: 1, reads: 40 });
  drive.reset();
  expect(await fresh.heads("refs/notes/")).toEqual(heads);
  expect(drive.counts).toMatchObject({ lists: 1, reads: 0 });
  await move(logs, "refs/notes/n3", "moved");
  expect((await fresh.heads("refs/notes/n3"))[0].entry.value).toBe("moved");
});
