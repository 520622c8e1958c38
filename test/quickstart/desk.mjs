/** Where the walk works: runs each command as a person would type it, shows it and what it prints, and ends the walk when it fails or is not as told. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const manifest = new URL("../../packages/sheaf/package.json", import.meta.url);
const bin = fileURLToPath(new URL(JSON.parse(readFileSync(manifest, "utf8")).bin.sheaf, manifest));
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const bold = text => (colour ? `\x1b[1m${text}\x1b[22m` : text);

/** A new folder for temporary files, by its real name. */
export const base = realpathSync(mkdtempSync(join(tmpdir(), "sheaf-quickstart-")));
let cwd = base;

/** Nobody's configuration of git, and no repository that a hook may have named. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
  ...(process.env.GIT_EXEC_PATH === undefined ? {} : { GIT_EXEC_PATH: process.env.GIT_EXEC_PATH }),
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  SHEAF_AUTHOR_NAME: "Ada",
  SHEAF_AUTHOR_EMAIL: "ada@example.org",
  ...(colour ? { FORCE_COLOR: "1" } : {}),
};

/** Tells what comes. */
export function say(text) {
  process.stdout.write(`\n${bold(text)}\n`);
}

/** Goes to a folder beside the others, made when it is not there. */
export function goTo(name) {
  cwd = join(base, name);
  mkdirSync(cwd, { recursive: true });
  return cwd;
}

/**
 * Runs `sheaf`. `show` picks the lines to show; `tells` must match what is printed; `status` is the exit code that is meant.
 *
 * @returns what it printed, without colours
 */
export function sheaf(line, options) {
  return run("sheaf", process.execPath, [bin], line, options);
}

/** Runs `git`, with the same options. */
export function git(line, options) {
  return run("git", "git", [], line, options);
}

function run(name, program, first, line, { show = lines => lines, tells, status = 0 } = {}) {
  process.stdout.write(`\n$ ${name} ${line}\n`);
  const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(match => match[1] ?? match[0]);
  const ended = spawnSync(program, [...first, ...words], {
    cwd,
    encoding: "utf8",
    env: environment,
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = ended.stdout ?? "";
  const lines = show(printed.split("\n").slice(0, -1));
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
  const plain = stripVTControlCharacters(printed);
  if (ended.error) end(`${name} cannot be run: ${ended.error.message}`);
  if (ended.status !== status) end(`${name} ${line}: ended with ${ended.status}, not with ${status}`);
  if (tells && !tells.test(plain)) end(`${name} ${line}: what it prints does not match ${tells}`);
  return plain;
}

/** Ends the walk unless both are the same. */
export function same(what, one, other) {
  if (one !== other) end(`${what} should be the same:\n${one}\n${other}`);
}

function end(sentence) {
  process.stderr.write(`\nnpm start: ${sentence}\nIts files are in ${base}\n`);
  process.exit(1);
}
