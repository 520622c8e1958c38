/**
 * A process that is killed: `worker <folder> <seed>` works on a folder until the end, and says each commit on `main` that it was promised.
 *
 * Alone on its folder, so gc may remove at once.
 */
import { writeSync } from "node:fs";
import { Repository } from "@sheaf/core";
import { FolderDrive } from "../../packages/drives/src/folder.js";
import { nodePlatform } from "../../packages/drives/src/node.js";

const [folder, seed] = process.argv.slice(2);
let state = Number(seed) || 1;
/** A number below `sides`: the same sequence for the same seed. */
function roll(sides: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % sides;
}

const drive = FolderDrive.open(folder, { create: true });
const repo = await Repository.open(drive, {
  platform: nodePlatform,
  author: () => ({ name: "Ada", email: "ada@example.org" }),
  create: true,
});
const qa = repo.dataset("qa");

function acknowledge({ commit }: { commit?: string }): void {
  if (commit !== undefined) writeSync(1, `done ${commit}\n`);
}

const rows = (count: number) =>
  Array.from({ length: count }, () => ({ k: `q${roll(400)}`, text: `text ${roll(1e6)}` }));
const unique = (list: { k: string }[]) => [...new Map(list.map(row => [row.k, row])).values()];

async function mergeSide(): Promise<void> {
  const name = `side${roll(3)}`;
  if (!(await repo.branches()).some(branch => branch.name === name)) await repo.branch(name, { at: "main" });
  await qa.import(unique(rows(5)), { key: "k", mode: "upsert", branch: name });
  if (await repo.mergeState("main")) await repo.abortMerge("main");
  const merged = await repo.merge(name, { into: "main" });
  if ("commit" in merged) return acknowledge(merged);
  await repo.resolveConflicts(() => "theirs", { branch: "main" });
  acknowledge(await repo.finishMerge({ branch: "main" }));
}

const works = [
  async () => acknowledge(await qa.import(unique(rows(60)), { key: "k", mode: "upsert", branch: "main" })),
  async () => acknowledge(await qa.insert({ n: roll(1e6) }, { branch: "main" })),
  async () => acknowledge(await qa.insert({ n: roll(1e6) }, { branch: "main" })),
  mergeSide,
  mergeSide,
  async () => void (await repo.repack({ all: roll(2) === 0 })),
  async () => void (await repo.gc({ graceMs: 0, ...(roll(2) === 0 ? { keepMs: 0 } : {}) })),
];

acknowledge(await qa.import(unique(rows(60)), { key: "k", mode: "upsert", branch: "main" }));
writeSync(1, "ready\n");
for (;;) await works[roll(works.length)]();
