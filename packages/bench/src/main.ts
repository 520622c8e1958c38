/**
 * `npm run bench`: Sheaf's speed and size beside the floor and beside git, at growing sizes, in one run.
 *
 * Each phase runs in a process of its own. What is compared is measured in turn, and medians are compared, so that other work on the machine falls on both.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { idOf, writeRows } from "./data.js";
import { bytesIn } from "./disk.js";
import { gitFilePerRow, gitOneFile, hasGit } from "./git.js";
import { gitSync, layouts } from "./git-sync.js";
import { measures } from "./measures.js";
import { program } from "./served.js";
import { measureServer, printServer } from "./serving.js";
import { dataset, repositoryIn, type Numbers, type Setting } from "./setting.js";
import { interleaved, median } from "./stopwatch.js";
import { syncMeasures } from "./sync-measures.js";
import { printMarkdown, printTable, type Sized } from "./table.js";

const usage = `npm run bench -- [options]

  --rows N        the greatest size; smaller ones are 1,000 and its tenfolds (default 1000000)
  --only N        this size alone
  --git-rows N    the greatest size at which git gets a file per row (default 100000: a million take it minutes)
  --no-git        without git
  --sync          pushes, clones, fetches and pulls instead, beside git's
  --folder DIR    where to work (default: a new folder for temporary files, removed at the end)
  --server        the server instead: its rates and times beside plain node:http, from 1 to 64 clients
  --seconds N     how long each load of the server goes on (default 5)
  --soak N        how many seconds its memory is watched (default 30)
  --json          the numbers as JSON
  --markdown FILE writes the table between the marks in a page, such as docs/performance.md
`;

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    only: { type: "string" },
    "git-rows": { type: "string", default: "100000" },
    "no-git": { type: "boolean", default: false },
    sync: { type: "boolean", default: false },
    folder: { type: "string" },
    server: { type: "boolean", default: false },
    seconds: { type: "string", default: "5" },
    soak: { type: "string", default: "30" },
    json: { type: "boolean", default: false },
    markdown: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const marks = options.sync
  ? (["<!-- sync table -->", "<!-- end of sync table -->"] as const)
  : (["<!-- table -->", "<!-- end of table -->"] as const);
const shown = options.sync ? syncMeasures : measures;

if (options.help) process.stdout.write(usage);
else await main();

async function main(): Promise<void> {
  const home = options.folder ?? mkdtempSync(join(tmpdir(), "sheaf-bench-"));
  mkdirSync(home, { recursive: true });
  const sizes: Sized[] = [];
  try {
    if (options.server) return await measureServing(home);
    for (const rows of sizesUpTo(options.only, options.rows)) {
      const small = sizes[0]?.numbers["commit1"];
      const numbers = await measure(home, rows);
      sizes.push({ rows, numbers: small === undefined ? numbers : { ...numbers, smallCommit1: small } });
    }
  } finally {
    if (options.folder === undefined) rmSync(home, { recursive: true, force: true });
  }
  report(sizes);
}

async function measureServing(home: string): Promise<void> {
  const [rows, seconds, soakSeconds] = [Number(options.only ?? 10_000), Number(options.seconds), Number(options.soak)];
  const numbers = await measureServer(home, { rows, seconds, soakSeconds, clients: [1, 8, 64] });
  process.stdout.write(
    options.json ? `${JSON.stringify(numbers, null, 2)}\n` : `${machine()}\n\n${printServer(numbers)}\n`,
  );
}

function sizesUpTo(only: string | undefined, most: string): number[] {
  if (only !== undefined) return [Number(only)];
  const sizes: number[] = [];
  for (let rows = 1000; rows < Number(most); rows *= 10) sizes.push(rows);
  return [...sizes, Number(most)];
}

async function measure(home: string, rows: number): Promise<Numbers> {
  const folder = join(home, String(rows));
  const setting: Setting = { folder, file: join(folder, "rows.jsonl"), rows };
  mkdirSync(folder, { recursive: true });
  if (!existsSync(setting.file)) writeRows(setting.file, rows);
  const numbers: Record<string, number> = { raw: statSync(setting.file).size };
  const take = (more: Numbers) => Object.assign(numbers, more);
  await (options.sync ? measureSync(setting, take) : measureAll(setting, take));
  rmSync(folder, { recursive: true });
  return numbers;
}

async function measureAll(setting: Setting, take: (numbers: Numbers) => void): Promise<void> {
  const { folder } = setting;
  take(importPhases(setting));
  take({ disk: bytesIn(repositoryIn(folder)) });
  for (const name of ["read", "page", "scan"]) take(run(setting, name));
  take(exportPhases(setting));
  for (const name of ["commit", "diff", "merge"]) take(run(setting, name));
  take(await coldStart(setting));
  take(packedPhases(setting));
  if (!options["no-git"] && hasGit()) await measureGit(setting, take);
}

async function measureSync(setting: Setting, take: (numbers: Numbers) => void): Promise<void> {
  run(setting, "import");
  for (const way of ["syncGit", "syncFolder"])
    for (const part of ["First", "Clone", "Row"]) take(run(setting, `${way}${part}`));
  if (options["no-git"]) return;
  tell(setting, "git, one file");
  take(await gitSync(setting, layouts.one));
  if (setting.rows > Number(options["git-rows"])) return;
  tell(setting, "git, a file per row");
  take(await gitSync(setting, layouts.rows));
}

/** Floor and import in turn, the middle of each. */
function importPhases(setting: Setting): Numbers {
  const rounds = setting.rows > 200_000 ? 3 : 5;
  return inTurn(setting, ["import floor", "import with made ids", "import"], rounds, "importMemory");
}

function exportPhases(setting: Setting): Numbers {
  return inTurn(setting, ["export floor", "export"], 3, "exportMemory");
}

/** Runs phases in turn; memory is the most that the last of them took. */
function inTurn(setting: Setting, names: readonly string[], rounds: number, memoryName: string): Numbers {
  const found = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++)
    for (const name of names)
      for (const [key, value] of Object.entries(run(setting, name))) {
        if (key.endsWith("Memory") && name !== names[names.length - 1]) continue;
        const known = found.get(key.endsWith("Memory") ? memoryName : key);
        if (known) known.push(value);
        else found.set(key.endsWith("Memory") ? memoryName : key, [value]);
      }
  return Object.fromEntries(Array.from(found, ([key, values]) => [key, median(values)]));
}

/** What is read from compressed packs, in a repository that holds one version: the others would count in its size. */
function packedPhases(setting: Setting): Numbers {
  run(setting, "import");
  const { repack, repackMemory } = run(setting, "repack");
  run(setting, "remove garbage");
  const diskRepacked = bytesIn(repositoryIn(setting.folder));
  return { repack, repackMemory, diskRepacked, readRepacked: run(setting, "read")["read"] };
}

/** Runs one phase in a process of its own, and gives its numbers, with the most memory that it took. */
function run(setting: Setting, name: string): Numbers {
  tell(setting, name);
  const phase = fileURLToPath(new URL("phase.js", import.meta.url));
  const text = execFileSync(process.execPath, [phase, name, JSON.stringify(setting)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { memory, ...numbers } = JSON.parse(text) as Record<string, number>;
  return { ...numbers, [`${name}Memory`]: memory };
}

/** From the shell's prompt to the row, beside Node doing nothing. */
async function coldStart({ folder, rows }: Setting): Promise<Numbers> {
  const start = (...words: string[]) => execFileSync(process.execPath, words, { stdio: "ignore" });
  return interleaved(15, {
    node: () => start("-e", "0"),
    cold: () => start(program, "-C", repositoryIn(folder), "get", dataset, idOf(rows >> 1)),
  });
}

async function measureGit(setting: Setting, take: (numbers: Numbers) => void): Promise<void> {
  tell(setting, "git, one file");
  take(await gitOneFile(setting));
  if (setting.rows > Number(options["git-rows"])) return;
  tell(setting, "git, a file per row");
  take(await gitFilePerRow(setting));
}

function tell({ rows }: Setting, what: string): void {
  process.stderr.write(`${rows.toLocaleString("en")} rows: ${what}\n`);
}

function report(sizes: readonly Sized[]): void {
  if (options.json) process.stdout.write(`${JSON.stringify(sizes, null, 2)}\n`);
  else process.stdout.write(`${machine()}\n\n${printTable(sizes, shown)}\n`);
  if (options.markdown !== undefined) writeIntoPage(options.markdown, sizes);
}

function writeIntoPage(page: string, sizes: readonly Sized[]): void {
  const text = readFileSync(page, "utf8");
  const [from, to] = [text.indexOf(marks[0]), text.indexOf(marks[1])];
  if (from < 0 || to < from) throw new Error(`${page} has no ${marks.join(" and ")} to write between`);
  writeFileSync(
    page,
    `${text.slice(0, from + marks[0].length)}\n\n${machine()}\n\n${printMarkdown(sizes, shown)}\n\n${text.slice(to)}`,
  );
}

function machine(): string {
  const [processor] = cpus();
  return `Node ${process.versions.node}, ${cpus().length} × ${processor?.model ?? "unknown"}, ${new Date().toISOString().slice(0, 10)}`;
}
