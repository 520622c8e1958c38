/** A process that works on a repository in a bucket until it is done or killed: `write` makes commits and says each, `upkeep` tidies over and over. */
import { writeSync } from "node:fs";
import { Repository } from "@sheaf/core";
import { openBucket } from "../src/bucket.js";
import { nodePlatform } from "../src/node.js";

const [url, role, who, count] = process.argv.slice(2);
const author = () => ({ name: who, email: `${who}@example.org` });
/** All who use a drive agree on it; so short that what repack replaced is removed within the test. */
const graceMs = 6000;
const repository = await Repository.open(await openBucket(url), { platform: nodePlatform, author, graceMs });

if (role === "write") await write();
else await keepTidy();

async function write(): Promise<void> {
  for (let i = 0; i < Number(count); i++) {
    const id = `${who}-${i}`;
    await repository.dataset("qa").patch([{ op: "add", path: `/items/${id}`, value: { who, i } }], { message: id });
    writeSync(1, `${id}\n`);
  }
}

/** Until the test that started it ends it. */
async function keepTidy(): Promise<never> {
  for (let i = 0; ; i++) {
    await repository.repack({ all: i % 4 === 0 });
    await repository.gc({ graceMs, keepMs: graceMs });
    writeSync(1, "tidied\n");
  }
}
