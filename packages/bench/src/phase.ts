/**
 * One phase of the benchmark, in a process of its own, so that its memory and its warm-up are its own.
 *
 * Called as `node phase.js <name> <setting as JSON>`; prints what it measured as one line of JSON.
 */
import { openSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { exportFile, importFile, Repository } from "sheaf";
import { idOf, randomFrom } from "./data.js";
import { commitFloor, exportFloor, importFloor, readFloor, scanFloor } from "./floor.js";
import { dataset, repositoryIn, type Numbers, type Setting } from "./setting.js";
import { interleaved, median, timeOf } from "./stopwatch.js";
import { syncPhases } from "./sync.js";

const author = () => ({ name: "Bench", email: "bench@localhost" });
const changesAtOnce = 100;
/** Rounds that are not counted, so that what is measured is compiled code; and those that are. The repository is opened anew for each: its caches are cold. */
const warmUp = 8;
const counted = 15;

async function open({ folder }: Setting): Promise<Repository> {
  return Repository.open(repositoryIn(folder), { author, create: true });
}

/** A JSON Patch that changes `count` rows spread over the dataset; `round` makes the values differ. */
function scattered(rows: number, count: number, round: number, field: string) {
  const random = randomFrom(7919 * round + count);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, rows)) chosen.add(Math.floor(random() * rows));
  return Array.from(chosen, n => ({
    op: "replace" as const,
    path: `/items/${idOf(n)}/${field}`,
    value: round + n / 8 + 0.5,
  }));
}

const phases: Readonly<Record<string, (setting: Setting) => Promise<Numbers>>> = {
  ...syncPhases,

  "import floor": async ({ file, folder }) => ({
    importFloor: await timeOf(() => importFloor(file, join(folder, "copy"))),
  }),

  import: async setting => {
    rmSync(repositoryIn(setting.folder), { recursive: true, force: true });
    const repository = await open(setting);
    return { import: await timeOf(() => importFile(repository.dataset(dataset), setting.file, { key: "id" })) };
  },

  "import with made ids": async setting => {
    const folder = join(setting.folder, "made");
    const repository = await open({ ...setting, folder });
    const time = await timeOf(() => importFile(repository.dataset(dataset), setting.file));
    rmSync(folder, { recursive: true });
    return { made: time };
  },

  commit: async setting => {
    const repository = await open(setting);
    const rows = repository.dataset(dataset);
    const floors = join(setting.folder, "floors");
    const change = (count: number, round: number) => rows.patch(scattered(setting.rows, count, round, "score"));
    for (let round = 0; round < 10; round++) await change(1, 1000 + round);
    const times = await interleaved(41, {
      commitFloor: () => commitFloor(floors, 16_384),
      commit1: round => change(1, round),
    });
    const many = await interleaved(9, { commit100: round => change(changesAtOnce, round) });
    rmSync(floors, { recursive: true });
    return { ...times, ...many };
  },

  diff: async setting => {
    const repository = await open(setting);
    await repository.dataset(dataset).patch(scattered(setting.rows, changesAtOnce, 99, "score"));
    const keys: number[] = [];
    const bodies: number[] = [];
    for (let round = 0; round < warmUp + counted; round++) {
      const fresh = await open(setting);
      keys.push(await timeOf(() => fresh.diffStat("HEAD~1", "HEAD")));
      const other = await open(setting);
      bodies.push(await timeOf(async () => drain(other.diff("HEAD~1", "HEAD"))));
    }
    const [diffKeys, diffBodies] = [keys, bodies].map(times => median(times.slice(warmUp)));
    return { diffFirst: keys[0], diffKeys, diffBodies };
  },

  merge: async setting => {
    const repository = await open(setting);
    const rows = repository.dataset(dataset);
    const times: number[] = [];
    const commits: number[] = [];
    for (let round = 0; round < warmUp + counted; round++) {
      const branch = `side-${round}`;
      await repository.branch(branch);
      await rows.patch(scattered(setting.rows, changesAtOnce, 200 + round, "score"));
      await rows.patch(scattered(setting.rows, changesAtOnce, 300 + round, "number"), { branch });
      const fresh = await open(setting);
      times.push(await timeOf(() => fresh.merge(branch)));
      commits.push(await timeOf(() => rows.patch(scattered(setting.rows, 1, 400 + round, "score"))));
    }
    return {
      mergeFirst: times[0],
      merge: median(times.slice(warmUp)),
      mergeCommit: median(commits.slice(warmUp)),
    };
  },

  scan: async setting => {
    const repository = await open(setting);
    const rounds = setting.rows > 200_000 ? 2 : 5;
    return interleaved(rounds, {
      scanFloor: () => scanFloor(setting.file),
      scan: () => drain(repository.dataset(dataset).rows()),
    });
  },

  "export floor": async ({ file, folder }) => ({
    exportFloor: await timeOf(() => exportFloor(file, join(folder, "copy"))),
  }),

  export: async setting => {
    const repository = await open(setting);
    return {
      export: await timeOf(() => exportFile(repository.dataset(dataset), join(setting.folder, "export.jsonl"))),
    };
  },

  read: async setting => {
    const repository = await open(setting);
    const random = randomFrom(3);
    const rows = repository.dataset(dataset);
    const frozen = await rows.at("HEAD");
    const read = async (count: number, from: { get(id: string): Promise<unknown> } = rows) => {
      for (let i = 0; i < count; i++) await from.get(idOf(Math.floor(random() * setting.rows)));
    };
    const [count, headCount] = [100_000, 2000];
    // The first reads of a row's neighbourhood load its nodes; what is measured is what comes after.
    await read(Math.min(count, 5 * setting.rows), frozen);
    return {
      readFloor: (await timeOf(() => readFloor(setting.file, count))) / count,
      read: (await timeOf(() => read(count, frozen))) / count,
      readHead: (await timeOf(() => read(headCount))) / headCount,
    };
  },

  page: async setting => {
    const rows = (await open(setting)).dataset(dataset);
    const random = randomFrom(4);
    const pages: number[] = [];
    for (let i = 0; i < 200; i++) {
      const offset = Math.floor(random() * Math.max(1, setting.rows - 50));
      pages.push(await timeOf(() => drain(rows.rows({ offset, limit: 50 }))));
    }
    return { page: median(pages) };
  },

  repack: async setting => {
    const repository = await open(setting);
    return { repack: await timeOf(() => repository.repack({ all: true })) };
  },

  "remove garbage": async setting => {
    const repository = await open(setting);
    return { gc: await timeOf(() => repository.gc({ graceMs: 0 })) };
  },
};

async function drain(rows: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count++;
  return count;
}

/** Brings the file into the page cache, so that whoever reads it first does not pay for that. */
function warm(file: string): void {
  const descriptor = openSync(file, "r");
  const buffer = Buffer.alloc(2 ** 20);
  for (let left = statSync(file).size; left > 0; left -= buffer.length) readSync(descriptor, buffer);
}

const [name = "", text = "{}"] = process.argv.slice(2);
const setting = JSON.parse(text) as Setting;
const phase = phases[name];
if (!phase) throw new Error(`there is no phase ${name}`);
warm(setting.file);
const numbers = await phase(setting);
const memory = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ ...numbers, memory })}\n`);
