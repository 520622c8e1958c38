/** Plain git on the same rows: all in one file, and one file per row by its fastest way in, fast-import. */
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, createReadStream, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bytesIn } from "./disk.js";
import type { Numbers, Setting } from "./setting.js";
import { timeOf } from "./stopwatch.js";

/** Nobody's configuration but ours: no hooks, no signing, no background work in the middle of a measurement. */
export const environment = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Bench",
  GIT_AUTHOR_EMAIL: "bench@localhost",
  GIT_COMMITTER_NAME: "Bench",
  GIT_COMMITTER_EMAIL: "bench@localhost",
};
const newline = 0x0a;
const committer = "committer Bench <bench@localhost> 1700000000 +0000\ndata 1\nx\n";

/** Says whether git is there. */
export function hasGit(): boolean {
  try {
    execFileSync("git", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** One JSONL file: add and commit it; change one row; the repository's size. */
export async function gitOneFile({ folder, file }: Setting): Promise<Numbers> {
  const work = freshRepository(folder, "git-one");
  const path = join(work, "rows.jsonl");
  copyFileSync(file, path);
  const gitOne = await timeOf(() => commitAll(work));
  writeFileSync(path, changedLine(readFileSync(path), '{"id":"changed"}'));
  const gitOneUpdate = await timeOf(() => commitAll(work));
  const numbers = { gitOne, gitOneUpdate, gitOneDisk: bytesIn(join(work, ".git")) };
  rmSync(work, { recursive: true });
  return numbers;
}

/** One file per row: import all; change one; the repository's size. */
export async function gitFilePerRow({ folder, file }: Setting): Promise<Numbers> {
  const work = freshRepository(folder, "git-rows");
  const gitRows = await timeOf(() => fastImport(work, importCommands(file)));
  const gitRowsUpdate = await timeOf(() => fastImport(work, changeCommands('{"id":"changed"}')));
  const numbers = { gitRows, gitRowsUpdate, gitRowsDisk: bytesIn(join(work, ".git")) };
  rmSync(work, { recursive: true });
  return numbers;
}

/** The text with the line in its middle replaced. */
export function changedLine(text: Buffer, line: string): Buffer {
  const begin = text.indexOf(newline, text.length >> 1) + 1;
  const end = text.indexOf(newline, begin);
  return Buffer.concat([text.subarray(0, begin), Buffer.from(line), text.subarray(end)]);
}

/** Makes an empty repository in place of what is there. */
export function freshRepository(folder: string, name: string, ...options: string[]): string {
  const work = join(folder, name);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  git(work, "init", "--quiet", "--initial-branch=main", ...options);
  git(work, "config", "gc.auto", "0");
  return work;
}

/** As a person does it: a commit also says how many lines changed, for which git compares the versions. */
export function commitAll(work: string): void {
  git(work, "add", "--all");
  git(work, "commit", "--message=x");
}

/** Runs git. */
export function git(work: string, ...words: string[]): void {
  execFileSync("git", words, { cwd: work, env: environment, stdio: ["ignore", "ignore", "inherit"] });
}

/** Rows spread over folders of a few hundred files. */
function pathOf(row: number): string {
  return `${Math.floor(row / 256).toString(36)}/${row}.json`;
}

function blob(path: string, text: string): string {
  return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}

/** All rows, for fast-import. */
export async function* importCommands(file: string): AsyncGenerator<string> {
  let row = 0;
  let text = `commit refs/heads/main\n${committer}`;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    text += blob(pathOf(row++), line);
    if (text.length < 2 ** 18) continue;
    yield text;
    text = "";
  }
  yield `${text}done\n`;
}

/** The first row as another text, for fast-import. */
export function changeCommands(text: string): string[] {
  return [`commit refs/heads/main\n${committer}from refs/heads/main^0\n`, blob(pathOf(0), text), "done\n"];
}

/** Runs git's fast-import. */
export async function fastImport(work: string, input: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const child = spawn("git", ["fast-import", "--quiet", "--done"], {
    cwd: work,
    env: environment,
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", code => (code === 0 ? resolve() : reject(new Error(`git fast-import ended with ${code}`))));
  });
  for await (const text of input)
    if (!child.stdin.write(text)) await new Promise(resolve => child.stdin.once("drain", resolve));
  child.stdin.end();
  await ended;
}
