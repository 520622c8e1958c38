/** Plain git between two repositories and a bare one over file://, with the rows in one file or one file per row: time and bytes on the way. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  changeCommands,
  changedLine,
  commitAll,
  environment,
  fastImport,
  freshRepository,
  importCommands,
} from "./git.js";
import type { Numbers, Setting } from "./setting.js";
import { median } from "./stopwatch.js";

const rounds = 5;

/** How the rows lie: how they are first committed, and how the n-th change of one row is. */
interface Layout {
  readonly name: string;
  readonly first: (work: string, setting: Setting) => Promise<void> | void;
  readonly change: (work: string, n: number) => Promise<void> | void;
}

export const layouts: Readonly<Record<"one" | "rows", Layout>> = {
  one: {
    name: "syncOne",
    first: (work, { file }) => {
      copyFileSync(file, join(work, "rows.jsonl"));
      commitAll(work);
    },
    change: (work, n) => {
      const path = join(work, "rows.jsonl");
      writeFileSync(path, changedLine(readFileSync(path), `{"id":${n}}`));
      commitAll(work);
    },
  },
  rows: {
    name: "syncRows",
    first: (work, { file }) => fastImport(work, importCommands(file)),
    change: (work, n) => fastImport(work, changeCommands(`{"id":${n}}`)),
  },
};

/** First push, clone, and push, fetch and pull of one changed row, which is made anew in each of a few rounds. */
export async function gitSync(setting: Setting, { name, first, change }: Layout): Promise<Numbers> {
  const work = freshRepository(setting.folder, "git-work");
  const host = freshRepository(setting.folder, "git-host.git", "--bare");
  const copy = join(setting.folder, "git-copy");
  rmSync(copy, { recursive: true, force: true });
  await first(work, setting);
  const url = pathToFileURL(host).href;
  const push = () => timed(work, "push", url, "main");
  const pushed = push();
  const cloned = timed(setting.folder, "clone", "--config=gc.auto=0", url, copy);
  const found: Readonly<Record<"push" | "fetch" | "pull", Sample[]>> = { push: [], fetch: [], pull: [] };
  for (let n = 0; n < 2 * rounds; n++) {
    await change(work, n);
    found.push.push(push());
    if (n % 2 === 0) found.fetch.push(timed(copy, "fetch", "origin"));
    const pulled = timed(copy, "pull", "--ff-only", "origin", "main");
    if (n % 2 === 1) found.pull.push(pulled);
  }
  for (const folder of [work, host, copy]) rmSync(folder, { recursive: true });
  const of = (kind: string, samples: readonly Sample[]) => ({
    [`${name}${kind}`]: median(samples.map(({ time }) => time)),
    [`${name}${kind}Bytes`]: median(samples.map(({ bytes }) => bytes)),
    ...(timeProgram && { [`${name}${kind}Memory`]: median(samples.map(({ memory }) => memory)) }),
  });
  return {
    ...of("First", [pushed]),
    ...of("Clone", [cloned]),
    ...of("Push", found.push),
    ...of("Fetch", found.fetch),
    ...of("Pull", found.pull),
  };
}

interface Sample {
  readonly time: number;
  readonly bytes: number;
  readonly memory: number;
}

/** GNU's or busybox's, which tells the memory of a program and all that it waited for; git has other processes do the work. */
const timeProgram = ["/usr/bin/time", "/bin/time"].find(file => existsSync(file));
const memoryMark = "most kilobytes: ";

/** Runs git; what it says of its progress tells how many bytes went over. */
function timed(folder: string, verb: string, ...words: string[]): Sample {
  // Loose objects would be unpacked without a word on their bytes.
  const line = ["git", "-c", "fetch.unpackLimit=1", verb, "--progress", ...words];
  const [program = "git", ...args] = timeProgram ? [timeProgram, "-f", `${memoryMark}%M`, ...line] : line;
  const begun = performance.now();
  const { status, stderr } = spawnSync(program, args, { cwd: folder, env: environment, encoding: "utf8" });
  const time = performance.now() - begun;
  if (status !== 0) throw new Error(`git ${verb} ended with ${status}: ${stderr}`);
  const [, count = "0", unit = "bytes"] =
    /.*(?:Writing|Receiving|Unpacking) objects: .*?, ([\d.]+) (bytes|[KMG]iB)/s.exec(stderr) ?? [];
  const power = ["bytes", "KiB", "MiB", "GiB"].indexOf(unit);
  const kilobytes = new RegExp(`${memoryMark}(\\d+)`).exec(stderr)?.[1];
  return { time, bytes: Number(count) * 1024 ** power, memory: kilobytes ? Number(kilobytes) * 1024 : NaN };
}
