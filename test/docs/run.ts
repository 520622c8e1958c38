/** Runs the steps of a page in one empty folder, with `sheaf` on the PATH and importable, and nothing of the developer's around. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { matchesOutput, stepsOf, type Step } from "./page.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Desk {
  readonly base: string;
  readonly env: NodeJS.ProcessEnv;
  /** The folder that the page's commands have come to, by `cd`. */
  cwd: string;
}

/** Runs a page; gives back one sentence for each step that failed or printed something else. */
export async function runPage(name: string, markdown: string): Promise<string[]> {
  const steps = stepsOf(markdown);
  if (steps.length === 0) return [];
  const desk = makeDesk();
  try {
    const wrong: string[] = [];
    for (const step of steps) {
      const sentence = await runStep(desk, step);
      if (sentence) wrong.push(`${name}:${step.line}: ${sentence}`);
    }
    return wrong;
  } finally {
    rmSync(desk.base, { recursive: true, force: true });
  }
}

function makeDesk(): Desk {
  const base = mkdtempSync(join(tmpdir(), "sheaf-docs-"));
  for (const folder of ["bin", "home", "page", "node_modules/@types"])
    mkdirSync(join(base, folder), { recursive: true });
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(root, "packages/sheaf/bin/sheaf.cjs")}' "$@"\n`;
  writeFileSync(join(base, "bin/sheaf"), program, { mode: 0o755 });
  writeFileSync(join(base, "package.json"), '{ "type": "module" }\n');
  symlinkSync(join(root, "packages/sheaf"), join(base, "node_modules/sheaf"));
  symlinkSync(join(root, "node_modules/@types/node"), join(base, "node_modules/@types/node"));
  const path = [join(base, "bin"), join(process.execPath, ".."), process.env["PATH"]].join(delimiter);
  const env = {
    PATH: path,
    HOME: join(base, "home"),
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    NO_COLOR: "1",
    GIT_CONFIG_NOSYSTEM: "1",
  };
  return { base, env, cwd: join(base, "page") };
}

async function runStep(desk: Desk, step: Step): Promise<string | undefined> {
  const { code, printed } = await (step.language === "sh" ? runShell(desk, step) : runProgram(desk, step));
  if (code !== 0) return `this block failed with exit code ${code}:\n${printed.all}`;
  if (step.output === undefined || matchesOutput(step.output, printed.out)) return undefined;
  return `this block does not print what the page shows, but:\n${printed.out}`;
}

async function runShell(desk: Desk, { code }: Step) {
  const place = join(desk.base, "cwd");
  const result = await run(desk, "sh", ["-eu", "-c", `${code}\npwd > '${place}'`]);
  if (existsSync(place)) desk.cwd = readFileSync(place, "utf8").trim();
  return result;
}

async function runProgram(desk: Desk, { code, line }: Step) {
  const name = `block-${line}`;
  writeFileSync(join(desk.base, `${name}.ts`), code);
  const options = ["--strict", "--module", "nodenext", "--target", "es2023", "--types", "node", "--skipLibCheck"];
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const compiled = await run(desk, process.execPath, [compiler, ...options, join(desk.base, `${name}.ts`)]);
  return compiled.code === 0 ? run(desk, process.execPath, [join(desk.base, `${name}.js`)]) : compiled;
}

function run(desk: Desk, command: string, args: readonly string[]) {
  return new Promise<{ code: number; printed: { out: string; all: string } }>(resolve => {
    const child = execFile(command, args, { cwd: desk.cwd, env: desk.env, timeout: 60_000 }, (error, out, err) => {
      resolve({ code: error ? (child.exitCode ?? 1) : 0, printed: { out, all: out + err } });
    });
    child.stdin?.end();
  });
}
